"""What the tests of packaging share."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex.common.sandbox import Environments
from tests.deploy import packaged
from tests.deploy.packaged import Told


@pytest.fixture(scope="session")
def lock(environments: Environments) -> str:
    """The packages of the services that are packaged here."""
    return packaged.lock(environments)


@pytest.fixture
def told(tmp_path: Path, environments: Environments) -> Told:
    """Services that hear what is told."""
    return Told(tmp_path / "data", environments)
