"""Names: good English, good Python, stable for the same words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from codex.builtin.language.inflect import is_plural, plural, singular
from codex.common.documents.base import NAME_LIMIT
from codex.common.english import with_article

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=8192)
def snake(text: str) -> str:
    """`text` in snake_case: ASCII letters, digits and single underscores."""
    plain = text
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = plain.replace("'s", "s").replace("'", "")
    plain = _CAMEL.sub("_", plain)
    name = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    if name and name[0].isdigit():
        name = f"n_{name}"
    return name[:NAME_LIMIT].strip("_")


def field_name(words: Iterable[str], owner: str = "") -> str:
    """A field's name of its words; what every row has gets the owner's name in front."""
    name = snake(" ".join(words))
    if name in {"id", "created_at", "updated_at"}:
        return snake(f"{owner} {name}") if owner else f"{name}_name"
    return name


def entity_name(words: Iterable[str]) -> str:
    """An entity's name of its words: the last one in the singular."""
    return _entity_name(" ".join(words))


@lru_cache(maxsize=8192)
def _entity_name(text: str) -> str:
    parts = [part for part in snake(text).split("_") if part]
    if not parts:
        return ""
    parts[-1] = singular(parts[-1])
    return "_".join(parts)


def plural_name(name: str) -> str:
    """The plural of an entity's name, different from it."""
    first, _, last = name.rpartition("_")
    many = last if is_plural(last) else plural(last)
    whole = f"{first}_{many}" if first else many
    return f"{whole}_items" if whole == name else whole


def title(name: str) -> str:
    """`Order items` of `order_items`."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def spoken(name: str) -> str:
    """`order item` of `order_item`."""
    return name.replace("_", " ")


def article(name: str) -> str:
    """`an order item`, `a book`."""
    return with_article(spoken(name))
