"""A small service that can be packaged: compiled, with a lock of its own, not verified."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from codex.common.documents.application import Application, ServiceFile
from codex.common.documents.architecture import Architecture
from codex.common.documents.implementation import Function, Implementation
from codex.common.events import AnyEvent
from codex.common.sandbox import Environments
from codex.common.services import Services
from codex.compiler import compile_service
from codex.deploy.lock import locked_packages
from tests.architectures import functions_of, named
from tests.architectures.build import column

# One lock for all, so that an engine installs the packages once for all tests.
PACKAGES = (
    "alembic", "argon2-cffi", "fastapi", "psycopg[binary]", "pydantic-settings", "pyjwt",
    "sqlmodel", "uvicorn",
)  # fmt: skip


@dataclass
class Told:
    """What is told while something is made, and the parts of services that packaging needs."""

    data_dir: Path
    environments: Environments
    heard: list[AnyEvent] = field(default_factory=list[Any])
    waiting: list[tuple[str, asyncio.Event]] = field(default_factory=list[Any])

    @property
    def services(self) -> Services:
        """As the stage is handed them."""
        return cast("Services", self)

    @property
    def settings(self) -> Told:
        """Only the data folder is asked for."""
        return self

    @property
    def events(self) -> Told:
        """It hears everything itself."""
        return self

    async def append(self, *events: AnyEvent) -> None:
        """Take events."""
        self.heard += events
        for words, came in self.waiting:
            if any(words in str(event) for event in events):
                came.set()

    async def until(self, words: str) -> None:
        """Wait for an event that holds some words."""
        came = asyncio.Event()
        self.waiting.append((words, came))
        if any(words in str(event) for event in self.heard):
            came.set()
        await came.wait()

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(str(event) for event in self.heard)


def lock(environments: Environments) -> str:
    """The packages of every service in these tests."""
    return asyncio.run(environments.resolve(PACKAGES, python="3.11"))


def application(name: str, packages: str, *more: ServiceFile) -> Application:
    """A compiled architecture of the tests, ready to be packaged."""
    return compiled(named(name), packages, *more, functions=functions_of(name))


def compiled(
    architecture: Architecture,
    packages: str,
    *more: ServiceFile,
    functions: Mapping[str, Function] = {},
) -> Application:
    """The same for an Architecture at hand; `more` replaces files of its own."""
    service = compile_service(architecture, functions, lock=packages)
    implementation = Implementation(architecture=architecture, functions=tuple(functions.values()))
    documents = [
        ServiceFile.of(".codex/architecture.json", architecture.to_json()),
        ServiceFile.of(".codex/implementation.json", implementation.to_json()),
    ]
    replaced = {item.path for item in more}
    files = [item for item in (*service.files, *documents) if item.path not in replaced]
    return Application(
        implementation=implementation,
        name=architecture.name,
        description="For tests.",
        routes=service.routes,
        files=tuple(sorted([*files, *more], key=lambda item: item.path)),
        lock=locked_packages(packages),
    )


def with_columns(architecture: Architecture, *names: str) -> Architecture:
    """The architecture with a table that has more columns, each with a default."""
    first, *rest = architecture.database.tables
    columns = (*first.columns, *(column(name, "boolean", default=False) for name in names))
    tables: Sequence[Any] = (first.model_copy(update={"columns": columns}), *rest)
    database = architecture.database.model_copy(update={"tables": tuple(tables)})
    return Architecture.model_validate(
        architecture.model_copy(update={"database": database}).model_dump()
    )
