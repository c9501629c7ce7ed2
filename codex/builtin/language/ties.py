"""Sentences in which people do something that leaves a row: borrow, book, enroll, rate, like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from codex.builtin.language.actors import Actors, own, permit, read_actors
from codex.builtin.language.clause import Clause
from codex.builtin.language.conditions import negate, read_condition, told
from codex.builtin.language.data import make_field, relate
from codex.builtin.language.facts import Facts, read_facts
from codex.builtin.language.fields import Item, read_items
from codex.builtin.language.names import snake, spoken
from codex.builtin.language.nouns import Noun, bound, noun, starts
from codex.builtin.language.people import GENERIC, is_person
from codex.builtin.language.quantities import TIME_UNITS, Number, number
from codex.builtin.language.tokens import Token
from codex.builtin.language.types import field_type
from codex.builtin.language.verbs import TIES, Tie
from codex.builtin.language.world import Deed, Thing, World
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


@dataclass
class Terms:
    """What is said beside the verb and its object."""

    limit: tuple[Number, Token] | None = None
    period: tuple[Number, Token, str] | None = None
    fields: list[Item] = field(default_factory=list[Item])
    once: bool = False
    rating: Facts | None = None
    guards: list[Guard] = field(default_factory=list[Guard])
    """Conditions on the row that it is done to."""
    exclusive: bool = False
    """Only one at a time, however many copies there are."""
    available: bool = False
    """Only while there is one left."""
    per: tuple[int, str] | None = None
    """For "per day": how many units back rows count."""


def read_tie(clause: Clause, world: World, *, exclusive: bool = False) -> bool:
    """ "Members can borrow up to 5 books at a time", "students enroll in courses", "users like posts"."""
    if clause.verb not in TIES or clause.negated and clause.modal != "can":
        return _read_end(clause, world)
    if len(clause.verbs) > 1:
        return _several(clause, world)
    if clause.passive:
        return _passive(clause, world)
    tie = TIES[clause.verb]
    actors = read_actors(clause.subject, world)
    if actors is None or actors.name is None or len(actors.roles) != 1:
        return False
    place = 1 if clause.rest and clause.rest[0].lower in {"for", "to", "in", "on", "into"} else 0
    once = 0
    if (
        clause.rest
        and clause.rest[0].lower == "once"
        and len(clause.rest) > 2
        and clause.rest[1].lower in {"per", "for", "in", "on"}
    ):
        place, once = 2, 1  # "vote once per poll"
    found = noun(clause.rest, place)
    if found is None:
        return False
    head, end = found
    if _bought(clause, world, actors, head, list(clause.rest[end:])):
        return True
    target = world.entity(head)
    if (
        target is None
        or (target == tie.noun and clause.verb not in {"vote"})
        or is_person(target)
        and target == actors.name
    ):
        return False
    states = _states(head, world, target)
    if states is None and head.adjectives and any(
        t.lower not in {"other", "new", "available", "same", "different"} for t in head.adjectives
    ):
        return False
    if (clause.verb in {"order", "apply", "review", "comment", "rate"}) and world.known(
        tie.noun
    ) == target:
        return False
    terms = Terms(once=bool(once), exclusive=exclusive)
    if exclusive and not tie.ended:
        return False
    if head.count is not None and clause.negated:
        if head.bound != "gt":
            return False
        clause = replace(clause, negated=False)
        terms.limit = (head.count, next(t for t in head.tokens if number(t)))
    elif head.count is not None:
        if head.bound not in {"le", "lt", "eq"}:
            return False
        terms.limit = (head.count, next(t for t in head.tokens if number(t)))
    terms.available = any(t.lower == "available" for t in head.adjectives)
    if clause.negated:
        return _overlap(clause, world, tie, actors, target, list(clause.rest[end:]))
    terms.guards += states or []
    if not _terms(list(clause.rest[end:]), terms, world, target):
        return False
    if terms.available and not tie.ended and _stock(world.thing(target)) is None:
        return False
    _build(clause, world, tie, actors, target, terms)
    return True


def _states(head: Noun, world: World, target: str) -> list[Guard] | None:
    """ "rate delivered orders": only those in that state."""
    guards: list[Guard] = []
    for adjective in head.adjectives:
        if adjective.form not in {"participle", "past"}:
            return None
        found = read_condition([adjective], world.thing(target), world)
        if found is None or not found.conditions:
            return None
        wrong = ", ".join(told(negate(item), world.thing(target)) for item in found.conditions)
        guards.append(Guard(table=target, require=found.conditions, message=f"Not possible for this {spoken(target)}: {wrong}."))
    return guards or None


def _bought(clause: Clause, world: World, actors: Actors, head: Noun, rest: list[Token]) -> bool:
    """ "buy tickets for screenings", "reserve seats in a flight": the tickets are the rows."""
    if clause.verb not in {"buy", "purchase", "order", "book", "reserve"} or clause.negated or head.count:
        return False
    if not rest or rest[0].lower not in {"for", "of", "in", "on"} or head.adjectives or head.pronoun:
        return False
    found = noun(rest, 1)
    parent = world.entity(found[0]) if found and found[1] == len(rest) and not found[0].adjectives else None
    name = world.entity(head)
    if parent is None or name is None or name == parent or parent in world.people:
        return False
    row = world.thing(name)
    if any(r.target == name for r in world.thing(parent).relations.values()):
        return False
    if row.relation_to(parent) is None:
        relate(world, name, parent, parent)
    _who(world, actors, row)
    deed = world.deed(Verb.CREATE, name)
    permit(world, deed, actors)
    world.say((clause.start, clause.end), name, "", deed)
    return True


def _several(clause: Clause, world: World) -> bool:
    """ "borrow and return books", "like and comment on posts": one after the other."""
    parts = [replace(clause, verbs=(verb,)) for verb in clause.verbs]
    ends = {tie.end for verb in clause.verbs if (tie := TIES.get(verb))}
    if not all(verb in TIES or verb in ends for verb in clause.verbs) or clause.passive:
        return False
    return all(read_tie(part, world) for part in parts)


def _passive(clause: Clause, world: World) -> bool:
    """ "Books can be borrowed by members for 14 days", "posts can be liked by users"."""
    by = next((i for i, token in enumerate(clause.rest) if token.lower == "by"), None)
    if by is None:
        return False
    found = noun(clause.rest, by + 1)
    if found is None:
        return False
    active = replace(
        clause,
        passive=False,
        subject=tuple(clause.rest[by + 1 : found[1]]),
        rest=(*clause.subject, *clause.rest[:by], *clause.rest[found[1] :]),
    )
    one = found[0].count is not None and found[0].count.value == 1
    return read_tie(active, world, exclusive=one)


def _stock(thing: Thing) -> str | None:
    """The field that says how many there are: copies, seats, capacity."""
    names = [
        n
        for n, f in thing.fields.items()
        if f.type is FieldType.INTEGER
        and any(
            hint in n
            for hint in (
                "copies",
                "stock",
                "seats",
                "capacity",
                "quantity",
                "places",
                "spots",
                "units",
            )
        )
    ]
    return names[0] if len(names) == 1 else None


_LEFT = frozenset(
    "a an any the it they is are if there still enough left available in stock copies copy of book books one more free seats places spots remaining has have and least at".split()
)


def _condition(rest: list[Token], place: int, terms: Terms, world: World, target: str) -> bool:
    """ "if copies are available", "until the registration deadline", "unless it is cancelled"."""
    thing = world.thing(target)
    only = rest[place].tag == "ONLY"
    place += only
    word = rest[place].lower
    tokens = rest[place + (3 if starts(rest, place, ["as", "long", "as"]) else 1) :]
    words = [t.lower for t in tokens]
    if (
        word in {"if", "while", "when", "as"}
        and set(words) & {"available", "left", "stock", "free", "remaining"}
        and all(
            w in _LEFT or world.known(t.lemma) == target for w, t in zip(words, tokens, strict=True)
        )
    ):
        terms.available = True
        return True
    if word in {"until", "before", "till"}:
        found = noun(tokens, 0)
        if found is None or found[1] < len(tokens):
            return False
        moment = next(
            (thing.fields[n] for n in (found[0].field, found[0].name) if n in thing.fields), None
        )
        if moment is None or moment.type not in {FieldType.DATE, FieldType.DATETIME}:
            return False
        day = moment.type is FieldType.DATE
        op = Comparison.GE if word == "until" and day else Comparison.GT
        require = (Condition(field=moment.name, op=op, operands=(Now(date_only=day),)),)
        terms.guards.append(
            Guard(
                table=target,
                require=require,
                message=f"The {spoken(moment.name)} of this {spoken(target)} has passed.",
            )
        )
        return True
    read = read_condition(tokens, thing, world)
    if read is None or not read.conditions:
        return False
    if word in {"unless"}:
        read = read.negated()
    elif word not in {"if", "while", "when", "as", "once", "after"}:
        return False
    if read is None or not read.conditions:
        return False
    wrong = ", ".join(told(negate(item), thing) for item in read.conditions)
    terms.guards.append(
        Guard(
            table=target,
            require=read.conditions,
            message=f"Not possible for this {spoken(target)}: {wrong}.",
        )
    )
    return True


def _terms(rest: list[Token], terms: Terms, world: World, target: str) -> bool:
    """Read "for 14 days", "at a time", "with a note", "once", "from 1 to 5 stars"."""
    if rest and rest[0].tag == "OPEN" and rest[-1].tag == "CLOSE":
        rest = rest[1:-1]
    place = 0
    while place < len(rest):
        token = rest[place]
        words = [t.lower for t in rest[place : place + 4]]
        if (
            words[:3] == ["at", "a", "time"]
            or words[:2] == ["at", "once"]
            or words[:3] == ["at", "the", "same"]
        ):
            place += (
                4 if words[2:3] == ["same"] else len(words[:3]) if words[2:3] == ["time"] else 2
            )
        elif (
            words[:1] == ["simultaneously"]
            or token.tag in {"ADV", "COMMA"}
            and token.lower not in {"once", "twice"}
        ):
            place += 1
        elif words[:2] in (["only", "once"], ["just", "once"]) or words[:1] == ["once"]:
            terms.once = True
            place += 2 if words[0] in {"only", "just"} else 1
        elif (day := _on_a_day(rest, place)) is not None:
            place, item = day
            terms.fields.append(item)
        elif token.lower == "for" and (step := read_time(rest, place + 1, terms)):
            place = step
        elif (
            token.lower in {"with", "by", "giving", "leaving", "and"}
            and place + 1 < len(rest)
            and (step := _extras(rest, place, terms))
        ):
            place = step
        elif (
            token.tag in {"SUB"}
            or token.lower in {"until", "before", "till"}
            or (token.tag == "ONLY" and place + 1 < len(rest) and rest[place + 1].tag == "SUB")
            or words[:3] == ["as", "long", "as"]
        ):
            return _condition(rest, place, terms, world, target)
        elif token.lower in {"from", "between", "on"} or number(token) is not None:
            facts = Facts()
            if not read_facts(rest[place:], facts) or facts.minimum is None:
                return False
            terms.rating = facts
            return True
        elif (
            words[:2]
            in (["per", "day"], ["per", "week"], ["per", "month"], ["a", "day"], ["each", "day"])
            and terms.limit
        ):
            terms.per = (1, TIME_UNITS[words[1]])
            place += 2
        else:
            return False
    return True


def read_time(rest: list[Token], place: int, terms: Terms) -> int | None:
    """ "for 14 days", "for up to two weeks", "for a period of 14 days"."""
    while place < len(rest) and (
        rest[place].lower
        in {
            "a",
            "the",
            "period",
            "of",
            "maximum",
            "max",
            "up",
            "to",
            "at",
            "most",
            "exactly",
            "duration",
        }
    ):
        place += 1
    if place + 1 >= len(rest):
        return None
    value, unit = number(rest[place]), TIME_UNITS.get(rest[place + 1].lemma)
    if value is None or unit is None:
        return None
    terms.period = (value, rest[place], unit)
    return place + 2


def _on_a_day(rest: list[Token], place: int) -> tuple[int, Item] | None:
    """ "for a day", "on a certain date": the row has a date."""
    if rest[place].lower not in {"for", "on", "at"}:
        return None
    found = noun(rest, place + 1)
    if found is None or found[0].det not in {"a", "one"} or not found[0].heads:
        return None
    head, end = found
    plain = {t.lower for t in head.adjectives} <= {"specific", "certain", "given", "particular", "single"}
    if not plain or head.words not in (["day"], ["date"], ["time"]) or (end < len(rest) and rest[end].tag not in {"ADV"}):
        return None
    day = head.words != ["time"]
    token = replace(head.heads[0], text="date", lower="date") if day else head.heads[0]
    item = Item(replace(head, heads=(token,), adjectives=()), tokens=tuple(rest[place:end]))
    item.facts.type = FieldType.DATE if day else FieldType.DATETIME
    return end, item


def _extras(rest: list[Token], place: int, terms: Terms) -> int | None:
    """ "with a text and a rating from 1 to 5": fields of the row."""
    items, left = read_items(rest[place + 1 :])
    if (
        left
        or not items
        or any(
            item.tail or item.noun.pronoun or item.noun.det not in {"a", "an", "", "the", "their"}
            for item in items
        )
    ):
        return None
    if len(items) == 1 and items[0].noun.det == "" and items[0].noun.plural:
        return None
    terms.fields.extend(items)
    return len(rest)


def _row(world: World, tie: Tie) -> Thing:
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


def _build(
    clause: Clause, world: World, tie: Tie, actors: Actors, target: str, terms: Terms
) -> None:
    """The row, its two ties, and the action that makes it."""
    row = _row(world, tie)
    world.thing(target)
    to_target = row.relation_to(target) or relate(world, row.name, target, target)
    who, caller, fields = _who(world, actors, row)
    for item in terms.fields:
        made = make_field(item.noun.field, item.facts, row.name, world)
        row.add(made)
    if tie.noun == "rating" and not row.fields or terms.rating is not None:
        name = (
            "rating"
            if row.name == "review"
            else "stars"
            if "stars" in {t.lower for t in clause.tokens} and row.name == "rating"
            else "rating"
            if row.name != "rating"
            else "value"
        )
        facts = terms.rating or Facts()
        facts.type = FieldType.INTEGER
        row.add(make_field(name, facts, row.name, world))
    if tie.noun in {"comment"} and not row.fields:
        row.add(EntityField(name="text", type=FieldType.LONG_TEXT))
        world.assume("Each comment has a text; the request names no field of it.")
    if tie.noun == "review" and not row.fields:
        row.add(EntityField(name="text", type=FieldType.LONG_TEXT))
        world.assume("Each review has a text; the request names no field of it.")
    assigned = [Assignment(field=to_target.name, operand=FieldValue(path="id"))]
    if who is not None:
        assigned.append(Assignment(field=who.name, operand=caller))
    deed = world.deed(Verb.ACTION, target, clause.verb)
    guards = list(deed.rule.guards) if isinstance(deed.rule, Change) else []
    lock: str | None = None
    if tie.ended:
        _ending(world, row, tie)
    if terms.period is not None:
        assigned.append(due_date(world, row, terms))
    guards += [guard for guard in terms.guards if guard not in guards]
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
    deed.fields = [
        *fields,
        *[f.name for f in row.fields.values() if f.set_by == "client" and f.computed is None],
    ]
    old = deed.rule if isinstance(deed.rule, Change) else None
    if old is not None and old.create:
        kept = {item.field: item for item in (*old.create[0].assign, *assigned)}
        assigned, lock = list(kept.values()), lock or old.lock
    deed.rule = Change(
        table=target,
        guards=tuple(guards),
        create=(Creation(table=row.name, assign=tuple(assigned)),),
        lock=lock,
    )
    permit(world, deed, actors)
    shown = [world.deed(Verb.LIST, row.name), world.deed(Verb.GET, row.name)]
    if tie.ended:
        shown.append(world.deed(Verb.ACTION, row.name, tie.end))
    world.say((clause.start, clause.end), row.name, "", deed, *shown)


def _left(
    world: World, row: Thing, relation: EntityRelation, tie: Tie, *, one: bool = False
) -> Guard:
    """Fewer open rows than there are copies; one at a time where nobody counts them."""
    target = relation.target
    level = None if one else _stock(world.thing(target))
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


def _who(
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
        world.assume(
            f"A {spoken(row.name)} is open until it is {'returned' if tie.end == 'return' else 'ended'}."
        )
    deed = world.deed(Verb.ACTION, row.name, tie.end)
    if deed.rule is None:
        deed.rule = _end_rule(row, tie)


def _end_rule(row: Thing, tie: Tie) -> Change:
    open_ = Guard(
        table=row.name,
        require=(Condition(field=tie.ended, op=Comparison.IS_NULL),),
        message=f"This {spoken(row.name)} has ended already.",
    )
    return Change(
        table=row.name, guards=(open_,), assign=(Assignment(field=tie.ended, operand=Now()),)
    )


def due_date(world: World, row: Thing, terms: Terms) -> Assignment:
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
        operand=Now(date_only=due.type is FieldType.DATE, unit=unit, plus_parameter=name),  # pyright: ignore[reportArgumentType] one of TIME_UNITS
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
        )  # pyright: ignore[reportArgumentType] one of TIME_UNITS
    return Guard(
        table=who.target,
        argument=None if caller.source == "caller" else f"{who.name}_id",
        count=Filter(table=row.name, where=tuple(where)),
        op=Comparison.LT,
        limit=Named(name=name),
        message=f"The limit of open {spoken(row.plural)} is reached.",
    )


def _read_end(clause: Clause, world: World) -> bool:
    """ "Members can return books", "loans can be returned", "users can unfollow each other"."""
    tie = next((tie for tie in TIES.values() if tie.end == clause.verb), None)
    if tie is None or len(clause.verbs) > 1 or clause.negated:
        return False
    row = next(
        (
            world.things[name]
            for t in TIES.values()
            if t.end == clause.verb and (name := world.known(t.noun) or t.noun) in world.things
        ),
        None,
    )
    if row is None or tie.ended not in row.fields:
        return False
    actors = Actors() if clause.passive else read_actors(clause.subject, world)
    tokens = clause.subject if clause.passive else clause.rest
    found = noun(tokens, 0)
    if actors is None or found is None:
        return False
    rest = clause.rest if clause.passive else clause.rest[found[1] :]
    if any(token.tag not in {"ADV"} for token in rest):
        return False
    target = world.entity(found[0])
    if target != row.name and (target is None or row.relation_to(target) is None):
        return False
    deed = world.deed(Verb.ACTION, row.name, tie.end)
    deed.rule = deed.rule or _end_rule(row, tie)
    permit(world, deed, actors)
    world.say((clause.start, clause.end), row.name, "", deed)
    return True


def _overlap(
    clause: Clause, world: World, tie: Tie, actors: Actors, target: str, rest: list[Token]
) -> bool:
    """ "A member cannot review a book twice": at most one row of each pair."""
    words = [token.lower for token in rest if token.tag not in {"PUNCT"}]
    if words not in (["twice"], ["more", "than", "once"], ["again"]):
        return False
    row = _row(world, tie)
    relation = row.relation_to(target) or relate(world, row.name, target, target)
    who, _, _ = _who(world, actors, row)
    if who is None:
        return False
    row.relations[relation.name] = row.relations[relation.name].model_copy(
        update={"unique_with": (who.name,)}
    )
    world.say((clause.start, clause.end), row.name)
    return True


def lock_target(deed: Deed, name: str) -> None:
    """Make a deed lock the row of `name` first."""
    if isinstance(deed.rule, Change) and deed.rule.lock is None:
        deed.rule = deed.rule.model_copy(update={"lock": name})


def typed(name: str) -> FieldType:
    """The type that a name tells."""
    return field_type(name)


def named(items: Sequence[Noun]) -> list[str]:
    """The names of nouns in snake case."""
    return [snake(" ".join(item.words)) for item in items]


__all__ = ["bound", "lock_target", "named", "own", "read_tie", "starts", "typed", "Value"]
