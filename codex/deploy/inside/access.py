"""Who gets in: forged, stolen and worn-out tokens, wrong roles, somebody else's rows."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from bodies import body_schema, sample
from conformance import Conformance
from ground import Route
from world import World


def run(order: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """What the probes find on the routes of the job."""
    with World(order["url"].replace("NAME", job["name"])) as world:
        probes = Access(world, job["routes"])
        if world.account:
            probes.run()
            if job["whole"]:
                probes.run_whole()
        return probes.found


class Access(Conformance):
    """Tries every route that is not public with what must not open it."""

    def derived(self, route: Route) -> Iterator[Callable[[Route], None]]:
        """The probes of a derived route."""
        yield from self._probes(route)
        if "public" not in self.roles(route) and self.possible(route) and self.own(route):
            yield self.hides_foreign_rows

    def with_functions(self, route: Route) -> Iterator[Callable[[Route], None]]:
        """The probes of a route with functions."""
        if route["function_name"] in self.world.missing:
            return
        yield from self._probes(route)
        if self._own_only(route) and self._owned_parameters(route):
            yield self.hides_foreign_objects

    def whole(self) -> Iterator[Callable[[Route], None]]:
        """The probes of the accounts themselves."""
        yield from (self.signs_up_with_no_powers, self.keeps_kinds_of_tokens_apart)
        yield from (self.refuses_wrong_passwords, self.ends_sessions)

    def _probes(self, route: Route) -> Iterator[Callable[[Route], None]]:
        if "public" in self.roles(route):
            return
        yield from (self.no_token, self.tampered_token, self.foreign_signature, self.no_algorithm)
        yield from (self.expired_token, self.refresh_token_as_access, self.other_scheme)
        if self._strangers(route):
            yield self.wrong_role

    # tokens

    def _someone(self, route: Route) -> str:
        roles = [role for role in self.roles(route) if role != "user"]
        return (roles or self.world.roles or ["user"])[0]

    def _token(self, route: Route) -> str:
        return self.world.headers(self._someone(route))["Authorization"].removeprefix("Bearer ")

    def _refused(self, route: Route, headers: dict[str, str]) -> None:
        path = re.sub(r"\{[a-z0-9_]+\}", "1", route["path"])
        answer = self.call(route, path, None, headers=headers)
        self.is_problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer", "no WWW-Authenticate"

    def _bearer(self, route: Route, token: str) -> None:
        self._refused(route, {"Authorization": f"Bearer {token}"})

    def no_token(self, route: Route) -> None:
        self._refused(route, {})
        self._bearer(route, "x.y.z")

    def tampered_token(self, route: Route) -> None:
        """The same signature under another account."""
        head, body, signature = self._token(route).split(".")
        claims = _decoded(body)
        other = _encoded({**claims, "sub": str(int(claims["sub"]) + 1)})
        self._bearer(route, f"{head}.{other}.{signature}")
        self._bearer(route, f"{head}.{body}.{signature[:-4]}AAAA")

    def foreign_signature(self, route: Route) -> None:
        """The right claims, signed with a key of one's own."""
        import jwt

        claims = _decoded(self._token(route).split(".")[1])
        self._bearer(route, jwt.encode(claims, "k" * 64, algorithm="HS256"))

    def no_algorithm(self, route: Route) -> None:
        """The right claims, and a header that says that nothing needs to be signed."""
        body = self._token(route).split(".")[1]
        for name in ("none", "None", "NONE"):
            self._bearer(route, f"{_encoded({'alg': name, 'typ': 'JWT'})}.{body}.")

    def expired_token(self, route: Route) -> None:
        """A token of ours that was good once."""
        self._bearer(route, self._made(route, "access", -timedelta(days=400)))

    def refresh_token_as_access(self, route: Route) -> None:
        self._bearer(route, self._made(route, "refresh", timedelta()))

    def _made(self, route: Route, kind: str, shift: timedelta) -> str:
        from app import security

        claims = _decoded(self._token(route).split(".")[1])
        make = getattr(security, f"{kind}_token")
        told = security.Claims(int(claims["sub"]), claims["sid"], claims["num"])
        return str(make(told, self.world.settings, self.world.now + shift))

    def other_scheme(self, route: Route) -> None:
        self._refused(route, {"Authorization": f"Basic {self._token(route)}"})

    # roles and rows

    def _strangers(self, route: Route) -> list[str]:
        """Roles that the route is not granted to."""
        roles = self.roles(route)
        if not roles or "user" in roles:
            return []
        return [role for role in self.world.roles if role not in roles]

    def wrong_role(self, route: Route) -> None:
        path = re.sub(r"\{[a-z0-9_]+\}", "1", route["path"])
        for role in self._strangers(route):
            self.is_problem(self.call(route, path, role), 403)

    def _own_only(self, route: Route) -> str | None:
        """A role that reaches its own rows only, on a route with functions."""
        everywhere = {g["role"] for g in route["access"] if g["scope"] == "all"}
        if everywhere & {"user", "public"}:
            return None
        return next((g["role"] for g in route["access"] if g["scope"] == "own"), None)

    def _owned_parameters(self, route: Route) -> dict[str, str]:
        """Path parameters that name a row of a table with an owner."""
        found: dict[str, str] = {}
        for name in re.findall(r"\{([a-z0-9_]+)\}", route["path"]):
            for table in self.world.tables.values():
                snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", table["model"]).lower()
                if name == f"{snake}_id" and table["owner"]:
                    found[name] = table["name"]
        return found

    def hides_foreign_objects(self, route: Route) -> None:
        """Somebody else's row in the path is not there, whatever else is sent."""
        role = self._own_only(route)
        me, other = f"{role}:8", f"{role}:9"
        owned = self._owned_parameters(route)
        path = route["path"]
        for name, table in owned.items():
            path = path.replace("{" + name + "}", str(self.make(table, other)["id"]))
        path = re.sub(r"\{[a-z0-9_]+\}", "1", path)
        document = self.world.app.openapi()
        schema = body_schema(document, route["method"], route["path"])
        more: dict[str, Any] = {} if schema is None else {"json": sample(schema, document)}
        if route["request"] == "Upload":
            more = {"files": {"file": ("a.txt", b"x", "text/plain")}}
        answer = self.call(route, path, me, **more)
        if answer.status_code == 422:
            self.unsure("the route takes no plain body")
        self.is_problem(answer, 404)

    # accounts

    def _newcomer(self, **more: Any) -> dict[str, Any]:
        document = self.world.app.openapi()
        schema = body_schema(document, "POST", "/auth/signup")
        assert schema is not None, "POST /auth/signup takes no body"
        self.newcomers = getattr(self, "newcomers", 0) + 1
        body = sample(schema, document, 900 + self.newcomers)
        mail = f"newcomer{self.newcomers}@example.com"
        return {**body, "email": mail, "password": "long enough", **more}

    def signs_up_with_no_powers(self, _route: Route) -> None:
        """Nobody makes himself an administrator, or takes an id, while signing up."""
        roles = self.world.roles
        taken = {"id": 987_654, "password_hash": "!"}
        for more in ({}, *({"role": role} for role in roles[1:]), taken):
            answer = self.world.call("POST", "/auth/signup", json=self._newcomer(**more))
            if answer.status_code == 422:
                if not more:
                    self.unsure("sign-up takes no plain body")
                continue
            row = self.is_good(answer, 201)
            assert "password" not in str(row).lower(), "the answer tells a password"
            stored = self.stored(self.world.account, row["id"])
            assert row["id"] != taken["id"], "the id was taken"
            assert stored["password_hash"] != "!", "the password hash was taken"
            if roles and "role" in stored:
                usual = self.stored(self.world.account, row["id"])["role"]
                assert usual == self._first_role(), f"role {usual} was taken"

    def _first_role(self) -> Any:
        """The role that an account begins with."""
        columns = self.world.tables[self.world.account]["columns"]
        column = next(item for item in columns if item["name"] == "role")
        return column["default"]

    def _signed_in(self) -> dict[str, Any]:
        body = self._newcomer()
        if self.world.call("POST", "/auth/signup", json=body).status_code == 422:
            self.unsure("sign-up takes no plain body")
        login = {"email": body["email"], "password": body["password"]}
        return {**self.is_good(self.world.call("POST", "/auth/login", json=login)), **login}

    def keeps_kinds_of_tokens_apart(self, _route: Route) -> None:
        tokens = self._signed_in()
        for token in (tokens["access_token"], "x.y.z", tokens["refresh_token"][:-4] + "AAAA"):
            answer = self.world.call("POST", "/auth/refresh", json={"refresh_token": token})
            self.is_problem(answer, 401)
        me = {"Authorization": f"Bearer {tokens['access_token']}"}
        self.is_good(self.world.call("GET", "/auth/me", headers=me))

    def refuses_wrong_passwords(self, _route: Route) -> None:
        tokens = self._signed_in()
        for email, password in (
            (tokens["email"], "not that one"),
            ("nobody@example.com", "not that one"),
            (tokens["email"], "' OR '1'='1"),
        ):
            login = {"email": email, "password": password}
            self.is_problem(self.world.call("POST", "/auth/login", json=login), 401)

    def ends_sessions(self, _route: Route) -> None:
        """After signing out the tokens are worth nothing."""
        tokens = self._signed_in()
        me = {"Authorization": f"Bearer {tokens['access_token']}"}
        answer = self.world.call("POST", "/auth/logout", headers=me)
        assert answer.status_code == 204, f"{answer.status_code}: {answer.text[:300]}"
        self.is_problem(self.world.call("GET", "/auth/me", headers=me), 401)


def _decoded(part: str) -> dict[str, Any]:
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def _encoded(claims: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
