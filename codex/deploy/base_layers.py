"""The base of an image that is written by hand: a saved image, or a root filesystem."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import re
import shutil
import tarfile
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from codex.common.errors import EngineUnavailable, InputError
from codex.common.services import Services
from codex.deploy.engine import opened_engine

USUAL = "python:3.11-slim"
"""What the Dockerfile starts from."""
_PYTHON = re.compile(r"^(?:\./)?(usr/local/bin|usr/bin)/python3\.(\d+)$")
_OLDEST = 11
# As the header of a program names it: where it stands and what it is.
_MACHINES = {62: "amd64", 183: "arm64"}
_CHUNK = 1 << 20


@dataclass(frozen=True)
class NamedBase:
    """Where a base was found."""

    name: str
    path: Path


@dataclass(frozen=True)
class Base:
    """Layers with a Python in them."""

    layers: tuple[Path, ...]
    """Tar files, not compressed, the lowest first."""
    machine: str
    interpreter: str
    """Without the slash at its beginning: `usr/local/bin/python3.11`."""
    variant: str = ""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def python(self) -> str:
        """`3.11`."""
        return self.interpreter.rpartition("python")[2]

    @property
    def platform(self) -> str:
        """`linux/amd64`."""
        return f"linux/{self.machine}{f'/{self.variant}' if self.variant else ''}"

    @property
    def platform_document(self) -> dict[str, str]:
        """The same, as an index says it."""
        variant = {"variant": self.variant} if self.variant else {}
        return {"architecture": self.machine, "os": "linux", **variant}


async def named_base(base: str, folder: Path, services: Services) -> NamedBase:
    """The file or folder that `base` names; else what an engine or the data folder has."""
    if base and Path(base).exists():  # noqa: ASYNC240  one look at the disk, once
        return NamedBase(base, Path(base))
    name = base or USUAL
    stored = services.settings.data_dir / "images" / f"{re.sub('[/:]', '-', name)}.tar"
    if stored.is_file():
        return NamedBase(str(stored), stored)
    with contextlib.suppress(EngineUnavailable):
        async with opened_engine() as engine:
            if await engine.has("image", name):
                saved = folder / "base.tar"
                with io.FileIO(saved, "w") as file:
                    async with contextlib.aclosing(engine.stream("get_image", name)) as chunks:
                        async for chunk in chunks:
                            file.write(chunk)
                return NamedBase(f"{name} of the engine", saved)
    raise InputError(
        f"There is nothing to start the image from: no engine has {name}, and no base was named.",
        f"Where there is an engine: `docker save -o base.tar {name}`; then --base base.tar here, "
        f"or put it at {stored}.",
    )


def read_base(path: Path, folder: Path, *, wanted: str = "") -> Base:
    """The layers of a saved image, a root filesystem as a tar, or one as a folder."""
    try:
        base = _from_folder(path, folder) if path.is_dir() else _from_file(path, folder, wanted)
    except (
        tarfile.TarError,
        EOFError,
        gzip.BadGzipFile,
        ValueError,
        LookupError,
        TypeError,
    ) as error:
        raise _useless(path, f"it is no whole image or root filesystem ({error})") from None
    if wanted and base.platform != wanted:
        raise _useless(path, f"it is for {base.platform}, not for {wanted}")
    return base


def _from_folder(path: Path, folder: Path) -> Base:
    layer = folder / "base-0.tar"
    with tarfile.open(layer, "w") as archive:
        for item in sorted(path.rglob("*")):
            archive.add(item, item.relative_to(path).as_posix(), recursive=False, filter=_undated)
    return _base(path, [layer], {})


def _undated(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry if entry.isreg() or entry.isdir() or entry.issym() or entry.islnk() else None


def _from_file(path: Path, folder: Path, wanted: str) -> Base:
    with _opened(path) as archive:
        names = {name.removeprefix("./"): name for name in archive.getnames()}
        if "manifest.json" in names:
            manifest = _document(archive, names["manifest.json"])[0]
            parts, configuration = list(manifest["Layers"]), str(manifest["Config"])
        elif "index.json" in names:
            parts, configuration = _oci(archive, names, wanted)
        else:
            layer = folder / "base-0.tar"
            with path.open("rb") as file:
                _plain(file, layer)
            return _base(path, [layer], {})
        layers: list[Path] = []
        for number, part in enumerate(parts):
            layers.append(folder / f"base-{number}.tar")
            with _member(archive, names[part]) as file:
                _plain(file, layers[-1])
        return _base(path, layers, _document(archive, names[configuration]))


def _oci(archive: tarfile.TarFile, names: Mapping[str, str], wanted: str) -> tuple[list[str], str]:
    """The layers and the configuration of an OCI layout, of the platform that is wanted."""
    document = _document(archive, names["index.json"])
    while "manifests" in document:
        fitting = [item for item in document["manifests"] if _fits(item, wanted)]
        document = _document(archive, names[_blob(fitting[0] if fitting else None)])
    return [_blob(item) for item in document["layers"]], _blob(document["config"])


def _fits(item: Mapping[str, Any], wanted: str) -> bool:
    about = item.get("platform")
    if not about or not wanted:
        return not about or about.get("os") == "linux"
    variant = f"/{about['variant']}" if about.get("variant") else ""
    return wanted == f"{about['os']}/{about['architecture']}{variant}"


def _blob(item: Mapping[str, Any] | None) -> str:
    if item is None:
        raise ValueError("it is for other platforms")
    return f"blobs/{str(item['digest']).replace(':', '/')}"


def _base(path: Path, layers: Sequence[Path], about: Mapping[str, Any]) -> Base:
    """What the layers hold, with what the image's configuration says of them."""
    interpreter, machine = _interpreter(path, layers)
    inside = cast("Mapping[str, Any]", about.get("config") or {})
    given = cast("list[str]", inside.get("Env") or [])
    pairs = (item.partition("=") for item in given)
    return Base(
        layers=tuple(layers),
        machine=str(about.get("architecture") or machine),
        interpreter=interpreter,
        variant=str(about.get("variant") or ""),
        environment={name: value for name, _, value in pairs},
    )


