"""Settings in words: what a value may be, and how it is shown without its secrets."""

from __future__ import annotations

import types
import typing
from decimal import Decimal
from pathlib import Path
from typing import Any

import annotated_types
from pydantic import JsonValue, SecretStr
from pydantic.fields import FieldInfo

from codex.common.config import Settings
from codex.common.redact import MASK, mask_urls

LONGEST_SHOWN = 80


def shown(value: Any) -> JsonValue:
    """A setting's value for people and programs, its secrets masked."""
    if isinstance(value, SecretStr):
        return MASK if value.get_secret_value() else ""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return mask_urls(str(value))


def found_value(about: FieldInfo, raw: Any) -> str:
    """A wrong value as an error shows it: one short line, its secrets masked."""
    if about.annotation is SecretStr:
        return MASK
    if isinstance(raw, dict):
        return "a table"
    if isinstance(raw, list):
        return "a list"
    text = mask_urls(str(raw))
    text = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    # repr() keeps line ends and control characters out of the terminal.
    return repr(text)


def allowed_values(about: FieldInfo) -> str:
    """What a setting may be, in words."""
    extra = about.json_schema_extra
    if isinstance(extra, dict) and "allowed" in extra:
        return str(typing.cast("dict[str, Any]", extra)["allowed"])
    return _in_words(about.annotation, tuple(about.metadata))


def _in_words(annotation: Any, metadata: tuple[Any, ...]) -> str:
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _in_words(annotation.__origin__, (*annotation.__metadata__, *metadata))
    if origin in {typing.Union, types.UnionType}:
        parts = [part for part in typing.get_args(annotation) if part is not types.NoneType]
        return f"{_in_words(parts[0], metadata)}, or none"
    if origin is typing.Literal:
        *first, last = (str(value) for value in typing.get_args(annotation))
        return f"{', '.join(first)} or {last}"
    if annotation in {int, float, Decimal}:
        noun = "a whole number" if annotation is int else "a number"
        return noun + _bounds(metadata)
    return {bool: "true or false", Path: "a path", SecretStr: "a text"}.get(annotation, "a text")


def _bounds(metadata: tuple[Any, ...]) -> str:
    low = high = ""
    for item in _flat(metadata):
        if isinstance(item, annotated_types.Ge):
            low = f"{item.ge}"
        elif isinstance(item, annotated_types.Gt):
            low = f"more than {item.gt}"
        elif isinstance(item, annotated_types.Le):
            high = f"{item.le}"
    if low.startswith("more"):
        return f", {low} and at most {high}"
    return f" from {low} to {high}" if low and high else ""


def _flat(metadata: tuple[Any, ...]) -> list[Any]:
    """Constraints, those inside a `Field(...)` included."""
    found: list[Any] = []
    for item in metadata:
        found.extend(item.metadata if isinstance(item, FieldInfo) else [item])
    return found


def absolute(name: str, value: Any, folder: Path) -> Any:
    """A relative path made absolute against the folder of its source; other values as they are."""
    about = Settings.model_fields[name]
    if not isinstance(value, str) or not value or "path" not in allowed_values(about):
        return value
    if value.strip().lower() == "none" or value.startswith("~"):
        return value
    return folder / value
