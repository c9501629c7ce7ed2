"""Every convention of the generated API, tried on every derived route of a service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ground import Route
from lists import Lists
from rows import Rows
from ties import Ties
from writes import Writes


class Conformance(Lists, Rows, Ties, Writes):
    """All of them, with who may and what is not there."""

    def derived(self, route: Route) -> Iterator[Callable[[Route], None]]:
        """The checks of a derived route."""
        if not self.possible(route):
            return
        yield self.access
        match route["derived"]["operation"]:
            case "create":
                yield from (self.creates, self.refuses_bad_bodies, self.refuses_missing_references)
                yield from (self.refuses_duplicates, self.takes_no_hidden_fields, self.keeps_bounds)
                yield from self.with_ties(route)
            case "list":
                yield from (self.pages, self.limits, self.counts_statements, self.filters)
                yield from (self.ranges, self.searches, self.sorts)
                yield from self.with_ties(route)
            case "get":
                yield from (self.gets, self.misses)
            case "update":
                yield from (self.changes_what_is_sent, self.changes_no_hidden_fields, self.misses)
                yield from self.with_ties(route)
            case "delete":
                yield from (self.deletes, self.misses, self.keeps_parents)
        if self.own(route):
            yield self.hides_foreign_rows

    def with_functions(self, route: Route) -> Iterator[Callable[[Route], None]]:
        """The checks of a route whose function is missing."""
        if route["function_name"] in self.world.missing:
            yield self.not_implemented

    def whole(self) -> Iterator[Callable[[Route], None]]:
        """The checks of the service as a whole."""
        yield from (self.unknown_path, self.wrong_methods)

    # access

    def access(self, route: Route) -> None:
        if not self.world.account or "public" in self.roles(route):
            answer = self.call(route, self.path(route, None), None)
            assert answer.status_code not in (401, 403), answer.text
            return
        path = self.path(route, self.actor(route))
        self.is_problem(self.call(route, path, None), 401)
        bad = self.call(route, path, None, headers={"Authorization": "Bearer nonsense"})
        self.is_problem(bad, 401)
        assert bad.headers["www-authenticate"] == "Bearer"
        roles = self.roles(route)
        others = [role for role in self.world.roles if role not in roles]
        if roles and "user" not in roles and others:
            self.is_problem(self.call(route, path, others[0]), 403)

    def hides_foreign_rows(self, route: Route) -> None:
        role = self.own(route)
        table = self.table(route)["name"]
        operation = route["derived"]["operation"]
        if table == self.world.account and operation == "create":
            return
        me, other = f"{role}:8", f"{role}:9"
        if operation == "create":
            self._foreign_owner(route, me, other)
            return
        mine, foreign = self.make(table, me), self.make(table, other)
        if operation == "list":
            path = self.path(route, me)
            found = self.is_good(self.call(route, path, me, params={"limit": 200}))["items"]
            ids = {item["id"] for item in found}
            assert foreign["id"] not in ids, "a foreign row is listed"
            if not route["derived"]["parent"]:
                assert mine["id"] in ids, "an own row is not listed"
            return
        path = self.path(route, other, foreign)
        more = {"json": {}} if operation == "update" else {}
        self.is_problem(self.call(route, path, me, **more), 404)
        assert self.stored(table, foreign["id"]), "a foreign row is gone"

    def _foreign_owner(self, route: Route, me: str, other: str) -> None:
        path = (self.table(route)["owner"] or "").split(".")
        names = {column["name"] for column in self.sent(route)}
        if len(path) == 1 and path[0] in names:
            body = {**self.body(route, me), path[0]: self.world.person(other)}
            self.is_problem(self.call(route, self.path(route, me), me, json=body), 422)
        for relation in self.table(route)["relations"]:
            if relation["name"] == path[0] and len(path) > 1 and relation["column"] in names:
                foreign = self.make(relation["target"], other)
                body = {**self.body(route, me), relation["column"]: foreign["id"]}
                problem = self.is_problem(
                    self.call(route, self.path(route, me), me, json=body), 422
                )
                assert problem["errors"][0]["field"] == relation["column"]

    # routes with functions, and none

    def not_implemented(self, route: Route) -> None:
        path = re.sub(r"\{[a-z0-9_]+\}", "1", route["path"])
        self.is_problem(self.call(route, path, None), 501, "not_implemented")

    def unknown_path(self, _route: Route) -> None:
        self.is_problem(self.world.call("GET", "/no/such/path"), 404, "not_found")

    def wrong_methods(self, _route: Route) -> None:
        document = self.world.call("GET", "/openapi.json").json()
        for path, operations in document["paths"].items():
            allowed = {method.upper() for method in operations}
            shape = re.sub(r"\{[^}]*\}", "1", path)
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allowed:
                answer = self.world.call(method, shape)
                self.is_problem(answer, 405)
                assert set(answer.headers["allow"].split(", ")) == allowed, (path, answer.headers)
