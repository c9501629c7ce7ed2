"""From what was understood to the draft of a Specification."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from codex.builtin.language.conditions import told
from codex.builtin.language.criteria import Context, account_criteria, criteria, service_criteria
from codex.builtin.language.data import ensure_named
from codex.builtin.language.inflect import participle
from codex.builtin.language.names import article, spoken, title
from codex.builtin.language.world import CRUD, Deed, Key, Place, Statement, Thing, World
from codex.common.documents.base import is_reserved
from codex.common.documents.draft import SpecificationDraft
from codex.common.documents.rules import PUBLIC, SIGNED_IN, Aggregate, Change, Filter, Grant, Scope
from codex.common.documents.specification import (
    Assumption,
    Entity,
    EntityField,
    Feature,
    FieldType,
    NotUnderstoodClause,
    Operation,
    OutOfScope,
    Parameter,
    Requirement,
    Role,
    Verb,
)
from codex.common.numbers import numbers, same

SERVICE, ACCOUNTS = "Service", "Accounts"


def assemble(world: World) -> SpecificationDraft:
    """The draft of everything in `world`."""
    _unused_numbers(world)
    _settle_accounts(world)
    ensure_named(world)
    _settle_deeds(world)
    entities = tuple(_entity(thing, world) for thing in world.things.values())
    operations = {key: deed.operation() for key, deed in world.deeds.items()}
    context = Context({entity.name: entity for entity in entities}, world.account is not None)
    requirements = tuple(_requirements(world, operations, context))
    features = tuple(Feature(name=name) for name in dict.fromkeys(r.feature for r in requirements))
    name = _title(world)
    return SpecificationDraft(
        title=name,
        summary=_summary(world),
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


def _unused_numbers(world: World) -> None:
    """A number that nothing was made of is told: something was meant by it."""
    taken = [place for place, *_ in (*world.not_understood, *world.out_of_scope)]
    values = [item.value for item in world.numbers]
    for said in numbers(world.text):
        inside = any(start <= said.start and said.end <= end for start, end in taken)
        if inside or any(same(value, said) for value in values):
            continue
        around = [s.place for s in world.statements if s.place[0] <= said.start and said.end <= s.place[1]]
        start, end = min(around, key=lambda place: place[1] - place[0], default=(said.start, said.end))
        taken.append((start, end))
        world.not_understood.append(
            ((start, end), f"What {said.text} means here is not known to the built-in model.", ())
        )


def _settle_accounts(world: World) -> None:
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


def _settle_deeds(world: World) -> None:
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
    for statement in world.statements:
        statement.deeds = [key for key in statement.deeds if key in world.deeds]
    if any(not thing.forbidden for thing in world.things.values() if thing.name != world.account):
        world.assume(
            "Unless the request says otherwise, everything can be created, read, listed, changed and deleted."
        )


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
        _own_access(thing, plain, world.exclusive)
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


def _own_access(thing: Thing, plain: dict[Verb, Deed], exclusive: set[Key]) -> None:
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


def _entity(thing: Thing, world: World) -> Entity:
    owner = thing.owner if world.account is not None else None
    members = set(thing.fields) | set(thing.relations)
    fields = [
        field.model_copy(
            update={"unique_with": tuple(n for n in field.unique_with if n in members)}
        )
        for name, field in thing.fields.items()
        if name not in thing.relations and not is_reserved(name)
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
            id=f"R{number}", feature=ACCOUNTS, text=f"The service must let {who} sign up and log in with e-mail address and password.",
            quotes=_quotes(world, said), criteria=account_criteria(number),
        )  # fmt: skip
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
            id=f"R{number}", feature=feature, text=keeps(thing.plural, [*thing.fields, *thing.relations], [o.verb.value for o in own]), quotes=_quotes(world, data),
            operations=own, criteria=criteria(number, own, context),
        )  # fmt: skip
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


def keeps(plural: str, members: Sequence[str], verbs: Sequence[str]) -> str:
    """What is kept of a thing, and what callers may do with it, as one sentence."""
    known = [spoken(name) for name in members]
    with_ = f" with {_and(known)}" if known else ""
    can = f", and let callers {_and(verbs)} them" if verbs else ""
    return f"The service must keep {spoken(plural)}{with_}{can}."


def sentence(operations: Sequence[Operation], context: Context) -> str:
    """Operations as sentences with "must"; plain ones of one entity and right in one."""
    groups: dict[tuple[str, str], list[Operation]] = {}
    told: list[str] = []
    for operation in operations:
        if operation.verb in CRUD and not (
            operation.rule or operation.parent or _narrows(operation)
        ):
            groups.setdefault((operation.entity, _who(operation, context)), []).append(operation)
        else:
            told.append(_one(operation, context))
    for (name, who), plain in groups.items():
        verbs = _and([operation.verb.value for operation in plain])
        many = spoken(context.entities[name].plural)
        told.append(f"{who} must be able to {verbs} {many}.")
    return " ".join(dict.fromkeys(told))


def _narrows(operation: Operation) -> bool:
    return bool(operation.filters or operation.ranges or operation.search or operation.sorts)


def _who(operation: Operation, context: Context) -> str:
    if not operation.access:
        return "Everybody who is signed in" if context.accounts else "Callers"
    names = []
    for grant in operation.access:
        who = {PUBLIC: "everybody", SIGNED_IN: "signed-in users"}.get(
            grant.role, f"{grant.role}s".replace("_", " ")
        )
        names.append(f"{who} (their own)" if grant.scope is Scope.OWN else who)
    text = _and(names)
    return f"Only {text}" if PUBLIC not in {g.role for g in operation.access} else text.capitalize()


def _one(operation: Operation, context: Context) -> str:
    entity = context.entities[operation.entity]
    many, who = spoken(entity.plural), _who(operation, context)
    rule = operation.rule
    if operation.verb is Verb.ACTION and isinstance(rule, Change):
        limits = _refusals(rule)
        return (
            f"{who} must be able to {spoken(operation.name or '')} {article(entity.name)}.{limits}"
        )
    if operation.verb in {Verb.FIGURE, Verb.QUERY}:
        what = spoken(operation.name or "")
        told_ = ""
        if isinstance(rule, Filter) and rule.where:
            told_ = f" ({_and([told(item, None) for item in rule.where])})"  # pyright: ignore[reportArgumentType] the thing is not needed to tell
        kind = "figure" if isinstance(rule, Aggregate) else "list"
        return f"{who} must get the {kind} “{what}” of {many}{told_}."
    if operation.verb is Verb.LIST:
        return _listing(operation, many, who)
    guards = _refusals(rule) if isinstance(rule, Change) else ""
    return f"{who} must be able to {operation.verb.value} {many}.{guards}"


def _refusals(rule: Change) -> str:
    """When a change is refused, in the words that the caller reads."""
    messages = [guard.message for guard in rule.guards if guard.message]
    return "".join(f" Otherwise it must answer “{message}”" for message in messages)


def _listing(operation: Operation, many: str, who: str) -> str:
    parts: list[str] = []
    if operation.search:
        parts.append(f"searched by {_and([spoken(n) for n in operation.search])}")
    if operation.filters or operation.ranges:
        parts.append(
            f"narrowed by {_and([spoken(n) for n in (*operation.filters, *operation.ranges)])}"
        )
    if operation.sorts:
        parts.append(f"sorted by {_and([spoken(n.lstrip('-')) for n in operation.sorts])}")
    rule = operation.rule
    where = (
        f" where {_and([told(item, None) for item in rule.where])}"
        if isinstance(rule, Filter) and rule.where
        else ""
    )  # pyright: ignore[reportArgumentType] as above
    under = f" of one {spoken(operation.parent)}" if operation.parent else ""
    how = f", {_and(parts)}" if parts else ""
    return f"{who} must be able to list {many}{under}{where}{how}."


def _and(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _title(world: World) -> str:
    if world.title:
        return (
            re.sub(r"\s+", " ", world.title).strip().capitalize()
            if world.title.islower()
            else world.title
        )
    names = [title(t.plural) for t in world.things.values() if t.name != world.account][:2]
    return f"{_and([names[0], *[n.lower() for n in names[1:]]])} service" if names else "A service"


def _summary(world: World) -> str:
    kept = [spoken(t.plural) for t in world.things.values()]
    if not kept:
        return "Nothing of the request was understood."
    done = [participle(k[2].partition("_")[0]) for k in world.deeds if k[0] is Verb.ACTION and k[2]]
    more = f" Things can be {_and(list(dict.fromkeys(done))[:5])}." if done else ""
    return f"A service that keeps {_and(kept)}.{more}"
