"""`codex verify`: what the folder holds now is tried, hand edits included, and told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codex.cli.main import main
from codex.common.documents.application import ServiceFile
from codex.common.errors import EXIT_DONE, EXIT_FAILED, EXIT_USAGE
from codex.common.handover import edited_files, write_folder
from tests.deploy.verified import implementation, subject
from tests.fixtures_built import Built

LOCK = "fastapi==0.163.2 --hash=sha256:" + "0" * 64 + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A service as codex writes it, but for what it was verified with."""
    built = implementation("lending")
    files = {**subject(built).files, ".codex/implementation.json": built.to_json()}
    files["requirements.lock"] = LOCK
    target = tmp_path / "service"
    write_folder(target, [ServiceFile.of(path, text) for path, text in files.items()])
    return target


def broken(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What is said of a folder that cannot be verified at all: what, and what to do."""
    assert main(["verify", str(folder)]) == EXIT_USAGE
    said = capsys.readouterr()
    assert not said.out
    lines = said.err.strip().splitlines()
    assert len(lines) == 2, lines
    return lines


def test_no_folder_no_service_and_lost_documents(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "There is no folder" in broken(tmp_path / "nothing", capsys)[0]
    assert "is no service that codex built" in broken(tmp_path, capsys)[0]
    (folder / ".codex/implementation.json").write_text("{")
    assert "is not JSON" in broken(folder, capsys)[0]
    (folder / ".codex/implementation.json").unlink()
    assert "implementation.json is missing" in broken(folder, capsys)[0]


def test_a_lost_lock_and_a_broken_project_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "requirements.lock").unlink()
    what, to_do = broken(folder, capsys)
    assert "requirements.lock is missing" in what
    assert "uv pip compile" in to_do
    (folder / "requirements.lock").write_text(LOCK)
    (folder / "pyproject.toml").write_text("[project\n")
    assert "pyproject.toml is no TOML" in broken(folder, capsys)[0]
    (folder / "pyproject.toml").write_text("[project]\ndependencies = 'fastapi'\n")
    assert "has no list of dependencies" in broken(folder, capsys)[0]
    (folder / "pyproject.toml").unlink()
    assert "pyproject.toml is missing" in broken(folder, capsys)[0]


def test_a_file_that_is_no_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "app/main.py").write_bytes(b"\xff\xfe")
    assert "main.py is not UTF-8 text" in broken(folder, capsys)[0]


@pytest.mark.slow
def test_a_service_as_it_was_built_passes_and_its_report_stays_the_same(
    built_service: Built, shared_data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = built_service.copy(tmp_path / "service")
    before = {name: (folder / name).read_bytes() for name in ("report.html", "report.json")}
    assert "report.html" in (folder / "README.md").read_text()
    (folder / "service.db").write_bytes(b"of a run, and nobody's concern")
    arguments = ["verify", str(folder), "--data-dir", str(shared_data_dir)]
    assert main(arguments) == EXIT_DONE
    said = capsys.readouterr()
    assert "passed: requests" in said.out
    assert f"Report: {folder / 'report.html'}" in said.out
    assert "by hand" not in said.out
    # Nothing was edited, so nothing is told anew: no clock, no timing, no chance.
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert not edited_files(folder)


@pytest.mark.slow
def test_hand_edits_are_tried_and_told(
    built_service: Built, shared_data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = built_service.copy(tmp_path / "service")
    health = folder / "app/health.py"
    health.write_text(health.read_text().replace("return Health()", "return Health(status=7)", 1))
    (folder / "app/more.py").write_text("MORE = 1\n")
    project = folder / "pyproject.toml"
    project.write_text(
        project.read_text().replace("dependencies = [", 'dependencies = [\n    "six",')
    )
    arguments = ["verify", str(folder), "--json", "--data-dir", str(shared_data_dir)]
    assert main(arguments) == EXIT_FAILED
    told = json.loads(capsys.readouterr().out)
    assert told["passed"] is False
    assert told["edited"] == ["app/health.py", "pyproject.toml"]
    assert told["added"] == ["app/more.py"]
    steps = {item["name"]: item for item in told["steps"]}
    assert "GET /health answered 500" in steps["boot"]["detail"]
    assert "six" in steps["packages"]["detail"]
    page = (folder / "report.html").read_text()
    assert told["report"] == str(folder / "report.html")
    assert "app/health.py" in page
    assert "Something failed" in page
    assert edited_files(folder) == ["app/health.py", "pyproject.toml"]
