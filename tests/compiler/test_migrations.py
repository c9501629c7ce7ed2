"""Migrations between Architectures with rows in place: nothing lost unseen, and back again."""

from __future__ import annotations

import importlib
from collections.abc import Generator
from pathlib import Path

import pytest

from codex.common.documents.architecture import Architecture
from codex.common.errors import DocumentError
from codex.common.sandbox import Command, Environment, Sandbox
from codex.compiler import migrations
from tests.architectures import named
from tests.compiler.migrating import pairs, versions
from tests.compiler.services import LIMITS, answer
from tests.fixtures_database import TestServer

RUNNER = Path(pairs.__file__).with_name("run.py")
PAIRS = (
    *("notes>notes_2", "notes_2>notes", "notes>notes_3", "notes_2>notes_3", "notes_3>notes"),
    *("library>library_2", "tasks>tasks_2", "tasks_2>tasks", "notes>library", "library>notes"),
    *("tasks>shop", "shop>company", "company>shop", "lending>polls", "polls>lending"),
    *("kanban>clinic", "clinic>kanban", "documents>staff", "staff>documents", "links>kanban"),
    *("company>tasks", "library>shop", "lending>library", "clinic>company", "kanban>notes_2"),
    *("notes>hostile", "hostile>shop", "notes>notes_4"),
)


def version(name: str) -> Architecture:
    """An Architecture of the folder, or a later version of one."""
    return getattr(versions, name)() if name[-1].isdigit() else named(name)


def test_there_are_at_least_twenty_five_pairs() -> None:
    assert len(set(PAIRS)) == len(PAIRS) >= 25


def migrate(
    pair: str, sandbox: Sandbox, environment: Environment, url: str, *sockets: Path
) -> list[str]:
    """What is wrong after migrating there, back, there again and down to nothing."""
    old, new = map(version, pair.split(">"))
    files = pairs.tree(old, new) | {"run.py": RUNNER.read_text(encoding="utf-8")}
    command = Command(
        ["python", "run.py", url],
        environment=environment,
        files=files,
        env={"PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"},
        sockets=sockets,
        limits=LIMITS,
    )
    return pairs.problems(old, new, answer(sandbox, command))


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS)
def test_on_sqlite(pair: str, sandbox: Sandbox, service_environment: Environment) -> None:
    assert migrate(pair, sandbox, service_environment, "sqlite:///world.db") == []


@pytest.fixture
def database(database_server: TestServer, request: pytest.FixtureRequest) -> Generator[str]:
    """The address of an empty database on Postgres."""
    name = f"migrated_{abs(hash(request.node.name)):x}"
    database_server.create(name)
    yield database_server.url(name)
    database_server.drop(name)


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS)
def test_on_postgres(
    pair: str,
    sandbox: Sandbox,
    service_environment: Environment,
    database: str,
    database_server: TestServer,
) -> None:
    folder = database_server.embedded.socket_folder()
    assert migrate(pair, sandbox, service_environment, database, folder) == []


@pytest.mark.slow
def test_rows_that_break_a_new_rule_stop_the_migration(
    sandbox: Sandbox, service_environment: Environment
) -> None:
    """The way back from library_2 asks that no more copies are lent than there are."""
    with pytest.raises(AssertionError, match="rows of books break ck_books_lent"):
        migrate("library_2>library", sandbox, service_environment, "sqlite:///world.db")


def between(old: Architecture, new: Architecture) -> migrations.Migration:
    found = migrations.migration(old, new)
    assert found is not None
    return found


def test_the_same_tables_need_no_migration() -> None:
    assert migrations.migration(named("library"), named("library")) is None


def test_what_is_lost_is_marked_in_the_file_too() -> None:
    found = between(named("library"), versions.library_2())
    text = found.rendered.text
    assert "LOSES, since the new tables have no place for it:" in text
    for loss in found.losses:
        assert f"- {loss}" in text
    told = " ".join(found.losses)
    assert "genres, which is kept in kept_0002_genres" in told
    assert "writers.born_on" in told
    assert "books.name" not in told  # it was renamed
    assert "books.copies" not in told  # every number can be written down


def test_made_up_values_are_marked() -> None:
    found = between(named("notes"), versions.notes_2())
    assert set(found.made_up) == {"notes.body", "notes.stars"}
    assert not found.losses
    assert set(found.losses_back) == {
        "notes.color, which is dropped",
        "notes.stars, which is dropped",
    }


def test_what_only_some_rows_keep_comes_and_goes_alone() -> None:
    """It is an index, so the table itself stays as it is."""
    new = versions.notes_4()
    (table,) = new.database.tables
    bare = new.database.model_copy(
        update={"tables": (table.model_copy(update={"constraints": ()}),)}
    )
    text = between(new.model_copy(update={"database": bare}), new).rendered.text
    compile(text, "migration", "exec")
    assert "batch_alter_table" not in text
    assert text.count("op.create_index") == text.count("op.drop_index") == 1


def test_a_name_that_is_taken_over_at_once_is_refused() -> None:
    """Values would stand under the wrong name."""
    old = named("notes")
    (table,) = old.database.tables
    renamed = table.columns[0].model_copy(update={"name": "headline", "renamed_from": "title"})
    database = old.database.model_copy(
        update={"tables": (table.model_copy(update={"columns": (*table.columns, renamed)}),)}
    )
    with pytest.raises(DocumentError, match=r"notes\.headline was called 'title'"):
        migrations.migration(old, old.model_copy(update={"database": database}))


def test_the_first_migration_creates_tables_before_those_that_refer_to_them() -> None:
    text = first(named("library"))
    places = [text.index(f'"{name}",') for name in ("authors", "books", "loans")]
    assert places == sorted(places)


def test_keys_of_a_circle_are_added_last() -> None:
    text = first(named("staff"))
    assert text.index("batch.create_foreign_key") > text.rindex("op.create_table")


def first(architecture: Architecture) -> str:
    found = migrations.first_migration(architecture)
    assert found is not None
    return found.text


def test_migrations_have_the_same_bytes_each_time() -> None:
    old, new = named("library"), versions.library_2()
    assert between(old, new).rendered.text == between(old, new).rendered.text
    assert first(named("company")) == first(
        importlib.import_module("tests.architectures.company").architecture()
    )
