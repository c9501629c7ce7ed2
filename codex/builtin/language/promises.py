"""What one sentence promises must hold whatever the other operations allow."""

from __future__ import annotations

from collections.abc import Iterator

from codex.builtin.language.names import article, spoken
from codex.builtin.language.overlaps import TAKEN, still_held
from codex.builtin.language.world import Deed, Thing, World
from codex.common.documents.rules import PUBLIC, SIGNED_IN, Change, Filter, Guard, Value
from codex.common.documents.specification import EntityField, FieldType, Verb


def free_places(world: World) -> None:
    """A cancelled row takes no place, also where it is said last that rows can be cancelled."""
    for deed in world.deeds.values():
        if isinstance(deed.rule, Change):
            guards = tuple(_of_held_rows(item, world) for item in deed.rule.guards)
            deed.rule = deed.rule.model_copy(update={"guards": guards})


def _of_held_rows(guard: Guard, world: World) -> Guard:
    if not _is_of_a_place(guard) or guard.count is None:
        return guard
    where = guard.count.where
    more = [c for c in still_held(world.things[guard.count.table]) if c not in where]
    return guard.model_copy(
        update={"count": guard.count.model_copy(update={"where": (*where, *more)})}
    )


def _is_of_a_place(guard: Guard) -> bool:
    return guard.count is not None and guard.message.endswith(TAKEN)


def keep_places(world: World) -> None:
    """What a row was checked for when it was made is not changed afterwards."""
    for name, counted in {f.table: f for f in _places(world)}.items():
        thing = world.things[name]
        key = (Verb.UPDATE, name, None, None)
        deed = world.deeds.get(key)
        if deed is None or isinstance(deed.rule, Change):
            continue
        if any(key in statement.deeds for statement in world.statements):  # it is asked for
            many = spoken(thing.plural)
            world.assume(f"When {many} are changed, nobody looks whether something is taken twice.")
            continue
        held = {condition.field.partition(".")[0] for condition in counted.where}
        sent = [f.name for f in thing.fields.values() if f.set_by == "client" and not f.computed]
        sent += [r.name for r in thing.relations.values() if r.set_by == "client"]
        deed.fields = [item for item in (deed.fields or sent) if item not in held]
        if not deed.fields:
            del world.deeds[key]
        *several, last = [f"the {spoken(item)}" for item in sent if item in held]
        fixed = f"{', '.join(several)} and {last}" if several else last
        world.assume(f"What is taken stays as it was made: {fixed} of {article(name)}.")


def _places(world: World) -> Iterator[Filter]:
    """What is counted where something must not be taken twice."""
    for deed in world.deeds.values():
        for guard in deed.rule.guards if isinstance(deed.rule, Change) else ():
            if guard.count is not None and _is_of_a_place(guard):
                yield guard.count


def keep_states(world: World) -> None:
    """A state that actions with conditions lead through is not sent: that would pass them by."""
    for thing in world.things.values():
        update = world.deeds.get((Verb.UPDATE, thing.name, None, None))
        for name, item in thing.fields.items():
            deeds = list(_leading(thing, item, world))
            by_role = any(_is_reserved(deed, update) for deed, _ in deeds)
            guarded = by_role or any(rule.guards for _, rule in deeds)
            if not guarded or (update and name in update.fields):
                continue
            reached = {item.default, *(_value(rule, name) for _, rule in deeds)}
            left = " or ".join(spoken(value) for value in item.choices if value not in reached)
            what = f"the {spoken(name)} of {article(thing.name)}"
            if by_role or not left:
                changes = {"set_by": "server", "required": False}
                thing.fields[name] = item.model_copy(update=changes)
            if left and by_role:
                world.assume(f"Nothing makes {what} {left} as yet: the request does not say how.")
            elif left:
                world.assume(
                    f"{what.capitalize()} may also be sent as it is, since nothing else makes it "
                    f"{left}."
                )


def _is_reserved(deed: Deed, update: Deed | None) -> bool:
    """Whether only some roles may do it, and others could change the row."""
    roles = {grant.role for grant in deed.access}
    others = {grant.role for grant in update.access} if update else roles
    return bool(roles - {PUBLIC, SIGNED_IN}) and others != roles


def _leading(thing: Thing, item: EntityField, world: World) -> Iterator[tuple[Deed, Change]]:
    """The actions that set a state which callers may send, too."""
    if item.type is not FieldType.CHOICE or item.set_by == "server" or item.default is None:
        return
    for (verb, entity, *_), deed in world.deeds.items():
        rule = deed.rule if verb is Verb.ACTION and entity == thing.name else None
        if isinstance(rule, Change) and _value(rule, item.name) is not None:
            yield deed, rule


def _value(rule: Change, name: str) -> object:
    """What an action sets the field `name` to, where that is said."""
    for item in rule.assign:
        if item.field == name and isinstance(item.operand, Value):
            return item.operand.value
    return None
