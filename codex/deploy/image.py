"""The service as a container image: built from its own Dockerfile, tried, tagged, pushed."""

from __future__ import annotations

import contextlib
import io
import re
import tarfile
from collections.abc import Mapping, Sequence
from configparser import ConfigParser
from configparser import Error as IniError
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codex.common.documents.application import Application, Image, ServiceFile
from codex.common.errors import ContainerError, InputError
from codex.common.events import Notice, Progress
from codex.common.services import Services
from codex.deploy.engine import Engine, advice_for, opened_engine, sentence
from codex.deploy.passing import Passing, passing
from codex.deploy.references import Reference, image_reference, platform
from codex.deploy.trial import tried

IN_THE_IMAGE = re.compile(r"^(app/.+|requirements\.lock|Dockerfile)$")
"""What the Dockerfile copies, and itself; the rest of the service stays outside."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# ` ---> 0123456789ab` says Docker, `--> 0123456789a` Podman.
LAYER = re.compile(r"^ ?-{2,3}> ([0-9a-f]{11,12})$", re.MULTILINE)


@dataclass(frozen=True)
class ImageOrder:
    """How an image is to be built."""

    name: str = ""
    """`NAME:TAG` in the engine."""
    platform: str = ""
    """`linux/amd64`; the engine's own when empty."""
    base: str = ""
    """The image to start from, in place of the one that the Dockerfile names."""
    network: str = ""
    """The network of the build's steps; empty lets codex choose."""
    pip_config: Path | None = None
    """A pip.conf for the build: a private index, a certificate. It is not part of the image."""
    push_to: str = ""
    """`REGISTRY/NAME:TAG` to push to."""

    def checked(self) -> ImageOrder:
        """The same, if every name in it is one; before any work is done."""
        image_reference(self.name or self.push_to)
        platform(self.platform)
        for other in (self.base, self.push_to):
            if other:
                image_reference(other)
        if self.pip_config is not None:
            pip_files(self.pip_config)
        return self


async def to_image(application: Application, order: ImageOrder, services: Services) -> Image:
    """Build the image, run it once, give it its name, push it where asked.

    It gets its name only when it was seen to work; until then, and when anything fails, it has a
    passing one that is removed.
    """
    order = order.checked()
    name = image_reference(order.name or order.push_to)
    async with opened_engine() as engine, passing(engine, services.settings.data_dir) as shelf:
        unnamed = shelf.image(application.name.replace("_", "-"))
        try:
            await built(engine, application.files, order, unnamed, services, shelf)
            about = await engine.call("inspect_image", unnamed)
            own = f"{about['Os']}/{about['Architecture']}"
            if own == await engine.own_platform():
                await tried(engine, application, unnamed, services, shelf)
            else:
                text = (
                    f"The image is for {own}, which this engine's machine is not; it was not run."
                )
                await services.events.append(Notice(text=text))
            await _tag(engine, unnamed, name)
        finally:
            await engine.absent("remove_image", unnamed, noprune=False)
        if order.push_to:
            await _pushed(engine, name, image_reference(order.push_to), services)
    return Image(reference=str(name), digest=about["Id"], platform=own, pushed_to=order.push_to)


async def built(
    engine: Engine,
    files: Sequence[ServiceFile],
    order: ImageOrder,
    tag: str,
    services: Services,
    shelf: Passing,
) -> None:
    """Let the engine build the files of a service as `tag`; every step is told."""
    more = pip_files(order.pip_config) if order.pip_config else {}
    layers: list[str] = []
    finished = False
    try:
        async with contextlib.aclosing(
            engine.stream(
                "build",
                fileobj=io.BytesIO(context(files, more)),
                custom_context=True,
                tag=tag,
                decode=True,
                rm=True,
                forcerm=True,
                platform=platform(order.platform) or None,
                network_mode=order.network or await engine.build_network(),
                buildargs={"BASE": order.base} if order.base else None,
            )
        ) as lines:
            async for line in lines:
                _refuse(line, "The image cannot be built")
                finished = finished or "ID" in (line.get("aux") or {})
                text = _COLOURS.sub("", str(line.get("stream") or line.get("status") or ""))
                for layer in LAYER.findall(text) if more else ():
                    shelf.layer(layer)
                    layers.append(layer)
                await _tell(services, "image", text)
        if not finished:
            raise ContainerError(
                "The container engine ended in the middle of the build.",
                "Start it again, then repeat; nothing half done was left.",
            )
    finally:
        if more:
            await _forget(engine, layers)


