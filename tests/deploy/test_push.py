"""Images pushed to a real registry on loopback, and pulled from there."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from codex.common.errors import ContainerError
from codex.deploy.image import ImageOrder, to_image
from tests.deploy.packaged import Told, application
from tests.docker_engine import free_port, missing

Engine = Any  # the docker package is not typed
pytestmark = pytest.mark.slow
PASSWORD = "only-for-tests"
# `htpasswd -nbB user only-for-tests`
USERS = "user:$2y$05$R9YIeOanXQCxCnP8rL6nieisvaiXZL4eHVkK0xdEiOJeb.dlswYDq\n"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A registry that wants a password; where it answers."""
    program = shutil.which("docker-registry")
    if program is None:
        missing("docker-registry is not installed")
    folder = tmp_path_factory.mktemp("registry")
    (folder / "users").write_text(USERS)
    address = f"127.0.0.1:{free_port()}"
    (folder / "config.yml").write_text(
        "version: 0.1\n"
        f"storage: {{filesystem: {{rootdirectory: {folder}/data}}}}\n"
        f"http: {{addr: '{address}'}}\n"
        f"auth: {{htpasswd: {{realm: tests, path: {folder}/users}}}}\n"
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "serve", str(folder / "config.yml")], stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + 120
        while not answers(address):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(120)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address}/v2/", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True  # it wants a password, so it is there
    except OSError:
        return False


def signed_in(folder: Path, registry: str, password: str) -> None:
    """A Docker configuration, as `docker login` leaves it."""
    token = base64.b64encode(f"user:{password}".encode()).decode()
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"auths": {registry: {"auth": token}}}))


def test_an_image_is_pushed_with_the_docker_configuration_and_can_be_pulled(
    engine: Engine,
    slim_image: str,
    registry: str,
    lock: str,
    told: Told,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reference = f"{registry}/codex-test/pushed:one"
    order = ImageOrder(name="codex-test/local:one", base=slim_image, push_to=reference)
    service = application("notes", lock)

    # Without credentials, and with wrong ones: refused, and said what to do.
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "nobody"))
    with pytest.raises(ContainerError, match="cannot be pushed") as caught:
        asyncio.run(to_image(service, order, told.services))
    assert "docker login" in caught.value.todo
    signed_in(tmp_path / "wrong", registry, "wrong-password")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "wrong"))
    with pytest.raises(ContainerError, match="cannot be pushed") as caught:
        asyncio.run(to_image(service, order, told.services))
    assert "wrong-password" not in str(caught.value) + told.text

    signed_in(tmp_path / "right", registry, PASSWORD)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "right"))
    try:
        done = asyncio.run(to_image(service, order, told.services))
        assert done.pushed_to == reference
        assert "push" in {getattr(event, "place", "") for event in told.heard}
        assert PASSWORD not in told.text
        token = base64.b64encode(f"user:{PASSWORD}".encode()).decode()
        assert token not in told.text
        # The name of the registry was for the way only.
        assert engine.images.get("codex-test/local:one").tags == ["codex-test/local:one"]
        engine.images.remove("codex-test/local:one", force=True)
        credentials = {"username": "user", "password": PASSWORD}
        pulled = engine.images.pull(reference.rpartition(":")[0], "one", auth_config=credentials)
        assert pulled.id == done.digest
        engine.images.remove(reference, force=True)
    finally:
        for tag in ("codex-test/local:one", reference):
            if engine.images.list(tag):
                engine.images.remove(tag, force=True)
