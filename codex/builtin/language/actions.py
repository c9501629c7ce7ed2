"""Sentences about doing: create, change, delete, and changes of state with their guards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from codex.builtin.language.action_guards import object_guards, onto
from codex.builtin.language.actors import Actors, own, permit, read_actors
from codex.builtin.language.clause import Clause
from codex.builtin.language.inflect import participle
from codex.builtin.language.intros import made
from codex.builtin.language.making import relate
from codex.builtin.language.names import article
from codex.builtin.language.nouns import Noun, noun, nouns
from codex.builtin.language.states import changed_rule, marked_state, state_deed
from codex.builtin.language.tails import Tail, read_tail
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import CREATE, DELETE, MANAGE, READ, STATES, TIES, UPDATE
from codex.builtin.language.world import CRUD, Deed, World
from codex.common.documents.specification import Verb

VERBS: dict[str, tuple[Verb, ...]] = {
    **dict.fromkeys(MANAGE, CRUD),
    **dict.fromkeys(READ, (Verb.LIST, Verb.GET)),
    **dict.fromkeys(CREATE, (Verb.CREATE,)),
    **dict.fromkeys(UPDATE, (Verb.UPDATE,)),
    **dict.fromkeys(DELETE, (Verb.DELETE,)),
    "list": (Verb.LIST,),
    "browse": (Verb.LIST, Verb.GET),
}


def read_action(clause: Clause, world: World) -> bool:
    """A deed that people may do, or that can be done to something."""
    if not clause.verbs or (clause.verb in {"be", "have", "do"} and clause.verb not in VERBS):
        return False
    kinds = [_kind(verb, clause, world) for verb in clause.verbs]
    if any(kind is None for kind in kinds):
        return False
    if clause.passive and not clause.modal and not _said_of_all(clause):
        return False  # "an SMS is sent" tells what happens by itself
    if clause.passive:
        actors: Actors | None = Actors()
        objects, only, which = _objects_of_subject(clause, world)
        rest = list(clause.rest)
    else:
        actors = read_actors(clause.subject, world)
        if actors is None:
            actors = _system(clause.subject)
        objects, end = nouns(clause.rest, 0)
        rest = list(clause.rest[end:])
        only, which = False, ()
    if actors is None or not objects:
        return False
    if which and not rest:
        word = "if" if not clause.negated else "when"
        rest = [made(word, "SUB", at=which[0]), *which]
    elif which:
        return False
    things = [_thing(item, world) for item in objects]
    if any(thing is None for thing in things):
        if (part := _field_of(clause, objects, rest, world)) is not None:
            return _deeds(clause, actors, [part], [str(world.entity(part))], [], world, only=only)
        return _account_field(clause, actors, objects, rest, world)
    names = [thing for thing in things if thing is not None]
    return _deeds(clause, actors, objects, names, rest, world, only=only)


def _said_of_all(clause: Clause) -> bool:
    """ "books are added by librarians": a right; "an expense is paid by a member" is a tie."""
    found = noun(clause.subject, 0)
    return any(t.lower == "by" for t in clause.rest) and found is not None and found[0].plural


def _system(tokens: Sequence[Token]) -> Actors | None:
    from codex.builtin.language.people import SYSTEMS

    found = noun(tokens, 0)
    if (
        found is not None
        and found[1] == len(tokens)
        and found[0].heads
        and found[0].heads[-1].lower in SYSTEMS
    ):
        return Actors()
    return None


def _kind(verb: str, clause: Clause, world: World) -> str | None:
    """What a verb does: `crud`, or `state`."""
    if verb == "mark" or (
        verb in {"set", "flag"} and any(t.lower in {"as", "to"} for t in clause.rest)
    ):
        return "mark"
    if (
        verb in {"publish", "submit", "lock", "start", "review", "save", "store", "book", "rate"}
        and verb in STATES
        and clause.passive
    ):
        return "state"
    if verb == "publish":
        return "state"
    if verb in VERBS and verb not in STATES:
        return "crud"
    if verb in STATES and not (verb in TIES and not clause.passive):
        return "state"
    if verb in VERBS:
        return "crud"
    del world
    return None


def _objects_of_subject(clause: Clause, world: World) -> tuple[list[Noun], bool, tuple[Token, ...]]:
    """What a passive clause is about, whether only that, and what "that have …" says."""
    found, end = nouns(clause.subject, 0)
    rest = clause.subject[end:]
    only = bool(found and found[0].only)
    if not rest:
        return found, only, ()
    if rest[0].tag == "WH" and len(found) == 1 and world.entity(found[0]):
        return found, only, tuple(t for t in rest[1:] if t.tag != "COMMA")
    return [], only, ()


def _thing(item: Noun, world: World) -> str | None:
    """The entity of an object; one of its own fields ("the status of an order") is none."""
    return world.entity(item)


def _deeds(
    clause: Clause,
    actors: Actors,
    objects: list[Noun],
    things: list[str],
    rest: list[Token],
    world: World,
    *,
    only: bool,
) -> bool:
    """Put down the deeds of a clause whose actors and objects are known."""
    marked = _marks(clause, rest, world)
    guards = object_guards(objects, things, clause, world)
    if marked is None or guards is None:
        return False
    states, rest = marked
    rest, parents = onto(rest, things, clause, world)
    tail = read_tail(rest, world, things, clause)
    if tail is None:
        return False
    tail.guards[:0] = guards
    if tail.agent is not None:
        actors = replace(tail.agent, only=tail.agent.only or clause.only or only)
    elif clause.only and not tail.guards and not own_rows(objects, world) and not actors.only:
        return False
    if clause.negated and not tail.guards:
        return _forbid(clause, actors, things, world)
    if actors.only and not world.signs_in:
        return False
    for item, name in zip(objects, things, strict=True):
        mine = actors.owner or own_rows([item], world)
        if mine and world.signs_in:
            own(world, world.thing(name))
        deeds = _make(clause, world, name, states, tail)
        if deeds is None:
            return False
        for parent in parents:
            if world.thing(name).relation_to(parent) is None:
                relate(world, name, parent, parent)
        for deed in deeds:
            permit(world, deed, actors, own_rows=mine)
            if actors.only:
                world.exclusive.add(deed.key)
        world.say((clause.start, clause.end), name, _sentence(clause, name), *deeds)
    return True


def _marks(
    clause: Clause, rest: list[Token], world: World
) -> tuple[list[tuple[str, str]], list[Token]] | None:
    """The states of "marked as done", and what stands behind them; None where one is not known."""
    states: list[tuple[str, str]] = []
    for verb in clause.verbs:
        if _kind(verb, clause, world) == "mark":
            marked, rest = marked_state(rest)
            if marked is None:
                return None
            states.append(marked)
    return states, rest


def own_rows(objects: list[Noun], world: World) -> bool:
    """Whether the objects are said to be the actor's own."""
    if not world.signs_in:
        return False
    for item in objects:
        owner = item.owner
        if owner is not None and owner.pronoun in {"their", "his", "her", "my", "our", "your"}:
            return True
        if owner is not None and owner.heads and owner.name in world.people:
            return True
    return False


