"""How things are called: tables, classes, paths and functions, by one convention each."""

from __future__ import annotations

import keyword

from codex.common.documents.architecture_checks import SERVICE_ERRORS
from codex.common.documents.base import NAME_LIMIT
from codex.common.documents.typetext import STANDARD

# The first segments that every service answers itself.
RESERVED_PATHS = frozenset({"auth", "health", "ready", "docs", "redoc", "openapi"})
TYPE_ENDINGS = ("", "Create", "Update", "Read")


def pascal(name: str) -> str:
    """`OrderItem` for `order_item`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_") if part)


def kebab(name: str) -> str:
    """`order-items` for `order_items`."""
    return name.replace("_", "-")


def snake(name: str) -> str:
    """`order_item` for `OrderItem`, and `isbn_taken` for `ISBNTaken`."""
    out: list[str] = []
    for position, character in enumerate(name):
        after_small = position > 0 and not name[position - 1].isupper()
        before_small = position > 0 and name[position + 1 : position + 2].islower()
        if character.isupper() and position > 0 and (after_small or before_small):
            out.append("_")
        out.append(character.lower())
    return "".join(out)


def words(name: str) -> str:
    """`order item` for `order_item`."""
    return name.replace("_", " ")


_PREPOSITIONS = {
    **dict.fromkeys(("apply", "register", "vote", "sign_up"), "for"),
    **dict.fromkeys(("comment", "bid"), "on"),
    **dict.fromkeys(("reply", "subscribe", "donate", "contribute"), "to"),
    "enroll": "in",
}


def deed(verb: str) -> str:
    """What is done to something, as one says it: `register for`."""
    return f"{words(verb)} {_PREPOSITIONS.get(verb, '')}".strip()


def singular(plural: str) -> str:
    """A singular for a relation's name; the entity names themselves come from the Specification."""
    for ending, replacement in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch")):
        if plural.endswith(ending):
            return plural[: -len(ending)] + replacement
    return plural[:-1] if plural.endswith("s") and not plural.endswith("ss") else plural


def short(name: str, room: int = 0) -> str:
    """`name` cut so that `room` more characters fit into what databases keep of a name."""
    limit = NAME_LIMIT - room
    return name if len(name) <= limit else name[:limit].rstrip("_")


class Names:
    """Names of one kind, each given out once; what is taken gets an ending."""

    def __init__(self, taken: frozenset[str] = frozenset()) -> None:
        self._taken = set(taken)

    def claim(self, wanted: str, *others: str, endings: tuple[str, ...] = ("",)) -> str:
        """`wanted`, or the first of `others` that is free, or `wanted` with a number."""
        tried = [
            wanted,
            *others,
            *(f"{others[-1] if others else wanted}{n}" for n in range(2, 100)),
        ]
        for name in tried:
            family = {f"{name}{ending}" for ending in endings}
            if not family & self._taken and not keyword.iskeyword(name):
                self._taken |= family
                return name
        raise ValueError(f"no free name for {wanted!r}")  # a hundred things of one name


def class_names() -> Names:
    """The classes of a service: none may have the name of something that every service has."""
    return Names(frozenset(STANDARD | SERVICE_ERRORS))
