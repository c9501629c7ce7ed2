"""Every convention of the generated API, tried on every derived route of a service."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from world import World

PROBLEM = "application/problem+json"
Route = dict[str, Any]


class Conformance:
    """Walks over the routes of one service; `problems` says what is not as it should be."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.problems: list[str] = []
        self.counts: dict[str, int] = {}

    def run(self) -> None:
        """Every check of every route."""
        for route in self.world.architecture["routes"]:
            checks = self.derived if route["derived"] else self.with_functions
            for check in checks(route):
                self._one(check, route)
        self._one(self.unknown_path, {})
        self._one(self.wrong_methods, {})

    def _one(self, check: Callable[[Route], None], route: Route) -> None:
        name = check.__name__
        self.counts[name] = self.counts.get(name, 0) + 1
        try:
            check(route)
        except AssertionError as error:
            line = next(
                (
                    frame.lineno
                    for frame in inspect.getinnerframes(error.__traceback__)
                    if frame.function == name
                ),
                0,
            )
            self.problems.append(
                f"{name} {route.get('method')} {route.get('path')}: {error} (line {line})"
            )
        except Exception as error:  # the run goes on, and tells
            self.problems.append(f"{name} {route.get('method')} {route.get('path')}: {error!r}")

    def derived(self, route: Route) -> Iterator[Callable[[Route], None]]:
        """The checks of a derived route."""
        if not self.possible(route):
            return
        yield self.access
        match route["derived"]["operation"]:
            case "create":
                yield from (self.creates, self.refuses_bad_bodies, self.refuses_missing_references)
                yield from (self.refuses_duplicates, self.takes_no_hidden_fields, self.keeps_bounds)
            case "list":
                yield from (self.pages, self.limits, self.counts_statements, self.filters)
                yield from (self.ranges, self.searches, self.sorts)
            case "get":
                yield from (self.gets, self.misses)
            case "update":
                yield from (self.changes_what_is_sent, self.misses)
            case "delete":
                yield from (self.deletes, self.misses, self.keeps_parents)
        if self.own(route):
            yield self.hides_foreign_rows

    def with_functions(self, route: Route) -> Iterator[Callable[[Route], None]]:
        """The checks of a route whose function is missing."""
        if route["function_name"] in self.world.missing:
            yield self.not_implemented

    # who and where

    def possible(self, route: Route) -> bool:
        """Whether rows can be made for the route at all."""
        return route["derived"]["table"] in self.world.tables

    def table(self, route: Route) -> dict[str, Any]:
        """The route's table."""
        return self.world.tables[route["derived"]["table"]]

    def roles(self, route: Route) -> list[str]:
        """Roles that the route is granted to; empty where everybody may."""
        return [grant["role"] for grant in route["access"]]

    def actor(self, route: Route) -> str | None:
        """Somebody who may, and reaches all rows if anybody does."""
        if not self.world.account:
            return None
        grants = route["access"]
        everywhere = [grant["role"] for grant in grants if grant["scope"] == "all"]
        role = (everywhere or self.roles(route) or ["user"])[0]
        return {"public": None}.get(role, role)

    def own(self, route: Route) -> str | None:
        """A role that reaches its own rows only."""
        if not self.table(route)["owner"] or "public" in self.roles(route):
            return None
        everywhere = {g["role"] for g in route["access"] if g["scope"] == "all"}
        if "user" in everywhere:
            return None
        return next((g["role"] for g in route["access"] if g["scope"] == "own"), None)

    def owned(self, table: str, actor: str | None) -> dict[str, Any]:
        """Values that make a row of `table` the actor's, with rows above it where need be."""
        path = (self.world.tables[table]["owner"] or "").split(".")
        if not self.world.account or not actor or path == [""] or path == ["id"]:
            return {}
        account = self.world.person(actor)
        if len(path) == 1:
            return {path[0]: account}
        for relation in self.world.tables[table]["relations"]:
            if relation["name"] == path[0]:
                above = self.make(relation["target"], actor)
                return {relation["column"]: above["id"]}
        return {}

    def make(self, table: str, actor: str | None, **over: Any) -> dict[str, Any]:
        """A row of `table` that belongs to the actor."""
        if table == self.world.account and actor and not over:
            return {"id": self.world.person(actor)}
        row = self.world.row(table, **{**self.owned(table, actor), **over})
        self._tie(table, row, actor)
        return row

    def _tie(self, table: str, row: dict[str, Any], actor: str | None) -> None:
        """Where the owner's path begins with an inverse: the tie that makes the row the actor's."""
        path = (self.world.tables[table]["owner"] or "").split(".")
        if len(path) < 2 or not actor or not self.world.account:
            return
        for other in self.world.tables.values():
            for relation in other["relations"]:
                if relation["target"] == table and relation["inverse"] == path[0]:
                    self.world.row(
                        other["name"],
                        **{relation["column"]: row["id"], path[1]: self.world.person(actor)},
                    )

    def path(self, route: Route, actor: str | None, row: dict[str, Any] | None = None) -> str:
        """The route's path with values: those of `row`, or of rows that are made for it."""
        names = re.findall(r"\{([a-z0-9_]+)\}", route["path"])
        path = route["path"]
        derived, table = route["derived"], self.table(route)
        item = derived["operation"] not in ("create", "list")
        if item and row is None:
            row = self.make(table["name"], actor)
        values: dict[str, Any] = {}
        if item:
            values[names.pop()] = row["id"] if row else 0
        current, current_row = table, row
        for name in reversed(names):
            relation = self._relation(
                current, name, derived["parent"] if current is table else None
            )
            if current_row is not None:
                above = current_row[relation["column"]]
            else:
                above = self.make(relation["target"], actor)["id"]
            values[name] = above
            current = self.world.tables[relation["target"]]
            current_row = self.stored(relation["target"], above)
        for name, value in values.items():
            path = path.replace("{" + name + "}", str(value))
        return path

    def _relation(self, table: dict[str, Any], name: str, parent: str | None) -> dict[str, Any]:
        for relation in table["relations"]:
            if relation["name"] == parent or (not parent and relation["column"] == name):
                return relation
        model = re.sub(r"_id$", "", name)
        for relation in table["relations"]:
            target = self.world.tables[relation["target"]]["model"]
            if re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", target).lower() == model:
                return relation
        raise AssertionError(f"no relation of {table['name']} for {name}")

    def stored(self, table: str, row_id: int) -> dict[str, Any]:
        """A row as it is in the database now."""
        import app.models as models

        with self.world.database.transaction(write=False) as session:
            row = session.get(getattr(models, self.world.tables[table]["model"]), row_id)
            return row.model_dump(mode="json") if row else {}

    def call(self, route: Route, path: str, actor: str | None, **more: Any) -> Any:
        """A request of the route's method."""
        return self.world.call(route["method"], path, actor, **more)

    def shown(self, route: Route) -> list[dict[str, Any]]:
        """The columns that answers show."""
        return [c for c in self.table(route)["columns"] if c["exposure"] in ("both", "read")]

    def sent(self, route: Route) -> list[dict[str, Any]]:
        """The columns that callers send."""
        hidden = (
            {"role", "password_hash"} if self.table(route)["name"] == self.world.account else ()
        )
        fixed = {*route["derived"]["defaults"], *hidden}
        parent = self.parent_column(route)
        return [
            column
            for column in self.table(route)["columns"]
            if column["exposure"] in ("both", "write")
            and column["type"] != "file"
            and column["name"] not in fixed
            and column["name"] != parent
        ]

    def parent_column(self, route: Route) -> str | None:
        """The column that the path speaks of."""
        for relation in self.table(route)["relations"]:
            if relation["name"] == route["derived"]["parent"]:
                return relation["column"]
        return None

    def body(self, route: Route, actor: str | None, **over: Any) -> dict[str, Any]:
        """A body that a create route takes from the actor."""
        table = self.table(route)["name"]
        names = {column["name"] for column in self.sent(route)}
        values = self.world.values(table, **self.owned(table, actor), **over)
        for relation in self.table(route)["relations"]:
            target = self.world.tables[relation["target"]]
            column = relation["column"]
            if column in over or column not in names or column not in values:
                continue
            if target["name"] == self.world.account:
                if self.world.tables[table]["owner"] != column:
                    values[column] = self.world.row(target["name"])["id"]
            elif target["owner"]:
                values[column] = self.make(target["name"], actor)["id"]
        body = {name: value for name, value in values.items() if name in names}
        if table == self.world.account:
            body["password"] = "long enough"
        return body

    # what every answer is

    def is_problem(self, answer: Any, status: int, code: str = "") -> dict[str, Any]:
        """The answer's problem, after a look at its form."""
        assert answer.status_code == status, (
            f"{answer.status_code}, not {status}: {answer.text[:300]}"
        )
        assert answer.headers["content-type"] == PROBLEM, answer.headers["content-type"]
        problem = answer.json()
        assert problem["status"] == status
        assert all(problem[name] for name in ("title", "code", "detail")), problem
        assert problem["request_id"] == answer.headers["x-request-id"]
        assert not code or problem["code"] == code, f"{problem['code']}, not {code}"
        return problem

    def is_good(self, answer: Any, status: int = 200) -> Any:
        """The answer's JSON, after a look at its status."""
        assert answer.status_code == status, (
            f"{answer.status_code}, not {status}: {answer.text[:300]}"
        )
        return answer.json() if answer.content else None

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

    # create

    def creates(self, route: Route) -> None:
        actor = self.actor(route)
        body = self.body(route, actor)
        answer = self.call(route, self.path(route, actor), actor, json=body)
        row = self.is_good(answer, 201)
        assert isinstance(row["id"], int)
        shown = {column["name"] for column in self.shown(route)}
        for name, value in body.items():
            if name in shown:
                assert same(row[name], value), f"{name} is {row[name]!r}, sent was {value!r}"
        assert not {c["name"] for c in self.table(route)["columns"]} - shown & set(row)
        location = answer.headers["location"]
        assert location.endswith(f"/{row['id']}")
        for other in self.world.architecture["routes"]:
            derived = other["derived"]
            if (
                derived
                and derived["operation"] == "get"
                and derived["table"] == self.table(route)["name"]
            ):
                reader = self.actor(other)
                if other["path"].count("/") == location.count("/") and not derived["where"]:
                    found = self.is_good(self.world.call("GET", location, reader))
                    assert found == row, f"answered was {row}, read is {found}"

    def refuses_bad_bodies(self, route: Route) -> None:
        actor = self.actor(route)
        path = self.path(route, actor)
        good = self.body(route, actor)
        self.is_problem(
            self.call(
                route, path, actor, content=b"{", headers={"Content-Type": "application/json"}
            ),
            400,
        )
        for column in self.sent(route):
            bad = {"integer": "x", "decimal": "x", "boolean": "x", "float": "x"}.get(
                column["type"], 7
            )
            if column["type"] == "json":
                continue
            problem = self.is_problem(
                self.call(route, path, actor, json={**good, column["name"]: bad}), 422
            )
            fields = [item["field"] for item in problem["errors"]]
            assert column["name"] in fields, f"{fields} lacks {column['name']}"
            if not column["nullable"] and column["default"] is None:
                body = {key: value for key, value in good.items() if key != column["name"]}
                problem = self.is_problem(self.call(route, path, actor, json=body), 422)
                assert problem["errors"][0]["field"] == column["name"]

    def keeps_bounds(self, route: Route) -> None:
        """Bounds that are numbers: just outside is refused, just inside is taken."""
        actor = self.actor(route)
        for column in self.sent(route):
            name, kind = column["name"], column["type"]
            if kind in ("integer", "decimal"):
                step = (
                    Decimal(1).scaleb(-(column["scale"] or 0)) if kind == "decimal" else Decimal(1)
                )
                for bound, sign in ((column["minimum"], -1), (column["maximum"], 1)):
                    if bound is None:
                        continue
                    exclusive = column["exclusive_minimum" if sign < 0 else "exclusive_maximum"]
                    outside = Decimal(str(bound)) + (0 if exclusive else sign * step)
                    value = int(outside) if kind == "integer" else str(outside)
                    body = {**self.body(route, actor), name: value}
                    answer = self.call(route, self.path(route, actor), actor, json=body)
                    problem = self.is_problem(answer, 422)
                    assert problem["errors"][0]["field"] == name
            if kind in ("string", "text") and not column["format"]:
                for length in (
                    (column["max_length"] or 0) + 1 if column["max_length"] else None,
                    column["min_length"] - 1 if column["min_length"] else None,
                ):
                    if length is not None:
                        body = {**self.body(route, actor), name: "x" * length}
                        answer = self.call(route, self.path(route, actor), actor, json=body)
                        assert self.is_problem(answer, 422)["errors"][0]["field"] == name

    def refuses_missing_references(self, route: Route) -> None:
        actor = self.actor(route)
        names = {column["name"] for column in self.sent(route)}
        for relation in self.table(route)["relations"]:
            if relation["column"] in names:
                body = {**self.body(route, actor), relation["column"]: 999_999}
                problem = self.is_problem(
                    self.call(route, self.path(route, actor), actor, json=body), 422
                )
                assert problem["errors"][0]["field"] == relation["column"]

    def refuses_duplicates(self, route: Route) -> None:
        actor = self.actor(route)
        names = {column["name"] for column in self.sent(route)}
        codes = {item["name"]: item["code"] for item in self.world.architecture["errors"]}
        for column in self.sent(route):
            if column["unique"] and column["type"] not in ("boolean", "json", "enum"):
                first = self.body(route, actor)
                self.is_good(self.call(route, self.path(route, actor), actor, json=first), 201)
                second = {**self.body(route, actor), column["name"]: first[column["name"]]}
                code = codes.get(column["error"] or "", "")
                self.is_problem(
                    self.call(route, self.path(route, actor), actor, json=second), 409, code
                )
        for constraint in self.table(route)["constraints"]:
            if constraint["kind"] != "unique" or not set(constraint["columns"]) <= names:
                continue
            if constraint["where"]:
                continue
            path = self.path(route, actor)
            first = self.body(route, actor)
            if not set(constraint["columns"]) <= first.keys():
                continue
            self.is_good(self.call(route, path, actor, json=first), 201)
            second = self.body(route, actor)
            second |= {name: first[name] for name in constraint["columns"]}
            self.is_problem(
                self.call(route, path, actor, json=second), 409, codes[constraint["error"]]
            )

    def takes_no_hidden_fields(self, route: Route) -> None:
        actor = self.actor(route)
        hidden = {
            "id": 987_654,
            "created_at": "2001-01-01T00:00:00Z",
            "updated_at": "2001-01-01T00:00:00Z",
        }
        sent = {column["name"] for column in self.sent(route)}
        for column in self.table(route)["columns"]:
            if column["name"] not in sent and column["type"] == "integer":
                hidden[column["name"]] = 987_654
        if self.world.roles and self.table(route)["name"] == self.world.account:
            hidden["role"] = self.world.roles[-1]
        body = self.body(route, actor) | {k: v for k, v in hidden.items() if k not in sent}
        answer = self.call(route, self.path(route, actor), actor, json=body)
        if answer.status_code == 422:
            return  # refusing what nobody may send is as good as not looking at it
        row = self.is_good(answer, 201)
        stored = self.stored(self.table(route)["name"], row["id"])
        for name, value in hidden.items():
            if name in stored and name not in sent:
                assert stored[name] != value or name == "role", f"{name} was taken"

    # list

    def pages(self, route: Route) -> None:
        actor = self.actor(route)
        path = self.path(route, actor)
        before = self.is_good(self.call(route, path, actor))
        assert set(before) == {"items", "total", "limit", "offset"}, set(before)
        assert (before["limit"], before["offset"]) == (50, 0)
        parent = self._parent_value(route, path)
        for _ in range(3):
            self.make(self.table(route)["name"], actor, **parent)
        after = self.is_good(self.call(route, path, actor, params={"limit": 2}))
        if not route["derived"]["where"]:
            more = 0 if self.table(route)["name"] == self.world.account else 3
            # What makes a row the caller's may be a row of the same table.
            assert after["total"] >= before["total"] + more, "rows are missing from the total"
        assert len(after["items"]) == min(2, after["total"])
        rest = self.is_good(self.call(route, path, actor, params={"limit": 2, "offset": 1}))
        assert rest["items"][:1] == after["items"][1:2], "the offset is not kept"
        far = self.is_good(self.call(route, path, actor, params={"offset": 10_000}))
        assert (far["items"], far["total"]) == ([], after["total"])

    def _parent_value(self, route: Route, path: str) -> dict[str, Any]:
        column = self.parent_column(route)
        numbers = re.findall(r"/(\d+)", path)
        return {column: int(numbers[-1])} if column and numbers else {}

    def limits(self, route: Route) -> None:
        actor = self.actor(route)
        path = self.path(route, actor)
        for params in (
            {"limit": 201},
            {"limit": 0},
            {"offset": -1},
            {"limit": "x"},
            {"offset": 10**20},
        ):
            problem = self.is_problem(self.call(route, path, actor, params=params), 422)
            assert problem["errors"][0]["in"] == "query"
            assert problem["errors"][0]["field"] == next(iter(params))
        assert self.is_good(self.call(route, path, actor, params={"limit": 200}))["limit"] == 200
        if route["derived"]["sorts"]:
            self.is_problem(self.call(route, path, actor, params={"sort": "no_such"}), 422)

    def counts_statements(self, route: Route) -> None:
        actor = self.actor(route)
        path = self.path(route, actor)
        parent = self._parent_value(route, path)
        for _ in range(4):
            self.make(self.table(route)["name"], actor, **parent)
        self.call(route, path, actor)
        with self.world.statements() as few:
            self.is_good(self.call(route, path, actor, params={"limit": 1}))
        with self.world.statements() as many:
            self.is_good(self.call(route, path, actor, params={"limit": 50}))
        begun = [text for text in many if not text.startswith(("BEGIN", "PRAGMA"))]
        assert len(few) == len(many), f"{len(few)} statements for one row, {len(many)} for more"
        # A page, its total, the caller, each parent that the path names; for a computed field what
        # it reads and a relation on the way.
        most = 2 + bool(self.world.account) + route["path"].count("{") + 2 * self._computed(route)
        assert len(begun) <= most, f"{len(begun)} statements: {begun}"

    def _computed(self, route: Route) -> int:
        return len(self.table(route)["computed"])

    def _narrowed(self, route: Route, params: dict[str, Any]) -> tuple[list[Any], int]:
        actor = self.actor(route)
        answer = self.is_good(
            self.call(route, self._path_of_many, actor, params={**params, "limit": 200})
        )
        return answer["items"], answer["total"]

    def _many(self, route: Route) -> list[dict[str, Any]]:
        """Some rows below the same parent."""
        actor = self.actor(route)
        self._path_of_many = self.path(route, actor)
        parent = self._parent_value(route, self._path_of_many)
        for _ in range(4):
            self.make(self.table(route)["name"], actor, **parent)
        items, _ = self._narrowed(route, {})
        return items

    def filters(self, route: Route) -> None:
        if not route["derived"]["filters"]:
            return
        items = self._many(route)
        for name in route["derived"]["filters"]:
            values = [item[name] for item in items if item[name] is not None]
            if not values:
                continue
            wanted = values[-1]
            expected = {item["id"] for item in items if item[name] == wanted}
            found, total = self._narrowed(route, {name: wanted})
            assert {item["id"] for item in found} == expected, f"{name}={wanted!r}"
            assert total == len(expected)

    def ranges(self, route: Route) -> None:
        if not route["derived"]["ranges"]:
            return
        items = self._many(route)
        for name in route["derived"]["ranges"]:
            values = sorted({key(item[name]) for item in items if item[name] is not None})
            if not values:
                continue
            middle = values[len(values) // 2]
            raw = next(
                item[name] for item in items if item[name] is not None and key(item[name]) == middle
            )
            for prefix, holds in (
                ("min_", lambda v, m=middle: v >= m),
                ("max_", lambda v, m=middle: v <= m),
            ):
                expected = {
                    item["id"]
                    for item in items
                    if item[name] is not None and holds(key(item[name]))
                }
                found, total = self._narrowed(route, {f"{prefix}{name}": raw})
                assert {item["id"] for item in found} == expected, f"{prefix}{name}={raw!r}"
                assert total == len(expected)

    def searches(self, route: Route) -> None:
        names = route["derived"]["search"]
        if not names:
            return
        items = self._many(route)
        text = next((item[name] for item in items for name in names if item[name]), "")
        part = text[1:-1] or text
        expected = {
            item["id"]
            for item in items
            if any(part.lower() in (item[name] or "").lower() for name in names)
        }
        found, _ = self._narrowed(route, {"q": part.upper()})
        assert {item["id"] for item in found} == expected, f"q={part!r}"
        assert self._narrowed(route, {"q": "%"})[1] == 0 or "%" in str(items)

    def sorts(self, route: Route) -> None:
        if not route["derived"]["sorts"]:
            return
        self._many(route)
        for name in route["derived"]["sorts"]:
            found, _ = self._narrowed(route, {"sort": name})
            back, _ = self._narrowed(route, {"sort": f"-{name}"})
            values = [key(item[name]) for item in found if item[name] is not None]
            assert values == sorted(values), f"not sorted by {name}"
            other = [key(item[name]) for item in back if item[name] is not None]
            assert other == sorted(other, reverse=True), f"not sorted by -{name}"

    # one row

    def gets(self, route: Route) -> None:
        actor = self.actor(route)
        made = self.make(self.table(route)["name"], actor)
        row = self.stored(self.table(route)["name"], made["id"])
        found = self.is_good(self.call(route, self.path(route, actor, row), actor))
        shown = {column["name"] for column in self.shown(route)}
        for name in shown:
            assert same(found[name], row[name]), f"{name} is {found[name]!r}, not {row[name]!r}"
        hidden = {column["name"] for column in self.table(route)["columns"]} - shown
        assert not hidden & set(found), hidden & set(found)

    def misses(self, route: Route) -> None:
        actor = self.actor(route)
        row = self.make(self.table(route)["name"], actor)
        path = self.path(route, actor, row)
        base = path.rpartition("/")[0]
        more = {"json": {}} if route["method"] == "PATCH" else {}
        for missing in ("999999", "0", "-1"):
            self.is_problem(self.call(route, f"{base}/{missing}", actor, **more), 404)
        for bad in ("x", "1.5", "9" * 30, "%00"):
            self.is_problem(self.call(route, f"{base}/{bad}", actor, **more), 422)

    def changes_what_is_sent(self, route: Route) -> None:
        actor = self.actor(route)
        table = self.table(route)
        made = self.make(table["name"], actor)
        row = self.stored(table["name"], made["id"])
        path = self.path(route, actor, row)
        self.is_good(self.call(route, path, actor, json={}))
        unchanged = self.stored(table["name"], row["id"])
        assert {k: v for k, v in unchanged.items() if k != "updated_at"} == {
            k: v for k, v in row.items() if k != "updated_at"
        }, "an empty change changes something"
        references = {relation["column"] for relation in table["relations"]}
        only = route["derived"]["fields"]
        for column in self.sent(route):
            name = column["name"]
            if not column["changeable"] or name in references or (only and name not in only):
                continue
            value = self.world.values(table["name"]).get(name)
            if value is None:
                continue
            before = self.stored(table["name"], row["id"])
            answer = self.is_good(self.call(route, path, actor, json={name: value}))
            if column["exposure"] == "both":
                assert same(answer[name], value), f"{name} is {answer[name]!r}, sent was {value!r}"
            after = self.stored(table["name"], row["id"])
            others = {k for k in after if after[k] != before[k]} - {name, "updated_at"}
            assert not others, f"{name} was sent, {others} changed"
            if not column["nullable"]:
                self.is_problem(self.call(route, path, actor, json={name: None}), 422)
        self.is_good(
            self.call(route, path, actor, json={"id": 5, "created_at": "2000-01-01T00:00:00Z"})
        )
        assert self.stored(table["name"], row["id"]), "the id was changed"

    def deletes(self, route: Route) -> None:
        actor = self.actor(route)
        row = self.make(self.table(route)["name"], actor)
        if self.table(route)["name"] == self.world.account:
            row = self.world.row(self.table(route)["name"])
        path = self.path(route, actor, row)
        answer = self.call(route, path, actor)
        if answer.status_code == 409 and self.table(route)["owner"]:
            return  # what makes the row the caller's refers to it
        assert answer.status_code == 204, f"{answer.status_code}: {answer.text[:300]}"
        assert answer.content == b""
        assert not self.stored(self.table(route)["name"], row["id"]), "it is still there"
        self.is_problem(self.call(route, path, actor), 404)

    def keeps_parents(self, route: Route) -> None:
        actor = self.actor(route)
        name = self.table(route)["name"]
        for other in self.world.tables.values():
            for relation in other["relations"]:
                if relation["target"] != name or relation["cardinality"] == "many_to_many":
                    continue
                row = self.make(name, actor)
                child = self.world.row(other["name"], **{relation["column"]: row["id"]})
                answer = self.call(route, self.path(route, actor, row), actor)
                left = self.stored(other["name"], child["id"])
                match relation["on_delete"]:
                    case "restrict":
                        self.is_problem(answer, 409)
                        assert left
                    case _ if answer.status_code == 409:
                        pass  # another row, made to make this one the caller's, stands in the way
                    case "cascade":
                        assert answer.status_code == 204, answer.text
                        assert not left, "a child is still there"
                    case _:
                        assert answer.status_code == 204, answer.text
                        assert left[relation["column"]] is None

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


def key(value: Any) -> Any:
    """`value` in an order that the database shares."""
    if isinstance(value, str):
        try:
            return Decimal(value)
        except InvalidOperation:
            return value
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values mean the same."""
    from datetime import datetime

    if one == other or key(one) == key(other):
        return True
    try:
        return datetime.fromisoformat(str(one)) == datetime.fromisoformat(str(other))
    except (ValueError, TypeError):
        return str(one).rstrip("Z") == str(other).rstrip("Z")
