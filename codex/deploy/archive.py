"""An image written without any engine: the layers of a base, the packages, the service.

The archive is an OCI layout that also carries what `docker load` of older engines reads. Equal
input gives equal bytes: nothing is compressed, dated, or drawn at random.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codex.common.documents.application import Application, ServiceFile
from codex.common.errors import InputError, UsageError
from codex.common.events import Progress
from codex.common.handover import disk_errors, writing
from codex.common.services import Services
from codex.deploy.base_layers import Base, named_base, read_base
from codex.deploy.references import image_reference, platform

USER = 10001
DATE = "1970-01-01T00:00:00Z"
_OCI = "application/vnd.oci.image"


@dataclass(frozen=True)
class Blob:
    """A part of the archive, by its hash."""

    digest: str
    size: int
    path: Path | None = None
    data: bytes = b""

    @property
    def name(self) -> str:
        """Where it lies in the archive."""
        return f"blobs/sha256/{self.digest}"

    def described(self, kind: str) -> dict[str, Any]:
        """As an OCI document refers to it."""
        return {
            "mediaType": f"{_OCI}.{kind}",
            "digest": f"sha256:{self.digest}",
            "size": self.size,
        }


def check_archive(target: Path, base: str, wanted: str, name: str) -> None:
    """Refuse what cannot be done before any work is done."""
    if target.is_dir():
        raise UsageError(f"{target} is a folder.", "Name a file that ends in .tar.")
    platform(wanted)
    if name:
        image_reference(name)
    if "/" in base and not Path(base).exists():
        raise InputError(f"{base} is not there.", "Name a saved image or a root filesystem.")


async def to_archive(
    application: Application,
    target: Path,
    services: Services,
    *,
    base: str = "",
    platform: str = "",
    name: str = "",
) -> Path:
    """Write the service's image as the file `target`."""
    reference = image_reference(name or f"{application.name.replace('_', '-')}:latest")
    with disk_errors(target), tempfile.TemporaryDirectory(prefix="codex-archive-") as place:
        folder = Path(place)
        found = await named_base(base, folder, services)
        await _tell(services, f"base: {found.name}")
        layers = await asyncio.to_thread(read_base, found.path, folder, wanted=platform)
        lock = next(item.content for item in application.files if item.path == "requirements.lock")
        site = folder / "site-packages"
        await _tell(services, f"packages for {layers.platform}, Python {layers.python}")
        await services.environments.install_into(
            site, lock, python=layers.python, machine=layers.machine
        )
        await _tell(services, "writing the archive")
        await asyncio.to_thread(
            _write, target, application.files, layers, site, str(reference), folder
        )
    return target


def _write(
    target: Path,
    files: Sequence[ServiceFile],
    base: Base,
    site: Path,
    reference: str,
    folder: Path,
) -> None:
    packages = _packages_layer(folder / "packages.tar", site, base)
    service = _service_layer(folder / "service.tar", files)
    layers = [*(_of_file(path) for path in base.layers), packages, service]
    configuration = _of_data(_configuration(base, layers, files))
    manifest = _of_data(
        {
            "schemaVersion": 2,
            "mediaType": f"{_OCI}.manifest.v1+json",
            "config": configuration.described("config.v1+json"),
            "layers": [layer.described("layer.v1.tar") for layer in layers],
        }
    )
    annotations = {
        "io.containerd.image.name": reference,
        "org.opencontainers.image.ref.name": reference.rpartition(":")[2],
    }
    index = {
        "schemaVersion": 2,
        "mediaType": f"{_OCI}.index.v1+json",
        "manifests": [
            {
                **manifest.described("manifest.v1+json"),
                "annotations": annotations,
                "platform": base.platform_document,
            }
        ],
    }
    older = [
        {
            "Config": configuration.name,
            "RepoTags": [reference],
            "Layers": [layer.name for layer in layers],
        }
    ]
    documents = {
        "oci-layout": _json({"imageLayoutVersion": "1.0.0"}),
        "index.json": _json(index),
        "manifest.json": _json(older),
    }
    blobs = {blob.name: blob for blob in (*layers, configuration, manifest)}
    with writing(target) as file, tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in documents.items():
            _add(archive, name, data)
        for name, blob in sorted(blobs.items()):
            if blob.path is None:
                _add(archive, name, blob.data)
                continue
            with blob.path.open("rb") as layer:
                archive.addfile(_entry(name, blob.size), layer)


