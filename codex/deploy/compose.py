"""The service running with its Postgres on the local engine, and upgraded there in place.

Everything is named as `docker compose` names it, so that it finds the same volumes: the folder of
the deployment, with compose.yaml and `.env`, lies in the data folder of codex.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codex.common.documents.application import Application, Outcome, ServiceFile
from codex.common.errors import ContainerError, InputError, RunFailed
from codex.common.events import Notice
from codex.common.handover import locked, write_folder, write_text
from codex.common.services import Services
from codex.deploy import containers
from codex.deploy.compose_file import (
    APPLICATION,
    DATABASE,
    MissingVariable,
    Part,
    read_compose,
    required,
)
from codex.deploy.containers import Project
from codex.deploy.continued import Continued, continued
from codex.deploy.engine import opened_engine
from codex.deploy.image import ImageOrder, built, context
from codex.deploy.passing import Passing, passing
from codex.deploy.references import image_reference
from codex.deploy.trial import ready
from codex.deploy.upgrade import recover, upgrade

SERVICE_PORT = 8000
_PROJECT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)
_SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD")
"""What codex draws where nobody gives it, and keeps in the deployment's `.env`."""


@dataclass(frozen=True)
class Wishes:
    """What whoever deploys may choose."""

    port: int | None = None
    """Where it answers; as before, or 8000, when `None`; any free one for 0."""
    postgres: str = ""
    """The image of the database."""
    project: str = ""
    """The deployment's name; the service's own when empty."""
    base: str = ""
    network: str = ""
    pip_config: Path | None = None
    force: bool = False
    """Whether a version whose verification failed may replace the one that is there."""


@dataclass(frozen=True)
class Deployment:
    """A service that runs and answers."""

    project: str
    address: str
    image: str
    folder: Path
    """Where its compose.yaml and `.env` are."""
    upgraded: bool
    """Whether an older version ran before."""


async def deploy(application: Application, services: Services, wishes: Wishes) -> Deployment:
    """Start the service, or upgrade it where it is; it answers when this returns.

    An upgrade copies the database first. Where the new version does not get ready, the copy and
    the old version take their places again.
    """
    name = wishes.project or application.name.replace("_", "-")
    if not _PROJECT.fullmatch(name):
        raise InputError(
            f"{name[:80]!r} is no name of a deployment.",
            "Use up to 63 lower-case letters, digits, `_` and `-`, and begin with none of these.",
        )
    if wishes.postgres:
        image_reference(wishes.postgres)
    place = services.settings.data_dir / "deployments" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    with locked(place.with_name(f".{name}.lock"), f"{name} is being deployed already."):
        data_dir = services.settings.data_dir
        async with opened_engine() as engine, passing(engine, data_dir) as shelf:
            project = Project(engine, name, services)
            await recover(project)
            return await _deployed(application, project, place, wishes, shelf)


async def _deployed(
    application: Application, project: Project, place: Path, wishes: Wishes, shelf: Passing
) -> Deployment:
    """The same for a project that nobody else works on."""
    running = await project.engine.has("container", project.container(APPLICATION))
    if running and not wishes.force:
        _check_verified(application, project.name)
    fresh = continued(application, place)
    await _tell_data(fresh, project)
    variables = _variables(fresh.files, place, wishes)
    parts = read_compose(_text(fresh.files, "compose.yaml"), variables)
    image = f"{project.name}-{APPLICATION}:{_version(fresh.files, wishes)}"
    built_now = not await project.engine.has("image", image)
    try:
        if built_now:
            order = ImageOrder(
                name=image, base=wishes.base, network=wishes.network, pip_config=wishes.pip_config
            ).checked()
            await built(project.engine, fresh.files, order, image, project.services, shelf)
        # Kept before there is a database that only this password opens.
        _keep(place, variables)
        async with containers.undone_if_new(project, parts):
            await containers.network(project)
            if DATABASE in parts:
                await containers.database(project, parts[DATABASE])
            put_there = upgrade if running else _first
            await put_there(project, image, parts)
        port = await containers.published(project, SERVICE_PORT)
    except BaseException:
        if built_now:
            with contextlib.suppress(ContainerError):
                await asyncio.shield(project.engine.absent("remove_image", image))
        raise
    write_folder(place, fresh.files, force=True)
    _keep(place, {**variables, "PORT": str(port)})
    await containers.forget_images(project, image)
    return Deployment(project.name, _address(port), image, place, running)


def _check_verified(application: Application, name: str) -> None:
    """Leave what runs as it is, where the version that would replace it is known to be faulty."""
    steps = application.verification.steps
    failed = [step.name for step in steps if step.outcome is Outcome.FAILED]
    if failed:
        raise RunFailed(
            f"The verification failed ({', '.join(failed)}), so the version of {name} that is "
            "deployed stays as it is.",
            "Mend the service and deploy it again, or add --force to replace it all the same.",
        )


async def _first(project: Project, image: str, parts: Mapping[str, Part]) -> None:
    """Nothing ran before."""
    container = await containers.service(project, image, parts[APPLICATION])
    await containers.start(project, container)
    await ready(project.engine, container, "/ready")


def _variables(files: tuple[ServiceFile, ...], place: Path, wishes: Wishes) -> dict[str, str]:
    """What fills compose.yaml in: the environment, what was kept, and secrets drawn anew."""
    text = _text(files, "compose.yaml")
    found = _read_env(place / ".env")
    needed = required(text)
    for name in (*needed, *_SECRETS):
        if value := os.environ.get(name, ""):
            found[name] = value
        elif name in _SECRETS and name not in found and name in text:
            found[name] = secrets.token_urlsafe(32)
    for name in needed:
        if not found.get(name):
            raise MissingVariable(name, "the service does not start without it")
    if wishes.postgres:
        found["POSTGRES_IMAGE"] = wishes.postgres
    if wishes.port is not None:
        found["PORT"] = str(wishes.port)
    return found


def _keep(place: Path, variables: Mapping[str, str]) -> None:
    """Write `.env`, which nobody else may read."""
    place.mkdir(exist_ok=True)
    lines = [f"{name}='{value}'\n" for name, value in sorted(variables.items())]
    write_text(place / ".env", "".join(lines), mode=0o600)


def _read_env(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("'\"") for name, _, value in pairs}


def _version(files: tuple[ServiceFile, ...], wishes: Wishes) -> str:
    """The tag of an image: the hash of what it is built from."""
    digest = hashlib.sha256(context(files))
    digest.update(wishes.base.encode())
    return digest.hexdigest()[:12]


def _text(files: tuple[ServiceFile, ...], path: str) -> str:
    for item in files:
        if item.path == path:
            return item.content
    raise InputError(f"The service has no {path}.", "Build the service again.")


def _address(port: int) -> str:
    host = os.environ.get("DOCKER_HOST", "")
    elsewhere = re.match(r"(?:tcp|https?|ssh)://(?:[^@/]*@)?(\[[^]]+\]|[^:/]+)", host)
    return f"http://{elsewhere[1] if elsewhere else '127.0.0.1'}:{port}"


async def _tell_data(fresh: Continued, project: Project) -> None:
    """Say what the migration does to data that is there."""
    for loss in fresh.losses:
        text = f"The new tables have no place for {loss}."
        todo = "The database as it was stays beside it, as service_before, until the next time."
        await project.services.events.append(Notice(level="warning", text=text, todo=todo))
    for column in fresh.made_up:
        text = f"Older rows get a value that nobody named for {column}."
        await project.services.events.append(Notice(text=text))
