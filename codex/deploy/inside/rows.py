"""One row: reading, changing and deleting it."""

from __future__ import annotations

from ground import Ground, Route, same


class Rows(Ground):
    """The conventions of routes whose path names a row."""

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

    def changes_no_hidden_fields(self, route: Route) -> None:
        """What nobody may send is not taken from a change: ids, owners, roles."""
        actor = self.actor(route)
        table = self.table(route)
        made = self.make(table["name"], actor)
        row = self.stored(table["name"], made["id"])
        sent = {column["name"] for column in self.sent(route) if column["changeable"]}
        only = route["derived"]["fields"]
        sent &= set(only) if only else sent
        hidden = {"id": 987_654, "created_at": "2001-01-01T00:00:00Z"}
        for column in table["columns"]:
            if column["name"] not in sent and column["type"] == "integer":
                hidden[column["name"]] = 987_654
        if table["name"] == self.world.account:
            hidden["password_hash"] = "!"
            if self.world.roles and "role" not in sent:
                hidden["role"] = self.world.roles[-1]
        body = {name: value for name, value in hidden.items() if name not in sent}
        answer = self.call(route, self.path(route, actor, row), actor, json=body)
        assert answer.status_code in (200, 422), f"{answer.status_code}: {answer.text[:300]}"
        stored = self.stored(table["name"], row["id"])
        for name, value in body.items():
            if name in stored:
                assert stored[name] == row[name], f"{name} was changed to {value!r}"

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
