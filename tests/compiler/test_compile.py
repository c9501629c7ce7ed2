"""Compiling as a whole: the same bytes, a true source map, only what is needed, clear refusals."""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from codex.common.documents.application import is_safe_path
from codex.common.documents.architecture import Architecture, Setting
from codex.common.documents.codegraph import CodeGraph, Derived, DerivedOperation
from codex.common.documents.schema import Column, ColumnType, DatabaseTable, EnumType
from codex.common.errors import DocumentError
from codex.compiler import CompiledService, compile_service
from tests.architectures import ARCHITECTURES, named
from tests.architectures.build import EMAIL_TAKEN, accounts, choice, crud, own, service, text
from tests.compiler import parcels, sums


@pytest.fixture(scope="module", params=ARCHITECTURES)
def compiled(request: pytest.FixtureRequest) -> CompiledService:
    """Each architecture in turn."""
    return compile_service(named(request.param))


def test_every_python_file_parses_and_paths_are_safe(compiled: CompiledService) -> None:
    for item in compiled.files:
        assert is_safe_path(item.path)
        assert "\r" not in item.content
        if item.path.endswith(".py"):
            ast.parse(item.content)


def test_the_source_map_covers_every_line_of_code(compiled: CompiledService) -> None:
    for item in compiled.files:
        if not item.path.endswith(".py") or not item.content.strip():
            continue
        spans = sorted(
            (span for span in compiled.source_map if span.file == item.path),
            key=lambda span: span.first,
        )
        assert spans, item.path
        lines = item.content.splitlines()
        covered = {
            number for span in spans for number in range(span.first, min(span.last, len(lines)) + 1)
        }
        loose = [
            lines[number - 1]
            for number in range(1, len(lines) + 1)
            if number not in covered and lines[number - 1].strip()
        ]
        assert all(line.lstrip().startswith("#") for line in loose), (item.path, loose[:3])
        for one, other in pairwise(spans):
            assert one.last < other.first, (one, other)


def test_each_route_has_its_code(compiled: CompiledService) -> None:
    for route in compiled.routes:
        assert f"def {route.function_name}" in route.code
        assert route.code.startswith("@router.")


def test_only_what_is_needed_is_there() -> None:
    plain = {item.path for item in compile_service(named("notes")).files}
    assert "app/files.py" not in plain
    assert "app/accounts.py" not in plain
    assert "app/jobs.py" not in plain
    assert "app/ports.py" not in plain
    whole = {item.path for item in compile_service(parcels.architecture()).files}
    assert {"app/files.py", "app/accounts.py", "app/jobs.py", "app/ports.py"} <= whole
    for item in compile_service(named("notes")).files:
        assert "SECRET_KEY" not in item.content
        assert "# if " not in item.content
        assert "# end" not in item.content


def test_no_tables_no_database() -> None:
    paths = {item.path for item in compile_service(sums.architecture()).files}
    assert "app/database.py" not in paths
    assert "app/migrate.py" not in paths


THING = DatabaseTable(
    name="things",
    model="Thing",
    columns=(
        text("name", 50),
        Column(name="secret", type=ColumnType.STRING, exposure="none", nullable=True),  # pyright: ignore[reportArgumentType] read by pydantic
        Column(name="data", type=ColumnType.JSON, nullable=True),
        choice("kind", "Kind", default="a"),
    ),
)


def things(**more: Any) -> Architecture:
    """A service of things, with some parts changed."""
    parts: dict[str, Any] = {
        "routes": crud(THING, module="main"),
        "tables": (THING,),
        "enums": (EnumType(name="Kind", values=("a", "b")),),
        **more,
    }
    return service("things", "Things", parts.pop("tables"), parts.pop("routes"), **parts)


def listing(**derived: Any) -> tuple[CodeGraph, ...]:
    """A list of things."""
    return crud(THING, "list", module="main", **derived)


def derived(method: str, path: str, operation: str, **more: Any) -> tuple[CodeGraph, ...]:
    """One derived route of things."""
    return (
        CodeGraph(
            function_name="act_on_things",
            module="main",
            method=method,  # pyright: ignore[reportArgumentType] read by pydantic
            path=path,
            derived=Derived(operation=DerivedOperation(operation), table="things", **more),
        ),
    )