def _interpreter(path: Path, layers: Sequence[Path]) -> tuple[str, str]:
    """Where its Python is, and what machine that program is for."""
    found: dict[str, str] = {}
    for layer in layers:
        with tarfile.open(layer, "r:") as archive:
            for entry in archive:
                match = _PYTHON.match(entry.name)
                if match and entry.isreg() and int(match[2]) >= _OLDEST:
                    name = entry.name.removeprefix("./")
                    with _member(archive, entry) as program:
                        found[name] = _machine(path, program.read(20))
    if not found:
        raise _useless(path, f"it has no Python 3.{_OLDEST} or later in /usr/local/bin or /usr/bin")
    # The one that an administrator put there comes before the system's own.
    first = min(found, key=lambda name: (not name.startswith("usr/local"), name))
    return first, found[first]


def _machine(path: Path, header: bytes) -> str:
    number = int.from_bytes(header[18:20], "little")
    if not header.startswith(b"\x7fELF") or number not in _MACHINES:
        raise _useless(path, "its Python is for a machine that is not known")
    return _MACHINES[number]


def _document(archive: tarfile.TarFile, name: str) -> Any:
    with _member(archive, name) as file:
        return json.load(file)


@contextlib.contextmanager
def _member(archive: tarfile.TarFile, name: str | tarfile.TarInfo) -> Generator[IO[bytes]]:
    file = archive.extractfile(name)
    if file is None:
        raise ValueError(f"{name} is no file")
    with file:
        yield file


@contextlib.contextmanager
def _opened(path: Path) -> Generator[tarfile.TarFile]:
    try:
        archive = tarfile.open(path, "r:*")  # noqa: SIM115  closed below
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}.", "Name another base."
        ) from None
    with archive:
        yield archive


def _plain(file: IO[bytes], target: Path) -> None:
    """Copy a layer, without its compression."""
    start = file.read(4)
    file.seek(0)
    if start == b"\x28\xb5\x2f\xfd":
        raise ValueError("its layers are compressed with zstd; save it with gzip or none")
    source = gzip.GzipFile(fileobj=file) if start.startswith(b"\x1f\x8b") else file
    with target.open("wb") as copy:
        shutil.copyfileobj(source, copy, _CHUNK)


def _useless(path: Path, why: str) -> InputError:
    return InputError(
        f"{path} cannot be the base of an image: {why}.",
        f"Name a saved {USUAL}, or another image or root filesystem with Python.",
    )
