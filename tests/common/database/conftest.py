"""Folders that the embedded server can live in."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from codex.common.database.embedded import EmbeddedPostgres


@pytest.fixture
def data_dir() -> Generator[Path]:
    """A data folder; whatever server still runs in it is stopped afterwards."""
    # Not below pytest's own folder: that is closed to the user that root runs the server as.
    folder = Path(tempfile.mkdtemp(prefix="codex-test-"))
    yield folder
    for cluster in folder.rglob("postmaster.pid"):
        EmbeddedPostgres(cluster.parents[1]).stop()
    shutil.rmtree(folder)
