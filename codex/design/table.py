"""A Specification for people: what will be built, on one or a few screens."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from codex.common.documents.specification import (
    Entity,
    EntityField,
    EntityRelation,
    RelationKind,
    Specification,
)


def shown(document: Specification) -> RenderableType:
    """Everything that a client should read before saying yes."""
    parts: list[RenderableType] = [
        Text(document.title, style="bold"),
        Text(document.summary),
        Text(),
    ]
    parts += [_entities(document), Text(), _requirements(document)]
    if document.parameters:
        parts += [Text(), _parameters(document)]
    parts += list(_remarks(document))
    return Group(*parts)


def _entities(document: Specification) -> Table:
    table = _table("What is kept", "Thing", "What is known of it")
    for entity in document.entities:
        name = entity.name.replace("_", " ") + (" (account)" if entity.is_account else "")
        table.add_row(Text(name), Text(", ".join(_members(entity)) or "–"))
    return table


def _members(entity: Entity) -> Iterator[str]:
    for field in entity.fields:
        yield f"{field.name.replace('_', ' ')} ({', '.join(_about(field))})"
    for relation in entity.relations:
        yield _relation(relation)


def _about(field: EntityField) -> Iterator[str]:
    yield " | ".join(field.choices) if field.choices else field.type.value.replace("_", " ")
    if not field.required and field.default is None:
        yield "optional"
    if field.unique:
        yield "unique"
    if field.unique_with:
        yield f"unique with {', '.join(field.unique_with)}"
    if field.minimum is not None:
        yield f"{'>' if field.exclusive_minimum else '≥'} {field.minimum}"
    if field.maximum is not None:
        yield f"{'<' if field.exclusive_maximum else '≤'} {field.maximum}"
    if field.min_length is not None:
        yield f"at least {field.min_length} characters"
    if field.max_length is not None:
        yield f"at most {field.max_length} characters"
    if field.default is not None:
        yield f"default {str(field.default).lower()}"


def _relation(relation: EntityRelation) -> str:
    arrow = "⇄" if relation.kind is RelationKind.MANY_TO_MANY else "→"
    target = relation.target.replace("_", " ")
    name = relation.name.replace("_", " ")
    optional = "" if relation.required or arrow == "⇄" else ", optional"
    return f"{arrow} {name}{optional}" if name == target else f"{arrow} {name} ({target}{optional})"


def _requirements(document: Specification) -> Table:
    table = _table("What it does", "", "Requirement", "Because you said")
    feature = ""
    for item in document.requirements:
        if item.feature != feature:
            feature = item.feature
            table.add_row("", Text(feature, style="bold"), "")
        quotes = " · ".join(" ".join(quote.split()) for quote in item.quotes)
        table.add_row(Text(item.id), Text(item.text), Text(quotes, style="dim"))
    return table


def _parameters(document: Specification) -> Table:
    table = _table("Numbers", "Name", "Value", "Where")
    for item in document.parameters:
        value = f"{item.value} {item.unit}".strip()
        quote = " ".join(item.quote.split()) or "assumed"
        table.add_row(Text(item.name), Text(value), Text(quote, style="dim"))
    return table


def _remarks(document: Specification) -> Iterator[RenderableType]:
    if document.assumptions:
        yield Text("\nAssumed", style="bold")
        yield from (Text(f"  {item.text}") for item in document.assumptions)
    if document.out_of_scope:
        yield Text("\nOut of scope", style="bold")
        for item in document.out_of_scope:
            yield Text(f"  “{' '.join(item.quote.split())}”: {item.reason}")
    if document.not_understood:
        yield Text("\nNot understood", style="bold red")
        for item in document.not_understood:
            yield Text(f"  “{' '.join(item.quote.split())}” {item.reason}".rstrip())
            yield from (Text(f"    Understood would be: {near}") for near in item.rephrasings)
    if document.changes:
        yield Text("\nChanged", style="bold")
        yield from (Text(f"  {note.element}: {note.change}") for note in document.changes)


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", show_lines=False, expand=False
    )
    for name in columns:
        table.add_column(name, overflow="fold")
    return table
