"""The workflow that a service brings along, carried out step by step in a container of its own."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import pytest
import yaml

from tests.deploy.packaged import application

Engine = Any  # the docker package is not typed
# What these do is done by the test: the files are there, and so is that Python.
DONE_HERE = {"actions/checkout": {}, "actions/setup-python": {"python-version": "3.11"}}


def as_tar(files: Any) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for file in files:
            data = file.content.encode()
            entry = tarfile.TarInfo(f"service/{file.path}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.slow
def test_every_step_of_the_workflow_passes(engine: Engine, slim_image: str, lock: str) -> None:
    service = application("tasks", lock)
    content = {file.path: file.content for file in service.files}
    workflow: Any = yaml.safe_load(content[".github/workflows/checks.yml"])
    (job,) = workflow["jobs"].values()
    container = engine.containers.run(
        slim_image,
        ["sleep", "3600"],
        network_mode="host",  # the package index, also where the engine has no bridge
        environment={"PATH": "/tmp/venv/bin:/usr/local/bin:/usr/bin:/bin"},
        detach=True,
    )
    try:
        container.put_archive("/", as_tar(service.files))
        assert container.exec_run(["python3", "-m", "venv", "/tmp/venv"]).exit_code == 0
        ran: list[str] = []
        for step in job["steps"]:
            if "uses" in step:
                assert DONE_HERE[step["uses"].partition("@")[0]] == step.get("with", {})
                continue
            done = container.exec_run(["sh", "-c", step["run"]], workdir="/service")
            assert done.exit_code == 0, f"{step['run']}\n{done.output.decode()[-4000:]}"
            ran.append(step["run"].split()[0])
        assert ran == ["pip", "pip", "ruff", "ruff", "pyright", "pytest"]
    finally:
        container.remove(force=True, v=True)
