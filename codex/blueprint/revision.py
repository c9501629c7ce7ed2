"""A changed Specification over an Architecture that stands: what follows by code, what is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from codex.blueprint.assemble import FunctionNotes
from codex.blueprint.brief import Brief
from codex.blueprint.template_source import blocks_of, joined
from codex.common.documents.base import Part
from codex.common.documents.codegraph import CodeGraph
from codex.common.documents.specification import Requirement
from codex.common.documents.template import read_template

T = TypeVar("T")
P = TypeVar("P", bound=Part)


class Revision(Part):
    """What of the requirements differs from those that the Architecture was made for."""

    changed: tuple[str, ...] = ()
    """The ids of those that are new or say something else now."""
    gone: tuple[Requirement, ...] = ()
    """Those that are no longer there."""


def revision_of(before: Brief, now: Brief) -> Revision:
    """What changed between two Specifications, the words of the client apart."""
    old = {item.id: item for item in before.without_quotes().requirements}
    new = now.without_quotes().requirements
    return Revision(
        changed=tuple(item.id for item in new if old.get(item.id) != item),
        gone=tuple(item for name, item in old.items() if all(name != one.id for one in new)),
    )


# ── three ways: what code drafted then, what became of it, what code drafts now ───────────────


def rebased(
    base: Iterable[T], ours: Iterable[T], theirs: Iterable[T], key: Callable[[T], str]
) -> tuple[T, ...]:
    """`ours` with what changed from `base` to `theirs`, element by element."""
    then, now = {key(item): item for item in base}, {key(item): item for item in theirs}
    found: dict[str, T] = {}
    for item in ours:
        name = key(item)
        if name in then and name not in now:
            continue
        if name in then and then[name] != now[name]:
            found[name] = _merged(then[name], item, now[name])
        else:
            found[name] = item
    for name, item in now.items():
        if name not in then:
            found.setdefault(name, item)
    return tuple(found.values())


def rebased_part(base: P, ours: P, theirs: P) -> P:
    """The same for one part, field by field."""
    updates: dict[str, object] = {}
    for name in type(ours).model_fields:
        then, now = getattr(base, name), getattr(theirs, name)
        if then != now:
            updates[name] = _merged(then, getattr(ours, name), now)
    return ours.model_copy(update=updates)


def _merged(base: T, ours: T, theirs: T) -> T:
    values = (base, ours, theirs)
    if all(isinstance(value, tuple) for value in values):
        parts = [cast("tuple[object, ...]", value) for value in values]
        return cast("T", rebased(*parts, key=_name))
    if all(isinstance(value, Part) and type(value) is type(ours) for value in values):
        return cast("T", rebased_part(*cast("list[Any]", values)))
    return theirs


def _name(item: object) -> str:
    for name in ("name", "function_name"):
        if isinstance(item, Part) and name in type(item).model_fields:
            return str(getattr(item, name))
    return str(item)


# ── answers that are laid over what stands ────────────────────────────────────────────────────


def notes_of(graph: CodeGraph) -> tuple[FunctionNotes, ...]:
    """What was said of the functions of a CodeGraph besides their source."""
    kept = FunctionNotes.model_fields
    return tuple(
        FunctionNotes(**{name: getattr(item, name) for name in kept}) for item in graph.functions
    )


def overlaid(
    main: str,
    standing: tuple[str, Iterable[FunctionNotes]],
    answered: tuple[str, Iterable[FunctionNotes]],
) -> tuple[str, tuple[FunctionNotes, ...]]:
    """A template with notes where an answer names some functions only.

    What stood before keeps its bytes, unless nothing calls it any more.
    """
    template, notes = answered
    if read_template(template).problems or (template.strip() and not blocks_of(template)):
        return template, tuple(notes)  # told as it is
    old, new = blocks_of(standing[0]), blocks_of(template)
    known = {item.name: item for item in (*standing[1], *notes)}
    blocks = {**old, **new}
    called = {item.name: item.calls for item in read_template(joined(blocks.values())).functions}
    reached, waiting = set[str](), [main]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in blocks:
            continue
        reached.add(name)
        waiting += [*called.get(name, ()), *(known[name].calls if name in known else ())]
    kept = {name: text for name, text in blocks.items() if name in new or name in reached}
    dropped = blocks.keys() - kept.keys()
    return joined(kept.values()), tuple(n for name, n in known.items() if name not in dropped)
