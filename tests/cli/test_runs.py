"""`codex runs`: what runs did, how they are followed, ended and taken up."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from codex.cli.main import main
from codex.common.config import Settings
from codex.common.database.store import Store, open_store
from codex.common.documents.application import ServiceFile
from codex.common.documents.architecture import Architecture
from codex.common.documents.run import RunStatus
from codex.common.events import Notice, RunStarted
from codex.common.run_options import kept_answers, kept_settings, run_options
from tests.architect.specifications import library
from tests.cli.conftest import Codex
from tests.cli.going_on import going_on, names
from tests.common.documents import samples
from tests.fixtures_database import Place

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def url(database_url: str, monkeypatch: pytest.MonkeyPatch, anywhere: Path) -> str:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("CODEX_DATA_DIR", str(anywhere / "data"))
    return database_url


async def made(url: str) -> dict[str, str]:
    """Some runs: one that is done, and one whose process is no more."""
    async with open_store(Place(url)) as store:
        done = await store.create_run("Books have a title.", kind="design", name="books")
        await store.update_run(done.id, status=RunStatus.DONE)
        dead = await store.create_run("Boats have a length. " * 20)
        await store.events_append(dead.id, [RunStarted(), Notice(text="on its way")])
    return {"done": done.id, "dead": dead.id}


async def test_a_list_is_filtered_and_tells_dead_runs_from_living_ones(
    url: str, capsys: Captured
) -> None:
    ids = await made(url)

    def listed(*flags: str) -> list[str]:
        assert call("runs", "list", "--json", *flags) == 0
        return [run["id"] for run in json.loads(capsys.readouterr().out)["runs"]]

    assert listed() == [ids["dead"], ids["done"]]
    assert listed("--status", "interrupted") == [ids["dead"]]
    assert listed("--status", "running") == []
    assert listed("--kind", "design") == [ids["done"]]
    assert listed("--limit", "1") == [ids["dead"]]
    assert listed("--before", ids["dead"]) == [ids["done"]]
    assert listed("--before", "books") == []
    assert call("runs", "list", "--before", "lost") == 2
    assert "There is no run 'lost'." in capsys.readouterr().err
    assert call("runs", "list", "--limit", "1") == 0
    shown = capsys.readouterr().out
    assert "interrupted" in shown
    assert f"codex runs list --before {ids['dead']}" in shown
    assert call("runs", "list", "--status", "lost") == 2
    assert call("runs", "list", "--limit", "0") == 2


async def test_a_run_that_died_is_shown_as_interrupted_with_what_to_do(
    url: str, capsys: Captured
) -> None:
    ids = await made(url)
    assert call("runs", "show", ids["dead"][:-1]) == 0
    shown = capsys.readouterr().out
    assert "interrupted, Its process ended without a word." in shown
    assert f"Next: codex runs resume {ids['dead']}" in shown
    assert call("runs", "logs", ids["dead"]) == 0
    lines = [line.partition(" ")[2] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "build began",
        "on its way",
        "interrupted: Its process ended without a word.",
    ]
    # It has ended, so that following it ends at once.
    assert call("runs", "logs", "-f", "--json", ids["dead"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["position"] for event in events] == [1, 2, 3]


async def test_what_cannot_go_on_is_told(url: str, capsys: Captured) -> None:
    ids = await made(url)
    assert call("runs", "resume", "books") == 2
    assert "is done; nothing is left to do" in capsys.readouterr().err
    assert call("runs", "cancel", "books") == 2
    assert "has ended already: done" in capsys.readouterr().err
    for action in ("show", "logs", "resume", "cancel"):
        assert call("runs", action, "nowhere") == 2
        assert "There is no run 'nowhere'." in capsys.readouterr().err
    async with open_store(Place(url)) as store:
        other = await store.create_run(kind="prompts", name="moved")
        await store.update_run(other.id, status=RunStatus.FAILED)
    assert call("runs", "resume", "moved") == 2
    assert "Repeat its command" in capsys.readouterr().err
    assert call("runs", "cancel", ids["dead"]) == 0
    assert call("runs", "cancel", ids["dead"]) == 0  # once more does no harm
    async with open_store(Place(url)) as store:
        assert (await store.get_run(ids["dead"])).status is RunStatus.CANCELLED
        events = [row.event.type for row in await store.events_after(ids["dead"], 0)]
    assert events.count("run_ended") == 2  # interrupted, then cancelled


@pytest.mark.slow
async def test_a_run_of_another_process_is_followed_and_cancelled(
    url: str, codex: Codex, anywhere: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = tmp_path_factory.mktemp("desk")
    command = ("build", "Books have a title.", "--yes", "--name", "books", "--model", "manual")
    with going_on(*command, "--manual-dir", str(desk), folder=anywhere, env={}) as build:
        build.until("1 question(s) wait")
        again = codex("runs", "resume", "books")
        assert again.code == 2
        assert "is going on in another process" in again.err
        with going_on("runs", "logs", "-f", "books", folder=anywhere, env={}) as logs:
            # Its first line says that it follows; only then the run is ended.
            assert logs.process.stdout is not None
            first = logs.process.stdout.readline()
            cancelled = codex("runs", "cancel", "books")
            assert cancelled.code == 0, cancelled.err
            assert cancelled.out.endswith(": cancelled\n")
            code, out = build.end()
            assert (code, out) == (130, "")
            assert "The run was cancelled." in build.err
            assert not build.leaves_processes()
            code, rest = logs.end()
    assert code == 0
    assert "build began" in first
    assert rest.splitlines()[-1].endswith("cancelled: The run was cancelled.")
    async with open_store(Place(url)) as store:
        assert (await store.find_run("books")).status is RunStatus.CANCELLED


@pytest.mark.slow
async def test_whoever_follows_a_run_is_told_that_its_process_died(
    url: str, anywhere: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = tmp_path_factory.mktemp("desk")
    command = ("build", "Books have a title.", "--yes", "--name", "books", "--model", "manual")
    with going_on(*command, "--manual-dir", str(desk), folder=anywhere, env={}) as build:
        build.until("1 question(s) wait")
        with going_on("runs", "logs", "-f", "books", folder=anywhere, env={}) as logs:
            assert logs.process.stdout is not None
            assert "build began" in logs.process.stdout.readline()
            build.signal(signal.SIGKILL)
            code, rest = logs.end()
    assert code == 0
    assert rest.splitlines()[-1].endswith("interrupted: Its process ended without a word.")
    async with open_store(Place(url)) as store:
        assert (await store.find_run("books")).status is RunStatus.INTERRUPTED


@pytest.mark.slow
async def test_a_design_is_taken_up_with_what_it_was_started_with(
    url: str, codex: Codex, anywhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (anywhere / "answers.json").write_text('{"Q1": "Yes"}')
    env = {"CODEX_FORBID_REAL_MODELS": "", "CODEX_API_KEY": "sk-nothing"}
    request = "Books have a title. Members have a name."
    command = ("design", request, "--answers", "answers.json", "--out", "spec.json")
    broke = codex(
        *command,
        "--model",
        "openai:x",
        "--base-url",
        "http://127.0.0.1:9/v1",
        env=env,
    )
    assert broke.code == 5, broke.err
    (anywhere / "answers.json").unlink()
    elsewhere = anywhere / "elsewhere"
    elsewhere.mkdir()
    async with open_store(Place(url)) as store:
        (run,) = (await store.list_runs()).runs
    assert kept_settings(run.options)["model"] == "openai:x"
    assert kept_answers(run.options) == {"Q1": "Yes"}
    monkeypatch.chdir(elsewhere)
    # The model of the flag takes the place of the one that the run began with.
    resumed = codex("runs", "resume", run.id, "--model", "builtin")
    assert resumed.code == 0, resumed.err
    document = json.loads((anywhere / "spec.json").read_text())
    assert document["questions"][0]["answer"] == "Yes"


@pytest.mark.slow
async def test_an_architecture_is_taken_up_from_the_document_that_it_began_with(
    url: str, codex: Codex, anywhere: Path
) -> None:
    path = anywhere / "specification.json"
    path.write_text(library().to_json())
    env = {"CODEX_FORBID_REAL_MODELS": "", "CODEX_API_KEY": "sk-nothing"}
    nobody = ("--model", "openai:x", "--base-url", "http://127.0.0.1:9/v1")
    broke = codex("architect", str(path), "--out", "a.json", "--yes", *nobody, env=env)
    assert broke.code == 5, broke.err
    path.unlink()
    async with open_store(Place(url)) as store:
        (run,) = (await store.list_runs()).runs
    resumed = codex("runs", "resume", run.id, "--model", "builtin")
    assert resumed.code == 0, resumed.err
    assert Architecture.load(anywhere / "a.json").specification == library()


FULL = """
import resource, signal, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
from codex.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def on_a_full_disk(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command where no file may have more than 4 KB."""
    return subprocess.run(
        [sys.executable, "-c", FULL, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
async def test_a_full_disk_while_packaging_loses_nothing(
    url: str, codex: Codex, anywhere: Path
) -> None:
    big = ServiceFile.of("app/big.py", "x = 1\n" * 2000)
    whole = samples.application()
    whole = whole.model_copy(update={"files": (*whole.files, big)})
    out = anywhere / "service"
    arguments = {"out": str(out), "zip": str(anywhere / "service.zip"), "yes": True}
    options = run_options(Settings(), arguments=arguments)
    async with open_store(Place(url)) as store:
        run = await store.create_run("x", name="library", options=options)
        await store.save(whole, run_id=run.id)
    full = on_a_full_disk(anywhere, "runs", "resume", "library")
    assert full.returncode == 1
    assert "error[store.disk_full]: There is no room left to write" in full.stderr
    assert f"What was done is kept. Go on with: codex runs resume {run.id}" in full.stderr
    assert "service" not in " ".join(names(anywhere))
    resumed = codex("runs", "resume", "library")
    assert resumed.code == 3, resumed.err  # what the sample lacks
    assert (out / "app/big.py").read_text() == big.content
    assert (anywhere / "service.zip").is_file()
    assert "missing: borrow_book could not be verified." in resumed.out


def call(*arguments: str) -> int:
    """The command in this process; it has an event loop of its own."""
    import threading

    codes: list[int] = []
    worker = threading.Thread(target=lambda: codes.append(main(list(arguments))))
    worker.start()
    worker.join()
    return codes[0]


async def test_a_run_belongs_to_one_at_a_time(store: Store, database_url: str) -> None:
    from codex.common.errors import InputError

    run = await store.create_run()
    async with store.hold_run(run.id, lambda: None):
        await store.end_dead_runs()
        assert (await store.get_run(run.id)).status is RunStatus.RUNNING
        async with open_store(Place(database_url)) as other:
            with pytest.raises(InputError, match="going on in another process"):
                async with other.hold_run(run.id, lambda: None):
                    pass
            assert not await other.wait_for_end(run.id, 0.001)
    await store.end_dead_runs()
    assert (await store.get_run(run.id)).status is RunStatus.INTERRUPTED
