"""What the checks stand on: callers, rows that are theirs, paths, bodies, and how answers look."""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import frames
from world import Impossible, World, as_columns

PROBLEM = "application/problem+json"
Route = dict[str, Any]


class Ground(ABC):
    """Walks over the routes of one service; `problems` says what is not as it should be."""

    def __init__(self, world: World, routes: Collection[str] | None = None) -> None:
        """`routes` are those to look at, as `GET /books`; all, and the whole, without any."""
        self.world = world
        self.wanted = routes
        self.problems: list[dict[str, Any]] = []
        self.untried: list[dict[str, str]] = []
        self.counts: dict[str, int] = {}
        checks = [
            constraint["error"]
            for table in world.tables.values()
            for constraint in table["constraints"]
            if constraint["kind"] == "check"
        ]
        errors = world.architecture["errors"]
        self.rules = {item["code"] for item in errors if item["name"] in checks}
        """The codes of rules inside one row, which plain values may break."""
        self.walked: dict[str, list[str]] = {}
        """The checks that each route went through."""

    def run(self) -> None:
        """Every check of every route."""
        for route in self.world.architecture["routes"]:
            if self.wanted is None or named(route) in self.wanted:
                checks = self.derived if route["derived"] else self.with_functions
                for check in checks(route):
                    self._one(check, route)
        if self.wanted is None:
            self.run_whole()

    def run_whole(self) -> None:
        """The checks of the service as a whole."""
        for last in self.whole():
            self._one(last, {})

    @property
    def found(self) -> dict[str, Any]:
        """What was seen."""
        return {
            "problems": self.problems,
            "untried": self.untried,
            "counts": self.counts,
            "routes": self.walked,
        }

    def _one(self, check: Callable[[Route], None], route: Route) -> None:
        name, where = check.__name__, named(route) if route else ""
        try:
            check(route)
        except Impossible as error:
            self.untried.append({"check": name, "route": where, "reason": str(error)})
            return
        except AssertionError as error:
            told = str(error) or f"it does not hold (line {_line(error, name)})"
            self._problem(name, where, told, frames.of(error))
        except Exception as error:  # noqa: BLE001 the run goes on, and tells
            self._problem(name, where, repr(error), frames.of(error))
        self.counts[name] = self.counts.get(name, 0) + 1
        if where:
            self.walked.setdefault(where, []).append(name)

    def unsure(self, why: str) -> None:
        """Leave the check: nothing can be said, and why."""
        raise Impossible(why)

    def _problem(self, check: str, route: str, told: str, found: list[dict[str, Any]]) -> None:
        problem: dict[str, Any] = {"check": check, "route": route, "message": told[:1000]}
        behind = self.world.caught.behind(self.world.last) if self.world.last is not None else {}
        if behind:
            problem |= {"error": behind["error"], "frames": behind["frames"]}
        elif found:
            problem["frames"] = found
        self.problems.append(problem)

    @abstractmethod
    def derived(self, route: Route) -> Iterator[Callable[[Route], None]]:
        """The checks of a derived route."""

    @abstractmethod
    def with_functions(self, route: Route) -> Iterator[Callable[[Route], None]]:
        """The checks of a route with functions."""

    @abstractmethod
    def whole(self) -> Iterator[Callable[[Route], None]]:
        """The checks of the service as a whole."""

    # who and where

    def possible(self, route: Route) -> bool:
        """Whether rows can be made for the route at all."""
        return route["derived"]["table"] in self.world.tables

    def table(self, route: Route) -> dict[str, Any]:
        """The route's table."""
        return self.world.tables[route["derived"]["table"]]

    def answered(self, route: Route) -> dict[str, Any]:
        """The table whose rows the route speaks of: of ties those at the other side."""
        table = self.table(route)
        if not route["derived"]["tied"]:
            return table
        return self.world.tables[self.far_side(route)["target"]]

    def far_side(self, route: Route) -> dict[str, Any]:
        """The relation of a table of ties that the path does not begin with."""
        parent = route["derived"]["parent"]
        return next(item for item in self.table(route)["relations"] if item["name"] != parent)

    def ties(self, table: dict[str, Any]) -> list[dict[str, Any]]:
        """The ties of many to many that bodies and answers of `table` hold."""
        return [relation for relation in table["relations"] if relation["ids"]]

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
        if not self.world.account or not actor or path in ([""], ["id"]):
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

    def other(self, table: str, actor: str | None) -> int:
        """The id of a row that the actor may tie another to; of accounts one that is not his."""
        is_account = table == self.world.account
        return (self.world.row(table) if is_account else self.make(table, actor))["id"]

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
        if item and derived["tied"]:
            values[names.pop()] = row[self.far_side(route)["column"]] if row else 0
        elif item:
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
        from app import models

        with self.world.database.transaction(write=False) as session:
            row = session.get(getattr(models, self.world.tables[table]["model"]), row_id)
            return as_columns(row) if row else {}

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
        if answer.status_code in (409, 422) and answer.json().get("code") in self.rules:
            self.unsure(f"plain values break a rule: {answer.json()['detail']}")
        assert answer.status_code == status, (
            f"{answer.status_code}, not {status}: {answer.text[:300]}"
        )
        return answer.json() if answer.content else None


def named(route: Route) -> str:
    """The route as `GET /books`."""
    return f"{route['method']} {route['path']}"


def _line(error: BaseException, function: str) -> int:
    """Where in the check called `function` it did not hold."""
    found = [
        frame.lineno
        for frame in inspect.getinnerframes(error.__traceback__)
        if frame.function == function
    ]
    return found[0] if found else 0


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
    if one == other or key(one) == key(other):
        return True
    try:
        return datetime.fromisoformat(str(one)) == datetime.fromisoformat(str(other))
    except (ValueError, TypeError):
        return str(one).rstrip("Z") == str(other).rstrip("Z")
