"""Images written without an engine: the same bytes each time, and an engine takes them."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import json
import resource
import tarfile
from pathlib import Path
from typing import Any, cast

import pytest

from codex.common.errors import DiskFull, InputError, UsageError
from codex.common.sandbox import Environments
from codex.deploy.archive import check_archive, to_archive
from codex.deploy.base_layers import read_base
from codex.deploy.engine import opened_engine
from codex.deploy.passing import passing
from codex.deploy.trial import tried
from tests.deploy.packaged import Told, application

Engine = Any  # the docker package is not typed
# The first bytes of a program for 64-bit Intel, which is all that is read of one.
PROGRAM = b"\x7fELF\x02\x01\x01" + bytes(9) + (2).to_bytes(2, "little") + (62).to_bytes(2, "little")


def tar_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


ROOT = tar_of({"etc/passwd": b"root:x:0:0::/:\n", "usr/local/bin/python3.11": PROGRAM})


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def oci(layer: bytes, machine: str = "amd64") -> bytes:
    """A saved image in the newer form: an index, a manifest, a configuration, one layer."""
    configuration = json.dumps(
        {"architecture": machine, "os": "linux", "config": {"Env": ["PATH=/somewhere"]}}
    ).encode()
    manifest = json.dumps(
        {
            "config": {"digest": f"sha256:{digest(configuration)}"},
            "layers": [{"digest": f"sha256:{digest(layer)}"}],
        }
    ).encode()
    about = {"platform": {"os": "linux", "architecture": machine}}
    index = {"manifests": [{"digest": f"sha256:{digest(manifest)}", **about}]}
    blobs = {f"blobs/sha256/{digest(data)}": data for data in (layer, configuration, manifest)}
    return tar_of({"index.json": json.dumps(index).encode(), **blobs})


@pytest.mark.parametrize("packed", [ROOT, gzip.compress(ROOT), oci(ROOT), oci(gzip.compress(ROOT))])
def test_a_base_is_read_in_each_form(tmp_path: Path, packed: bytes) -> None:
    (tmp_path / "base.tar").write_bytes(packed)
    base = read_base(tmp_path / "base.tar", tmp_path, wanted="linux/amd64")
    assert (base.python, base.platform) == ("3.11", "linux/amd64")
    assert [path.read_bytes() for path in base.layers] == [ROOT]


def test_a_base_may_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "root/usr/local/bin").mkdir(parents=True)
    (tmp_path / "root/usr/local/bin/python3.12").write_bytes(PROGRAM)
    base = read_base(tmp_path / "root", tmp_path)
    assert (base.python, base.interpreter) == ("3.12", "usr/local/bin/python3.12")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no whole image"),
        (b"hello", "no whole image"),
        (ROOT[:700], "no whole image|has no Python"),
        (tar_of({"etc/passwd": b""}), "has no Python"),
        (tar_of({"usr/bin/python3.9": PROGRAM}), "has no Python"),
        (tar_of({"usr/bin/python3.11": b"#!/bin/sh"}), "machine that is not known"),
        (tar_of({"manifest.json": b"[]"}), "no whole image"),
        (tar_of({"manifest.json": b'[{"Layers": ["../x"], "Config": "y"}]'}), "no whole image"),
        (oci(ROOT, "arm64"), "no whole image"),
        (oci(b"\x28\xb5\x2f\xfd rest"), "zstd"),
    ],
)
def test_a_base_that_is_none_is_refused(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "base.tar").write_bytes(data)
    with pytest.raises(InputError, match=why):
        read_base(tmp_path / "base.tar", tmp_path, wanted="linux/amd64")


def test_what_cannot_be_done_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        check_archive(tmp_path, "", "", "")
    with pytest.raises(InputError, match="no platform"):
        check_archive(tmp_path / "x.tar", "", "windows/amd64", "")
    with pytest.raises(InputError, match="is not there"):
        check_archive(tmp_path / "x.tar", str(tmp_path / "base.tar"), "", "")


def test_without_engine_and_base_it_says_how_to_get_one(
    lock: str, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none")
    with pytest.raises(InputError, match="nothing to start the image from") as caught:
        asyncio.run(to_archive(application("notes", lock), tmp_path / "x.tar", told.services))
    assert "docker save -o base.tar python:3.11-slim" in caught.value.todo
    assert not (tmp_path / "x.tar").exists()


class NoPackages:
    """Installs nothing."""

    async def install_into(self, folder: Path, *_: object, **__: object) -> None:
        folder.mkdir()  # noqa: ASYNC240  a folder, once


def test_a_full_disk_leaves_no_archive(lock: str, tmp_path: Path) -> None:
    (tmp_path / "base.tar").write_bytes(ROOT)
    target = tmp_path / "x.tar"
    told = Told(tmp_path / "data", cast("Environments", NoPackages()))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # No file may be larger: the next write fails as it does on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(DiskFull, match="There is no room left to write"):
            asyncio.run(
                to_archive(
                    application("notes", lock),
                    target,
                    told.services,
                    base=str(tmp_path / "base.tar"),
                )
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in tmp_path.iterdir()] == ["base.tar"]


@pytest.mark.slow
def test_an_archive_has_the_same_bytes_and_runs(
    engine: Engine, slim_root: Path, lock: str, told: Told, tmp_path: Path
) -> None:
    service = application("notes", lock)
    for name in ("one.tar", "two.tar"):
        asyncio.run(
            to_archive(
                service,
                tmp_path / name,
                told.services,
                base=str(slim_root),
                name="codex-test/archived:one",
            )
        )
    with (tmp_path / "one.tar").open("rb") as one, (tmp_path / "two.tar").open("rb") as two:
        hashes = [hashlib.file_digest(file, "sha256").hexdigest() for file in (one, two)]
    assert hashes[0] == hashes[1]
    assert sorted(item.name for item in tmp_path.iterdir()) == ["one.tar", "two.tar"]
    with (tmp_path / "one.tar").open("rb") as file:
        loaded = engine.images.load(file)
    try:
        assert loaded[0].tags == ["codex-test/archived:one"]
        assert loaded[0].attrs["Config"]["User"] == "10001:10001"

        async def run() -> object:
            async with opened_engine() as found, passing(found, tmp_path) as shelf:
                return await tried(found, service, "codex-test/archived:one", told.services, shelf)

        assert asyncio.run(run()) == {"Note": 1}
    finally:
        engine.images.remove("codex-test/archived:one", force=True)
