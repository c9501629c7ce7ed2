"""The rows that deeds leave behind: loans, bookings, reviews, with their limits and ends."""

from __future__ import annotations

from codex.builtin.language.actors import Actors, permit
from codex.builtin.language.bounds import Facts
from codex.builtin.language.clause import Clause
from codex.builtin.language.inflect import participle
from codex.builtin.language.making import make_field, relate
from codex.builtin.language.names import spoken
from codex.builtin.language.people import GENERIC
from codex.builtin.language.terms import Terms, stock_field
from codex.builtin.language.verbs import Tie
from codex.builtin.language.world import Thing, World
from codex.common.documents.rules import (
    Argument,
    Assignment,
    Caller,
    Change,
    Comparison,
    Condition,
    Creation,
    FieldValue,
    Filter,
    Guard,
    Named,
    Now,
    Operand,
    Value,
)
from codex.common.documents.specification import EntityField, EntityRelation, FieldType, Verb


def row_of(world: World, tie: Tie) -> Thing:
    """The thing whose rows a deed leaves, under the name that the request uses."""
    name = world.known(tie.noun) or tie.noun
    alternatives = {
        "loan": ("borrowing", "checkout"),
        "favorite": ("favourite", "bookmark"),
        "enrollment": ("enrolment", "registration"),
        "booking": ("reservation", "appointment"),
        "registration": ("signup", "enrollment", "attendance"),
        "purchase": ("order",),
        "signup": ("shift_signup", "registration"),
        "rating": ("review",),
    }
    if name not in world.vocabulary:
        name = next(
            (other for other in alternatives.get(tie.noun, ()) if other in world.vocabulary), name
        )
    return world.thing(name)


def build(
    clause: Clause, world: World, tie: Tie, actors: Actors, target: str, terms: Terms
) -> None:
    """The row, its two ties, and the action that makes it."""
    row = row_of(world, tie)
    world.thing(target)
    to_target = row.relation_to(target) or relate(world, row.name, target, target)
    who, caller, fields = actor_tie(world, actors, row)
    _row_fields(clause, world, tie, row, terms)
    assigned = [Assignment(field=to_target.name, operand=FieldValue(path="id"))]
    if who is not None:
        assigned.append(Assignment(field=who.name, operand=caller))
    if tie.ended:
        _ending(world, row, tie)
    if terms.period is not None:
        assigned.append(due_date(world, row, terms))
    deed = world.deed(Verb.ACTION, target, clause.verb)
    old = deed.rule if isinstance(deed.rule, Change) else Change(table=target)
    guards = [*old.guards, *(guard for guard in terms.guards if guard not in old.guards)]
    lock = old.lock
    if terms.available or terms.exclusive:
        guards.append(_left(world, row, to_target, tie, one=terms.exclusive))
        lock = target
    if terms.limit is not None and who is not None:
        guards.append(_limit(world, row, tie, who, caller, terms, target))
        lock = who.target
    if tie.once or terms.once:
        row.relations[to_target.name] = row.relations[to_target.name].model_copy(
            update={"unique_with": (who.name,) if who else ()}
        )
    row.made_by = clause.verb
    own = [f.name for f in row.fields.values() if f.set_by == "client" and f.computed is None]
    deed.fields = [*fields, *own]
    before = old.create[0].assign if old.create else ()
    kept = {item.field: item for item in (*before, *assigned)}
    create = (Creation(table=row.name, assign=tuple(kept.values())),)
    deed.rule = Change(table=target, guards=tuple(guards), create=create, lock=lock)
    permit(world, deed, actors)
    shown = [world.deed(Verb.LIST, row.name), world.deed(Verb.GET, row.name)]
    if tie.ended:
        shown.append(world.deed(Verb.ACTION, row.name, tie.end))
    world.say((clause.start, clause.end), row.name, "", deed, *shown)


def _row_fields(clause: Clause, world: World, tie: Tie, row: Thing, terms: Terms) -> None:
    """What the row holds besides its ties: what is said, a rating, or a text."""
    for item in terms.fields:
        row.add(make_field(item.noun.field, item.facts, row.name, world))
    if (tie.noun == "rating" and not row.fields) or terms.rating is not None:
        stars = "stars" in {t.lower for t in clause.tokens}
        name = "rating" if row.name != "rating" else "stars" if stars else "value"
        facts = terms.rating or Facts()
        facts.type = FieldType.INTEGER
        row.add(make_field(name, facts, row.name, world))
    if tie.noun in {"comment", "review"} and not row.fields:
        row.add(EntityField(name="text", type=FieldType.LONG_TEXT))
        world.assume(f"Each {tie.noun} has a text; the request names no field of it.")


