"""Images of services, built and run by a real engine."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

from codex.common.documents.application import ServiceFile
from codex.common.errors import ContainerError, EngineUnavailable, InputError
from codex.deploy.image import LAYER, ImageOrder, context, pip_files, to_image
from tests.deploy.packaged import Told, application
from tests.docker_engine import import_slim

Engine = Any  # the docker package is not typed

SLEEPS = ServiceFile.of("Dockerfile", "ARG BASE\nFROM ${BASE}\nRUN sleep 300\n")


def order(slim: str, name: str, **more: Any) -> ImageOrder:
    return ImageOrder(name=name, base=slim, **more)


def left_over(client: Engine) -> list[str]:
    """Containers, images and volumes that only a build or a trial makes."""
    mine = {"label": "codex.passing"}
    containers: list[str] = [item["Id"] for item in client.api.containers(all=True, filters=mine)]
    tags: list[str] = [tag for item in client.api.images() for tag in item["RepoTags"] or ()]
    volumes: list[str] = [item.name for item in client.volumes.list(filters=mine)]
    return [*containers, *(tag for tag in tags if tag.startswith("codex-building/")), *volumes]


@pytest.mark.slow
def test_a_service_becomes_an_image_that_answers_and_keeps_its_data(
    engine: Engine, slim_image: str, lock: str, told: Told
) -> None:
    done = asyncio.run(
        to_image(
            application("tasks", lock),
            order(slim_image, "codex-test/tasks:one", platform="linux/amd64"),
            told.services,
        )
    )
    try:
        assert done.reference == "codex-test/tasks:one"
        about = engine.api.inspect_image("codex-test/tasks:one")
        assert done.digest == about["Id"]
        assert done.platform == f"{about['Os']}/{about['Architecture']}"
        assert about["Config"]["User"] == "service"
        assert about["Config"]["Healthcheck"]["Test"][0] == "CMD"
        # Two stages: what installed the packages is not in the image.
        history = engine.api.history("codex-test/tasks:one")
        assert not any("pip install" in item["CreatedBy"] for item in history)
        assert "Step 1/" in told.text
        assert "answers, and keeps its data (" in told.text
        assert left_over(engine) == []
        runs_by_itself(engine, "codex-test/tasks:one")
    finally:
        engine.images.remove("codex-test/tasks:one", force=True)


def runs_by_itself(engine: Engine, image: str) -> None:
    """Started as anybody would start it: not as root, until its own health check passes."""
    container = engine.containers.run(
        image,
        network_mode="none",
        detach=True,
        environment={"SECRET_KEY": "x" * 40},
        healthcheck={"interval": 500_000_000},
    )
    try:
        for event in engine.events(decode=True, since=0, filters={"container": container.id}):
            status = event.get("status", "")
            assert status != "die", container.logs().decode()
            if status.startswith("health_status"):
                assert status == "health_status: healthy", container.logs().decode()
                break
        assert container.exec_run("id -u").output.strip() == b"10001"
        writes = container.exec_run(["touch", "/service/app/main.py", "/venv/pyvenv.cfg"])
        assert writes.exit_code != 0
    finally:
        container.remove(force=True, v=True)


@pytest.mark.slow
def test_an_image_that_does_not_start_gets_no_name(
    engine: Engine, slim_image: str, lock: str, told: Told
) -> None:
    broken = ServiceFile.of("app/__main__.py", "raise SystemExit('not today')\n")
    service = application("notes", lock, broken)
    with pytest.raises(ContainerError, match=r"does not get ready.*not today"):
        asyncio.run(to_image(service, order(slim_image, "codex-test/broken:one"), told.services))
    assert not engine.images.list("codex-test/broken")
    assert left_over(engine) == []


@pytest.mark.slow
def test_a_step_that_fails_is_told(engine: Engine, slim_image: str, lock: str, told: Told) -> None:
    fails = ServiceFile.of("Dockerfile", "ARG BASE\nFROM ${BASE}\nRUN echo wrong >&2; exit 7\n")
    service = application("notes", lock, fails)
    with pytest.raises(ContainerError, match=r"cannot be built: .*returned a non-zero code: 7"):
        asyncio.run(to_image(service, order(slim_image, "codex-test/fails:one"), told.services))
    assert "wrong" in told.text
    assert left_over(engine) == []


@pytest.mark.slow
def test_what_is_stopped_in_the_middle_leaves_nothing(
    engine: Engine, slim_image: str, lock: str, told: Told
) -> None:
    async def stopped() -> None:
        service = application("notes", lock, SLEEPS)
        work = asyncio.create_task(
            to_image(service, order(slim_image, "codex-test/stopped:one"), told.services)
        )
        await told.until("RUN sleep 300")
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(asyncio.wait_for(stopped(), 240))
    assert not engine.images.list("codex-test/stopped")
    assert left_over(engine) == []
    # The engine heard of it too: its step is ended, not left to run for five minutes.
    for event in engine.events(decode=True, since=0, filters={"type": "container"}):
        what = event
        running = engine.api.containers()
        if not any("sleep 300" in item["Command"] for item in running):
            break
        assert what


@pytest.mark.slow
def test_an_engine_that_ends_in_the_middle_is_told(
    own_engine: tuple[str, Callable[[], None]],
    slim_root: Path,
    lock: str,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, kill = own_engine
    monkeypatch.setenv("DOCKER_HOST", address)
    client = docker.DockerClient(base_url=address, timeout=600)
    with contextlib.closing(client):
        slim = import_slim(client, slim_root)

    async def lost() -> None:
        service = application("notes", lock, SLEEPS)
        work = asyncio.create_task(
            to_image(service, order(slim, "codex-test/lost:one"), told.services)
        )
        await told.until("RUN sleep 300")
        await asyncio.to_thread(kill)
        with pytest.raises(ContainerError, match=r"engine (went away|ended in the middle)"):
            await work

    asyncio.run(asyncio.wait_for(lost(), 240))
    with pytest.raises(EngineUnavailable, match="No container engine answers at DOCKER_HOST"):
        asyncio.run(
            to_image(application("notes", lock), order(slim, "codex-test/lost:one"), told.services)
        )


def test_without_an_engine_it_says_what_to_do(
    lock: str, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none")
    with pytest.raises(EngineUnavailable) as caught:
        asyncio.run(to_image(application("notes", lock), ImageOrder(name="x:1"), told.services))
    assert "--image-archive" in caught.value.todo


def test_what_an_engine_gets_is_the_same_for_the_same_files(lock: str) -> None:
    files = application("notes", lock).files
    assert context(files) == context(tuple(reversed(files)))
    with pytest.raises(InputError, match="no Dockerfile"):
        context([item for item in files if item.path != "Dockerfile"])


def test_a_layer_is_known_as_each_engine_tells_of_it() -> None:
    told = " ---> 0123456789ab\n--> f0ada007f6c\n ---> Running in 0123456789ab\n--> Using cache 1\n"
    assert LAYER.findall(told) == ["0123456789ab", "f0ada007f6c"]


def test_a_pip_configuration_goes_along_with_its_certificate(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("a certificate")
    (tmp_path / "pip.conf").write_text(f"[global]\ncert = {tmp_path}/ca.crt\ntimeout = 5\n")
    found = pip_files(tmp_path / "pip.conf")
    assert found["ca.pem"] == b"a certificate"
    assert b"cert = /build/ca.pem" in found["pip.conf"]
    assert b"timeout = 5" in found["pip.conf"]
    (tmp_path / "pip.conf").write_text("[global]\ncert = /nowhere/ca.crt\n")
    with pytest.raises(InputError, match=r"cannot be used as a pip\.conf"):
        pip_files(tmp_path / "pip.conf")


@pytest.mark.slow
def test_a_pip_configuration_is_used_and_leaves_no_layer(
    engine: Engine, slim_image: str, lock: str, told: Told, tmp_path: Path
) -> None:
    """Its address leads nowhere, so that the build shows by its failure that it was used."""
    configuration = tmp_path / "pip.conf"
    configuration.write_text(
        "[global]\nindex-url = http://user:hidden@127.0.0.1:9/simple\nretries = 0\ntimeout = 1\n"
    )
    wanted = order(slim_image, "codex-test/private:one", pip_config=configuration)
    with pytest.raises(ContainerError) as caught:
        asyncio.run(to_image(application("notes", lock), wanted, told.services))
    assert "127.0.0.1" in told.text
    assert "hidden" not in caught.value.what
    api = engine.api
    for item in api.images(all=True):
        created = " ".join(step["CreatedBy"] for step in api.history(item["Id"]))
        assert "pip.con" not in created or "codex" not in str(item["RepoTags"])
