"""Decisions that exclude each other: what can be accepted or rejected has one status."""

from __future__ import annotations

from typing import Any, cast

from pydantic import TypeAdapter

from codex.builtin.language.names import spoken
from codex.builtin.language.world import Thing, World
from codex.common.documents.rules import Change, Rule, Value
from codex.common.documents.specification import EntityField, FieldType, Verb

_RULE: TypeAdapter[Rule] = TypeAdapter(Rule)
_STATUS, _FIRST = "status", "pending"
_AGAINST = frozenset({"rejected", "declined", "denied", "refused"})
# What is decided, and what it is decided against.
_OPPOSITES = {
    "accepted": _AGAINST,
    "approved": _AGAINST,
    "confirmed": _AGAINST | {"cancelled"},
}
# What may also become of something that is decided on.
_FURTHER = ("cancelled", "withdrawn", "revoked")


def settle_decisions(world: World) -> None:
    """Flags that cannot hold together become one choice, wherever they are spoken of."""
    for thing in world.things.values():
        names = _decided(thing, world)
        if not names:
            continue
        for name in names:
            del thing.fields[name]
        thing.add(
            EntityField(
                name=_STATUS,
                type=FieldType.CHOICE,
                choices=(_FIRST, *names),
                default=_FIRST,
                required=False,
                set_by="server",
            )
        )
        world.assume(f"The status of a new {spoken(thing.name)} is {_FIRST}.")
        _rewrite(world, thing, names)


def _decided(thing: Thing, world: World) -> list[str]:
    """The flags of one decision, each set by a deed and by nothing else; empty for none."""
    others = [other for other in world.things.values() if other is not thing]
    elsewhere = {name for other in others for name in other.fields}
    flags = [
        name
        for name, item in thing.fields.items()
        if item.type is FieldType.BOOLEAN and item.set_by == "server" and name not in elsewhere
    ]
    set_by_deeds = _set_by_deeds(thing, world)
    flags = [name for name in flags if set_by_deeds.get(name) == {True}]
    pairs = any(_OPPOSITES.get(name, frozenset()) & set(flags) for name in flags)
    if not pairs or _STATUS in thing.fields or _STATUS in thing.relations:
        return []
    known = {*_OPPOSITES, *_AGAINST, *_FURTHER}
    return [name for name in flags if name in known]


def _set_by_deeds(thing: Thing, world: World) -> dict[str, set[object]]:
    """What the operations on a thing set its fields to."""
    found: dict[str, set[object]] = {}
    for (verb, entity, *_), deed in world.deeds.items():
        if verb is Verb.ACTION and entity == thing.name and isinstance(deed.rule, Change):
            for item in deed.rule.assign:
                value = item.operand.value if isinstance(item.operand, Value) else None
                found.setdefault(item.field, set()).add(value)
    return found


def _rewrite(world: World, thing: Thing, names: list[str]) -> None:
    """Every rule and list that spoke of the flags speaks of the status."""
    for deed in world.deeds.values():
        if deed.rule is not None:
            deed.rule = _with_status(deed.rule, names)
        if deed.key[1] == thing.name:
            for part in (deed.filters, deed.sorts, deed.fields):
                part[:] = dict.fromkeys(_STATUS if name in names else name for name in part)
    for other in world.things.values():
        for name, item in other.fields.items():
            if item.computed is not None:
                computed = _with_status(item.computed, names)
                other.fields[name] = item.model_copy(update={"computed": computed})


def _with_status(rule: Rule, names: list[str]) -> Rule:
    return _RULE.validate_python(_spoken_of(rule.model_dump(), names))


def _spoken_of(part: Any, names: list[str]) -> Any:
    """A part of a rule: `accepted is true` becomes `status is accepted`, also when it is set."""
    if isinstance(part, list | tuple):
        return [_spoken_of(item, names) for item in cast("list[Any]", part)]
    if not isinstance(part, dict):
        return part
    items = cast("dict[str, Any]", part).items()
    found = {key: _spoken_of(value, names) for key, value in items}
    way, _, last = str(found.get("field") or "").rpartition(".")
    operands = found.get("operands", [found.get("operand")])
    if last not in names or len(operands or ()) != 1 or not isinstance(operands[0], dict):
        return found
    flag = operands[0].get("value")
    if not isinstance(flag, bool):
        return found
    found["field"] = f"{way}.{_STATUS}" if way else _STATUS
    value = {"source": "value", "value": last}
    if "operand" in found:
        return {**found, "operand": value}
    holds = flag is (str(found["op"]) == "eq")
    return {**found, "op": "eq" if holds else "ne", "operands": [value]}