def _configuration(
    base: Base, layers: Iterable[Blob], files: Sequence[ServiceFile]
) -> dict[str, Any]:
    """What the Dockerfile says of the image beside its files."""
    contents = {item.path: item.content for item in files}
    stored = "VOLUME" in contents.get("Dockerfile", "")
    environment = {
        **base.environment,
        "PATH": f"/venv/bin:{base.environment.get('PATH', '/usr/local/bin:/usr/bin:/bin')}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/service",
        "PORT": "8000",
    }
    for name in ("DATABASE_URL", "FILES_FOLDER"):
        if value := _set_in(contents.get("Dockerfile", ""), name):
            environment[name] = value
    return {
        "architecture": base.machine,
        "os": "linux",
        **({"variant": base.variant} if base.variant else {}),
        "created": DATE,
        "config": {
            "User": f"{USER}:{USER}",
            "ExposedPorts": {"8000/tcp": {}},
            "Env": [f"{name}={value}" for name, value in sorted(environment.items())],
            "Cmd": [
                "sh",
                "-c",
                'exec python -m app serve --host 0.0.0.0 --port "$PORT"',
            ],
            "Healthcheck": {
                "Test": ["CMD", "python", "-c", _HEALTH],
                "Interval": 10_000_000_000,
                "Timeout": 3_000_000_000,
                "StartPeriod": 20_000_000_000,
                "Retries": 3,
            },
            **({"Volumes": {"/data": {}}} if stored else {}),
            "WorkingDir": "/service",
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer.digest}" for layer in layers]},
        "history": [{"created": DATE, "created_by": "codex"} for _ in layers],
    }


_HEALTH = (
    "import os, urllib.request; "
    "urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/ready', timeout=2)"
)


def _set_in(dockerfile: str, name: str) -> str:
    """What the Dockerfile sets a variable to."""
    for line in dockerfile.splitlines():
        words = line.strip().removeprefix("ENV ").removesuffix("\\").strip()
        if words.startswith(f"{name}="):
            return words.partition("=")[2]
    return ""


def _packages_layer(path: Path, site: Path, base: Base) -> Blob:
    """A virtual environment, as the Dockerfile's first stage makes it."""
    library = f"venv/lib/python{base.python}/site-packages"
    home = base.interpreter.rpartition("/")[0]
    settings = f"home = /{home}\ninclude-system-site-packages = false\nversion = {base.python}\n"
    with tarfile.open(path, "w") as archive:
        folders = [f"venv/lib/python{base.python}", "venv/bin", "venv/lib", "venv", library]
        for name in sorted(folders):
            _folder(archive, name)
        _add(archive, "venv/pyvenv.cfg", settings.encode())
        for name in ("python", "python3"):
            entry = _entry(f"venv/bin/{name}", 0)
            entry.type, entry.linkname = tarfile.SYMTYPE, f"/{base.interpreter}"
            archive.addfile(entry)
        for item in sorted(site.rglob("*")):
            name = item.relative_to(site).as_posix()
            if name.split("/")[0] in {"bin", ".lock"} or "__pycache__" in name:
                continue
            if item.is_dir():
                _folder(archive, f"{library}/{name}")
            else:
                executable = item.stat().st_mode & 0o100
                _add(
                    archive, f"{library}/{name}", item.read_bytes(), 0o755 if executable else 0o644
                )
    return _of_file(path)


def _service_layer(path: Path, files: Sequence[ServiceFile]) -> Blob:
    """The service itself, and the folder of its data, which belongs to its user."""
    with tarfile.open(path, "w") as archive:
        _folder(archive, "data", owner=USER)
        _folder(archive, "service")
        made: set[str] = set()
        for file in sorted(files, key=lambda item: item.path):
            if not file.path.startswith("app/"):
                continue
            parts = file.path.split("/")[:-1]
            for depth in range(1, len(parts) + 1):
                folder = "/".join(parts[:depth])
                if folder not in made:
                    made.add(folder)
                    _folder(archive, f"service/{folder}")
            _add(archive, f"service/{file.path}", file.content.encode())
    return _of_file(path)


def _entry(name: str, size: int, mode: int = 0o644) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, mode
    return entry


def _add(archive: tarfile.TarFile, name: str, data: bytes, mode: int = 0o644) -> None:
    archive.addfile(_entry(name, len(data), mode), io.BytesIO(data))


def _folder(archive: tarfile.TarFile, name: str, owner: int = 0) -> None:
    entry = _entry(name, 0, 0o755)
    entry.type, entry.uid, entry.gid = tarfile.DIRTYPE, owner, owner
    archive.addfile(entry)


def _of_data(document: Mapping[str, Any]) -> Blob:
    data = _json(document)
    return Blob(hashlib.sha256(data).hexdigest(), len(data), data=data)


def _of_file(path: Path) -> Blob:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Blob(digest, path.stat().st_size, path)


def _json(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


async def _tell(services: Services, text: str) -> None:
    await services.events.append(Progress(place="archive", text=text))
