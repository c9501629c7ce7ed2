"""Creating a row: what is answered, what is refused, and what is never taken."""

from __future__ import annotations

from decimal import Decimal

from ground import Ground, Route, same


class Writes(Ground):
    """The conventions of a derived create."""

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
        ways = {row["id"], *(row.get(tie["column"]) for tie in self.table(route)["relations"])}
        assert int(location.rpartition("/")[2]) in ways, location
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
            bad = {"integer": "x", "decimal": "1_0", "boolean": "x", "float": "x"}.get(
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
