"""Answers that are patches: what they name is added or replaced, the rest keeps its bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from codex.common.documents.architecture import ErrorType
from codex.common.documents.base import Part
from codex.common.documents.schema import ComputedField, DatabaseSchema, DatabaseTable, EnumType

T = TypeVar("T")


def patched(
    old: Iterable[T], new: Iterable[T], key: Callable[[T], str], gone: Iterable[str] = ()
) -> tuple[T, ...]:
    """`old` in its order with what `new` replaces, then what is new; without `gone`."""
    by_key = {key(item): item for item in old}
    by_key |= {key(item): item for item in new}
    for name in gone:
        by_key.pop(name, None)
    return tuple(by_key.values())


class SchemaPatch(Part):
    """What is to change in the drafted database; empty lists where the draft is right."""

    tables: tuple[DatabaseTable, ...] = ()
    """Tables that are new, and drafted tables that must differ, each one whole."""
    removed: tuple[str, ...] = ()
    """Names of drafted tables that are not needed."""
    enums: tuple[EnumType, ...] = ()
    """Enums that are new or must differ, each one whole."""
    errors: tuple[ErrorType, ...] = ()
    """Errors that new constraints raise."""


def apply_schema(draft: DatabaseSchema, patch: SchemaPatch) -> DatabaseSchema:
    """The draft with the patch; typed rules of computed fields survive a rewritten table."""
    tables = patched(
        draft.tables,
        (_with_rules(draft, table) for table in patch.tables),
        lambda table: table.name,
        patch.removed,
    )
    enums = patched(draft.enums, patch.enums, lambda enum: enum.name)
    used = {column.enum for table in tables for column in table.columns}
    return draft.model_copy(
        update={"tables": tables, "enums": tuple(enum for enum in enums if enum.name in used)}
    )


def _with_rules(draft: DatabaseSchema, table: DatabaseTable) -> DatabaseTable:
    """Answers cannot hold rules, so those of the draft are taken over."""
    old = draft.table(table.name)
    known = {item.name: item for item in old.computed} if old else {}

    def ruled(item: ComputedField) -> ComputedField:
        before = known.get(item.name)
        if item.rule is None and item.function is None and before is not None:
            return item.model_copy(update={"rule": before.rule})
        return item

    return table.model_copy(update={"computed": tuple(ruled(item) for item in table.computed)})
