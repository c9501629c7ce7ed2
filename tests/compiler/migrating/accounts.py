"""Runs inside of a service's tree: what accounts do, step by step; prints what was seen."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from app.accounts import grant_role
from app.main import create_app
from app.problems import ServiceError
from app.security import hash_password
from app.seeds import seed
from app.settings import Settings
from fastapi.testclient import TestClient

SECRET = "a secret of more than thirty-two characters"
PASSWORD = "correct horse"


class Clock:
    """A clock that is moved by hand."""

    now = datetime(2030, 1, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def main(url: str) -> None:
    """Every step once."""
    clock = Clock()
    settings = Settings(environment="local", database_url=url, secret_key=SECRET, log_level="error")  # pyright: ignore[reportCallIssue]
    app = create_app(settings, clock=clock)
    seen: dict[str, Any] = {}
    with TestClient(app, raise_server_exceptions=False) as client:

        def call(method: str, path: str, token: str = "", **more: Any) -> Any:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            return client.request(method, path, headers=headers, **more)

        def login(email: str, password: str = PASSWORD) -> Any:
            return call("POST", "/auth/login", json={"email": email, "password": password})

        def signup(email: str, **more: Any) -> Any:
            body = {"email": email, "password": PASSWORD, "name": "N", **more}
            return call("POST", "/auth/signup", json=body)

        made = signup("Ann@Example.com", role="admin", id=77, password_hash="x", created_at="x")
        seen["signup"] = [made.status_code, made.json()]
        seen["again"] = [signup("ann@example.COM").status_code, signup("x@y").status_code]
        seen["short"] = signup("bob@example.com", password="short").status_code
        signup("bob@example.com")
        tokens = login("ANN@example.com").json()
        seen["token_type"] = tokens["token_type"]
        access, refresh = tokens["access_token"], tokens["refresh_token"]
        seen["me"] = call("GET", "/auth/me", access).json()["email"]
        seen["forbidden"] = call("GET", "/users", access).status_code
        # Forged tokens.
        claims = jwt.decode(access, SECRET, algorithms=["HS256"])
        later = int((clock.now + timedelta(days=999)).timestamp())
        forged = {
            "none": jwt.encode(claims, "", algorithm="none"),
            "key": jwt.encode(claims, "another secret of more than thirty-two bytes"),
            "refresh": refresh,
            "sub": jwt.encode({**claims, "sub": "2"}, SECRET),
            "text": jwt.encode({**claims, "sub": "1; DROP TABLE users"}, SECRET),
            "huge": jwt.encode({**claims, "sid": 2**70}, SECRET),
            "cut": access[:-2],
            "empty": "x",
            "long": "x" * 100_000,
            "no exp": jwt.encode({k: v for k, v in claims.items() if k != "exp"}, SECRET),
        }
        seen["forged"] = {
            name: call("GET", "/auth/me", token).status_code for name, token in forged.items()
        }
        long_lived = jwt.encode({**claims, "typ": "refresh", "exp": later}, SECRET)
        seen["access as refresh"] = call(
            "POST", "/auth/refresh", json={"refresh_token": access}
        ).status_code
        del long_lived
        # Time.
        clock.now += timedelta(minutes=16)
        seen["expired"] = call("GET", "/auth/me", access).status_code
        second = call("POST", "/auth/refresh", json={"refresh_token": refresh}).json()
        seen["refreshed"] = call("GET", "/auth/me", second["access_token"]).status_code
        seen["reused"] = call("POST", "/auth/refresh", json={"refresh_token": refresh}).status_code
        seen["after reuse"] = call("GET", "/auth/me", second["access_token"]).status_code
        third = login("ann@example.com").json()
        seen["logout"] = call("POST", "/auth/logout", third["access_token"]).status_code
        seen["after logout"] = [
            call("GET", "/auth/me", third["access_token"]).status_code,
            call(
                "POST", "/auth/refresh", json={"refresh_token": third["refresh_token"]}
            ).status_code,
        ]
        fourth = login("ann@example.com").json()
        clock.now += timedelta(days=31)
        seen["old refresh"] = call(
            "POST", "/auth/refresh", json={"refresh_token": fourth["refresh_token"]}
        ).status_code
        # Guessing.
        seen["guesses"] = [login("ann@example.com", "wrong").status_code for _ in range(7)]
        seen["right but throttled"] = login("ann@example.com").status_code
        seen["others"] = login("bob@example.com").status_code
        seen["unknown"] = [
            login("nobody@example.com").status_code,
            login("nobody@example.com").json()["detail"]
            == login("bob@example.com", "wrong").json()["detail"],
        ]
        clock.now += timedelta(minutes=16)
        seen["after a while"] = login("ann@example.com").status_code
        # Roles.
        grant_role(app.state.database, "BOB@example.com", "admin")
        bob = login("bob@example.com").json()["access_token"]
        ann = login("ann@example.com").json()["access_token"]
        seen["admin"] = call("GET", "/users", bob).status_code
        seen["not by oneself"] = call("PATCH", "/users/1", ann, json={"role": "admin"}).status_code
        seen["given"] = call("PATCH", "/users/1", bob, json={"role": "admin"}).json()["role"]
        seen["at once"] = call("GET", "/users", ann).status_code
        seen["no such role"] = call("PATCH", "/users/1", bob, json={"role": "x"}).status_code
        seen["no such user"] = call("PATCH", "/users/99", bob, json={"role": "admin"}).status_code
        seen["refused"] = []
        for email, role in (("nobody@example.com", "admin"), ("ann@example.com", "king")):
            try:
                grant_role(app.state.database, email, role)
            except ServiceError as error:
                seen["refused"].append(error.status)
        accounts = seed(app.state.database)
        seen["seeds"] = [accounts == seed(app.state.database), [item[2] for item in accounts]]
        seen["seeded"] = [login(email, password).status_code for email, password, _ in accounts]
        seen["hash"] = hash_password("x").startswith("$argon2id$")
    try:
        Settings(environment="production", database_url=url, _env_file=None)  # pyright: ignore[reportCallIssue]
        seen["without a secret"] = "started"
    except ValueError as error:
        seen["without a secret"] = "secret" in str(error).lower()
    print("RESULT " + json.dumps(seen))


main(sys.argv[1])
