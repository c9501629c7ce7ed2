"""From what was understood to the draft of a Specification."""

from __future__ import annotations

from collections.abc import Iterable

from codex.builtin.language.criteria import Context, account_criteria, criteria, service_criteria
from codex.builtin.language.decisions import settle_decisions
from codex.builtin.language.making import ensure_named
from codex.builtin.language.names import spoken, title
from codex.builtin.language.promises import free_places, keep_places, keep_states
from codex.builtin.language.settling import (
    drop_states,
    leave_uncovered,
    settle_accounts,
    settle_deeds,
    settle_fields,
    settle_heading,
    settle_orders,
    unused_numbers,
)
from codex.builtin.language.wording import keeps, sentence, summary_of, title_of
from codex.builtin.language.world import CRUD, Key, Place, Statement, Thing, World
from codex.common.documents.draft import SpecificationDraft
from codex.common.documents.rules import PUBLIC, SIGNED_IN
from codex.common.documents.specification import (
    Assumption,
    Entity,
    Feature,
    NotUnderstoodClause,
    Operation,
    OutOfScope,
    Parameter,
    Requirement,
    Role,
)

SERVICE, ACCOUNTS = "Service", "Accounts"


def assemble(world: World) -> SpecificationDraft:
    """The draft of everything in `world`."""
    drop_states(world)
    leave_uncovered(world)
    unused_numbers(world)
    settle_heading(world)
    settle_accounts(world)
    ensure_named(world)
    free_places(world)
    settle_decisions(world)
    settle_fields(world)
    settle_deeds(world)
    keep_places(world)
    keep_states(world)
    settle_orders(world)
    entities = tuple(_entity(thing, world) for thing in world.things.values())
    operations = {key: deed.operation() for key, deed in world.deeds.items()}
    context = Context({entity.name: entity for entity in entities}, world.account is not None)
    requirements = tuple(_requirements(world, operations, context))
    features = tuple(Feature(name=name) for name in dict.fromkeys(r.feature for r in requirements))
    name = title_of(world)
    return SpecificationDraft(
        title=name,
        summary=summary_of(world),
        roles=tuple(_roles(world)),
        features=features,
        entities=entities,
        parameters=tuple(_parameter(world, item.place, item) for item in world.numbers),
        requirements=requirements,
        assumptions=tuple(
            Assumption(id=f"A{index}", text=text) for index, text in enumerate(world.assumptions, 1)
        ),
        out_of_scope=tuple(
            OutOfScope(quote=world.text[start:end], reason=reason)
            for (start, end), reason in world.out_of_scope
        ),
        not_understood=tuple(
            NotUnderstoodClause(quote=world.text[start:end], reason=reason, rephrasings=rephrasings)
            for (start, end), reason, rephrasings in world.not_understood
        ),
    )


def _entity(thing: Thing, world: World) -> Entity:
    owner = thing.owner if world.account is not None else None
    members = set(thing.fields) | set(thing.relations)
    fields = [
        field.model_copy(
            update={"unique_with": tuple(n for n in field.unique_with if n in members)}
        )
        for name, field in thing.fields.items()
        if name not in thing.relations
    ]
    relations = [
        relation.model_copy(
            update={"unique_with": tuple(n for n in relation.unique_with if n in members)}
        )
        for relation in thing.relations.values()
        if relation.target in world.things
    ]
    return Entity(
        name=thing.name,
        plural=thing.plural,
        description=thing.description,
        fields=tuple(fields),
        relations=tuple(relations),
        is_account=thing.name == world.account,
        owner=owner,
    )


def _roles(world: World) -> Iterable[Role]:
    if world.account is None:
        return
    used = {grant.role for deed in world.deeds.values() for grant in deed.access}
    used |= {role for role in world.people.values() if role}
    for name in sorted(used - {PUBLIC, SIGNED_IN}):
        doing = [
            f"{key[2] or key[0].value} {spoken(world.things[key[1]].plural)}"
            for key, deed in world.deeds.items()
            if any(grant.role == name for grant in deed.access)
        ]
        yield Role(
            name=name, description=f"May {', '.join(doing)}." if doing else f"{title(name)}."
        )


def _parameter(world: World, place: Place, item: object) -> Parameter:
    from codex.builtin.language.world import Number

    assert isinstance(item, Number)
    within = [
        s.place for s in world.statements if s.place[0] <= place[0] and place[1] <= s.place[1]
    ]
    start, end = min(within, key=lambda p: p[1] - p[0], default=place)
    return Parameter(
        name=item.name,
        value=item.value,
        type="integer" if isinstance(item.value, int) else "decimal",
        unit=item.unit,
        description=item.description or f"{title(item.name)}.",
        quote=world.text[start:end],
    )


def _requirements(
    world: World, operations: dict[Key, Operation], context: Context
) -> Iterable[Requirement]:
    number = 0
    service = [s for s in world.statements if s.feature == "service"]
    if service:
        number += 1
        yield Requirement(
            id=f"R{number}", feature=SERVICE, text="The service must answer over HTTP with JSON.",
            quotes=_quotes(world, service), criteria=service_criteria(number),
        )  # fmt: skip
    if world.account is not None:
        number += 1
        who = spoken(world.things[world.account].plural)
        said = [
            s
            for s in world.statements
            if s.feature == "accounts" or (s.feature == world.account and not s.deeds)
        ]
        yield Requirement(
            id=f"R{number}",
            feature=ACCOUNTS,
            text=f"The service must let {who} sign up and log in with e-mail address and password.",
            quotes=_quotes(world, said),
            criteria=account_criteria(number),
        )
    for thing in world.things.values():
        for requirement in _of_thing(thing, world, operations, context, number):
            number += 1
            yield requirement


def _of_thing(
    thing: Thing, world: World, operations: dict[Key, Operation], context: Context, number: int
) -> Iterable[Requirement]:
    feature = title(thing.plural)
    keys = [
        (verb, thing.name, None, None)
        for verb in CRUD
        if (verb, thing.name, None, None) in operations
    ]
    data = [s for s in world.statements if s.feature == thing.name and not s.deeds]
    if thing.name != world.account:
        number += 1
        own = tuple(operations[key] for key in keys)
        yield Requirement(
            id=f"R{number}",
            feature=feature,
            text=keeps(
                thing.plural, [*thing.fields, *thing.relations], [o.verb.value for o in own]
            ),
            quotes=_quotes(world, data),
            operations=own,
            criteria=criteria(number, own, context),
        )
    groups: dict[tuple[Key, ...], list[Statement]] = {}
    for statement in world.statements:
        if statement.feature == thing.name and statement.deeds:
            groups.setdefault(tuple(dict.fromkeys(statement.deeds)), []).append(statement)
    for group, statements in groups.items():
        number += 1
        some = tuple(operations[key] for key in group)
        text = next((s.text for s in statements if s.text and "must" in s.text), "") or sentence(
            some, context
        )
        yield Requirement(
            id=f"R{number}", feature=feature, text=text, quotes=_quotes(world, statements),
            operations=some, criteria=criteria(number, some, context),
        )  # fmt: skip


def _quotes(world: World, statements: Iterable[Statement]) -> tuple[str, ...]:
    texts = [world.text[s.place[0] : s.place[1]].strip() for s in statements]
    return tuple(dict.fromkeys(text for text in texts if text))
