"""A service's folder is read back with what its verification found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codex.common.documents.application import Outcome, ServiceFile
from codex.deploy.given import read_given
from codex.deploy.package import to_folder
from tests.deploy.packaged import application

LOCK = f"fastapi==0.1.0 \\\n    --hash=sha256:{'0' * 64}\n"


def folder(place: Path, report: str) -> Path:
    return to_folder(application("notes", LOCK, ServiceFile.of("report.json", report)), place)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_how_the_steps_ended_goes_with_the_folder(tmp_path: Path, outcome: Outcome) -> None:
    step = {"name": "boot", "outcome": outcome, "figures": {"tables": 1}, "about": "It starts."}
    given = read_given(folder(tmp_path / "notes", json.dumps({"steps": [step], "missing": []})))
    assert given.application is not None
    assert not given.changed
    steps = given.application.verification.steps
    assert [(item.name, item.outcome, item.told) for item in steps] == [
        ("boot", outcome, ("1 table",))
    ]


@pytest.mark.parametrize("report", ["", "[]", "{", '{"steps": 1}', '{"steps": [{"name": "x"}]}'])
def test_without_a_report_nothing_is_claimed(tmp_path: Path, report: str) -> None:
    given = read_given(folder(tmp_path / "notes", report))
    assert given.application is not None
    assert given.application.verification.steps == ()
