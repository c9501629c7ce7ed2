"""The benchmark runner: its table, its file, and what it says of missed bars and failures."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import __main__ as runner
from benchmarks.table import Row, figure, render


def test_a_bar_holds_on_its_side() -> None:
    assert Row("a", 2, "ms").holds is None
    assert Row("a", 2, "ms", 3).holds is True
    assert Row("a", 4, "ms", 3).holds is False
    assert Row("a", 4, "%", 3, better="higher").holds is True
    assert Row("a", 2, "%", 3, better="higher").holds is False


@pytest.mark.parametrize(
    ("value", "shown"), [(0.01234, "0.0123"), (2.3456, "2.35"), (25, "25"), (1234.5, "1,234")]
)
def test_figures_are_short(value: float, shown: str) -> None:
    assert figure(value) == shown


def test_the_table_is_aligned_and_says_what_missed() -> None:
    lines = render([Row("one", 1, "ms", 2, "a bar"), Row("another", 30, "ms", 2)]).splitlines()
    assert lines[0].split() == ["what", "measured", "bar", "compared", "to"]
    assert lines[2].split() == ["one", "1", "ms", "<=", "2", "ms", "ok", "a", "bar"]
    assert lines[3].split() == ["another", "30", "ms", "<=", "2", "ms", "MISSED"]
    assert lines[2].index("<=") == lines[3].index("<=")


@pytest.fixture
def topics(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Iterable[Row]:
        yield Row("slow", 9, "ms", 3)

    def failing() -> Iterable[Row]:
        raise RuntimeError("odd")

    def fine() -> Iterable[Row]:
        yield Row("quick", 1, "ms", 3)

    for name, rows in {"fine": fine, "missing": missing, "failing": failing}.items():
        module = SimpleNamespace(rows=rows)
        monkeypatch.setitem(sys.modules, f"benchmarks.bench_{name}", module)
    monkeypatch.setattr(runner, "topics", lambda: ["failing", "fine", "missing"])


@pytest.mark.usefixtures("topics")
def test_figures_are_written_for_programs(tmp_path: Path) -> None:
    target = tmp_path / "latest.json"
    assert runner.main(["fine"], target) == 0
    (row,) = json.loads(target.read_text())["rows"]
    assert row["topic"] == "fine"
    assert (row["name"], row["value"], row["bar"], row["holds"]) == ("quick", 1, 3, True)


@pytest.mark.usefixtures("topics")
def test_a_missed_bar_and_a_failure_are_told_and_the_rest_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main([], tmp_path / "latest.json") == 1
    said = capsys.readouterr()
    assert "quick" in said.out
    assert "1 of 2 figures miss their bar." in said.err
    assert "RuntimeError: odd" in said.err
    assert "Failed: failing." in said.err


@pytest.mark.usefixtures("topics")
def test_an_unknown_topic_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        runner.main(["nothing"], tmp_path / "latest.json")


def test_every_benchmark_has_rows() -> None:
    for path in Path(runner.__file__).parent.glob("bench_*.py"):
        assert "\ndef rows() -> " in path.read_text(), path
