"""The move to a new major version of Postgres: whole or not at all, the old data kept."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from codex.common.database import postgres_programs as programs
from codex.common.database import upgrade as module
from codex.common.database.embedded import EmbeddedPostgres
from codex.common.database.migrate import migrate, status
from codex.common.database.upgrade import upgrade
from codex.common.errors import MigrationError, StoreError

pytestmark = pytest.mark.slow


@contextmanager
def major(version: int) -> Generator[None]:
    """As if this codex had another Postgres."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(programs, "MAJOR", version)
        yield


def packages(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute('SELECT "id" FROM "Package" ORDER BY "id"')]


OLDER = [16, 15]


@pytest.fixture
def old_server(request: pytest.FixtureRequest, data_dir: Path) -> EmbeddedPostgres:
    """A server whose cluster is of an older Postgres, any or the one asked for; not empty."""
    wanted: list[int] = [request.param] if hasattr(request, "param") else OLDER
    version = next((one for one in wanted if programs.programs_of(one)), None)
    if version is None:
        pytest.skip(f"no Postgres of {wanted} is installed")
    server = EmbeddedPostgres(data_dir / "postgres")
    with major(version):
        migrate(server.enter())
        with psycopg.connect(server.url) as connection:
            connection.execute("""INSERT INTO "Package" VALUES ('ü', now(), 'n', '1', '')""")
        server.leave()
    return server


@pytest.mark.parametrize("old_server", OLDER, indirect=True)
def test_data_move_and_the_old_ones_are_kept(old_server: EmbeddedPostgres) -> None:
    before = old_server.major()
    with pytest.raises(MigrationError, match="codex db upgrade"):
        old_server.enter()
    done = upgrade(old_server)
    assert done.before == before
    assert done.kept is not None
    assert (done.kept / "PG_VERSION").read_text().strip() == str(before)
    assert packages(old_server.enter()) == ["ü"]
    # Vectors come when the new server has them and the old one had not.
    migrate(old_server.url)
    assert {step.state for step in status(old_server.url)} == {"applied"}
    old_server.leave()
    assert upgrade(old_server).kept is None


def test_a_move_that_fails_changes_nothing(
    old_server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = old_server.major()
    real = programs.run

    def failing(binaries: Path, program: str, *args: str | Path, **options: Any) -> str:
        if program == "pg_restore":
            raise programs.failure(program, "error: it failed half way")
        return real(binaries, program, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(programs, "run", failing)
        with pytest.raises(StoreError, match="half way") as caught:
            upgrade(old_server)
    assert "Nothing was changed" in caught.value.todo
    assert old_server.major() == version
    assert not (old_server.folder / "cluster.moving").exists()
    assert not old_server.running()
    assert upgrade(old_server).kept is not None
    assert packages(old_server.enter()) == ["ü"]
    old_server.leave()


def test_a_move_interrupted_between_its_renames_is_completed(
    old_server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(folder: Path) -> None:
        if not (folder / "cluster").exists():
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "finish_move", killed)
        with pytest.raises(KeyboardInterrupt):
            upgrade(old_server)
    assert not old_server.cluster.exists()
    assert packages(old_server.enter()) == ["ü"]
    old_server.leave()


def test_a_server_in_use_is_not_moved(old_server: EmbeddedPostgres) -> None:
    version = old_server.major()
    assert version is not None
    with major(version):
        old_server.enter()
    with pytest.raises(MigrationError, match="in use"):
        upgrade(old_server)
    old_server.leave()


@pytest.mark.parametrize(("version", "said"), [(9, "needed"), (99, "newer")])
def test_versions_that_cannot_be_read_are_said(data_dir: Path, version: int, said: str) -> None:
    server = EmbeddedPostgres(data_dir / "postgres")
    server.cluster.mkdir(parents=True)
    (server.cluster / "PG_VERSION").write_text(f"{version}\n")
    with pytest.raises(MigrationError, match=said):
        upgrade(server)
    assert sorted(path.name for path in server.cluster.iterdir()) == ["PG_VERSION"]


def test_a_version_file_that_lies_changes_nothing(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir / "postgres")
    server.enter()
    server.leave()
    (server.cluster / "PG_VERSION").write_text("16\n")
    with pytest.raises(StoreError, match="cannot be moved"):
        upgrade(server)
    (server.cluster / "PG_VERSION").write_text("18\n")
    server.enter()
    server.leave()


def test_there_is_nothing_to_move_at_first(data_dir: Path) -> None:
    assert upgrade(EmbeddedPostgres(data_dir / "postgres")).before is None
