"""The prompt bench on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codex.cli.main import main
from tests.design.conftest import REQUEST, draft
from tests.mock_server import MockServer

CHAIN = "develop/write_function"
REPLY = "```python\ndef x():\n    return 1\n```"


@pytest.fixture(autouse=True)
def here(anywhere: Path) -> Path:
    return anywhere


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_list_tells_where_each_file_comes_from(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "mine" / CHAIN).mkdir(parents=True)
    (here / "mine" / CHAIN / "system.j2").write_text("Other words.")
    assert main(["prompts", "list", "--json", "--prompts-dir", "mine"]) == 0
    entry = next(item for item in said(capsys) if item["chain"] == CHAIN)
    origins = {file["name"]: file["from"] for file in entry["files"]}
    assert origins[f"{CHAIN}/system.j2"] == "overlay"
    assert origins[f"{CHAIN}/user.j2"] == "default"
    assert any(name.startswith("partials/") for name in origins)
    assert entry["purpose"]
    assert len(entry["fingerprint"]) == 16


def test_show_renders_the_sample(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prompts", "show", "write_function"]) == 0
    out = capsys.readouterr().out
    assert "--- system ---" in out
    assert "--- after a rejected reply ---" in out
    assert main(["prompts", "show", CHAIN, "--json"]) == 0
    shown = said(capsys)
    assert shown["tokens"] > 0
    assert shown["messages"][0]["role"] == "system"


def test_show_of_an_unknown_chain_names_near_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prompts", "show", "write_funktion"]) == 2
    assert "develop/write_function" in capsys.readouterr().err


def test_check_finds_faults_of_an_overlay_with_file_and_line(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = here / "mine" / CHAIN
    folder.mkdir(parents=True)
    (folder / "user.j2").write_text("one\n{{ definitoin }}")
    (folder / "sytem.j2").write_text("a slip of the pen")
    assert main(["prompts", "check", CHAIN, "--prompts-dir", "mine"]) == 1
    out = capsys.readouterr().out
    assert "user.j2:2" in out
    assert "definitoin" in out


def test_edit_copies_the_default_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["prompts", "edit", CHAIN, "--no-open", "--prompts-dir", "mine"]
    assert main(command) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path == here / "mine" / CHAIN / "user.j2"
    path.write_text("mine")
    assert main([*command, "--json"]) == 0
    assert said(capsys)["copied"] is False
    assert path.read_text() == "mine"
    assert main([*command, "--part", "texts"]) == 0
    texts = Path(capsys.readouterr().out.strip()).read_text()
    assert texts.startswith(f"# Other words for {CHAIN}")
    assert main(["prompts", "list", "--prompts-dir", "mine"]) == 0
    capsys.readouterr()
    assert main([*command, "--part", "partials/retry.j2"]) == 0
    assert Path(capsys.readouterr().out.strip()) == here / "mine" / "partials" / "retry.j2"
    assert main([*command, "--part", "../../x"]) == 2


def test_edit_without_a_folder_says_how_to_choose_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prompts", "edit", CHAIN, "--no-open"]) == 2
    assert "prompts_dir" in capsys.readouterr().err


def test_the_built_in_model_reads_no_prompts_and_compare_says_so(
    here: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = here / "mine" / CHAIN
    folder.mkdir(parents=True)
    (folder / "system.j2").write_text("Short.")
    command = ["prompts", "compare", CHAIN, "--with", "mine", "--on", "sample"]
    assert main([*command, "--database-url", database_url]) == 0
    out = capsys.readouterr().out
    assert "reads no prompt text" in out
    assert "tokens now" in out


def openai(server: MockServer, model: str, database_url: str) -> list[str]:
    return [
        "--model",
        f"openai:{model}",
        "--base-url",
        server.url,
        "--database-url",
        database_url,
        "--streamed-calls",
        "0",
        "--json",
    ]


@pytest.mark.slow
def test_try_and_compare_measure_a_model_and_runs_chains_shows_it(
    here: Path,
    database_url: str,
    mock_server: MockServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    usage = {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107}
    mock_server.add(
        "bench",
        {"content": "no code at all", "usage": usage},
        match={"systemMessage": "Bad words."},
    )
    mock_server.add("bench", {"content": "QUESTION: what is meant?", "usage": usage})
    flags = openai(mock_server, "bench", database_url)
    assert main(["prompts", "try", CHAIN, "-n", "2", *flags]) == 0
    tried = said(capsys)
    assert len(tried["trials"]) == 2
    assert tried["trials"][0]["calls"][0]["reply"] == "QUESTION: what is meant?"
    assert tried["figures"]["input tokens"] == 200
    assert tried["figures"]["price in $"] is None, "unknown is not 0"
    folder = here / "worse" / CHAIN
    folder.mkdir(parents=True)
    (folder / "system.j2").write_text("Bad words.")
    command = ["prompts", "compare", CHAIN, "--with", "worse", "--on", "sample", *flags]
    assert main(command) == 0
    compared = said(capsys)
    now, worse = compared["versions"]
    assert (now["passed at first attempt"], worse["passed"]) == (1, 0)
    assert now["from the journal"] == 1, "try asked the same already"
    assert worse["attempts per input"] == 3
    assert len(compared["differences"]) == 1
    assert main(["prompts", "check", CHAIN, "--prompts-dir", "worse", *flags]) == 0
    checked = said(capsys)["asked_anew"]
    assert (checked["anew"], checked["usd"]) == (checked["recorded"], None)
    base = ["--database-url", database_url, "--json"]
    assert main(["runs", "chains", f"compare {CHAIN}", *base]) == 0
    assert said(capsys)["chains"][-1]["chain"] == "all"


@pytest.mark.slow
def test_compare_through_a_stage_shows_what_a_prompt_does_to_the_document(
    here: Path,
    database_url: str,
    mock_server: MockServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    good = {"content": draft().model_dump_json()}
    other = {"content": draft(title="Books for all").model_dump_json()}
    words = "Write the specification"
    mock_server.add("through", {"content": '{"questions": []}'}, match={"userMessage": "questions"})
    mock_server.add("through", other, match={"systemMessage": "In other words."})
    mock_server.add("through", good, match={"userMessage": words})
    (here / "mine" / "design" / "specify").mkdir(parents=True)
    (here / "mine" / "design" / "specify" / "system.j2").write_text("In other words.")
    (here / "request.txt").write_text(REQUEST)
    command = ["prompts", "compare", "specify", "--with", "mine", "--through", "design"]
    flags = [*openai(mock_server, "through", database_url), "--on", "request.txt"]
    assert main([*command, *flags]) == 0
    compared = said(capsys)
    assert compared["model_reads_prompts"] is True
    [item] = compared["requests"]
    now, mine = item["results"]
    assert (now["version"], mine["version"]) == ("now", "mine")
    assert (now["failure"], mine["failure"]) == ("", "")
    difference = "\n".join(item["difference"])
    assert '-  "title": "Library"' in difference
    assert '+  "title": "Books for all"' in difference
    lines = {line["chain"]: line for line in mine["chains"]}
    assert lines["design/specify"]["asked"] == 1
    clarified = lines["design/clarify"]
    assert (clarified["asked"], clarified["from_journal"]) == (0, 1), "asked alike, asked once"
    command[-1] = "nowhere"
    assert main([*command, *flags]) == 2
    assert "design, architect, develop" in capsys.readouterr().err
