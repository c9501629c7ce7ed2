"""What attackers and broken clients send: the right status, problem+json, and nothing leaked."""

from __future__ import annotations

import json
import re
from typing import Any

from bodies import body_schema, resolved, sample
from conformance import Conformance
from ground import Route

# What no answer may hold: the insides of the service.
LEAKS = re.compile(
    r"sqlalchemy|sqlite3|psycopg|traceback|File \"|SELECT .+ FROM|INSERT INTO|UPDATE .+ SET|"
    r"constraint failed|site-packages|/sandbox|pydantic",
    re.IGNORECASE,
)
INJECTIONS = (
    "' OR '1'='1",
    "'; DROP TABLE users; --",
    '" OR ""="',
    "1; SELECT 1",
    "%' OR 1=1 --",
    "\\",
    "%",
    "_",
)
NUL, SURROGATE = "a\x00b", "a\ud800b"
HUGE = (10**30, -(10**30), 2**63, 1e308, "9" * 400)
BAD_DATES = ("2024-02-30", "0000-00-00", "99999-01-01", "tomorrow", "2024-13-01", "", 20240101)
BAD_MOMENTS = (
    *BAD_DATES,
    "2024-01-01T25:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
)


class Safety(Conformance):
    """The same routes, badly treated."""

    def derived(self, route: Route) -> Any:
        match route["derived"]["operation"]:
            case "create":
                yield from (self.texts, self.numbers, self.dates, self.shapes, self.sizes)
            case "list":
                yield from (self.injections, self.odd_queries)
            case _:
                return

    def with_functions(self, route: Route) -> Any:
        if route["function_name"] in self.world.missing:
            return
        yield from (self.odd_paths, self.odd_parameters)
        if body_schema(self.world.app.openapi(), route["method"], route["path"]) is not None:
            yield from (self.odd_bodies, self.odd_fields)

    def unknown_path(self, _route: Route) -> None:
        for path in ("/%00", "/..%2f..%2fetc/passwd", "/" + "a" * 5000, "/\ud7ff"):
            self.harmless(self.world.call("GET", path), {400, 404, 405, 422})

    def wrong_methods(self, _route: Route) -> None:
        answer = self.world.call("GET", "/health", headers={"X-Request-ID": "a\tb" + "c" * 300})
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])

    def harmless(self, answer: Any, statuses: set[int]) -> None:
        """The answer has one of these statuses; an error is a problem, and nothing is leaked."""
        assert answer.status_code in statuses, (
            f"{answer.status_code}, not {statuses}: {answer.text[:300]}"
        )
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
        found = LEAKS.search(answer.text)
        assert not found or found.group() in str(answer.request.url), f"it leaks {found}"
        assert len(answer.content) < 20_000 or answer.status_code == 200, "it says too much"

    def tried(self, route: Route, name: str, value: Any, statuses: set[int]) -> None:
        """A create with one bad value."""
        actor = self.actor(route)
        body = {**self.body(route, actor), name: value}
        content = json.dumps(body, ensure_ascii=True).encode()
        answer = self.call(
            route,
            self.path(route, actor),
            actor,
            content=content,
            headers={"Content-Type": "application/json"},
        )
        try:
            self.harmless(answer, statuses)
        except AssertionError as error:
            raise AssertionError(f"{name}={str(value)[:40]!r}: {error}") from error

    def texts(self, route: Route) -> None:
        for column in self.sent(route):
            if column["type"] in ("string", "text", "enum", "json", "uuid"):
                for value in (NUL, SURROGATE):
                    self.tried(route, column["name"], value, {400, 422})
            if column["type"] in ("string", "text") and not column["format"]:
                for value in INJECTIONS:
                    self.tried(route, column["name"], value, {201, 409, 422})
                if column["type"] == "string":
                    self.tried(route, column["name"], "x" * 100_000, {422})
            if column["type"] == "json":
                self.tried(route, column["name"], {"a": [NUL]}, {422})
                self.tried(route, column["name"], {NUL: 1}, {422})

    def numbers(self, route: Route) -> None:
        for column in self.sent(route):
            if column["type"] in ("integer", "decimal"):
                for value in (*HUGE, float("nan"), float("inf")):
                    self.tried(route, column["name"], value, {400, 422})
            if column["type"] == "float":
                for value in (float("nan"), float("inf"), "9" * 400):
                    self.tried(route, column["name"], value, {400, 422})

    def dates(self, route: Route) -> None:
        for column in self.sent(route):
            values = {"date": BAD_DATES, "datetime": BAD_MOMENTS}.get(column["type"], ())
            for value in values:
                self.tried(route, column["name"], value, {422})

    def shapes(self, route: Route) -> None:
        actor = self.actor(route)
        path = self.path(route, actor)
        for body in (
            b"",
            b"null",
            b"[]",
            b"1",
            b'"x"',
            b"{",
            b"\xff\xfe",
            b"[" * 50_000,
            b'{"a":' * 50_000,
        ):
            answer = self.call(
                route, path, actor, content=body, headers={"Content-Type": "application/json"}
            )
            self.harmless(answer, {400, 422})
        deep: Any = 1
        for _ in range(500):
            deep = [deep]
        for name in [column["name"] for column in self.sent(route)][:2]:
            self.tried(route, name, deep, {400, 422})
        digits = b'{"a": ' + b"9" * 5000 + b"}"
        answer = self.call(
            route, path, actor, content=digits, headers={"Content-Type": "application/json"}
        )
        self.harmless(answer, {400, 422})

    def sizes(self, route: Route) -> None:
        actor = self.actor(route)
        path = self.path(route, actor)
        large = json.dumps({"a": "x" * 1_100_000}).encode()
        json_type = {"Content-Type": "application/json"}
        self.harmless(self.call(route, path, actor, content=large, headers=json_type), {413})

        def pieces() -> Any:
            for _ in range(30):
                yield b"x" * 50_000

        self.harmless(self.call(route, path, actor, content=pieces(), headers=json_type), {413})
        lying = {**json_type, "Content-Length": "99999999999999999999"}
        self.harmless(self.call(route, path, actor, content=b"{}", headers=lying), {400, 413})

    # routes with functions: what they answer is theirs, as long as it is no accident

    def _row_path(self, route: Route, actor: str | None) -> str:
        """The path with rows of the actor's, where its parameters name tables."""
        path = route["path"]
        for name in re.findall(r"\{([a-z0-9_]+)\}", path):
            value = "1"
            for table in self.world.tables.values():
                snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", table["model"]).lower()
                if name == f"{snake}_id":
                    value = str(self.make(table["name"], actor)["id"])
            path = path.replace("{" + name + "}", value)
        return path

    def _body(self, route: Route) -> dict[str, Any]:
        document = self.world.app.openapi()
        schema = body_schema(document, route["method"], route["path"])
        body = sample(schema or {}, document)
        return body if isinstance(body, dict) else {}

    def _no_accident(self, answer: Any, told: str) -> None:
        assert answer.status_code < 500, f"{told}: {answer.status_code}: {answer.text[:300]}"
        self.harmless(answer, {answer.status_code})

    def odd_paths(self, route: Route) -> None:
        actor = self.actor(route)
        names = re.findall(r"\{([a-z0-9_]+)\}", route["path"])
        more = {"json": self._body(route)} if route["request"] else {}
        for name in names:
            for value in ("0", "-1", "9" * 30, "x", "%00", "%27%20OR%201=1--", "..%2f..%2fetc"):
                path = re.sub(
                    r"\{[a-z0-9_]+\}", "1", route["path"].replace("{" + name + "}", value)
                )
                self._no_accident(self.call(route, path, actor, **more), f"{name}={value}")

    def odd_parameters(self, route: Route) -> None:
        actor = self.actor(route)
        operation = self.world.app.openapi()["paths"][route["path"]][route["method"].lower()]
        names = [item["name"] for item in operation.get("parameters", []) if item["in"] == "query"]
        path = self._row_path(route, actor) if names else ""
        for name in names:
            for value in (*INJECTIONS, *HUGE, NUL, "", "nan", "id; DROP TABLE x", "x" * 400):
                answer = self.call(route, path, actor, params={name: value})
                self._no_accident(answer, f"{name}={str(value)[:40]!r}")

    def odd_bodies(self, route: Route) -> None:
        actor = self.actor(route)
        path = self._row_path(route, actor)
        json_type = {"Content-Type": "application/json"}
        for body in (b"null", b"[]", b'"x"', b"{", b"\xff\xfe", b"[" * 50_000, b'{"a":' * 50_000):
            answer = self.call(route, path, actor, content=body, headers=json_type)
            self._no_accident(answer, f"a body of {body[:20]!r}")
        large = json.dumps({"a": "x" * 1_100_000}).encode()
        self.harmless(self.call(route, path, actor, content=large, headers=json_type), {413})

    def odd_fields(self, route: Route) -> None:
        actor = self.actor(route)
        path = self._row_path(route, actor)
        document = self.world.app.openapi()
        schema = resolved(body_schema(document, route["method"], route["path"]) or {}, document)
        good = self._body(route)
        for name in schema.get("properties", {}):
            for value in (*INJECTIONS[:4], NUL, SURROGATE, *HUGE, float("nan"), [[[]]], {"a": 1}):
                content = json.dumps({**good, name: value}).encode()
                answer = self.call(
                    route, path, actor, content=content,
                    headers={"Content-Type": "application/json"},
                )  # fmt: skip
                self._no_accident(answer, f"{name}={str(value)[:40]!r}")

    def injections(self, route: Route) -> None:
        derived = route["derived"]
        actor = self.actor(route)
        path = self.path(route, actor)
        types = {column["name"]: column["type"] for column in self.answered(route)["columns"]}
        texts = [name for name in derived["filters"] if types.get(name) in ("string", "text")]
        names = [*texts, *(["q"] if derived["search"] else [])]
        for name in names:
            for value in (*INJECTIONS, NUL, "x" * 400):
                answer = self.call(route, path, actor, params={name: value})
                self.harmless(answer, {200, 422})
                if answer.status_code == 200 and name in texts:
                    found = {item[name] for item in answer.json()["items"]}
                    assert found <= {value}, f"{name}={value!r} finds {found}"

    def odd_queries(self, route: Route) -> None:
        derived = route["derived"]
        actor = self.actor(route)
        path = self.path(route, actor)
        types = {column["name"]: column["type"] for column in self.answered(route)["columns"]}
        types |= {"created_at": "datetime", "updated_at": "datetime", "id": "integer"}
        ties = {tie["name"]: tie for tie in self.ties(self.answered(route))}
        names = [name for name in derived["filters"] if name not in ties]
        for name in set(derived["filters"]) & set(ties):
            link = self.world.tables[ties[name]["through"]]
            far = [
                item for item in link["relations"] if item["name"] == ties[name]["through_target"]
            ]
            types[far[0]["column"]] = "integer"
            names.append(far[0]["column"])
        for name in derived["ranges"]:
            names += [f"min_{name}", f"max_{name}"]
        for name in names:
            kind = types[re.sub(r"^(min|max)_", "", name) if name not in types else name]
            values = [*HUGE, "", "'", "nan", "Infinity", "-0"]
            if kind in ("date", "datetime"):
                values += BAD_MOMENTS
            for value in values:
                self.harmless(self.call(route, path, actor, params={name: value}), {200, 422})
        self.harmless(
            self.call(route, path, actor, params={"sort": "id; DROP TABLE x"}), {200, 422}
        )
