"""What is decided once everything is read: accounts, plain operations, who may do what."""

from __future__ import annotations

import re
from collections.abc import Sequence

from codex.builtin.language.clause import find_verb
from codex.builtin.language.inflect import is_plural
from codex.builtin.language.names import spoken
from codex.builtin.language.tags import tag
from codex.builtin.language.tokens import Token, tokenize
from codex.builtin.language.world import CRUD, Deed, Key, Statement, Thing, World
from codex.common.clauses import uncovered
from codex.common.documents.rules import PUBLIC, SIGNED_IN, Filter, Grant, Order, Scope
from codex.common.documents.specification import (
    EntityField,
    EntityRelation,
    FieldType,
    RelationKind,
    Verb,
)
from codex.common.numbers import numbers, same


def leave_uncovered(world: World) -> None:
    """A sentence of which most is in no quote is told as a whole."""
    places = [statement.place for statement in world.statements]
    places += [place for place, *_ in (*world.not_understood, *world.out_of_scope)]
    quotes = [world.text[start:end] for start, end in places]
    for sentence in uncovered(world.text, quotes):
        world.not_understood.append(
            ((sentence.start, sentence.end), "Most of this sentence says nothing known.", ())
        )


def unused_numbers(world: World) -> None:
    """A number that nothing was made of is told: something was meant by it."""
    taken = [place for place, *_ in (*world.not_understood, *world.out_of_scope)]
    values = [item.value for item in world.numbers]
    for said in numbers(world.text):
        inside = any(start <= said.start and said.end <= end for start, end in taken)
        if inside or any(same(value, said) for value in values):
            continue
        around = [
            s.place for s in world.statements if s.place[0] <= said.start and said.end <= s.place[1]
        ]
        start, end = min(
            around, key=lambda place: place[1] - place[0], default=(said.start, said.end)
        )
        taken.append((start, end))
        world.not_understood.append(
            ((start, end), f"What {said.text} means here is not known to the built-in model.", ())
        )


def settle_heading(world: World) -> None:
    """ "Photo sharing." and "An online shop API." before everything else only name the service."""
    for item in world.not_understood:
        (start, end), *_ = item
        words = tag(tokenize(world.text[start:end]))
        if world.text[:start].strip() or not _is_heading(words):
            continue
        world.not_understood.remove(item)
        world.say((start, end), "service")
        return


def _is_heading(words: Sequence[Token]) -> bool:
    """Whether words are one noun, or gerund, with what describes it."""
    if not 1 < len(words) < 7:
        return False
    *said, stop = words
    plain = all(w.tag in {"NOUN", "ADJ", "ADV", "DET"} or w.lower.endswith("ing") for w in said)
    last = said[-1].lower
    one = last.endswith("ing") or (said[-1].tag == "NOUN" and not is_plural(last))
    return plain and one and stop.text in {".", "!"} and find_verb(words) is None


def settle_accounts(world: World) -> None:
    """Make the account what every account is, or drop it."""
    if world.account is None or not world.things:
        world.account = None
        return
    account = world.thing(world.account)
    for name in ("password", "role", "username_password"):
        account.fields.pop(name, None)
    for name in ("email", "email_address"):
        if name in account.fields:
            account.fields.pop(name)
    account.fields = {
        "email": EntityField(name="email", type=FieldType.EMAIL, unique=True),
        **account.fields,
    }


def settle_deeds(world: World) -> None:
    """Every thing gets its plain operations; then who may do each is decided."""
    for thing in world.things.values():
        for verb in _plain(thing, world):
            world.deed(verb, thing.name)
        for verb in thing.forbidden:
            world.deeds.pop((verb, thing.name, None, None), None)
    if world.account is None:
        for deed in world.deeds.values():
            deed.access = []
    else:
        for thing in world.things.values():
            _access(thing, world)
        _inherit(world)
    for statement in world.statements:
        statement.deeds = [key for key in statement.deeds if key in world.deeds]
    if any(not thing.forbidden for thing in world.things.values() if thing.name != world.account):
        world.assume(
            "Unless the request says otherwise, everything can be created, read, listed, changed "
            "and deleted."
        )


def drop_states(world: World) -> None:
    """ "Their own drafts" are articles in a state, nothing of their own; what is said is told."""
    states = {
        value: thing.name
        for thing in world.things.values()
        for item in thing.fields.values()
        for value in item.choices
    }
    tied = {r.target for t in world.things.values() for r in t.relations.values()}
    for name in [item for item in world.things if item in states and item not in tied]:
        thing = world.things[name]
        if thing.fields or any(r.target != world.account for r in thing.relations.values()):
            continue
        del world.things[name]
        for key in [key for key in world.deeds if key[1] == name]:
            del world.deeds[key]
        whole = spoken(world.things[states[name]].plural)
        reason = f"That these {whole} are meant is not known to the built-in model."
        for statement in [s for s in world.statements if _speaks_of(s, name)]:
            world.statements.remove(statement)
            world.not_understood.append((statement.place, reason, ()))


def _speaks_of(statement: Statement, name: str) -> bool:
    return statement.feature == name or any(key[1] == name for key in statement.deeds)


def settle_fields(world: World) -> None:
    """A state begins with the first that is named, unless the request says with which."""
    for thing in world.things.values():
        for name, item in thing.fields.items():
            if item.type is FieldType.CHOICE and item.default is None and _STATE.fullmatch(name):
                thing.fields[name] = item.model_copy(update={"default": item.choices[0]})
                first = spoken(item.choices[0])
                world.assume(f"The {spoken(name)} of a new {spoken(thing.name)} is {first}.")