def _make(
    clause: Clause,
    world: World,
    name: str,
    states: list[tuple[str, str]],
    tail: Tail,
) -> list[Deed] | None:
    """The operations of every verb of the clause, with their guards."""
    thing = world.thing(name)
    deeds: list[Deed] = []
    for verb in clause.verbs:
        kind = _kind(verb, clause, world)
        if kind == "crud":
            for crud in VERBS[verb]:
                deed = world.deed(crud, name)
                if tail.guards and crud in {Verb.LIST, Verb.GET, Verb.CREATE}:
                    return None
                if tail.guards:
                    deed.rule = changed_rule(deed, thing, tail.guards, verb, ())
                deeds.append(deed)
        elif kind == "state":
            deeds.append(
                state_deed(world, thing, verb, participle(verb.partition("_")[0]), tail.guards)
            )
    for action, word in states:
        deeds.append(state_deed(world, thing, action, word, tail.guards))
    return deeds


def _forbid(clause: Clause, actors: Actors, things: list[str], world: World) -> bool:
    """ "Books cannot be deleted", "users cannot delete tasks"."""
    if any(verb not in VERBS for verb in clause.verbs):
        return False
    if actors.roles and actors.roles != ("user",):
        return False
    for name in things:
        for verb in clause.verbs:
            for crud in VERBS[verb]:
                world.thing(name).forbidden.add(crud)
        others = [crud for crud in CRUD if crud not in world.thing(name).forbidden]
        deeds = [world.deed(crud, name) for crud in others]
        done = " or ".join(participle(verb) for verb in clause.verbs)
        world.say(
            (clause.start, clause.end),
            name,
            f"{article(name).capitalize()} must not be {done}.",
            *deeds,
        )
    return True


def _sentence(clause: Clause, name: str) -> str:
    """An order as a requirement; empty where the operations say it better."""
    if clause.passive or clause.subject:
        return ""
    done = " and ".join(participle(verb.partition("_")[0]) for verb in clause.verbs)
    return f"{article(name).capitalize()} can be {done}."


def _field_of(clause: Clause, objects: list[Noun], rest: list[Token], world: World) -> Noun | None:
    """ "change the status of a report", "a report's status": the report is what changes."""
    if not set(clause.verbs) <= UPDATE | {"set"} or len(objects) != 1:
        return None
    owner = objects[0].owner
    if owner is None and len(rest) >= 2 and rest[0].lower == "of":
        found = noun(rest, 1)
        owner = found[0] if found is not None and found[1] == len(rest) else None
    thing = world.entity(owner) if owner is not None and not owner.adjectives else None
    if thing is None or owner is None or thing not in world.things:
        return None
    kept = world.thing(thing)
    names = {objects[0].field, objects[0].name}
    return owner if names & (kept.fields.keys() | kept.relations.keys()) else None


def _account_field(
    clause: Clause, actors: Actors, objects: list[Noun], rest: list[Token], world: World
) -> bool:
    """ "Users can change their password/profile/email": their own account."""
    if (
        not world.signs_in
        or world.account is None
        or clause.verb not in UPDATE | READ | DELETE
        or rest
    ):
        return False
    known = {"profile", "account", "email", "name", "username", "email_address"}
    account = world.thing(world.account)
    for item in objects:
        if item.owner is None or item.owner.pronoun != "their" or item.name not in known:
            return False
    deeds: list[Deed] = []
    for crud in VERBS[clause.verb]:
        if crud is Verb.LIST:
            continue
        deed = world.deed(crud, account.name)
        permit(world, deed, actors, own_rows=True)
        deeds.append(deed)
    world.say((clause.start, clause.end), account.name, "", *deeds)
    return True
