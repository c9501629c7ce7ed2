"""Lists: pages, limits, filters, ranges, searches, orders, and how many statements they take."""

from __future__ import annotations

import re
from typing import Any

from ground import Ground, Route, key


class Lists(Ground):
    """The conventions of a derived list."""

    def pages(self, route: Route) -> None:
        actor = self.actor(route)
        path = self.path(route, actor)
        before = self.is_good(self.call(route, path, actor))
        assert set(before) == {"items", "total", "limit", "offset"}, set(before)
        assert (before["limit"], before["offset"]) == (50, 0)
        parent = self._parent_value(route, path)
        for _ in range(3):
            self._listed(route, actor, parent)
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

    def _listed(self, route: Route, actor: str | None, parent: dict[str, Any]) -> None:
        """One more row that the list shows; of ties one to a row that is the actor's."""
        more: dict[str, Any] = {}
        if route["derived"]["tied"]:
            far = self.far_side(route)
            more[far["column"]] = self.other(far["target"], actor)
        self.make(self.table(route)["name"], actor, **parent, **more)

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
            self._listed(route, actor, parent)
        self.call(route, path, actor)
        with self.world.statements() as few:
            self.is_good(self.call(route, path, actor, params={"limit": 1}))
        with self.world.statements() as many:
            found = self.is_good(self.call(route, path, actor, params={"limit": 50}))
        begun = [text for text in many if not text.startswith(("BEGIN", "PRAGMA"))]
        # What a function computes of a row it reads for that row alone.
        functions = sum(not item.get("rule") for item in self.answered(route)["computed"])
        more = 2 * functions * (len(found["items"]) - 1)
        told = f"{len(few)} statements for one row, {len(many)} for more"
        assert len(few) <= len(many) <= len(few) + more, told
        # A page, its total, the caller, each parent that the path names; for a computed field what
        # it reads and a relation on the way, for ids of tied rows their ties.
        most = 2 + bool(self.world.account) + route["path"].count("{") + 2 * self._computed(route)
        most += more
        assert len(begun) <= most, f"{len(begun)} statements: {begun}"

    def _computed(self, route: Route) -> int:
        table = self.answered(route)
        return len(table["computed"]) + len(self.ties(table))

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
            self._listed(route, actor, parent)
        items, _ = self._narrowed(route, {})
        return items

    def filters(self, route: Route) -> None:
        if not route["derived"]["filters"]:
            return
        items = self._many(route)
        ties = {relation["name"] for relation in self.ties(self.answered(route))}
        for name in set(route["derived"]["filters"]) - ties:
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
