"""`codex architect`: a specification in, an architecture and pictures out."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from codex.architect.stage import architect
from codex.builtin import BuiltinModel
from codex.cli.main import main
from codex.common.documents.architecture import Architecture
from codex.common.errors import EXIT_DONE, EXIT_USAGE
from tests.architect.conftest import offline
from tests.architect.specifications import library


@pytest.fixture
def specification(tmp_path: Path) -> Path:
    path = tmp_path / "specification.json"
    path.write_text(library().to_json())
    return path


@pytest.mark.slow
def test_it_writes_the_architecture_and_the_pictures(
    specification: Path,
    database_url: str,
    anywhere: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, pictures = anywhere / "architecture.json", anywhere / "pictures"
    arguments = ["architect", str(specification), "--out", str(out), "--draw", str(pictures)]
    assert main([*arguments, "--yes", "--database-url", database_url]) == EXIT_DONE
    assert Architecture.load(out).routes
    assert (pictures / "tables.svg").is_file()
    said = capsys.readouterr()
    assert "POST /books/{book_id}/borrow" in said.out
    assert "which cost nothing" in said.err


@pytest.mark.slow
def test_it_prints_the_document(
    specification: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["architect", str(specification), "--json", "--database-url", database_url]
    assert main(arguments) == EXIT_DONE
    assert json.loads(capsys.readouterr().out)["document"] == "architecture"


def test_a_file_that_is_no_specification_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.json"
    path.write_text('{"document": "architecture", "format_version": 1}')
    assert main(["architect", str(path)]) == EXIT_USAGE
    assert "is not a valid specification" in capsys.readouterr().err


@pytest.mark.slow
def test_an_architecture_that_stands_is_revised(
    specification: Path, database_url: str, anywhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    standing, out = anywhere / "standing.json", anywhere / "out.json"
    begun = asyncio.run(architect(library(), services=offline(BuiltinModel())))
    standing.write_text(begun.to_json())
    arguments = ["architect", str(specification), "--previous", str(standing), "--out", str(out)]
    assert main([*arguments, "--yes", "--database-url", database_url]) == EXIT_DONE
    assert out.read_text() == standing.read_text(), "nothing has changed"
    assert f"{len(begun.routes)} routes" in capsys.readouterr().err


def test_what_is_no_architecture_is_refused_as_the_previous_one(
    specification: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["architect", str(specification), "--previous", str(specification)]
    assert main([*arguments, "--database-url", database_url]) == EXIT_USAGE
    assert "is not a valid architecture" in capsys.readouterr().err
