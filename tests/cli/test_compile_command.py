"""`codex compile`: all files or none, nothing outside the folder, mistakes named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codex.cli import compile as command
from codex.cli.main import main
from codex.compiler import CompiledService
from tests.architectures import notes
from tests.compiler import parcels


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """An architecture as a file."""
    path = tmp_path / "notes.json"
    path.write_text(notes.architecture().to_json())
    return path


def test_it_writes_the_service(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "deep" / "notes"
    assert main(["compile", str(document), "--out", str(folder)]) == 0
    assert (folder / "app" / "main.py").is_file()
    assert (folder / "Dockerfile").is_file()
    assert str(folder) in capsys.readouterr().out
    assert [item.name for item in folder.parent.iterdir()] == ["notes"]


def test_missing_functions_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "parcels.json"
    path.write_text(parcels.architecture().to_json())
    assert main(["compile", str(path), "--out", str(tmp_path / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "store_parcel" in told["not_implemented"]
    assert "list_parcels" not in told["not_implemented"]
    assert told["routes"] == len(parcels.architecture().routes)


def test_a_folder_with_something_in_it_is_left_alone(document: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    assert main(["compile", str(document), "--out", str(folder)]) == 2
    assert [item.name for item in folder.iterdir()] == ["letter.txt"]


def test_an_empty_folder_will_do(document: Path, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    assert main(["compile", str(document), "--out", str(folder)]) == 0
    assert (folder / "app").is_dir()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"document": "architecture"}', "\udcff"])
def test_what_is_no_architecture_is_a_mistake(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert main(["compile", str(path), "--out", str(tmp_path / "out")]) == 2
    assert "bad.json" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_failing_write_leaves_nothing(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Path, *_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.setattr(Path, "write_text", fail)
    assert main(["compile", str(document), "--out", str(place / "out")]) != 0
    monkeypatch.undo()
    assert not list(place.iterdir())


def test_it_compiles_again_over_its_own_but_not_over_hand_edits(
    document: Path, tmp_path: Path
) -> None:
    again = ["compile", str(document), "--out", str(tmp_path / "out")]
    assert main(again) == 0
    (tmp_path / "out" / "service.db").write_text("kept")
    assert main(again) == 0
    assert (tmp_path / "out" / "service.db").read_text() == "kept"
    edited = tmp_path / "out" / "app" / "main.py"
    whole = edited.read_text()
    edited.write_text("# mine")
    assert main(again) == 2
    assert edited.read_text() == "# mine"
    assert main([*again, "--force"]) == 0
    assert edited.read_text() == whole


def test_a_link_is_not_followed(document: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "link").symlink_to(elsewhere)
    assert main(["compile", str(document), "--out", str(tmp_path / "link")]) == 2
    assert not list(elsewhere.iterdir())


def test_an_implementation_brings_its_functions(tmp_path: Path) -> None:
    from codex.common.documents.implementation import Function, FunctionStatus, Implementation

    architecture = parcels.architecture()
    functions = tuple(
        parcels.FUNCTIONS.get(item.name)
        or Function(name=item.name, code="", status=FunctionStatus.UNVERIFIED)
        for item in architecture.functions
    )
    path = tmp_path / "parcels.json"
    path.write_text(Implementation(architecture=architecture, functions=functions).to_json())
    read, found = command.read(path)
    assert read == architecture
    assert found["store_parcel"].verified
    assert isinstance(command.compile_service(read, found), CompiledService)