_STATE = re.compile(r"(\w+_)?(status|state|stage|phase)")


def settle_orders(world: World) -> None:
    """What a list of its own is said to be sorted by is the order of its rule."""
    for deed in world.deeds.values():
        if isinstance(deed.rule, Filter) and not deed.rule.order and deed.sorts:
            order = tuple(
                Order(field=name.removeprefix("-"), descending=name.startswith("-"))
                for name in deed.sorts
            )
            if deed.key[0] is Verb.QUERY:
                deed.rule = deed.rule.model_copy(update={"order": order})
                deed.sorts = []


def _inherit(world: World) -> None:
    """What is kept of a thing that belongs to somebody is theirs, too: the lines of an invoice."""
    waiting = [thing for thing in world.things.values() if thing.name != world.account]
    for _ in waiting:  # each round goes one step down
        for thing in waiting:
            if thing.owner:
                continue
            for relation in thing.relations.values():
                parent = world.things.get(relation.target)
                if parent is not None and _is_part(thing, relation, parent, world):
                    thing.owner = f"{relation.name}.{parent.owner}"
                    _as_the_parent(thing, parent, world)
                    break


def _is_part(thing: Thing, relation: EntityRelation, parent: Thing, world: World) -> bool:
    """Whether rows of `thing` are nothing without one of `parent`, which others do not see."""
    ties = [r for r in thing.relations.values() if r.kind is not RelationKind.MANY_TO_MANY]
    get = world.deeds.get((Verb.GET, parent.name, None, None))
    return (
        relation in ties
        and relation.required
        and not any(r.target == world.account for r in ties)
        and parent.owner is not None
        and parent.name != thing.name
        and get is not None
        and any(grant.scope is Scope.OWN for grant in get.access)
    )


def _as_the_parent(thing: Thing, parent: Thing, world: World) -> None:
    """Who reads, changes or deletes the parent does so with its parts."""
    for key, deed in world.deeds.items():
        if key[1] != thing.name or deed.access or deed.open or key[0] is Verb.CREATE:
            continue
        verb = key[0] if key[0] in (Verb.UPDATE, Verb.DELETE) else Verb.GET
        above = world.deeds.get((verb, parent.name, None, None))
        above = above or world.deeds.get((Verb.GET, parent.name, None, None))
        if above is not None and any(grant.scope is Scope.OWN for grant in above.access):
            deed.access = list(above.access)


def _plain(thing: Thing, world: World) -> Sequence[Verb]:
    if thing.name == world.account:
        return ()
    if thing.made_by:
        return (Verb.LIST, Verb.GET)
    return [verb for verb in CRUD if verb not in thing.forbidden]


def _access(thing: Thing, world: World) -> None:
    """Who may do what with a thing: as said; what is not said follows what is."""
    mine = {key: deed for key, deed in world.deeds.items() if key[1] == thing.name}
    plain = {key[0]: deed for key, deed in mine.items() if key[2] is None and key[3] is None}
    for key, deed in mine.items():
        if (
            deed.open
            and key not in world.exclusive
            and not any(g.scope is Scope.OWN for g in deed.access)
        ):
            deed.access = [Grant(role=PUBLIC)] if any(g.role == PUBLIC for g in deed.access) else []
        if any(grant.role == PUBLIC for grant in deed.access):
            deed.access = [Grant(role=PUBLIC)]
    if thing.owner:
        _own_access(plain, world.exclusive)
        mine_only = Grant(role=SIGNED_IN, scope=Scope.OWN)
        if any(mine_only in plain[verb].access for verb in (Verb.LIST, Verb.GET) if verb in plain):
            for key, deed in mine.items():
                if key[0] is Verb.ACTION and not deed.access:
                    deed.access = [mine_only]
    create = plain.get(Verb.CREATE)
    if create is not None:
        create.access = [grant.model_copy(update={"scope": Scope.ALL}) for grant in create.access]
        if [grant.role for grant in create.access] == [SIGNED_IN]:
            create.access = []
        special = [grant for grant in create.access if grant.role not in {PUBLIC, SIGNED_IN}]
        if special and not thing.owner:
            for verb in (Verb.UPDATE, Verb.DELETE):
                deed = plain.get(verb)
                if deed is not None and not deed.access and not deed.open:
                    deed.access = list(special)
                    world.assume(
                        f"Who may create {spoken(thing.plural)} may also change and delete them."
                    )


def _own_access(plain: dict[Verb, Deed], exclusive: set[Key]) -> None:
    mine = Grant(role=SIGNED_IN, scope=Scope.OWN)
    reads = [plain[verb] for verb in (Verb.LIST, Verb.GET) if verb in plain]
    private = any(mine in deed.access for deed in reads)
    for deed in reads:
        if (
            private
            and mine not in deed.access
            and not deed.open
            and not any(g.role == PUBLIC for g in deed.access)
        ):
            deed.access.append(mine)
    for verb in (Verb.UPDATE, Verb.DELETE):
        deed = plain.get(verb)
        if (
            deed is not None
            and mine not in deed.access
            and not deed.open
            and deed.key not in exclusive
        ):
            special = [grant for grant in deed.access if grant.role not in {SIGNED_IN, PUBLIC}]
            if not special or private:
                deed.access.append(mine)
