"""The container engine, through the `docker` package: calls, streams, and what goes wrong there."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import threading
from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import Any, cast

import docker
import docker.errors
import docker.types
import docker.utils
import requests
import urllib3

from codex.common.errors import ContainerError, EngineUnavailable
from codex.common.redact import redact

CALL_SECONDS = 120
STREAM_SECONDS = 1800
"""How long a step of a build may say nothing."""
_LOST = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
_END = object()


class _Client(docker.APIClient):
    """Remembers the answer that is being read, so that reading it can be stopped."""

    reading: Any = None

    def send(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().send(*args, **kwargs)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] untyped
        self.reading = answer
        return answer  # pyright: ignore[reportUnknownVariableType] untyped


class Engine:
    """An engine that answers."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = dict(options)
        self._client: Any = _Client(**self._options, timeout=CALL_SECONDS)

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    async def call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """One method of the engine's interface, as the `docker` package names it."""
        with told():
            return await asyncio.to_thread(self._asked, method, *args, **kwargs)

    def _asked(self, method: str, *args: Any, **kwargs: Any) -> Any:
        _knock(self._options)
        return getattr(self._client, method)(*args, **kwargs)

    async def stream(self, method: str, *args: Any, **kwargs: Any) -> AsyncGenerator[Any]:
        """A method that tells how it gets on; leaving the loop early makes the engine stop it.

        It has a connection of its own: closing that is how the engine learns that nobody waits.
        """
        with told():
            _knock(self._options)
            client: Any = await asyncio.to_thread(_Client, **self._options, timeout=STREAM_SECONDS)
        loop = asyncio.get_running_loop()
        items: asyncio.Queue[Any] = asyncio.Queue()

        def put(item: Any) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(items.put_nowait, item)

        def read() -> None:
            try:
                for item in getattr(client, method)(*args, **kwargs):
                    put(item)
                put(_END)
            except BaseException as error:  # noqa: BLE001  raised again by whoever waits
                put(error)

        # A thread of our own, and no waiting for it: what it waits for may never come.
        threading.Thread(target=read, name=f"engine {method}", daemon=True).start()
        try:
            while (item := await items.get()) is not _END:
                with told():
                    if isinstance(item, BaseException):
                        raise item
                yield item
        finally:
            _hang_up(client)

    async def has(self, kind: str, name: str) -> bool:
        """Whether there is an `image`, `container`, `network` or `volume` of that name."""
        return await self.inspected(kind, name) is not None

    async def inspected(self, kind: str, name: str) -> Any | None:
        """What the engine knows of it; `None` where there is no such thing."""
        with told():
            try:
                return await asyncio.to_thread(self._asked, f"inspect_{kind}", name)
            except docker.errors.NotFound:
                return None

    async def absent(self, method: str, name: str, **kwargs: Any) -> None:
        """Remove something with `method`; that it is gone already is fine."""
        with told():
            try:
                await asyncio.to_thread(self._asked, method, name, **kwargs)
            except docker.errors.NotFound:
                return

    async def build_network(self) -> str | None:
        """The network that build steps can reach others by; `None` for the engine's usual one."""
        found: Iterable[Mapping[str, Any]] = await self.call("networks", names=["bridge"])
        return None if any(item["Name"] == "bridge" for item in found) else "host"

    async def own_platform(self) -> str:
        """What the engine's machine is."""
        about = await self.call("version")
        return f"{about['Os']}/{about['Arch']}"


def _hang_up(client: Any) -> None:
    """Shut the connection that a thread may be reading from, then forget the client."""
    answer = client.reading
    if answer is not None and not answer.raw.closed:
        # Anything may be missing of a connection that was never made, or was lost.
        with contextlib.suppress(Exception):
            docker.types.CancellableStream(iter(()), answer).close()
    client.close()


@contextlib.asynccontextmanager
async def opened_engine() -> AsyncGenerator[Engine]:
    """The engine that DOCKER_HOST names, or that of this machine."""
    options = cast("dict[str, Any]", docker.utils.kwargs_from_env())
    try:
        _knock(options)
        engine = await asyncio.to_thread(Engine, options)
        await engine.call("ping")
    except (docker.errors.DockerException, ContainerError, *_LOST) as error:
        where = "at DOCKER_HOST" if os.environ.get("DOCKER_HOST") else "on this machine"
        raise EngineUnavailable(f"No container engine answers {where}.") from error
    try:
        yield engine
    finally:
        engine.close()


def _knock(options: Mapping[str, Any]) -> None:
    """Raise `OSError` where nobody listens; the `docker` package would leave its sockets open."""
    address = str(options.get("base_url") or "unix:///var/run/docker.sock")
    path = re.sub(r"^(http\+)?unix:/*", "/", address)
    if path.startswith("/"):
        with socket.socket(socket.AF_UNIX) as channel:
            channel.connect(path)


@contextlib.contextmanager
def told(doing: str = "The container engine refused") -> Any:
    """Turn what three libraries raise into one kind of error that says what to do."""
    try:
        yield
    except docker.errors.APIError as error:
        said = sentence(str(error.explanation or error))
        raise ContainerError(f"{doing}: {said}", advice_for(said)) from error
    except (docker.errors.DockerException, *_LOST) as error:
        raise ContainerError(
            "The container engine went away.",
            "Start it again, then repeat; nothing half done was left.",
        ) from error


def sentence(text: str) -> str:
    """What an engine or a registry said: one line, no secrets, not endless."""
    line = " ".join(redact(text).split()).rstrip(".")
    return f"{line[:600]}."


def last_words(log: bytes) -> str:
    """The end of what a container said, which is where the reason stands."""
    return sentence(" ".join(bytes(log).decode("utf-8", "replace").split())[-500:])


def advice_for(said: str) -> str:
    """What can be done about it, where that is known."""
    known = {
        "Free some space where the engine keeps its images, then repeat.": ("no space left",),
        "Load or pull that image, or name another base with --base.": (
            "pull access",
            "manifest unknown",
            "not found",
        ),
        "Sign in with `docker login` there; codex reads the Docker configuration alone.": (
            "unauthorized",
            "denied",
            "authentication",
            "credentials",
        ),
    }
    low = said.lower()
    found = (todo for todo, words in known.items() if any(word in low for word in words))
    return next(found, ContainerError.advice)
