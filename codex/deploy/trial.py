"""An image run once: it answers, and what it stored is there again after a restart."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncGenerator, Mapping
from importlib.resources import files
from typing import Any

from codex.common.documents.application import Application
from codex.common.documents.architecture import Architecture
from codex.common.errors import ContainerError
from codex.common.events import Progress
from codex.common.services import Services
from codex.compiler.samples import sample
from codex.deploy.engine import Engine, last_words, sentence
from codex.deploy.passing import LABEL, Passing

READY_SECONDS = 60


async def tried(
    engine: Engine, application: Application, image: str, services: Services, shelf: Passing
) -> Mapping[str, Any]:
    """Start `image`, store something, start it anew on the same volume, find it there."""
    architecture = application.implementation.architecture
    volume = shelf.volume()
    rows = samples_of(architecture)
    await engine.call("create_volume", volume, labels=LABEL)
    try:
        async with trial_container(engine, image, architecture, volume, shelf) as container:
            await ready(engine, container, "/health")
            await ready(engine, container, "/ready")
            kept = await _script(engine, container, "store", rows)
        async with trial_container(engine, image, architecture, volume, shelf) as container:
            await ready(engine, container, "/ready")
            found = await _script(engine, container, "find", kept)
    finally:
        await asyncio.shield(engine.absent("remove_volume", volume, force=True))
    if kept != found:
        raise ContainerError(
            f"Started anew, the image has lost what it stored: {json.dumps(kept)[:200]}.",
            "Keep its VOLUME where the Dockerfile says, then repeat.",
        )
    text = f"answers, and keeps its data ({', '.join(kept) or 'it has none'})"
    await services.events.append(Progress(place="image", text=text))
    return kept


@contextlib.asynccontextmanager
async def trial_container(
    engine: Engine, image: str, architecture: Architecture, volume: str, shelf: Passing
) -> AsyncGenerator[str]:
    """A container of `image` with no network; gone at the end."""
    configuration = await engine.call(
        "create_host_config", network_mode="none", binds={volume: {"bind": "/data", "mode": "rw"}}
    )
    made = await engine.call(
        "create_container",
        image,
        name=shelf.container(),
        environment=local_variables(architecture),
        host_config=configuration,
        labels=LABEL,
    )
    container = str(made["Id"])
    try:
        await engine.call("start", container)
        yield container
        # As a restart does it: with time to finish.
        await engine.call("stop", container, timeout=15)
    finally:
        await asyncio.shield(engine.absent("remove_container", container, force=True, v=True))


def local_variables(architecture: Architecture) -> dict[str, str]:
    """Settings to try it with; every secret is drawn anew and forgotten."""
    values = {"int": "1", "float": "1", "Decimal": "1", "bool": "false"}
    needed = {
        item.variable: values.get(item.type, "local")
        for item in architecture.settings
        if item.default is None
    }
    return {**needed, "ENVIRONMENT": "local", "SECRET_KEY": secrets.token_urlsafe(48)}


async def ready(engine: Engine, container: str, path: str, seconds: float = READY_SECONDS) -> None:
    """Wait until the service inside answers `path` with 200; tell why, where it does not."""
    said = "it gave no answer"
    try:
        async with asyncio.timeout(seconds):
            while True:
                about = await engine.call("inspect_container", container)
                if not about["State"]["Running"] or about["State"].get("Restarting"):
                    said = f"it ended with code {about['State']['ExitCode']}"
                    break
                with contextlib.suppress(ContainerError):  # it ended meanwhile: the next look tells
                    code, said = await inside(engine, container, _ASK, path)
                    if code == 0:
                        return
                await asyncio.sleep(0.3)
    except TimeoutError:
        said = f"{said} after {seconds:.0f} seconds"
    log = await engine.call("logs", container, tail=20)
    raise ContainerError(
        f"The image does not get ready ({path}): {said.strip()}. It said: {last_words(log)}",
        "Run `codex verify` on the service; it tells what is wrong.",
    )


# Asked from inside, so that it works with every network, and with an engine on another machine.
_ASK = """
import os, sys, urllib.request
at = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}{sys.argv[1]}"
try:
    sys.exit(urllib.request.urlopen(at, timeout=5).status != 200)
except OSError as error:
    sys.exit(str(error))
"""


async def inside(engine: Engine, container: str, code: str, *arguments: str) -> tuple[int, str]:
    """Run a few lines of Python in a container; its exit code and what it said."""
    made = await engine.call("exec_create", container, ["python", "-c", code, *arguments])
    said = await engine.call("exec_start", made["Id"])
    about = await engine.call("exec_inspect", made["Id"])
    return int(about["ExitCode"] or 0), bytes(said or b"").decode("utf-8", "replace")


async def _script(engine: Engine, container: str, deed: str, told: Any) -> Any:
    """What `inside/keep.py` answers."""
    code = (files("codex.deploy") / "inside" / "keep.py").read_text("utf-8")
    status, said = await inside(engine, container, code, deed, json.dumps(told))
    if status != 0:
        raise ContainerError(
            f"The image cannot {deed} a row: {sentence(said[-600:])}",
            "Run `codex verify` on the service; it tells what is wrong.",
        )
    return json.loads(said.splitlines()[-1])


def samples_of(architecture: Architecture) -> list[tuple[str, dict[str, Any]]]:
    """A row for each table that needs no other row first."""
    database = architecture.database
    rows: list[tuple[str, dict[str, Any]]] = []
    for table in database.tables:
        needed = [item for item in table.columns if item.default is None and not item.nullable]
        if not any(
            relation.column in {item.name for item in needed} for relation in table.relations
        ):
            rows.append((table.model, {item.name: sample(item, database) for item in needed}))
    return rows
