"""`codex build` from outside: what it makes, how it ends, and how it is stopped."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from codex.common.database.embedded import EmbeddedPostgres
from codex.common.database.store import open_store
from codex.common.documents.run import RunStatus
from tests.cli.conftest import Codex
from tests.cli.going_on import going_on, names
from tests.fixtures_built import Built
from tests.fixtures_database import Place

WAITS = ["build", "Books have a title.", "--yes", "--name", "books", "--model", "manual"]


@pytest.mark.slow
def test_a_sentence_becomes_a_service(built_service: Built) -> None:
    assert built_service.code == 0, built_service.err
    folder = Path(built_service.folder)
    for name in ("app/main.py", "openapi.json", "provenance.json", ".codex/implementation.json"):
        assert (folder / name).is_file(), name
    assert "routes" in built_service.out
    assert "passed: tests" in built_service.out
    assert "What was tried on it: service/report.html" in built_service.out
    assert (folder / "report.html").is_file()
    assert "Start it with: codex run service" in built_service.out
    stages = [line for line in built_service.err.splitlines() if line.endswith(" s")]
    assert [line.split()[0] for line in stages] == ["design", "architect", "develop", "deploy"]
    assert "which cost nothing" in built_service.err


def test_mistakes_are_told_before_anything_is_done(codex: Codex, anywhere: Path) -> None:
    (anywhere / "mine").mkdir()
    (anywhere / "mine/work.txt").write_text("precious")
    taken = codex("build", "Books have a title.", "--out", "mine")
    assert taken.code == 2
    assert "is not empty, and codex did not write it" in taken.err
    assert codex("build").code == 2
    assert codex("build", "").code == 2
    assert codex("build", "@nowhere.txt").code == 2
    assert sorted(path.name for path in anywhere.rglob("*")) == ["mine", "work.txt"]


@pytest.mark.slow
def test_each_failure_has_its_exit_code(
    codex: Codex, database_url: str, anywhere: Path, shared_data_dir: Path
) -> None:
    env = {
        "DATABASE_URL": database_url,
        "CODEX_DATA_DIR": str(shared_data_dir),
        "CODEX_API_KEY": "sk-nothing",
        "CODEX_FORBID_REAL_MODELS": "",
    }
    request = ("build", "Books have a title.", "--yes")
    # Nothing listens on port 9 of this machine, and nothing else is reached.
    gone = (*request, "--model", "openai:gone", "--base-url", "http://127.0.0.1:9/v1")
    broke = codex(*gone, "--budget-tokens", "10", "--name", "broke", env=env)
    assert broke.code == 4, broke.err
    assert "error[budget.reached]" in broke.err
    assert "codex runs resume" in broke.err
    unreachable = codex(*gone, "--name", "gone", env=env)
    assert unreachable.code == 5, unreachable.err
    assert "waiting" in unreachable.err
    nothing = codex("build", "Hallo Welt.", "--yes", env=env)
    assert nothing.code == 3
    assert "error[request.not_understood]" in nothing.err
    # Where it would go is known once it has a name, and looked at before much is done.
    (anywhere / "notes-service").mkdir()
    (anywhere / "notes-service/work.txt").write_text("precious")
    taken = codex("build", "Notes have a title.", "--yes", env=env)
    assert taken.code == 2
    assert "notes-service is not empty, and codex did not write it" in taken.err
    assert "architect" not in taken.err
    lost = codex(*request, env=env | {"DATABASE_URL": "postgresql://127.0.0.1:9/nothing"})
    assert lost.code == 1
    assert "error[store.unavailable]" in lost.err
    listed = json.loads(codex("runs", "list", "--json", env=env).out)["runs"]
    assert [run["status"] for run in listed] == ["failed", "incomplete", "failed", "interrupted"]
    assert names(anywhere) == ["notes-service"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_stops_cleanly_and_says_how_to_go_on(
    number: signal.Signals, anywhere: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = tmp_path_factory.mktemp("data", numbered=True)
    data.chmod(0o755)
    # The embedded database, since it is stopped too.
    env = {"CODEX_DATA_DIR": str(data)}
    with going_on(*WAITS, "--manual-dir", str(data / "desk"), folder=anywhere, env=env) as build:
        build.until("1 question(s) wait")
        assert EmbeddedPostgres(data / "postgres").running()
        build.signal(number)
        code, _ = build.end()
        assert code == 130
        assert "error[interrupted]: Stopped; what was done is kept." in build.err
        assert not build.leaves_processes()
    assert not EmbeddedPostgres(data / "postgres").running()
    assert names(anywhere) == []

    async with open_store(Place("", data)) as store:
        run = await store.find_run("books")
        assert run.status is RunStatus.INTERRUPTED
        assert f"codex runs resume {run.id}" in build.err
        # Nobody holds it any more, so that it can be taken up at once.
        assert await store.wait_for_end(run.id, 0.001)


@pytest.mark.slow
def test_json_is_events_on_one_side_and_the_result_on_the_other(
    codex: Codex, database_url: str, shared_data_dir: Path, anywhere: Path
) -> None:
    env = {"DATABASE_URL": database_url, "CODEX_DATA_DIR": str(shared_data_dir)}
    done = codex("build", "Books have a title. Books glow.", "--json", "--out", "books", env=env)
    # What was not understood is left out, and the run says so.
    assert done.code == 3, done.err
    told = json.loads(done.out)
    assert told["missing"] == ["Not understood: 'Books glow.'."]
    assert not told["complete"]
    assert {step["outcome"] for step in told["verification"]} <= {"passed", "skipped"}
    assert (anywhere / "books/app/main.py").is_file()
    events = [json.loads(line)["event"] for line in done.err.splitlines()]
    assert events[0]["type"] == "run_started"
    assert events[-1] == {
        "type": "run_ended",
        "status": "incomplete",
        "detail": "Not understood: 'Books glow.'.",
        "code": "",
        "missing": ["Not understood: 'Books glow.'."],
    }
    saved = [event["kind"] for event in events if event["type"] == "document_saved"]
    assert saved == ["specification", "architecture", "implementation", "application"]
    shown = codex("runs", "show", told["run"], env=env)
    assert "incomplete" in shown.out
    assert "missing: Not understood: 'Books glow.'." in shown.out


def conversation(terminal: int, answers: Mapping[str, Callable[[], object]]) -> str:
    """All that is said in the terminal; what it says last may call for something, once each."""
    said, waiting, until = "", dict(answers), time.monotonic() + 600
    while time.monotonic() < until and select.select([terminal], [], [], 300)[0]:
        try:
            said += os.read(terminal, 4096).decode(errors="replace")
        except OSError:  # Linux' way to say that the other side is closed
            break
        for question in [words for words in waiting if said.rstrip("\r\n").endswith(words)]:
            waiting.pop(question)()
    return said


def in_a_terminal(
    folder: Path, env: Mapping[str, str], *arguments: str
) -> tuple[subprocess.Popen[str], int]:
    """The command in a terminal of its own, and that terminal."""
    mine, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "codex", *arguments],
        cwd=folder,
        env={**os.environ, **env, "TERM": "xterm", "COLUMNS": "100"},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        start_new_session=True,
    )
    os.close(theirs)
    return process, mine


@pytest.mark.slow
def test_the_terminal_is_asked_whether_to_build_the_rest(
    database_url: str, shared_data_dir: Path, anywhere: Path
) -> None:
    env = {"DATABASE_URL": database_url, "CODEX_DATA_DIR": str(shared_data_dir)}
    request = "Books have a title. Books glow."
    process, mine = in_a_terminal(anywhere, env, "build", request, "--out", "b")
    said = conversation(
        mine,
        {
            "[No] ": lambda: os.write(mine, b"\n"),
            "Build the rest without that? [Y/n] ": lambda: os.write(mine, b"n\n"),
        },
    )
    out, _ = process.communicate(timeout=300)
    os.close(mine)
    assert process.returncode == 3, said
    assert "Not understood: Books glow." in said
    assert "Nothing was built" in said
    assert out == ""
    assert names(anywhere) == []


@pytest.mark.slow
def test_it_can_be_stopped_while_somebody_is_asked(
    database_url: str, shared_data_dir: Path, anywhere: Path
) -> None:
    env = {"DATABASE_URL": database_url, "CODEX_DATA_DIR": str(shared_data_dir)}
    # Without a folder the manual model asks in the terminal, which nothing is drawn over.
    command = ["build", "Books have a title.", "--yes", "--model", "manual"]
    process, mine = in_a_terminal(anywhere, env, *command)
    asked = "Paste the reply, then a line: === END ==="
    said = conversation(mine, {asked: lambda: os.killpg(process.pid, signal.SIGINT)})
    process.communicate(timeout=300)
    os.close(mine)
    assert process.returncode == 130, said
    assert "codex runs resume" in said.partition(asked)[2]
    assert "\x1b[?25l" not in said  # no picture was drawn
