"""Each hostile name in each place of an Architecture: it compiles, or is refused by that name."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from codex.common.documents.application import is_safe_path
from codex.common.documents.architecture import Architecture
from codex.common.errors import DocumentError
from codex.compiler import compile_service
from tests.architectures import functions_of, named

SNAKE = (
    *("class", "import", "lambda", "print", "list", "id", "self", "type", "select", "order"),
    *("metadata", "json", "registry", "copy", "schema", "model_config", "created_at", "session"),
    *("app", "tests", "shared", "con", "health", "auth_sessions", "alembic_version", "sqlite_x"),
    "a" * 63,
)
WILD = (
    *("", " ", "two words", "../../x", "/etc/passwd", "a/b", "a.b", "..", "a\nb", "a;drop table x"),
    *("größe", "日本", "\u202eabc", 'a"b', "a'b", "{x}", "$(x)", "-x", "1st", "a" * 200),
    "b" * 10_000,
)
PASCAL = (
    *("Class", "Exception", "None", "True", "Session", "BaseModel", "Field", "ValueError", "Any"),
    *("AuthSession", "SQLModel", "Query", "Page", "List", "Book", "BookRead", "A" * 63),
)

PLACES: dict[str, tuple[tuple[str | int, ...], tuple[str, ...]]] = {
    "service": (("name",), SNAKE),
    "module": (("modules", 0, "name"), SNAKE),
    "table": (("database", "tables", 0, "name"), SNAKE),
    "model": (("database", "tables", 0, "model"), PASCAL),
    "column": (("database", "tables", 1, "columns", 0, "name"), SNAKE),
    "relation": (("database", "tables", 1, "relations", 0, "name"), SNAKE),
    "inverse": (("database", "tables", 1, "relations", 0, "inverse"), SNAKE),
    "constraint": (("database", "tables", 1, "constraints", 0, "name"), SNAKE),
    "computed": (("database", "tables", 1, "computed", 0, "name"), SNAKE),
    "enum": (("database", "enums", 0, "name"), PASCAL),
    "enum value": (("database", "enums", 0, "values", 0), ()),
    "error": (("errors", 0, "name"), PASCAL),
    "error code": (("errors", 0, "code"), SNAKE),
    "type": (("types", 0, "name"), PASCAL),
    "field": (("types", 0, "fields", 0, "name"), SNAKE),
    "setting": (("settings", 0, "name"), SNAKE),
    "route function": (("routes", 0, "function_name"), SNAKE),
    "route path": (("routes", 0, "path"), tuple(f"/{name}" for name in (*SNAKE, "docs", "{x}"))),
    "shared function": (("shared", 0, "name"), SNAKE),
    "role": (("specification", "roles", 0, "name"), SNAKE),
    "title": (("specification", "title"), ()),
    "column's description": (("database", "tables", 0, "columns", 0, "description"), ()),
    "error's title": (("errors", 0, "title"), ()),
}


def originals() -> Iterator[tuple[str, dict[str, Any]]]:
    """Architectures as JSON, of which one or the other has each place."""
    for name in ("shop", "tasks", "lending", "library", "clinic", "links"):
        yield name, named(name).model_dump(mode="json")


def with_name(raw: dict[str, Any], place: tuple[str | int, ...], name: str) -> Any:
    """`raw` with `name` at `place`, and wherever the old name stood; None without that place."""
    changed: Any = copy.deepcopy(raw)
    at = changed
    for step in place[:-1]:
        if (isinstance(step, int) and step >= len(at)) or (isinstance(step, str) and not at[step]):
            return None
        at = at[step]
    last = place[-1]
    if (isinstance(last, int) and last >= len(at)) or at[last] is None:
        return None
    old = at[last]
    at[last] = name
    return renamed(changed, old, name) if isinstance(old, str) and old.isidentifier() else changed


def renamed(value: Any, old: str, new: str) -> Any:
    """Every text that is `old` becomes `new`; the names of the documents' own fields stay."""
    match value:
        case str():
            return new if value == old else value
        case dict():
            return {k: v if k == "format" else renamed(v, old, new) for k, v in value.items()}  # pyright: ignore[reportUnknownVariableType] any JSON
        case list():
            return [renamed(item, old, new) for item in value]  # pyright: ignore[reportUnknownVariableType] any JSON
        case _:
            return value


def unformatted(sources: Mapping[str, str], _: object) -> dict[str, str]:
    return dict(sources)


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_it_compiles_or_is_refused_by_name(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Formatting is most of the time, and changes no name.
    monkeypatch.setattr("codex.compiler.service.format_sources", unformatted)
    path, names = PLACES[place]
    raw, functions = next(
        (raw, functions_of(name))
        for name, raw in originals()
        if with_name(raw, path, "x") is not None
    )
    refused = 0
    for name in (*names, *WILD):
        try:
            architecture = Architecture.parse(with_name(raw, path, name))
            service = compile_service(architecture, functions)
        except DocumentError as error:
            refused += 1
            told = str(error)
            shown = name[:40] if name.strip() else ""
            assert shown in told or repr(shown)[1:-1] in told or _place_in(told, path), (name, told)
            assert len(told) < 20_000
            continue
        for item in service.files:
            assert is_safe_path(item.path), (name, item.path)
            if item.path.endswith(".py"):
                ast.parse(item.content, item.path)
    if place not in ("title", "column's description", "error's title", "enum value"):
        assert refused >= len(WILD) - 4, "wild names are taken as they are"


def _place_in(told: str, path: tuple[str | int, ...]) -> bool:
    """Whether the refusal names the place, as `database.tables.0.name`."""
    return ".".join(map(str, path)) in told or str(path[-1]) in told or "String should" in told
