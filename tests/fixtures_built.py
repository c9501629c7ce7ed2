"""A service that `codex build` made, once for the whole test run; building takes a while."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from tests.fixtures_database import TEMPLATE, TestServer

REQUEST = "A to-do list with tasks that have a title and a due date. Tasks can be marked done."


@dataclass(frozen=True)
class Built:
    """What the command line did, as a user sees it."""

    folder: str
    code: int
    out: str
    err: str

    def copy(self, target: Path) -> Path:
        """The service in a folder that a test may change."""
        return Path(shutil.copytree(self.folder, target))


@pytest.fixture(scope="session")
def built_service(database_server: TestServer, shared_data_dir: Path) -> Built:
    """The service of `REQUEST`; nobody writes into its folder."""
    shared = Path(os.environ["FOLDER_OF_THIS_TEST_RUN"]) / "built"
    shared.mkdir(exist_ok=True)
    done = shared / "done.json"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one test process builds it for all of them
        if not done.exists():
            url = database_server.create(f"test_{uuid.uuid4().hex}", TEMPLATE)
            made = subprocess.run(
                [sys.executable, "-m", "codex", "build", REQUEST, "--yes", "--out", "service"],
                cwd=shared,
                env={**os.environ, "CODEX_DATA_DIR": str(shared_data_dir), "DATABASE_URL": url},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            built = Built(str(shared / "service"), made.returncode, made.stdout, made.stderr)
            done.write_text(json.dumps(asdict(built)))
    return Built(**json.loads(done.read_text()))
