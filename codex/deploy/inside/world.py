"""A compiled service in process: callers by role, rows by table, statements counted."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

from frames import Caught
from starlette.testclient import TestClient

HERE = Path(__file__).parent
TEMPLATE = Path("template.db")
"""A database that is up to date and empty, where one was made before."""
START = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)


class Impossible(Exception):
    """A row that a check needs cannot be made with plain values."""


def read(name: str) -> Any:
    """What the host put beside these modules."""
    return json.loads((HERE / name).read_text("utf-8"))


class World:
    """One service with its own database."""

    def __init__(self, url: str, *, migrate: bool = True, fresh: bool = False) -> None:
        """`fresh` starts from nothing, even where a migrated database could be copied."""
        from app.main import create_app
        from app.settings import Settings

        self.architecture: dict[str, Any] = read("architecture.json")
        self.specimens: dict[str, list[dict[str, Any]]] = read("specimens.json")
        self.missing: list[str] = read("missing.json")
        own = {
            item["name"]: {"str": "test", "bool": False}.get(item["type"], 1)
            for item in self.architecture["settings"]
            if item["default"] is None
        }
        path = Path(url.removeprefix("sqlite:///"))
        if not fresh and url.startswith("sqlite:") and TEMPLATE.exists() and not path.exists():
            shutil.copy(TEMPLATE, path)
            migrate = False
        fields = {
            "environment": "local",
            "log_level": "error",
            "database_url": url,
            "migrate_on_start": migrate,
            "files_folder": "files",
            **own,
        }
        self.settings = Settings(_env_file=None, **fields)
        self.now = START
        self.app = create_app(self.settings, clock=lambda: self.now)
        self.caught = Caught()
        self.caught.install()
        self.last: Any = None
        self.client = TestClient(self.app, raise_server_exceptions=False)
        self.tables = {item["name"]: item for item in self.architecture["database"]["tables"]}
        self.account = self.architecture["database"]["account"]
        self.made: dict[str, int] = {}
        self.people: dict[str, int] = {}
        self.tokens: dict[str, str] = {}
        # A service without tables has none.
        self.database = getattr(self.app.state, "database", None)

    def __enter__(self) -> Self:
        self.client.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.client.__exit__()

    # callers

    @property
    def roles(self) -> list[str]:
        """The roles that accounts can have."""
        return [item["name"] for item in self.architecture["specification"]["roles"]]

    def person(self, actor: str) -> int:
        """The id of the account `member:2`, made when it is first asked for."""
        if actor not in self.people:
            role = actor.partition(":")[0]
            values = {"email": f"{actor.replace(':', '')}@example.com", "password_hash": "!"}
            if role in self.roles:
                values["role"] = role
            self.people[actor] = self.row(self.account, **values)["id"]
        return self.people[actor]

    def headers(self, actor: str | None) -> dict[str, str]:
        """What `actor` sends with a request."""
        if actor is None or not self.account:
            return {}
        if actor not in self.tokens:
            self.tokens[actor] = self._token(self.person(actor))
        return {"Authorization": f"Bearer {self.tokens[actor]}"}

    def _token(self, account_id: int) -> str:
        from app import models
        from app.accounts import open_session

        model = getattr(models, self.tables[self.account]["model"])
        with self.database.transaction(write=True) as session:
            account = session.get(model, account_id)
            return open_session(session, account, self.settings, self.now).access_token

    def call(self, method: str, path: str, actor: str | None = None, **more: Any) -> Any:
        """One request."""
        more["headers"] = {**self.headers(actor), **more.get("headers", {})}
        self.last = None
        self.last = self.client.request(method, path, follow_redirects=False, **more)
        return self.last

    # rows

    def values(self, table: str, **over: Any) -> dict[str, Any]:
        """The values of another row of `table`, as JSON, with what it refers to in place."""
        number = self.made[table] = self.made.get(table, -1) + 1
        own = self.specimens[table]
        values = dict(own[number % len(own)])
        if number >= len(own):  # the specimens are used up: the same, with another number
            old, new = str(number % len(own) + 1), str(number + 1)
            for name, value in values.items():
                if isinstance(value, str) and not value.startswith("$"):
                    values[name] = re.sub(rf"(?<![0-9.]){old}(?![0-9.])", new, value)
        values |= over
        for name, value in values.items():
            if isinstance(value, dict) and "ref" in value:
                values[name] = self.row(value["ref"])["id"]
            elif isinstance(value, str) and value.startswith("$"):
                values[name] = self.moment(value)
        return values

    def moment(self, text: str) -> str:
        """`$today+1 day` as a date."""
        word, _, shift = text.replace("-", "+-").partition("+")
        moment = self.now + timedelta(days=int(shift.split()[0]) if shift else 0)
        return (moment.date() if word == "$today" else moment).isoformat()

    def row(self, table: str, **over: Any) -> dict[str, Any]:
        """A new row of `table`, put into the database."""
        from app import models
        from app.clock import moment
        from app.problems import ServiceError

        values = self.values(table, **over)
        moment.set(self.now)
        model = getattr(models, self.tables[table]["model"])
        named = {attributes(model)[name]: value for name, value in values.items()}
        try:
            with self.database.transaction(write=True) as session:
                row = model.model_validate(SimpleNamespace(**named), from_attributes=True)
                session.add(row)
                session.flush()
                session.refresh(row)
                return as_columns(row)
        except ServiceError as error:
            if error.status not in (409, 422):  # what plain values break are rules
                raise
            raise Impossible(f"plain values make no row of {table}: {error}") from error

    # the database

    @contextmanager
    def statements(self) -> Generator[list[str]]:
        """The statements that are executed inside."""
        from sqlalchemy import event

        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        event.listen(self.database.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(self.database.engine, "before_cursor_execute", note)


def attributes(model: Any) -> dict[str, str]:
    """The attribute of each column of a table: `class_` for `class`."""
    from sqlalchemy import inspect

    return {column.name: key for key, column in inspect(model).columns.items()}


def as_columns(row: Any) -> dict[str, Any]:
    """A row as JSON, by the names of its columns."""
    dumped = row.model_dump(mode="json")
    return {name: dumped[key] for name, key in attributes(type(row)).items()}
