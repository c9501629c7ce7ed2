"""A service with its Postgres on a real engine: started, upgraded in place, taken back."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from codex.common.documents.application import (
    Application,
    Outcome,
    ServiceFile,
    Verification,
    VerificationStep,
)
from codex.common.errors import ContainerError, InputError, RunFailed
from codex.compiler import compile_service
from codex.deploy import upgrade
from codex.deploy.compose import Deployment, Wishes, deploy
from codex.deploy.compose_file import MissingVariable, read_compose
from codex.deploy.engine import opened_engine
from codex.deploy.package import to_folder
from codex.deploy.trial import ready
from tests.architectures import named
from tests.deploy.packaged import Told, application, compiled, with_columns
from tests.docker_engine import missing

Engine = Any  # the docker package is not typed
Deploy = Callable[..., Deployment]
# Of its own in each process of the tests: the engine is one for all of them.
PROJECT = f"codex-test-notes-{os.getpid()}"


def call(address: str, method: str, path: str, body: object = None) -> Any:
    """The JSON that a route answers."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def titles(address: str) -> list[str]:
    return [item["title"] for item in call(address, "GET", "/notes?sort=title")["items"]]


def removed(engine: Engine, project: str) -> None:
    """Everything of a deployment."""
    mine = {"label": f"com.docker.compose.project={project}"}
    for container in engine.containers.list(all=True, filters=mine):
        container.remove(force=True, v=True)
    for volume in engine.volumes.list(filters=mine):
        volume.remove(force=True)
    for network in engine.networks.list(filters=mine):
        network.remove()
    for image in engine.images.list(f"{project}-service"):
        engine.images.remove(image.id, force=True)


@pytest.fixture
def deployed(engine: Engine, slim_image: str, postgres_image: str, told: Told) -> Generator[Deploy]:
    """Deploy an application; all of it is removed at the end."""

    def run(service: Application, port: int | None = 0, *, force: bool = False) -> Deployment:
        wishes = Wishes(
            port=port, postgres=postgres_image, project=PROJECT, base=slim_image, force=force
        )
        return asyncio.run(deploy(service, told.services, wishes))

    removed(engine, PROJECT)
    yield run
    removed(engine, PROJECT)


def containers(engine: Engine) -> dict[str, str]:
    """The deployment's containers, and how each is."""
    mine = {"label": f"com.docker.compose.project={PROJECT}"}
    return {item.name: item.status for item in engine.containers.list(all=True, filters=mine)}


RUNNING = {f"{PROJECT}-service-1": "running", f"{PROJECT}-database-1": "running"}


@pytest.mark.slow
def test_a_service_is_started_upgraded_and_taken_back(
    engine: Engine, deployed: Deploy, lock: str, told: Told
) -> None:
    first = deployed(application("notes", lock))
    assert not first.upgraded
    assert containers(engine) == RUNNING
    call(first.address, "POST", "/notes", {"title": "one"})
    assert "postgresql" in str(engine.containers.get(f"{PROJECT}-service-1").attrs["Config"]["Env"])
    kept = (first.folder / ".env").read_text()
    assert (first.folder / ".env").stat().st_mode & 0o077 == 0
    assert "POSTGRES_PASSWORD" in kept
    assert kept.partition("POSTGRES_PASSWORD='")[2][:20] not in told.text

    # The same again changes nothing.
    again = deployed(application("notes", lock), port=None)
    assert again.address == first.address
    assert "nothing has changed" in told.text

    # A version with a column more: migrated, at the same place, with the data.
    wider = with_columns(named("notes"), "archived")
    second = deployed(compiled(wider, lock), port=None)
    assert second.upgraded
    assert second.address == first.address
    assert call(second.address, "GET", "/notes")["items"][0]["archived"] is False
    call(second.address, "POST", "/notes", {"title": "two", "archived": True})
    assert containers(engine) == RUNNING
    assert len(list((second.folder / "app/migrations/versions").glob("*.py"))) == 2

    # One that migrates and then does not get ready: the old version is back, with its data.
    broken = ServiceFile.of("app/health.py", "raise RuntimeError('never ready')\n")
    widest = with_columns(named("notes"), "archived", "hidden")
    with pytest.raises(ContainerError, match=r"old one serves again.*never ready"):
        deployed(compiled(widest, lock, broken), port=None)
    assert containers(engine) == RUNNING
    assert titles(second.address) == ["one", "two"]
    assert "hidden" not in call(second.address, "GET", "/notes")["items"][0]
    call(second.address, "POST", "/notes", {"title": "three"})

    # One whose verification failed replaces nothing that runs, unless somebody says so.
    steps = (VerificationStep(name="scenarios", outcome=Outcome.FAILED),)
    faulty = compiled(widest, lock).model_copy(update={"verification": Verification(steps=steps)})
    with pytest.raises(RunFailed, match=r"verification failed \(scenarios\).* stays as it is"):
        deployed(faulty, port=None)
    assert titles(second.address) == ["one", "three", "two"]
    assert "hidden" not in call(second.address, "GET", "/notes")["items"][0]

    # And the way forward is open again.
    third = deployed(faulty, port=None, force=True)
    assert titles(third.address) == ["one", "three", "two"]
    assert call(third.address, "GET", "/notes")["items"][0]["hidden"] is False
    assert len(engine.images.list(f"{PROJECT}-service")) == 2


