"""Plays scenarios against the service: callers by role, saved values, a clock that can be moved."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
# if database
from types import SimpleNamespace

# end
from typing import Any

from fastapi import FastAPI
from httpx2 import Response
from pydantic import JsonValue
from starlette.testclient import TestClient

from app.clock import moment

# if database
from app.columns import TableModel

# end
# if accounts
from tests.people import ROLES, account_of, token_of

# end

Json = JsonValue

START = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)

_REFERENCE = re.compile(r"\$([a-z][a-z0-9_]*(?::[0-9]+)?)((?:\.[a-z0-9_]+)*)", re.I)
_RELATIVE = re.compile(r"\$(today|now)(?:([+-]) ?([0-9]+) ?(minute|hour|day|week)s?)?")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """The moment."""
        return self.now

    def advance(self, text: str) -> None:
        """Move it: `15 days`."""
        amount, unit = text.split()
        self.now += timedelta(**{unit.rstrip("s") + "s": int(amount)})


class Play:
    """One course of events."""

    def __init__(self, app: FastAPI, client: TestClient, clock: FixedClock) -> None:
        self.app = app
        self.client = client
        self.clock = clock
        self.saved: dict[str, Json] = {}
        # if accounts
        self.accounts: dict[str, dict[str, Json]] = {}
        self.tokens: dict[tuple[str, datetime], str] = {}
        # end
        self.steps = 0
        # Rows that are put into the database know the time too.
        moment.set(clock.now)

    def advance(self, text: str) -> None:
        """Move the clock: `15 days`."""
        self.clock.advance(text)
        moment.set(self.clock.now)

    def call(
        self,
        actor: str | None,
        method: str,
        path: str,
        *,
        status: int,
        query: Mapping[str, Json] | None = None,
        sent: Mapping[str, str] | None = None,
        json: Json = None,
        upload: Mapping[str, str] | None = None,
        expect: Json = None,
        headers: Mapping[str, str] | None = None,
        save: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request as `actor`; check the answer; save parts of it."""
        self.steps += 1
        place = f"step {self.steps}: {method} {path} as {actor or 'nobody'}"
        given = {name: str(self.filled(value)) for name, value in (sent or {}).items()}
        request: dict[str, Any] = {
            "headers": {**given, **self._headers(actor)},
            "follow_redirects": False,
        }
        if query:
            request["params"] = self.filled(dict(query))
        if json is not None:
            request["json"] = self.filled(json)
        if upload:
            content = upload.get("content", "").encode()
            kind = upload.get("media_type", "application/octet-stream")
            request["files"] = {"file": (upload.get("filename", "file"), content, kind)}
        response = self.client.request(method, str(self.filled(path)), **request)
        assert response.status_code == status, (
            f"{place} answered {response.status_code} instead of {status}: {response.text[:500]}"
        )
        for name, value in (headers or {}).items():
            found = response.headers.get(name)
            assert found == str(self.filled(value)), f"{place}: header {name} is {found!r}"
        if expect is not None:
            differences = differing(self.filled(expect), response.json())
            assert not differences, f"{place}: " + "; ".join(differences)
        for name, where in (save or {}).items():
            self.saved[name] = picked(response.json(), where, place)
        return response

    # if database
    def put(self, model: type[TableModel], values: Mapping[str, Json], *, save: str) -> None:
        """Put a row into the database that no route makes."""
        # Outside the transaction: accounts that are named here first are made in one of their own.
        given = SimpleNamespace(**{key: self.filled(item) for key, item in values.items()})
        with self.app.state.database.transaction(write=True) as session:
            row = model.model_validate(given, from_attributes=True)
            session.add(row)
            session.flush()
            self.saved[save] = row.model_dump(mode="json")

    # end
    def _headers(self, actor: str | None) -> dict[str, str]:
        if actor is None:
            return {}
        # if accounts
        account_id = self.account(actor)["id"]
        assert isinstance(account_id, int)
        key = (actor, self.clock.now)
        if key not in self.tokens:
            self.tokens[key] = token_of(self.app, account_id, self.clock.now)
        return {"Authorization": f"Bearer {self.tokens[key]}"}
        # end
        # if not accounts
        return {}
        # end

    # if accounts
    def account(self, actor: str) -> dict[str, Json]:
        """The account of `member` or `member:2`, made when it is first asked for."""
        if actor not in self.accounts:
            self.accounts[actor] = account_of(self.app, actor)
            self.saved[actor] = self.accounts[actor]
        return self.accounts[actor]

    # end
    def filled(self, value: Json) -> Json:
        """`value` with what was saved in the place of `$name.field`."""
        match value:
            case str():
                return self._filled_text(value)
            case dict():
                return {key: self.filled(item) for key, item in value.items()}
            case list():
                return [self.filled(item) for item in value]
            case _:
                return value

    def _filled_text(self, text: str) -> Json:
        if match := _RELATIVE.fullmatch(text):
            return self._moment(*match.groups())
        if match := _REFERENCE.fullmatch(text):
            return self._saved(match)
        text = _RELATIVE.sub(lambda match: self._moment(*match.groups()), text)
        return _REFERENCE.sub(lambda match: str(self._saved(match)), text)

    def _moment(self, word: str, sign: str | None, amount: str | None, unit: str | None) -> str:
        moment = self.clock.now
        if amount:
            moment += timedelta(**{f"{unit}s": int(amount)}) * (-1 if sign == "-" else 1)
        return (moment.date() if word == "today" else moment).isoformat()

    def _saved(self, match: re.Match[str]) -> Json:
        name, where = match[1], match[2]
        # if accounts
        if name not in self.saved and name.partition(":")[0] in ROLES:
            self.account(name)
        # end
        if name not in self.saved:
            return match[0]
        return picked(self.saved[name], where.strip(".") or ".", match[0])


def picked(value: Json, where: str, place: str) -> Json:
    """The part of `value` at `items.0.id`; `.` for all of it."""
    for step in where.split(".") if where != "." else []:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            raise AssertionError(f"{place}: there is no {where!r} in {value!r}")
    return value


def differing(expected: Json, found: Json, where: str = "") -> list[str]:
    """Where `found` lacks what is expected: objects by their named keys, lists one by one."""
    here = where or "the answer"
    if expected == "*":
        return []
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return [f"{here} is {found!r}, not an object"]
        lines: list[str] = []
        for key, item in expected.items():
            inner = f"{where}.{key}".strip(".")
            lines += differing(item, found[key], inner) if key in found else [f"{inner} is missing"]
        return lines
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return [f"{here} is {found!r} instead of {expected!r}"]
        return [
            line
            for number, (one, other) in enumerate(zip(expected, found, strict=True))
            for line in differing(one, other, f"{where}.{number}".strip("."))
        ]
    return [] if same(expected, found) else [f"{here} is {found!r} instead of {expected!r}"]


def same(expected: Json, found: Json) -> bool:
    """Whether two values mean the same: decimals and moments have several spellings."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if expected == found:
        return True
    one, other = str(expected), str(found)
    if _NUMBER.fullmatch(one) and _NUMBER.fullmatch(other):
        return Decimal(one) == Decimal(other)
    if isinstance(expected, str) and isinstance(found, str):
        try:
            return moment_of(expected) == moment_of(found)
        except ValueError:
            return False
    return False


def moment_of(text: str) -> datetime | date:
    """A moment or a day in ISO 8601."""
    if len(text) <= 10:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
