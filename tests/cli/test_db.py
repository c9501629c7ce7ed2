"""`codex db`: migrations applied and shown, the address, and databases that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from codex.cli.main import main
from codex.common.database.migrations_folder import read_migrations
from codex.common.database.upgrade import Upgrade

NAMES = [migration.name for migration in read_migrations()]


def said(capsys: pytest.CaptureFixture[str], *line: str) -> list[str]:
    assert main(line) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("anywhere")
def test_migrate_brings_an_empty_database_up_to_date(
    empty_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = ("--database-url", empty_database_url)
    before = said(capsys, "db", "status", *url)
    assert [line.split(maxsplit=1) for line in before[1:]] == [[name, "pending"] for name in NAMES]
    assert said(capsys, "db", "migrate", *url) == [f"applied {name}" for name in NAMES]
    assert said(capsys, "db", "migrate", *url) == ["Nothing to do."]
    after = json.loads("\n".join(said(capsys, "db", "status", "--json", *url)))
    assert after == [{"name": name, "state": "applied"} for name in NAMES]


@pytest.mark.usefixtures("anywhere")
def test_url_is_what_other_programs_connect_to(
    database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    (address,) = said(capsys, "db", "url")
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_url_of_the_embedded_one_starts_nothing(
    anywhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["db", "url", "--json", "--data-dir", str(anywhere / "data")]
    found = json.loads("\n".join(said(capsys, *line)))
    assert found["embedded"] is True
    assert found["running"] is False
    assert not (anywhere / "data").exists()


def test_upgrade_of_a_current_database_does_nothing(
    anywhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ("--data-dir", str(anywhere / "data"))
    assert said(capsys, "db", "upgrade", *data) == ["Nothing to do."]
    found = json.loads("\n".join(said(capsys, "db", "upgrade", "--json", *data)))
    assert found == {"from": None, "kept": None}


def test_upgrade_says_what_was_moved(
    anywhere: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def moved(_: object) -> Upgrade:
        return Upgrade(15, anywhere / "cluster.15")

    monkeypatch.setattr("codex.common.database.upgrade.upgrade", moved)
    (line,) = said(capsys, "db", "upgrade")
    assert line == f"Moved from Postgres 15; the old data are kept in {anywhere / 'cluster.15'}."


@pytest.mark.usefixtures("anywhere")
def test_upgrade_leaves_a_database_of_somebody_else_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["db", "upgrade", "--database-url", "postgresql://h/x"]) == 2
    assert "names another" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "exit_code", "code"),
    [
        ("postgresql://me:s3cret@127.0.0.1:1/x?connect_timeout=2", 1, "store.unavailable"),
        ("postgresql://me:s3cret@127.0.0.1:port/x", 2, "config"),
        ("mysql://me:s3cret@127.0.0.1/x", 2, "config"),
    ],
)
@pytest.mark.usefixtures("anywhere")
def test_a_database_that_cannot_be_used_is_told_without_its_password(
    url: str, exit_code: int, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["db", "status", "--database-url", url]) == exit_code
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"error[{code}]: ")
    assert second.startswith("  next: ")
    assert "s3cret" not in first + second