@pytest.mark.slow
def test_an_upgrade_that_was_killed_is_taken_back_the_next_time(
    engine: Engine,
    deployed: Deploy,
    lock: str,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = deployed(application("notes", lock))
    call(first.address, "POST", "/notes", {"title": "one"})

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt  # and nothing is recovered: as if the process were gone

    wider = with_columns(named("notes"), "archived")
    with monkeypatch.context() as patched:
        patched.setattr(upgrade, "recover", killed)
        patched.setattr(upgrade, "ready", killed)
        with pytest.raises(KeyboardInterrupt):
            deployed(compiled(wider, lock), port=None)
    assert f"{PROJECT}-service-before" in containers(engine)
    again = deployed(application("notes", lock), port=None)
    assert "was not finished" in told.text
    assert containers(engine) == RUNNING
    assert titles(again.address) == ["one"]


@pytest.mark.slow
def test_a_first_start_that_fails_leaves_nothing(
    engine: Engine, deployed: Deploy, lock: str
) -> None:
    broken = ServiceFile.of("app/health.py", "raise RuntimeError('never ready')\n")
    with pytest.raises(ContainerError, match="never ready"):
        deployed(application("notes", lock, broken))
    mine = {"label": f"com.docker.compose.project={PROJECT}"}
    assert containers(engine) == {}
    assert engine.volumes.list(filters=mine) == []
    assert engine.networks.list(filters=mine) == []
    assert engine.images.list(f"{PROJECT}-service") == []


@pytest.mark.parametrize("name", ["A", "a b", "../x", "-a", "ä", "x" * 64, "x" * 10_000])
def test_hostile_names_of_deployments_are_refused(name: str, told: Told, lock: str) -> None:
    with pytest.raises(InputError, match="no name of a deployment"):
        asyncio.run(deploy(application("notes", lock), told.services, Wishes(project=name)))
    assert not told.data_dir.exists()


COMPOSE = next(
    item.content for item in compile_service(named("notes")).files if item.path == "compose.yaml"
)


def test_compose_yaml_is_read_as_compose_reads_it() -> None:
    parts = read_compose(COMPOSE, {"POSTGRES_PASSWORD": "p", "PORT": "0"})
    service, database = parts["service"], parts["database"]
    assert service.ports == {8000: 0}
    assert service.environment["DATABASE_URL"] == "postgresql://service:p@database/service"
    assert database.image == "postgres:17"
    assert database.volumes == {"database": "/var/lib/postgresql/data"}
    assert database.healthcheck["interval"] == 2_000_000_000
    assert database.restart == "unless-stopped"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "cannot be read"),
        ("services: [", "cannot be read"),
        ("services: {other: {image: x}}", "Deploy it with compose|starts a service"),
        ("services: {service: {build: ., privileged: true}}", "privileged"),
        ("services: {service: {build: ., ports: ['x']}}", "cannot be read"),
        ("services: {service: {build: ., volumes: ['/:/host:rw']}}", "cannot be read"),
    ],
)
def test_what_codex_does_not_carry_out_is_refused(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_compose(text, {})


def test_a_variable_without_a_value_is_named() -> None:
    text = "services: {service: {build: ., environment: {A: '${SECRET_KEY:?at least 32}'}}}"
    with pytest.raises(MissingVariable, match="SECRET_KEY is not set: at least 32"):
        read_compose(text, {})


@pytest.mark.slow
def test_the_written_compose_yaml_starts_the_same(
    engine: Engine,
    engine_address: str,
    slim_image: str,
    postgres_image: str,
    lock: str,
    tmp_path: Path,
) -> None:
    """Carried out by compose itself, where it is installed."""
    program = shutil.which("docker-compose")
    if program is None:
        missing("docker-compose is not installed")
    project = f"codex-test-by-compose-{os.getpid()}"
    folder = to_folder(application("notes", lock), tmp_path / "notes")
    built, _ = engine.images.build(
        path=str(folder),
        buildargs={"BASE": slim_image},
        # As compose calls what it builds itself; here it could not reach the package index.
        tag=f"{project}_service",
        network_mode="host",
        rm=True,
    )
    values = {"POSTGRES_IMAGE": postgres_image, "POSTGRES_PASSWORD": "chosen", "PORT": "0"}
    environment = {**os.environ, **values, "DOCKER_HOST": engine_address}

    def compose(*command: str) -> str:
        done = subprocess.run(
            [program, "-f", "compose.yaml", "-p", project, *command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    try:
        compose("up", "-d", "--no-build")
        port = compose("port", "service", "8000").strip().rpartition(":")[2]
        address = f"http://127.0.0.1:{port}"
        answering(engine, f"{project}_service_1")
        call(address, "POST", "/notes", {"title": "by compose"})
        compose("restart")
        answering(engine, f"{project}_service_1")
        port = compose("port", "service", "8000").strip().rpartition(":")[2]
        assert titles(f"http://127.0.0.1:{port}") == ["by compose"]
    finally:
        compose("down", "--volumes")
        engine.images.remove(built.id, force=True)


def answering(engine: Engine, container: str) -> None:
    """Wait until the service in a container is ready."""

    async def wait() -> None:
        async with opened_engine() as found:
            await ready(found, container, "/ready")

    asyncio.run(wait())
