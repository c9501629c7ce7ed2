"""A build that is killed in each of its stages goes on where it was, and ends with the same."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codex.common.database.store import open_store
from codex.common.documents.run import RunStatus
from tests.cli.going_on import names
from tests.cli.lethal import MOMENTS
from tests.fixtures_built import REQUEST, Built
from tests.fixtures_database import Place

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def tree(folder: Path) -> dict[str, str]:
    """The hash of every file."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


async def test_a_build_killed_in_every_stage_ends_with_the_same_bytes(
    built_service: Built, database_url: str, shared_data_dir: Path, anywhere: Path
) -> None:
    out = anywhere / "service"
    environment = {
        **os.environ,
        "CODEX_DATA_DIR": str(shared_data_dir),
        "DATABASE_URL": database_url,
        "LETHAL_OUT": str(out),
        "PYTHONPATH": str(ROOT),
    }

    def codex(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=anywhere,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )

    command = ["build", REQUEST, "--yes", "--out", str(out), "--name", "killed"]
    for moment in MOMENTS:
        done = codex("tests.cli.lethal", moment, *command)
        assert done.returncode == -9, (moment, done.stderr)
        assert not out.exists(), moment
        async with open_store(Place(database_url)) as store:
            await store.end_dead_runs()
            run = await store.find_run("killed")
        assert run.status is RunStatus.INTERRUPTED, moment
        command = ["runs", "resume", "killed"]
    done = codex("codex", *command)
    assert done.returncode == built_service.code == 0, done.stderr
    assert tree(out) == tree(Path(built_service.folder))
    assert names(anywhere) == ["service"]
    async with open_store(Place(database_url)) as store:
        run = await store.find_run("killed")
        assert run.status is RunStatus.DONE
        documents = [kind for kind, _ in await store.run_documents(run.id)]
    # Each was made once, however often the build began again.
    assert documents == ["specification", "architecture", "implementation", "application"]