def _left(
    world: World, row: Thing, relation: EntityRelation, tie: Tie, *, one: bool = False
) -> Guard:
    """Fewer open rows than there are copies; one at a time where nobody counts them."""
    target = relation.target
    level = None if one else stock_field(world.thing(target))
    where = [Condition(field=relation.name, operands=(FieldValue(path="id"),))]
    if tie.ended:
        where.append(Condition(field=tie.ended, op=Comparison.IS_NULL))
    return Guard(
        table=target,
        count=Filter(table=row.name, where=tuple(where)),
        op=Comparison.LT,
        limit=FieldValue(path=level) if level else Value(value=1),
        message=f"No {spoken(target)} is left.",
    )


def actor_tie(
    world: World, actors: Actors, row: Thing
) -> tuple[EntityRelation | None, Operand, list[str]]:
    """The tie from the row to whoever acts; the caller where people sign in."""
    name = actors.name or "user"
    if (
        world.signs_in
        and world.account is not None
        and (
            name == world.account
            or name not in world.things
            or name in GENERIC
            or world.people.get(name)
        )
    ):
        role = "user" if name in GENERIC or name == world.account else name
        relation = row.relation_to(world.account) or relate(
            world, row.name, world.account, role if world.account in GENERIC else world.account
        )
        row.relations[relation.name] = relation.model_copy(update={"set_by": "server"})
        return row.relations[relation.name], Caller(), []
    world.vocabulary.add(name)
    relation = row.relation_to(name) or relate(world, row.name, name, name)
    return relation, Argument(name=f"{relation.name}_id"), [f"{relation.name}_id"]


def _ending(world: World, row: Thing, tie: Tie) -> None:
    """A loan can be ended, once."""
    if tie.ended not in row.fields:
        row.add(
            EntityField(name=tie.ended, type=FieldType.DATETIME, required=False, set_by="server")
        )
        world.assume(f"A {spoken(row.name)} is open until it is {participle(tie.end)}.")
    deed = world.deed(Verb.ACTION, row.name, tie.end)
    if deed.rule is None:
        deed.rule = end_rule(row, tie)


def end_rule(row: Thing, tie: Tie) -> Change:
    """The change that ends a row, once."""
    open_ = Guard(
        table=row.name,
        require=(Condition(field=tie.ended, op=Comparison.IS_NULL),),
        message=f"This {spoken(row.name)} has ended already.",
    )
    return Change(
        table=row.name, guards=(open_,), assign=(Assignment(field=tie.ended, operand=Now()),)
    )


def due_date(world: World, row: Thing, terms: Terms) -> Assignment:
    """What is assigned to the due date of a row, so long after it is made."""
    assert terms.period is not None
    value, token, unit = terms.period
    day = unit in {"days", "weeks", "months", "years"}
    due = next(
        (f for f in row.fields.values() if f.name in {"due_date", "due_on", "due_at", "due"}), None
    )
    if due is None:
        due = EntityField(
            name="due_date" if day else "due_at", type=FieldType.DATE if day else FieldType.DATETIME
        )
    row.fields[due.name] = due.model_copy(update={"set_by": "server"})
    name = world.parameter(f"{row.name}_period", value.value, (token.start, token.end), unit)
    return Assignment(
        field=due.name,
        operand=Now(date_only=due.type is FieldType.DATE, unit=unit, plus_parameter=name),
    )


def _limit(
    world: World,
    row: Thing,
    tie: Tie,
    who: EntityRelation,
    caller: Operand,
    terms: Terms,
    target: str,
) -> Guard:
    assert terms.limit is not None
    value, token = terms.limit
    name = world.parameter(
        f"{row.name}_limit",
        value.value,
        (token.start, token.end),
        spoken(world.thing(target).plural),
    )
    where = [Condition(field=who.name, operands=(caller,))]
    if tie.ended:
        where.append(Condition(field=tie.ended, op=Comparison.IS_NULL))
    if terms.per is not None:
        where.append(
            Condition(
                field="created_at",
                op=Comparison.GE,
                operands=(Now(unit=terms.per[1], plus=-terms.per[0]),),
            )
        )
    return Guard(
        table=who.target,
        argument=None if caller.source == "caller" else f"{who.name}_id",
        count=Filter(table=row.name, where=tuple(where)),
        op=Comparison.LT,
        limit=Named(name=name),
        message=f"The limit of open {spoken(row.plural)} is reached.",
    )
