"""A compiled service in process: callers by role, rows by table, statements counted."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

from sqlalchemy import event
from starlette.testclient import TestClient

START = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)


class World:
    """One service with its own database."""

    def __init__(self, url: str, *, migrate: bool = True) -> None:
        from app.main import create_app
        from app.settings import Settings

        self.architecture: dict[str, Any] = json.loads(Path("architecture.json").read_text())
        self.specimens: dict[str, list[dict[str, Any]]] = json.loads(
            Path("specimens.json").read_text()
        )
        self.missing: list[str] = json.loads(Path("missing.json").read_text())
        own = {
            item["name"]: {"str": "test", "bool": False}.get(item["type"], 1)
            for item in self.architecture["settings"]
            if item["default"] is None
        }
        fields = {
            "environment": "local",
            "log_level": "error",
            "database_url": url,
            "migrate_on_start": migrate,
            "files_folder": "files",
            **own,
        }
        self.settings = Settings(**fields)
        self.now = START
        self.app = create_app(self.settings, clock=lambda: self.now)
        self.client = TestClient(self.app, raise_server_exceptions=False)
        self.tables = {item["name"]: item for item in self.architecture["database"]["tables"]}
        self.account = self.architecture["database"]["account"]
        self.made: dict[str, int] = {}
        self.people: dict[str, int] = {}
        self.tokens: dict[str, str] = {}
        self.database = self.app.state.database

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
        import app.models as models
        from app.accounts import open_session

        model = getattr(models, self.tables[self.account]["model"])
        with self.database.transaction(write=True) as session:
            account = session.get(model, account_id)
            return open_session(session, account, self.settings, self.now).access_token

    def call(self, method: str, path: str, actor: str | None = None, **more: Any) -> Any:
        """One request."""
        more["headers"] = {**self.headers(actor), **more.get("headers", {})}
        return self.client.request(method, path, follow_redirects=False, **more)

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
        import app.models as models
        from app.clock import moment

        values = self.values(table, **over)
        moment.set(self.now)
        model = getattr(models, self.tables[table]["model"])
        with self.database.transaction(write=True) as session:
            row = model.model_validate(SimpleNamespace(**values), from_attributes=True)
            session.add(row)
            session.flush()
            session.refresh(row)
            return row.model_dump(mode="json")

    # the database

    @contextmanager
    def statements(self) -> Generator[list[str]]:
        """The statements that are executed inside."""
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        event.listen(self.database.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(self.database.engine, "before_cursor_execute", note)
