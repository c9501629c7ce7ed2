"""Sandboxes for tests, and the environment of generated services, built once per checkout."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Literal

import pytest

from codex.common.errors import SandboxUnavailable
from codex.common.sandbox import Environment, Environments, Sandbox, open_sandbox

KINDS: tuple[Literal["bubblewrap", "landlock"], ...] = ("bubblewrap", "landlock")
_DATA = Path(sys.prefix) / "codex-test-data"
_ENVIRONMENTS = _DATA / "environments"


def opened(kind: Literal["auto", "bubblewrap", "landlock", "none"]) -> Sandbox:
    """A sandbox of a kind; the test is skipped, with the reason, where it does not work."""
    try:
        return asyncio.run(open_sandbox(kind))
    except SandboxUnavailable as error:
        pytest.skip(error.what)


@pytest.fixture(scope="session", params=KINDS)
def each_sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Every kind in turn."""
    return opened(request.param)


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    """The best kind that works here."""
    return opened("auto")


@pytest.fixture(scope="session")
def environments() -> Environments:
    """The folder of environments that test runs share."""
    return Environments(_ENVIRONMENTS)


@pytest.fixture(scope="session")
def service_environment(environments: Environments) -> Environment:
    """The packages and tools that generated services start from."""
    return asyncio.run(environments.service())


@pytest.fixture(scope="session")
def shared_data_dir(service_environment: Environment) -> Path:
    """A `data_dir` whose environments test runs share; for settings with a `database_url`."""
    assert service_environment.path.is_relative_to(_DATA)
    return _DATA
