"""What Deploy needs whatever the functions will be: begun while they are still being written."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from codex.common.documents.architecture import Architecture
from codex.common.services import Services
from codex.compiler.features import features
from codex.compiler.packaging import requirements
from codex.compiler.plan import Plan
from codex.deploy.lock import PYTHON
from codex.deploy.postgres import ServiceDatabases


@asynccontextmanager
async def ahead(architecture: Architecture, services: Services) -> AsyncGenerator[None]:
    """Resolve the service's lock and start a Postgres for it, in the background.

    Functions that need further packages make another lock; then this one is for nothing.
    """
    wanted = sorted(requirements(Plan(architecture, {}), features(architecture)))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(services.environments.expecting(wanted, python=PYTHON))
        if architecture.database.tables:
            databases = ServiceDatabases(services.settings.data_dir)
            await stack.enter_async_context(databases.running())
        yield
