"""`codex design`: requests in, specifications out, and a conversation in between."""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path

import pytest

from codex.cli import design
from codex.cli.design import request_text
from codex.common.documents.specification import Specification
from codex.common.errors import EXIT_USAGE, InputError, UsageError
from tests.cli.conftest import Codex
from tests.common.documents import samples
from tests.design.conftest import services

REQUEST = "Books have a title. Members have a name. Members can borrow up to 5 books."


class Terminal(io.StringIO):
    """Standard input with somebody in front of it."""

    def isatty(self) -> bool:
        return True


def test_a_request_is_text_a_file_or_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "request.md"
    path.write_text("\ufeffBooks — and more\r\n", encoding="utf-8")
    assert request_text("Books\n") == "Books"
    assert request_text(f"@{path}") == "Books — and more"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\nBooks\n\n")))
    assert request_text("-") == "Books"


@pytest.mark.parametrize("command", ["design", "architect", "develop"])
def test_a_folder_in_the_place_of_the_result_is_refused_before_any_work(
    codex: Codex, anywhere: Path, command: str
) -> None:
    document = {"architect": samples.specification, "develop": samples.architecture}.get(command)
    (anywhere / "given").write_text(document().to_json() if document else REQUEST)
    (anywhere / "taken").mkdir()
    given = "given" if document else "@given"
    done = codex(command, given, "--yes" if command != "develop" else "--json", "--out", "taken")
    assert done.code == EXIT_USAGE
    assert "taken is a folder." in done.err
    assert "built-in rules answer" not in done.err  # no run was begun


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a" * 50_000_000])
def test_files_that_are_no_requests_are_refused_early(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "request"
    path.write_bytes(content)
    with pytest.raises(InputError):
        request_text(f"@{path}")
    with pytest.raises(InputError, match="cannot be read"):
        request_text(f"@{tmp_path / 'nowhere'}")


async def test_a_conversation_asks_shows_corrects_and_ends_on_accept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "\nThe limit is 7 books.\nRename nothing to something.\naccept\n"
    monkeypatch.setattr(sys, "stdin", Terminal(said))
    document = await design._conversation(REQUEST, {}, [], services())
    assert document.feedback[0] == "The limit is 7 books."
    assert document.parameters[0].value == 7
    shown = capsys.readouterr().err
    assert "Do users sign up and log in?" in shown
    assert "What is kept" in shown
    assert "loan_limit" in shown
    assert "Not understood" in shown


async def test_quitting_a_conversation_accepts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("\nquit\n"))
    with pytest.raises(UsageError, match="not accepted"):
        await design._conversation(REQUEST, {}, [], services())


def test_the_table_is_readable(capsys: pytest.CaptureFixture[str]) -> None:
    import asyncio

    from codex.design import design as agree

    document = asyncio.run(agree(REQUEST + " Books glow. Add dark mode.", services=services()))
    args = argparse.Namespace(json=False, out=None)
    design.show(document, args, already=False)
    out, err = capsys.readouterr()
    for words in ("title (text)", "5 books", "Assumed", "Out of scope", "Not understood", "glow"):
        assert words in out
    assert "--model" in err


@pytest.mark.slow
def test_the_command(codex: Codex, anywhere: Path) -> None:
    done = codex("design", REQUEST, "--yes", "--out", "spec.json")
    assert done.code == 0, done.err
    assert "What it does" in done.out
    assert Specification.load(anywhere / "spec.json").parameters[0].value == 5
    told = codex(
        "design", REQUEST + " Books glow.", "--json", "--feedback", "The limit is 7 books."
    )
    assert told.code == 3
    assert json.loads(told.out)["parameters"][0]["value"] == 7
    nothing = codex("design", "Hallo Welt.", "--yes")
    assert nothing.code == 3
    assert "error[request.not_understood]" in nothing.err
    assert codex("design", "", "--yes").code == 2
