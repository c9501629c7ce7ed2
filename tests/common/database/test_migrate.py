"""Migrations: in order, whole or not at all, once among many, and refused when they do not fit."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import LiteralString, cast

import psycopg
import pytest

from codex.common.database import migrate as module
from codex.common.database.failures import check_url
from codex.common.database.migrate import migrate, status
from codex.common.database.migrations_folder import (
    FOLDER,
    Migration,
    checksum_lines,
    read_migrations,
)
from codex.common.database.store import open_store
from codex.common.errors import ConfigError, DatabaseUnavailable, MigrationError, StoreError
from tests.fixtures_database import Place


def rows(url: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(cast("LiteralString", sql))
        return cursor.fetchall() if cursor.description else []


def step(name: str, sql: str) -> Migration:
    return Migration(name, sql, "sum of " + sql)


def test_a_database_is_migrated_once(empty_database_url: str) -> None:
    names = [migration.name for migration in read_migrations()]
    assert [s.state for s in status(empty_database_url)] == ["pending"] * len(names)
    assert migrate(empty_database_url) == names
    assert migrate(empty_database_url) == []
    assert [(s.name, s.state) for s in status(empty_database_url)] == [
        (name, "applied") for name in names
    ]


def test_of_two_that_migrate_at_once_one_waits_and_both_succeed(empty_database_url: str) -> None:
    slow = [
        step("0001_a", "CREATE TABLE a (x int); SELECT pg_sleep(0.3)"),
        step("0002_b", "ALTER TABLE a ADD COLUMN y int"),
    ]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(migrate, [empty_database_url] * 4, [slow] * 4))
    assert sorted(done, key=len) == [[], [], [], ["0001_a", "0002_b"]]


def test_a_migration_that_fails_is_undone_and_the_ones_before_it_stay(
    empty_database_url: str,
) -> None:
    good = step("0001_a", "CREATE TABLE a (x int)")
    bad = step("0002_b", "CREATE TABLE b (x int); INSERT INTO a VALUES ('no number')")
    with pytest.raises(MigrationError, match="0002_b failed and was undone"):
        migrate(empty_database_url, [good, bad])
    assert rows(empty_database_url, "SELECT to_regclass('a')::text, to_regclass('b')::text") == [
        ("a", None)
    ]
    mended = step("0002_b", "CREATE TABLE b (x int)")
    assert migrate(empty_database_url, [good, mended]) == ["0002_b"]


def test_a_database_of_a_newer_codex_is_refused(database_url: str) -> None:
    rows(
        database_url,
        """INSERT INTO "_codex_migrations" ("name", "checksum") VALUES ('9999_later', 'x')""",
    )
    for attempt in (migrate, status):
        with pytest.raises(MigrationError, match="newer codex: it has the migration 9999_later"):
            attempt(database_url)


async def test_a_store_on_a_newer_database_is_not_opened(database_url: str) -> None:
    rows(
        database_url,
        """INSERT INTO "_codex_migrations" ("name", "checksum") VALUES ('9999_later', 'x')""",
    )
    with pytest.raises(MigrationError, match="newer"):
        async with open_store(Place(database_url)):
            pass


def test_a_migration_that_was_applied_in_another_form_is_refused(database_url: str) -> None:
    rows(
        database_url,
        """UPDATE "_codex_migrations" SET "checksum" = 'other' WHERE "name" LIKE '0001%'""",
    )
    with pytest.raises(MigrationError, match="another form"):
        migrate(database_url)


def test_vectors_wait_for_pgvector_and_come_later(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "_has_pgvector", lambda _: False)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType] a stand-in
        assert "0002_vectors" not in migrate(empty_database_url)
        states = {s.name: s.state for s in status(empty_database_url)}
        assert states["0002_vectors"] == "waits for pgvector"
        assert {s for n, s in states.items() if n != "0002_vectors"} == {"applied"}
    assert migrate(empty_database_url) == ["0002_vectors"]


def test_vectors_wait_too_where_the_role_may_not_create_them(empty_database_url: str) -> None:
    rows(empty_database_url, "CREATE ROLE guest LOGIN; GRANT ALL ON SCHEMA public TO guest")
    try:
        as_guest = empty_database_url.replace("//postgres@", "//guest@")
        assert "0002_vectors" not in migrate(as_guest)
        assert migrate(as_guest) == []
    finally:
        rows(empty_database_url, "DROP OWNED BY guest CASCADE")
        rows(empty_database_url, "DROP ROLE guest")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "migrations")
    return tmp_path / "migrations"


def test_damaged_missing_and_foreign_files_are_named(folder: Path) -> None:
    first = min(folder.glob("*.sql"))
    content = first.read_text()
    first.write_text(content + " ")
    with pytest.raises(MigrationError, match=rf"{first.name} was changed or damaged"):
        read_migrations(folder)
    first.unlink()
    with pytest.raises(MigrationError, match=rf"{first.name} is missing"):
        read_migrations(folder)
    first.write_text(content)
    (folder / "0099_more.sql").write_text("SELECT 1")
    with pytest.raises(MigrationError, match=r"0099_more.sql does not belong"):
        read_migrations(folder)
    (folder / "checksums.txt").write_text(checksum_lines(folder))
    assert read_migrations(folder)[-1].name == "0099_more"


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://u:p@host/db",
        "postgresql://[::1/db",
        "postgresql://host/db?no_such_parameter=1",
        "postgresql://u:secret%zz@host/db",
        "host=localhost",
        "",
    ],
)
def test_a_malformed_address_is_one_clear_error(url: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL") as caught:
        check_url(url)
    assert "\n" not in caught.value.what
    assert "secret" not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody@127.0.0.1:1/nothing",
        "postgresql://nobody@/nothing?host=%2Fnonexistent",
    ],
)
def test_a_server_that_is_not_there_is_one_clear_error(url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="does not answer") as caught:
        migrate(url)
    assert "\n" not in caught.value.what


def test_a_refused_connection_is_told_apart(database_url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="refuses the connection"):
        migrate(database_url.replace("/test_", "/no_such_"))


def test_an_old_server_is_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OLDEST_SERVER", 99)
    with pytest.raises(ConfigError, match="codex needs 99 or later"):
        migrate(database_url)


def test_a_read_only_database_is_one_clear_error(empty_database_url: str) -> None:
    rows(
        empty_database_url,
        "ALTER DATABASE " + name_in(empty_database_url) + " SET default_transaction_read_only = on",
    )
    with pytest.raises(StoreError, match="read-only"):
        migrate(empty_database_url)


def name_in(url: str) -> str:
    return '"' + url.split("/")[3].split("?", maxsplit=1)[0] + '"'
