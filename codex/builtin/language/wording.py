"""Requirements, titles and summaries in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from codex.blueprint.naming import deed
from codex.builtin.language.conditions import told
from codex.builtin.language.criteria import Context
from codex.builtin.language.inflect import participle
from codex.builtin.language.names import article, spoken, title
from codex.builtin.language.world import CRUD, World
from codex.common.documents.rules import PUBLIC, SIGNED_IN, Aggregate, Change, Filter, Scope
from codex.common.documents.specification import (
    Operation,
    Verb,
)


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
    names: list[str] = []
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
            told_ = f" ({_and([told(item) for item in rule.where])})"
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
        f" where {_and([told(item) for item in rule.where])}"
        if isinstance(rule, Filter) and rule.where
        else ""
    )
    under = f" of one {spoken(operation.parent)}" if operation.parent else ""
    how = f", {_and(parts)}" if parts else ""
    return f"{who} must be able to list {many}{under}{where}{how}."


def _and(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def title_of(world: World) -> str:
    """The service's name."""
    if world.title:
        named = re.sub(r"\s+", " ", world.title).strip()
        return named[:1].upper() + named[1:]
    names = [title(t.plural) for t in world.things.values() if t.name != world.account][:2]
    return f"{_and([names[0], *[n.lower() for n in names[1:]]])} service" if names else "A service"


def summary_of(world: World) -> str:
    """What the service is for, in a sentence or two."""
    kept = [spoken(t.plural) for t in world.things.values()]
    if not kept:
        return "Nothing of the request was understood."
    done: dict[str, list[str]] = {}
    for verb, entity, name, *_ in world.deeds:
        if verb is Verb.ACTION and name and entity in world.things:
            many = spoken(world.things[entity].plural)
            word = deed(name.partition("_")[0])
            word = " ".join([participle(word.partition(" ")[0]), *word.split()[1:]])
            done.setdefault(many, []).extend([word] if word not in done.get(many, []) else [])
    told_ = [f"{many.capitalize()} can be {_and(words[:5])}." for many, words in done.items()]
    return " ".join([f"A service that keeps {_and(kept)}.", *told_[:3]])
