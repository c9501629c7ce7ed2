"""The containers, network and volumes of a deployment, named and labelled as compose does it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from codex.common.errors import ContainerError, InputError
from codex.common.events import Progress
from codex.common.services import Services
from codex.deploy.compose_file import APPLICATION, DATABASE, Part
from codex.deploy.engine import Engine, last_words
from codex.deploy.image import pulled
from codex.deploy.passing import LABEL

DATABASE_SECONDS = 120


@dataclass(frozen=True)
class Project:
    """A deployment on an engine."""

    engine: Engine
    name: str
    services: Services

    def container(self, part: str) -> str:
        """The container of a part."""
        return f"{self.name}-{part}-1"

    @property
    def before(self) -> str:
        """The old version while an upgrade goes on; gone when it is done."""
        return f"{self.name}-{APPLICATION}-before"

    @property
    def network(self) -> str:
        """The network of the parts."""
        return f"{self.name}_default"

    def volume(self, name: str) -> str:
        """A volume of compose.yaml."""
        return f"{self.name}_{name}"

    def labels(self, **more: str) -> dict[str, str]:
        """What compose knows its things by."""
        return {
            "com.docker.compose.project": self.name,
            **{f"com.docker.compose.{key}": value for key, value in more.items()},
        }

    async def tell(self, text: str) -> None:
        """Progress, a line."""
        await self.services.events.append(Progress(place="compose", text=text))


async def network(project: Project) -> None:
    """The network, if it is not there yet."""
    if not await project.engine.has("network", project.network):
        await project.engine.call(
            "create_network",
            project.network,
            driver="bridge",
            check_duplicate=True,
            labels=project.labels(network="default"),
        )


async def service(project: Project, image: str, part: Part) -> str:
    """The container of the service, made but not started."""
    return await _made(project, part, image)


async def database(project: Project, part: Part) -> None:
    """The database, started and taking connections; one that is there is kept as it is."""
    name = project.container(DATABASE)
    about = await project.engine.inspected("container", name)
    if about is None:
        await pulled(project.engine, part.image, project.services)
        await project.tell(f"starting {part.image}")
        await _made(project, part, part.image)
    if about is None or not about["State"]["Running"]:
        await start(project, name)
    await _healthy(project, name)


async def _made(project: Project, part: Part, image: str) -> str:
    engine, name = project.engine, project.container(part.name)
    binds: dict[str, Any] = {}
    for volume, where in part.volumes.items():
        called = project.volume(volume)
        if not await engine.has("volume", called):
            await engine.call("create_volume", called, labels=project.labels(volume=volume))
        binds[called] = {"bind": where, "mode": "rw"}
    host = await engine.call(
        "create_host_config",
        binds=binds,
        restart_policy={"Name": part.restart},
        # Port 0 lets the engine choose.
        port_bindings={inside: outside or None for inside, outside in part.ports.items()},
        network_mode=project.network,
    )
    networking = await _aliases(engine, project.network, part.name)
    made = await engine.call(
        "create_container",
        image,
        name=name,
        environment=dict(part.environment),
        host_config=host,
        networking_config=networking,
        ports=list(part.ports),
        healthcheck=dict(part.healthcheck) or None,
        labels=project.labels(service=part.name, oneoff="False", **{"container-number": "1"}),
    )
    return str(made["Id"])


async def _aliases(engine: Engine, network: str, alias: str) -> Any:
    """A part is found in the network by its plain name."""
    endpoint = await engine.call("create_endpoint_config", aliases=[alias])
    return await engine.call("create_networking_config", {network: endpoint})


async def start(project: Project, container: str) -> None:
    """Start it; a port that somebody else has is the user's to choose anew."""
    try:
        await project.engine.call("start", container)
    except ContainerError as error:
        said = error.what.lower()
        if "port is already allocated" in said or "address already in use" in said:
            raise InputError(
                f"The port of {project.name} is taken: {error.what}", "Name another with --port."
            ) from error
        raise