def owned(*operations: str) -> Architecture:
    """A service of things that belong to nobody, and whose callers reach their own."""
    users, roles = accounts("member")
    return things(
        tables=(users, THING),
        roles=("member",),
        enums=(EnumType(name="Kind", values=("a", "b")), roles),
        account="users",
        errors=(EMAIL_TAKEN,),
        routes=crud(THING, *operations, module="main", access=(own("member"),)),
    )


REFUSED: dict[str, tuple[Callable[[], Architecture], str]] = {
    "a hidden filter": (lambda: things(routes=listing(filters=("secret",))), "'secret'"),
    "a hidden sort": (lambda: things(routes=listing(sorts=("secret",))), "'secret'"),
    "a range of JSON": (lambda: things(routes=listing(ranges=("data",))), "'data'"),
    "a search in an enum": (lambda: things(routes=listing(search=("kind",))), "'kind'"),
    "an item without its number": (
        lambda: things(routes=derived("GET", "/things", "get")),
        "GET /things",
    ),
    "a parent that nothing leads to": (
        lambda: things(routes=derived("GET", "/boxes/{box_id}/things", "list")),
        "'box_id'",
    ),
    "a path of every service": (
        lambda: things(routes=derived("GET", "/health", "list")),
        "GET /health",
    ),
    "own rows where rows belong to nobody": (lambda: owned("list"), "GET /things"),
    "a module that Python reserves": (
        lambda: things(routes=crud(THING, "list", module="class")),
        "module 'class'",
    ),
    "a module called shared": (
        lambda: things(routes=crud(THING, "list", module="shared")),
        "module 'shared'",
    ),
    "a setting of every service": (
        lambda: things(settings=(Setting(name="database_url", type="str", default="x"),)),
        "setting 'database_url'",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_compiled_is_refused_by_name(case: str) -> None:
    make, named_element = REFUSED[case]
    with pytest.raises(DocumentError) as caught:
        compile_service(make())
    assert named_element in str(caught.value)


def test_what_belongs_to_nobody_can_be_made() -> None:
    assert compile_service(owned("create")).files


def test_static_paths_go_before_parameters_across_modules() -> None:
    general = crud(THING, "get", module="main", path="/things")
    special = CodeGraph(
        function_name="list_best_things",
        module="extra",
        method="GET",
        path="/things/best",
        derived=Derived(operation=DerivedOperation.LIST, table="things"),
    )
    compiled = compile_service(things(routes=(*general, special)))
    package = compiled.file("app/routes/__init__.py")
    assert package is not None
    order = package.content.partition("ROUTERS")[2]
    assert order.index("extra_router") < order.index("main_router")


HOSTILE = ("list", "select", "router", "print", "type", "lock", "session", "problems", "import_")


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "import_"])
def test_routes_and_filters_of_hostile_names_compile(name: str) -> None:
    table = DatabaseTable(name="things", model="Thing", columns=(text(name, 50, nullable=True),))
    route = crud(table, "list", module="main", filters=(name,), search=(name,), sorts=(name,))[0]
    hostile = route.model_copy(update={"function_name": name})
    compiled = compile_service(
        service("things", "Things", (table,), (hostile, *crud(table, "create", module="main")))
    )
    routes = compiled.file("app/routes/main.py")
    assert routes is not None
    compile(routes.content, "main.py", "exec")
    assert (
        f'alias="{name}"' in routes.content or f"    {name}: Text | None = None" in routes.content
    )


def test_nothing_but_packages_of_the_service_is_required() -> None:
    assert compile_service(named("notes")).requirements == (
        "alembic>=1.20",
        "fastapi>=0.163",
        "psycopg[binary]>=3.3",
        "pydantic-settings>=2.16",
        "sqlmodel>=0.0.50",
        "uvicorn>=0.54",
    )
    whole = " ".join(compile_service(parcels.architecture()).requirements)
    assert "argon2-cffi" in whole
    assert "python-multipart" in whole
