"""Runs in the service's folder: a caller over ASGI, with a clock that the scenario moves."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

PASSWORD = "correct horse battery"


class Stranger:
    """Asks the service; each answer must have the status that is expected."""

    def __init__(self) -> None:
        from app.main import create_app
        from app.settings import Settings
        from fastapi.testclient import TestClient

        self.moment = datetime(2030, 5, 6, 12, tzinfo=UTC)
        settings = Settings(environment="local", database_url="sqlite:///stranger.db")
        self.app = create_app(settings, clock=lambda: self.moment)
        self._open = ExitStack()
        self.client = self._open.enter_context(TestClient(self.app))

    def __call__(
        self, what: str, body: Any = None, *, by: str = "", status: int = 0, **query: Any
    ) -> Any:
        """`api("POST /books", {…}, by="a@example.com", status=201)`: the answer's JSON."""
        method, path = what.split()
        headers = {"Authorization": f"Bearer {self._token(by)}"} if by else {}
        answer = self.client.request(method, path, json=body, params=query, headers=headers)
        wanted = status or {"POST": 201, "DELETE": 204}.get(method, 200)
        assert answer.status_code == wanted, f"{what} {body} {query}: {answer.text[:500]}"
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"]
        return answer.json() if answer.content else None

    def items(self, what: str, field: str = "id", *, by: str = "", **query: Any) -> list[Any]:
        """One field of each row of a list."""
        return [item[field] for item in self(what, by=by, **query)["items"]]

    def groups(self, what: str, *, by: str = "") -> dict[Any, Any]:
        """Figures by key."""
        return {item["key"]: item["value"] for item in self(what, by=by)["items"]}

    def joins(self, email: str, role: str = "", **more: Any) -> str:
        """Somebody new, who may be given a role; the e-mail address."""
        self("POST /auth/signup", {"email": email, "password": PASSWORD, **more})
        if role:
            import_module("app.accounts").grant_role(self.app.state.database, email, role)
        return email

    def _token(self, email: str) -> str:
        login = {"email": email, "password": PASSWORD}
        return str(self("POST /auth/login", login, status=200)["access_token"])

    def day(self, days: int = 0) -> str:
        """A day, seen from now."""
        return (self.moment + timedelta(days=days)).date().isoformat()

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**by)

    def close(self) -> None:
        """Stop the service."""
        self._open.close()


if __name__ == "__main__":
    api = Stranger()
    import_module(sys.argv[1]).scenario(api)
    api.close()
    print("as expected")
