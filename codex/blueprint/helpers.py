"""Helpers that routes share: what each is handed besides its own arguments follows by code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codex.common.documents.architecture import Mend
from codex.common.documents.codegraph import (
    CONTEXT,
    FunctionDefinition,
    FunctionKind,
    FunctionParameter,
)
from codex.common.documents.schema import DatabaseSchema

_TYPES = {"session": "Session", "now": "datetime", "settings": "Settings", "files": "Files"}


def with_context(
    items: Sequence[FunctionDefinition], database: DatabaseSchema
) -> tuple[tuple[FunctionDefinition, ...], list[Mend]]:
    """Shared functions, each handed what its tables, settings and callees need, keyword-only."""
    needs = {item.name: _own_needs(item) for item in items}
    for _ in items:  # a chain of calls is at most as long as the list
        for item in items:
            called = [needs[name] for name in item.calls if name in needs]
            needs[item.name] = needs[item.name].union(*called)
    account = database.table(database.account) if database.account else None
    types = _TYPES | ({"user": account.model} if account else {})
    mends: list[Mend] = []
    made: list[FunctionDefinition] = []
    for item in items:
        parameters = _parameters(item, needs[item.name], types)
        if parameters != item.parameters:
            before, names = item.input_type, ", ".join(sorted(needs[item.name]))
            made.append(item.model_copy(update={"parameters": parameters}))
            if before != made[-1].input_type:
                mends.append(Mend(place=f"shared {item.name}", what=f"is handed {names}"))
        else:
            made.append(item)
    kind = {"kind": FunctionKind.SHARED}
    return tuple(item.model_copy(update=kind) for item in made), mends


def _own_needs(item: FunctionDefinition) -> set[str]:
    named = {parameter.name for parameter in item.parameters} & set(CONTEXT)
    if item.reads or item.writes:
        named.add("session")
    if item.settings:
        named.add("settings")
    if "files" in item.effects:
        named.add("files")
    return named


def _parameters(
    item: FunctionDefinition, needs: Iterable[str], types: dict[str, str]
) -> tuple[FunctionParameter, ...]:
    known = {parameter.name: parameter for parameter in item.parameters}
    own = [parameter for name, parameter in known.items() if name not in CONTEXT]
    handed = [
        FunctionParameter(
            name=name,
            type=known[name].type if name in known else types[name],
            description=known[name].description if name in known else "",
            keyword_only=True,
        )
        for name in CONTEXT
        if name in needs and (name in known or name in types)
    ]
    plain = [parameter for parameter in own if not parameter.keyword_only]
    named = [parameter for parameter in own if parameter.keyword_only]
    return (*plain, *named, *handed)
