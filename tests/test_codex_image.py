"""codex's own image: built, and run as anybody would, in a stock unprivileged container."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.docker_engine import free_port, shared_image

Engine = Any  # the docker package is not typed
pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
REQUEST = "A to-do list with tasks that have a title and a due date. Tasks can be marked done."
MINUTES = 15


@pytest.fixture(scope="module")
def codex_image(docker_engine: Engine, slim_image: str) -> str:
    """The image, on the stand-in for the stock one; built once for all workers of a test run."""

    def make() -> None:
        docker_engine.images.build(
            path=str(ROOT),
            tag="codex-test-itself:local",
            buildargs={"BASE": slim_image},
            network_mode="host",  # the package indexes, also where the engine has no bridge
            rm=True,
            forcerm=True,
        )

    return shared_image("codex-test-itself:local", make)


@contextmanager
def volume(engine: Engine) -> Generator[str]:
    made = engine.volumes.create(f"codex-test-{uuid.uuid4().hex[:8]}")
    try:
        yield made.name
    finally:
        made.remove(force=True)


def run(engine: Engine, image: str, data: str, *command: str, **environment: str) -> str:
    """The engine's default profile and the image's own user; nothing is granted."""
    container = engine.containers.run(
        image,
        list(command),
        environment=environment,
        network_mode="host",
        volumes={data: {"bind": "/data", "mode": "rw"}},
        detach=True,
    )
    try:
        ended = container.wait(timeout=60 * MINUTES)
        said = container.logs().decode("utf-8", "replace")
        assert ended["StatusCode"] == 0, said
        return said
    finally:
        container.remove(force=True, v=True)


def builds(engine: Engine, image: str, data: str, request: str, **environment: str) -> None:
    """A service, from a sentence to its verification; the run is in the database afterwards."""
    command = ["build", request, "--yes", "--git", "--out", "/data/service"]
    assert "passed: tests" in run(engine, image, data, *command, **environment)
    said = run(engine, image, data, "runs", "list", "--json", **environment)
    assert [item["status"] for item in json.loads(said)["runs"]] == ["done"], said


def test_it_builds_with_the_embedded_database_and_with_one_that_is_named(
    docker_engine: Engine, codex_image: str, postgres_image: str
) -> None:
    assert docker_engine.images.get(codex_image).attrs["Config"]["User"] == "codex"
    # One volume for both, so that the packages of services are fetched once.
    with volume(docker_engine) as data:
        said = run(docker_engine, codex_image, data, "doctor")
        assert "landlock" in said
        assert "codex can build a service here." in said
        builds(docker_engine, codex_image, data, REQUEST)
        with postgres(docker_engine, postgres_image) as url:
            builds(docker_engine, codex_image, data, "Notes have a title.", DATABASE_URL=url)


@contextmanager
def postgres(engine: Engine, image: str) -> Generator[str]:
    """A database on this machine's loopback, at a port that was free."""
    port = str(free_port())
    secret = uuid.uuid4().hex
    container = engine.containers.run(
        image,
        environment={"POSTGRES_USER": "codex", "POSTGRES_PASSWORD": secret, "PGPORT": port},
        network_mode="host",
        detach=True,
    )
    try:
        asked = ["pg_isready", "-h", "127.0.0.1", "-p", port, "-q"]
        while container.exec_run(asked).exit_code != 0:
            container.reload()
            assert container.status == "running", container.logs()
            time.sleep(0.2)
        yield f"postgresql://codex:{secret}@127.0.0.1:{port}/codex"
    finally:
        container.remove(force=True, v=True)
