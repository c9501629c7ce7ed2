"""The compiled service against the same routes written by hand, and the speed of compiling."""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.table import Row
from codex.common.database.embedded import DATABASE, EmbeddedPostgres
from codex.common.documents.architecture import Architecture, Module
from codex.common.documents.codegraph import CodeGraph, Derived, DerivedOperation
from codex.common.documents.schema import (
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
    EnumType,
)
from codex.common.documents.specification import Specification
from codex.common.sandbox import Command, Environments, Limits, open_sandbox
from codex.compiler import compile_service

INSIDE = Path(__file__).parent / "service"
BAR = 1.5
LIMITS = Limits(
    cpu_seconds=300, wall_seconds=600, memory_mb=2000, processes=256, disk_mb=1000, file_mb=500
)


def rows() -> Iterable[Row]:
    """Compiling first, then both databases."""
    seconds = statistics.median(_compile_seconds() for _ in range(5))
    yield Row("compile a service of 40 routes, formatting included", seconds, "s", 2)
    yield from _compared("SQLite", "sqlite:///ours.db", "sqlite:///rival.db", ())
    folder = Path(tempfile.mkdtemp(prefix="codex-bench-"))
    embedded = EmbeddedPostgres(folder / "postgres")
    try:
        embedded.enter()
        ours, rival = (_database(embedded.url, name) for name in ("ours", "rival"))
        yield from _compared("Postgres", ours, rival, (embedded.socket_folder(),))
    finally:
        embedded.leave()
        shutil.rmtree(folder, ignore_errors=True)


def _database(url: str, name: str) -> str:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # pyright: ignore[reportArgumentType, reportCallIssue] a name of ours
    return url.replace(f"/{DATABASE}?", f"/{name}?")


def _compared(database: str, ours: str, rival: str, sockets: Sequence[Path]) -> Iterable[Row]:
    found = asyncio.run(_measured(ours, rival, sockets))
    for what, words in (("page", "a page of 50 out of 100,000 rows"), ("create", "a create")):
        mine, other = found[f"{what} ours"], found[f"{what} rival"]
        yield Row(f"service on {database}: {words}", mine, "ms")
        yield Row(
            f"service on {database}: {words}, against hand-written",
            mine / other,
            "x",
            BAR,
            f"FastAPI and SQLAlchemy by hand: {other:.2f} ms",
        )


async def _measured(ours: str, rival: str, sockets: Sequence[Path]) -> dict[str, float]:
    environments = Environments(Path(sys.prefix) / "codex-test-data" / "environments")
    service = compile_service(_articles())
    files = {item.path: item.content for item in service.files}
    files |= {f"rival/{path.name}": path.read_text() for path in INSIDE.glob("*.py")}
    sandbox = await open_sandbox("auto")
    result = await sandbox.run(
        Command(
            ["python", "rival/measure.py", ours, rival],
            environment=await environments.service(),
            files=files,
            env={"PYTHONPATH": "."},
            sockets=sockets,
            limits=LIMITS,
        )
    )
    for line in result.stdout.splitlines():
        if line.startswith("RESULT "):
            return json.loads(line.removeprefix("RESULT "))
    raise RuntimeError(f"{result.limit_hit} {result.stdout}\n{result.stderr[-2000:]}")


def _articles() -> Architecture:
    table = DatabaseTable(
        name="articles",
        model="Article",
        columns=(
            Column(name="title", type=ColumnType.STRING, min_length=1, max_length=200),
            Column(name="body", type=ColumnType.TEXT),
            Column(name="price", type=ColumnType.DECIMAL, precision=10, scale=2, minimum=0),
            Column(name="kind", type=ColumnType.ENUM, enum="Kind"),
            Column(name="published", type=ColumnType.BOOLEAN, default=False),
        ),
    )
    enums = (EnumType(name="Kind", values=("paper", "audio")),)
    return _service((table,), enums, ("create", "list"))


def _service(
    tables: tuple[DatabaseTable, ...], enums: tuple[EnumType, ...], operations: tuple[str, ...]
) -> Architecture:
    routes: list[CodeGraph] = []
    for table in tables:
        for operation in operations:
            item = operation in ("get", "update", "delete")
            methods = {"create": "POST", "update": "PATCH", "delete": "DELETE"}
            routes.append(
                CodeGraph(
                    function_name=f"{operation}_{table.name}",
                    module=table.name,
                    method=methods.get(operation, "GET"),  # pyright: ignore[reportArgumentType] one of the methods
                    path="/"
                    + table.name.replace("_", "-")
                    + (f"/{{{table.name}_id}}" if item else ""),
                    derived=Derived(
                        operation=DerivedOperation(operation),
                        table=table.name,
                        sorts=("title",) if operation == "list" else (),
                    ),
                )
            )
    return Architecture(
        specification=Specification(title="Articles", summary="Keeps articles.", request="-"),
        modules=tuple(Module(name=table.name) for table in tables),
        database=DatabaseSchema(tables=tables, enums=enums),
        routes=tuple(routes),
    )


def _compile_seconds() -> float:
    """The wall clock time of compiling eight tables with five routes each."""
    tables = tuple(
        DatabaseTable(
            name=f"things_{letter}",
            model=f"Thing{letter.upper()}",
            columns=tuple(
                Column(name=name, type=ColumnType.STRING, max_length=100)
                for name in ("title", "subtitle", "author", "publisher", "place", "language")
            ),
        )
        for letter in "abcdefgh"
    )
    architecture = _service(tables, (), ("create", "list", "get", "update", "delete"))
    started = time.perf_counter()
    compile_service(architecture)
    return time.perf_counter() - started
