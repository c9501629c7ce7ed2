"""Many to many: ids of tied rows in bodies and answers, and lists narrowed by one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bodies import body_schema, resolved
from ground import Ground, Route


class Ties(Ground):
    """The conventions of ties that stand in bodies, such as `tag_ids`."""

    def with_ties(self, route: Route) -> Iterator[Callable[[Route], None]]:
        """The checks of a derived route whose table has such ties."""
        if route["derived"]["tied"]:
            if route["derived"]["operation"] == "list":
                yield self.shows_the_other_side
            return
        match route["derived"]["operation"]:
            case "create" if self._sent_ties(route):
                yield self.creates_tied
            case "update" if self._sent_ties(route):
                yield self.ties_anew
            case "list" if self._narrowing(route):
                yield self.narrows_by_ties
            case _:
                return

    def _sent_ties(self, route: Route) -> list[dict[str, Any]]:
        """The ties that the route's body holds."""
        document = self.world.app.openapi()
        schema = body_schema(document, route["method"], route["path"]) or {}
        fields = resolved(schema, document).get("properties", {})
        return [tie for tie in self.ties(self.table(route)) if tie["ids"] in fields]

    def _narrowing(self, route: Route) -> list[dict[str, Any]]:
        filters = route["derived"]["filters"]
        return [tie for tie in self.ties(self.table(route)) if tie["name"] in filters]

    def _others(self, tie: dict[str, Any], actor: str | None) -> list[int]:
        """Two rows that the actor may tie to, in order."""
        return sorted(self.other(tie["target"], actor) for _ in range(2))

    def _sides(self, tie: dict[str, Any]) -> tuple[str, str]:
        """The columns of the table of ties: of the row itself, and of the other."""
        columns = {
            item["name"]: item["column"] for item in self.world.tables[tie["through"]]["relations"]
        }
        return columns[tie["through_source"]], columns[tie["through_target"]]

    def creates_tied(self, route: Route) -> None:
        """A new row is tied to what its body names, each once; to nothing that is not there."""
        actor = self.actor(route)
        for tie in self._sent_ties(route):
            one, two = self._others(tie, actor)
            path = self.path(route, actor)
            body = {**self.body(route, actor), tie["ids"]: [two, one, two]}
            row = self.is_good(self.call(route, path, actor, json=body), 201)
            assert row[tie["ids"]] == [one, two], row[tie["ids"]]
            self._refuses(route, path, tie, {**self.body(route, actor)}, one)

    def ties_anew(self, route: Route) -> None:
        """A change ties a row to what is sent and to nothing else; without it all stays."""
        actor = self.actor(route)
        for tie in self._sent_ties(route):
            one, two = self._others(tie, actor)
            row = self.make(self.table(route)["name"], actor)
            path = self.path(route, actor, row)
            for sent in ([one], [one, two], [two], []):
                answer = self.is_good(self.call(route, path, actor, json={tie["ids"]: sent}))
                assert answer[tie["ids"]] == sent, f"{sent} became {answer[tie['ids']]}"
                again = self.is_good(self.call(route, path, actor, json={}))
                assert again[tie["ids"]] == sent, "an empty change unties"
            self._refuses(route, path, tie, {}, one)

    def _refuses(
        self, route: Route, path: str, tie: dict[str, Any], body: dict[str, Any], good: int
    ) -> None:
        actor, name = self.actor(route), tie["ids"]
        foreign = [[good, row_id] for row_id in self._foreign(route, tie)]
        for bad in (*foreign, [good, 999_999], None, "x", ["x"], [10**30], [[]], {"a": 1}):
            problem = self.is_problem(self.call(route, path, actor, json={**body, name: bad}), 422)
            assert problem["errors"][0]["field"].startswith(name), problem["errors"]

    def _foreign(self, route: Route, tie: dict[str, Any]) -> list[int]:
        """The row of somebody else, where the route reaches only one's own."""
        role, table = self.own(route), self.world.tables[tie["target"]]
        if role is None or not table["owner"] or table["name"] == self.world.account:
            return []
        return [self.make(table["name"], f"{role}:9")["id"]]

    def narrows_by_ties(self, route: Route) -> None:
        """A list narrowed by one tied row holds the rows that are tied to it, and no other."""
        actor = self.actor(route)
        path = self.path(route, actor)
        for tie in self._narrowing(route):
            near, far = self._sides(tie)
            one, two = self._others(tie, actor)
            mine, other = (self.make(self.table(route)["name"], actor) for _ in range(2))
            self.world.row(tie["through"], **{near: mine["id"], far: one})
            self.world.row(tie["through"], **{near: other["id"], far: two})
            found = self.is_good(self.call(route, path, actor, params={far: one}))
            wanted = {mine["id"]} if not route["derived"]["parent"] else set[int]()
            if not route["derived"]["where"]:
                assert {item["id"] for item in found["items"]} == wanted, found
            missing = self.is_good(self.call(route, path, actor, params={far: 999_999}))
            assert missing["total"] == 0, missing

    def shows_the_other_side(self, route: Route) -> None:
        """What is listed are the rows that the path's row is tied to, not the ties."""
        actor = self.actor(route)
        far = self.far_side(route)
        wanted = self.other(far["target"], actor)
        tie = self.make(self.table(route)["name"], actor, **{far["column"]: wanted})
        near = self.parent_column(route)
        assert near is not None
        shape = route["path"].partition("{")[0] + str(tie[near]) + route["path"].partition("}")[2]
        found = self.is_good(self.call(route, shape, actor))
        assert [item["id"] for item in found["items"]] == [wanted], found
