"""What Deploy needs and tries, begun while functions are still being worked on."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from codex.common.documents.architecture import Architecture
from codex.common.documents.implementation import Implementation
from codex.common.errors import CodexError
from codex.common.services import Services
from codex.compiler.features import features
from codex.compiler.packaging import requirements
from codex.compiler.plan import Plan
from codex.deploy.lock import PYTHON
from codex.deploy.postgres import ServiceDatabases
from codex.deploy.prepare import prepare
from codex.deploy.verify import Subject, Tried, try_all


class Begun:
    """Tries services before they are known to be the one that is delivered."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tried: Tried | None = None

    async def scenarios(self, implementation: Implementation) -> dict[str, str] | None:
        """What each failing scenario said, played among all else that is tried before delivery.

        None where that could not be: then the delivery says why, if it meets the same.
        """
        databases = ServiceDatabases(self._services.settings.data_dir)
        try:
            made = await prepare(implementation, self._services)
            self._tried = await try_all(
                made.subject, self._services.sandbox, made.environment, databases
            )
        except CodexError:
            return None
        return self._tried.failed_scenarios

    def tried_of(self, subject: Subject) -> Tried | None:
        """What was seen of this very service, if it was tried."""
        return self._tried if self._tried is not None and self._tried.is_of(subject) else None


@asynccontextmanager
async def ahead(architecture: Architecture, services: Services) -> AsyncGenerator[Begun]:
    """Resolve the service's lock and start a Postgres for it, in the background.

    Functions that need further packages make another lock; then this one is for nothing.
    """
    wanted = sorted(requirements(Plan(architecture, {}), features(architecture)))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(services.environments.expecting(wanted, python=PYTHON))
        if architecture.database.tables:
            databases = ServiceDatabases(services.settings.data_dir)
            await stack.enter_async_context(databases.running())
        yield Begun(services)
