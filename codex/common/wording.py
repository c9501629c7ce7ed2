"""Wordings that an overlay changes beside templates: schema descriptions and `check()` sentences.

`texts.toml` in the overlay's root holds for every chain, one in a chain's folder for that chain:

    [fields]
    "Route.summary" = "One sentence on what the route is for."   # a field's description
    "Route" = "One route of the service."                        # a model's own description
    [sentences]
    no_table = "There is no table {name}; choose one of {known}."
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codex.common.errors import PromptError

TEXTS = "texts.toml"
_TABLES = ("fields", "sentences")


@dataclass(frozen=True)
class Wording:
    """What an overlay says in other words."""

    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    """Descriptions by `Model.field` or `Model`."""
    sentences: Mapping[str, str] = field(default_factory=dict[str, str])
    """Sentences of `check()` by name."""
    files: Mapping[str, Path] = field(default_factory=dict[str, Path])
    """Where each comes from: `fields:Route.summary`, `sentences:no_table`."""


def read_wording(paths: Sequence[Path]) -> Wording:
    """The wording of `paths`, the first of which that names a text wins."""
    fields: dict[str, str] = {}
    sentences: dict[str, str] = {}
    files: dict[str, Path] = {}
    for path in reversed(paths):
        tables = _tables(path)
        fields.update(tables["fields"])
        sentences.update(tables["sentences"])
        files.update({f"{table}:{name}": path for table in _TABLES for name in tables[table]})
    return Wording(fields, sentences, files)


def _tables(path: Path) -> dict[str, dict[str, str]]:
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"cannot be read: {error}.", file=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        line = getattr(error, "lineno", 0) or _line_in(str(error))
        raise PromptError(
            f"is not TOML: {error}.", "Mend the file.", file=str(path), line=line
        ) from None
    for name, table in raw.items():
        allowed = f"Allowed are [{'] and ['.join(_TABLES)}], each with quoted texts."
        if name not in _TABLES or not isinstance(table, dict):
            raise PromptError(f"has an unknown table {name!r}.", allowed, file=str(path))
        for key, value in table.items():  # pyright: ignore[reportUnknownVariableType] any TOML
            if not isinstance(value, str):
                raise PromptError(f"[{name}] {key} is not a text.", allowed, file=str(path))
    return {name: raw.get(name, {}) for name in _TABLES}


def _line_in(message: str) -> int:
    """The line that a TOML error names in its text."""
    _, _, rest = message.partition("at line ")
    digits = rest.split(",")[0].split(")")[0]
    return int(digits) if digits.isdigit() else 0