def context(files: Sequence[ServiceFile], more: Mapping[str, bytes] = {}) -> bytes:
    """What the engine gets to build from; the same bytes for the same files."""
    contents = {item.path: item.content.encode() for item in files if IN_THE_IMAGE.match(item.path)}
    if "Dockerfile" not in contents or "requirements.lock" not in contents:
        raise InputError(
            "The service has no Dockerfile or no requirements.lock, so no image can be built.",
            "Build the service again.",
        )
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, content in sorted({**contents, **more}.items()):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def pip_files(path: Path) -> dict[str, bytes]:
    """A pip.conf as the build sees it, with the certificate file that it names."""
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text("utf-8"))
        found = {"pip.conf": b""}
        for section in parser.sections():
            if certificate := parser[section].get("cert"):
                found["ca.pem"] = Path(certificate).expanduser().read_bytes()
                parser[section]["cert"] = "/build/ca.pem"
    except (OSError, UnicodeDecodeError, IniError) as error:
        raise InputError(
            f"{path} cannot be used as a pip.conf: {sentence(str(error))}", "Mend or leave it out."
        ) from None
    text = io.StringIO()
    parser.write(text)
    return {**found, "pip.conf": text.getvalue().encode()}


async def _forget(engine: Engine, layers: Sequence[str]) -> None:
    """Remove the layers of the first stage, which saw the pip.conf; the others are in use."""
    for layer in reversed(layers):
        with contextlib.suppress(ContainerError):
            await engine.absent("remove_image", layer, noprune=False)


async def _tag(engine: Engine, source: str, name: Reference) -> None:
    await engine.call("tag", source, name.repository, name.tag)


async def _pushed(engine: Engine, name: Reference, to: Reference, services: Services) -> None:
    """Push, with the credentials that the Docker configuration has for that registry, if any."""
    named_before = await engine.has("image", str(to))
    await _tag(engine, str(name), to)
    finished = False
    try:
        async with contextlib.aclosing(
            engine.stream("push", to.repository, tag=to.tag, stream=True, decode=True)
        ) as lines:
            async for line in lines:
                _refuse(line, f"{to} cannot be pushed")
                finished = finished or "Digest" in (line.get("aux") or {})
                told = " ".join(
                    str(line[key]) for key in ("id", "status", "progress") if line.get(key)
                )
                await _tell(services, "push", told)
    finally:
        if not named_before and to != name:
            await engine.absent("remove_image", str(to), noprune=True)
    if not finished:
        raise ContainerError(
            f"{to} was not pushed: the container engine ended in the middle.",
            "Start it again, then repeat.",
        )


async def pulled(engine: Engine, image: str, services: Services) -> None:
    """Fetch an image, unless the engine has it."""
    if await engine.has("image", image):
        return
    wanted = image_reference(image)
    async with contextlib.aclosing(
        engine.stream("pull", wanted.repository, tag=wanted.tag, stream=True, decode=True)
    ) as lines:
        async for line in lines:
            _refuse(line, f"{image} cannot be pulled")
            if "progressDetail" not in line:
                await _tell(services, "pull", str(line.get("status") or ""))


def _refuse(line: Mapping[str, Any], doing: str) -> None:
    """Raise what a line of the engine says went wrong."""
    if "error" in line:
        said = sentence(_COLOURS.sub("", str(line["error"])))
        raise ContainerError(f"{doing}: {said}", advice_for(said))


async def _tell(services: Services, place: str, text: str) -> None:
    """Progress, a line at a time."""
    for line in text.splitlines():
        if line.strip():
            await services.events.append(Progress(place=place, text=line.rstrip()))
