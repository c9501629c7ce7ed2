"""Databases for services that are verified: their own server, no powers there, nothing left."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest

from codex.common.database import postgres_programs
from codex.common.errors import StoreError
from codex.deploy import postgres
from codex.deploy.postgres import FOLDER, NAMES, ServiceDatabases

pytestmark = pytest.mark.slow


@pytest.fixture
def data_dir() -> Generator[Path]:
    """A folder for a server; not below pytest's own, which is closed to the server's user."""
    folder = Path(tempfile.mkdtemp(prefix="codex-test-"))
    yield folder
    shutil.rmtree(folder)


def refused(url: str, sql: str = "SELECT 1") -> str:
    """What the server says to somebody who may not."""
    with pytest.raises(psycopg.Error) as caught, psycopg.connect(url, autocommit=True) as one:
        one.execute(sql.encode())
    return str(caught.value)


async def test_a_role_has_its_databases_and_no_powers(data_dir: Path) -> None:
    async with ServiceDatabases(data_dir).lent() as lent:
        assert not lent.why_not
        urls = {name: lent.url.replace("NAME", name) for name in NAMES}
        for url in urls.values():
            with psycopg.connect(url, autocommit=True) as mine:
                mine.execute("CREATE TABLE things (id int)")
        url = urls["boot"]
        # A superuser could start programs outside of the sandbox.
        assert "permission denied" in refused(url, "COPY things FROM PROGRAM 'id'")
        assert "permission denied" in refused(url, "COPY things FROM '/etc/passwd'")
        role = url.partition("//")[2].partition(":")[0]
        password = url.partition("//")[2].partition(":")[2].partition("@")[0]
        assert "password" in refused(url.replace(f"{role}:{password}", "postgres:guessed"))
        assert "password" in refused(url.replace(f":{password}", ":guessed"))
        secret = data_dir / FOLDER / "password"
        assert secret.stat().st_mode & 0o077 == 0
        assert secret.read_text() not in lent.url
    # The last to leave has stopped the server.
    assert "No such file" in refused(url)


async def test_a_server_that_runs_already_is_used_and_ends_with_its_last_user(
    data_dir: Path,
) -> None:
    databases = ServiceDatabases(data_dir)
    async with databases.running():
        async with databases.lent() as lent:
            url = lent.url.replace("NAME", "boot")
            with psycopg.connect(url):
                pass
        assert "No such file" not in refused(url), "it still runs"
    assert "No such file" in refused(url)


async def test_two_at_once_have_nothing_in_common_and_leave_nothing(data_dir: Path) -> None:
    databases = ServiceDatabases(data_dir)
    async with databases.lent() as one, databases.lent() as other:
        assert one.url != other.url
        with psycopg.connect(one.url.replace("NAME", "boot")) as mine:
            mine.execute("CREATE TABLE things (id int)")
    async with databases.lent() as third, await _connected(third.url) as mine:
        found = await (await mine.execute("SELECT datname FROM pg_database")).fetchall()
        names = {name for (name,) in found if name.startswith("service_")}
        assert len(names) == len(NAMES)


async def test_what_a_killed_verification_left_is_dropped(data_dir: Path) -> None:
    databases = ServiceDatabases(data_dir)
    async with databases.lent() as killed:
        loans = postgres._Loan(data_dir / FOLDER)
        assert loans.begin().url != killed.url
        assert loans._connection is not None
        loans._connection.close()  # as the kernel does for whoever is killed
        left = loans._role
        async with databases.lent() as later, await _connected(later.url) as mine:
            found = await (await mine.execute("SELECT rolname FROM pg_roles")).fetchall()
            assert left not in {name for (name,) in found}
            assert killed.url.partition("//")[2].partition(":")[0] in {name for (name,) in found}
        loans._connection = None
        await asyncio.to_thread(loans.end)


async def _connected(url: str) -> psycopg.AsyncConnection:
    return await psycopg.AsyncConnection.connect(url.replace("NAME", "boot"))


async def test_where_no_server_can_be_had_the_reason_is_told(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> Path:
        raise StoreError("The embedded Postgres is not installed.", "Run `make setup`.")

    monkeypatch.setattr(postgres_programs, "embedded_programs", none)
    async with ServiceDatabases(data_dir).lent() as lent:
        assert not lent.url
        assert "The embedded Postgres is not installed." in lent.why_not
