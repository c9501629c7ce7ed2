"""A deployment upgraded in place: copy, migrate, start, and back to all that was if it fails.

In this order, so that a crash at any point leaves either the old version with its data or the new
one with its own; `recover` finishes what a crash left:

1. the copy of an earlier upgrade is dropped; the old version still serves;
2. the old version is stopped and set aside under another name;
3. its database is copied inside Postgres (`service_before`);
4. the new image migrates the database, starts, and is waited for;
5. the old container is removed: from here on the new version holds. The copy stays until next time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from codex.common.errors import ContainerError
from codex.common.events import Notice
from codex.deploy import containers
from codex.deploy.compose_file import APPLICATION, DATABASE, Part
from codex.deploy.containers import Project
from codex.deploy.trial import ready

STOP_SECONDS = 20
# Run in an image of the service, which has the driver; it connects beside the database itself.
_SQL = """
import os, sys
import psycopg
url = os.environ["DATABASE_URL"].replace("+psycopg", "")
head, _, name = url.rpartition("/")
with psycopg.connect(f"{head}/postgres", autocommit=True) as connection:
    def there(name):
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        return found.fetchone() is not None
    copy = f"{name}_before"
    if sys.argv[1] == "forget":
        connection.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
    elif sys.argv[1] == "copy":
        # A database is copied only while nobody else is in it.
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        connection.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    elif there(copy):
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'ALTER DATABASE "{copy}" RENAME TO "{name}"')
"""


async def upgrade(project: Project, image: str, parts: Mapping[str, Part]) -> None:
    """Put a container of `image` in the place of the one that runs."""
    part = parts[APPLICATION]
    engine, name = project.engine, project.container(APPLICATION)
    if await _is_up_to_date(project, image, part):
        await project.tell("nothing has changed")
        await ready(engine, name, "/ready")
        return
    if DATABASE in parts:
        await _sql(project, image, part, "forget")
    try:
        await project.tell("stopping the old version")
        await engine.call("stop", name, timeout=STOP_SECONDS)
        await engine.call("rename", name, project.before)
        if DATABASE in parts:
            await project.tell("copying the database")
            await _sql(project, image, part, "copy")
            await project.tell("migrating")
            await containers.once(project, image, part, ["python", "-m", "app", "migrate"])
        await project.tell("starting the new version")
        container = await containers.service(project, image, part)
        await containers.start(project, container)
        await ready(engine, container, "/ready")
    except BaseException as error:
        await asyncio.shield(recover(project))
        if isinstance(error, ContainerError):
            raise ContainerError(
                f"The new version was taken back; the old one serves again, with its data. "
                f"{error.what}",
                error.todo,
            ) from error
        raise
    await engine.absent("remove_container", project.before, force=True, v=True)


async def recover(project: Project) -> None:
    """Go back to the old version, where an upgrade was begun and not finished."""
    engine, name = project.engine, project.container(APPLICATION)
    await containers.forget_passing(project)
    old = await engine.inspected("container", project.before)
    if old is None:
        # At most it was stopped. What cannot be started is left for the new version to replace.
        if await engine.has("container", name):
            with contextlib.suppress(ContainerError):
                await engine.call("start", name)
        return
    await engine.absent("remove_container", name, force=True, v=True)
    if await engine.has("container", project.container(DATABASE)):
        environment = dict(item.split("=", 1) for item in old["Config"]["Env"] if "=" in item)
        await containers.database(project, Part(DATABASE))
        part = Part(APPLICATION, environment=environment)
        await _sql(project, old["Config"]["Image"], part, "restore")
    await engine.call("rename", project.before, name)
    await engine.call("start", name)
    await ready(engine, name, "/ready")
    text = f"An upgrade of {project.name} was not finished; its old version serves again."
    await project.services.events.append(Notice(level="warning", text=text))


async def _is_up_to_date(project: Project, image: str, part: Part) -> bool:
    """Whether the container that is there would be made the same again."""
    about = await project.engine.call("inspect_container", project.container(APPLICATION))
    state = about["State"]
    if not state["Running"] or state.get("Restarting") or about["Config"]["Image"] != image:
        return False
    for inside, outside in part.ports.items():
        if outside and await containers.published(project, inside) != outside:
            return False
    wanted = {f"{key}={value}" for key, value in part.environment.items()}
    return wanted <= set(about["Config"]["Env"])


async def _sql(project: Project, image: str, part: Part, deed: str) -> None:
    await containers.once(project, image, part, ["python", "-c", _SQL, deed])