async def _healthy(project: Project, container: str) -> None:
    """Wait until its own health check passes."""
    state: Mapping[str, Any] = {}
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            while True:
                about = await project.engine.call("inspect_container", container)
                state = about["State"]
                if state.get("Health", {}).get("Status", "healthy") == "healthy":
                    return
                if not state["Running"] or state.get("Restarting"):
                    break
                await asyncio.sleep(0.3)
    except TimeoutError:
        pass
    log = await project.engine.call("logs", container, tail=20)
    raise ContainerError(
        f"The database does not get ready. It said: {last_words(log)}",
        f"Look at `docker logs {container}`.",
    )


async def published(project: Project, inside: int) -> int:
    """The port of the machine that leads to the service."""
    about = await project.engine.call("inspect_container", project.container(APPLICATION))
    bindings = cast(
        "list[dict[str, str]]", about["NetworkSettings"]["Ports"].get(f"{inside}/tcp") or []
    )
    if not bindings:
        raise ContainerError(
            f"The engine publishes no port of {project.name}.", "Look at its compose.yaml."
        )
    return int(bindings[0]["HostPort"])


async def once(
    project: Project, image: str, part: Part, command: Sequence[str], **environment: str
) -> str:
    """Run one command of the service to its end, beside whatever runs; what it printed."""
    async with _passing(project, image, part, command, environment) as container:
        await project.engine.call("start", container)
        while True:
            about = await project.engine.call("inspect_container", container)
            if about["State"]["Status"] == "exited":
                break
            await asyncio.sleep(0.2)
        log = await project.engine.call("logs", container)
        if code := about["State"]["ExitCode"]:
            raise ContainerError(
                f"{' '.join(command[:4])} ended with code {code}: {last_words(log)}",
                "Run `codex verify` on the service; it tells what is wrong.",
            )
        return bytes(log).decode("utf-8", "replace")


@contextlib.asynccontextmanager
async def _passing(
    project: Project,
    image: str,
    part: Part,
    command: Sequence[str],
    environment: Mapping[str, str],
) -> AsyncGenerator[str]:
    host = await project.engine.call("create_host_config", network_mode=project.network)
    made = await project.engine.call(
        "create_container",
        image,
        list(command),
        environment={**part.environment, **environment},
        host_config=host,
        labels=project.labels(service=APPLICATION, oneoff="True") | LABEL,
    )
    try:
        yield str(made["Id"])
    finally:
        await asyncio.shield(
            project.engine.absent("remove_container", made["Id"], force=True, v=True)
        )


async def forget_passing(project: Project) -> None:
    """Remove the containers of commands that a process which was killed had begun.

    Nobody else works on the deployment, so whatever is there of them is not needed.
    """
    mine = [f"com.docker.compose.project={project.name}", *(f"{k}={v}" for k, v in LABEL.items())]
    found = await project.engine.call("containers", all=True, filters={"label": mine})
    for item in found:
        await project.engine.absent("remove_container", item["Id"], force=True, v=True)


@contextlib.asynccontextmanager
async def undone_if_new(project: Project, parts: Mapping[str, Part]) -> AsyncGenerator[None]:
    """Where nothing of the deployment was there before, a failure leaves nothing of it."""
    engine = project.engine
    names = [project.container(part) for part in parts]
    volumes = [project.volume(volume) for part in parts.values() for volume in part.volumes]
    if any([await engine.has("container", name) for name in names]):
        yield
        return
    volumes = [volume for volume in volumes if not await engine.has("volume", volume)]
    networked = await engine.has("network", project.network)

    async def undo() -> None:
        for name in names:
            await engine.absent("remove_container", name, force=True, v=True)
        for volume in volumes:
            await engine.absent("remove_volume", volume, force=True)
        if not networked:
            await engine.absent("remove_network", project.network)

    try:
        yield
    except BaseException:
        with contextlib.suppress(ContainerError):  # the engine is gone, and says so by itself
            await asyncio.shield(undo())
        raise


async def forget_images(project: Project, newest: str) -> None:
    """Keep the image that runs and the one before it; earlier ones go."""
    name = newest.rpartition(":")[0]
    found = await project.engine.call("images", name=name)
    older = sorted(
        (item for item in found if newest not in (item["RepoTags"] or [])),
        key=lambda item: item["Created"],
        reverse=True,
    )
    for item in older[1:]:
        for tag in cast("list[str]", item["RepoTags"] or []):
            with contextlib.suppress(ContainerError):  # something else uses it
                await project.engine.absent("remove_image", tag)
