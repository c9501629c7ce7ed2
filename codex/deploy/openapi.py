"""Whether the service describes itself as the Architecture says: routes, shapes, statuses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CodeGraph, DerivedOperation, SuccessKind
from codex.common.documents.schema import DatabaseTable, Exposure
from codex.common.documents.typetext import outer_and_inner
from codex.compiler.access_rules import access_of
from codex.compiler.bodies import body_columns, changed_columns, sent_columns
from codex.compiler.endpoint import empty_status
from codex.compiler.ties import body_ties, sent_ties, ties_of

# Every service with accounts has these beside the routes of its Architecture.
ALWAYS = re.compile(r"^(GET /health|GET /ready|[A-Z]+ /auth/\S+|PATCH /[a-z0-9-]+/\{\w+\})$")
_PAGE = frozenset({"items", "total", "limit", "offset"})
_SHOWN = (Exposure.BOTH, Exposure.READ)
Json = Mapping[str, Any]


def differences(architecture: Architecture, document: Json) -> list[dict[str, str]]:
    """Where the description differs from the Architecture; each with the route that shows it."""
    served = {
        f"{method.upper()} {path}": operation
        for path, item in document.get("paths", {}).items()
        for method, operation in item.items()
    }
    wanted = {route.api_route: route for route in architecture.routes}
    found = [
        {"route": name, "message": "it is served, and the architecture does not have it"}
        for name in sorted(served.keys() - wanted.keys())
        if not ALWAYS.match(name)
    ]
    for name, route in wanted.items():
        if name not in served:
            found.append({"route": name, "message": "it is not served"})
            continue
        lines = _Route(architecture, route, served[name], document).differences()
        found += [{"route": name, "message": line} for line in lines]
    return found


class _Route:
    """One route beside its description."""

    def __init__(
        self, architecture: Architecture, route: CodeGraph, operation: Json, document: Json
    ) -> None:
        self.architecture = architecture
        self.route = route
        self.operation = operation
        self.document = document
        derived = route.derived
        self.table = architecture.database.table(derived.table) if derived else None

    def differences(self) -> Iterator[str]:
        """All of them."""
        yield from self._parameters()
        yield from self._body()
        yield from self._answer()
        yield from self._refusals()

    def _parameters(self) -> Iterator[str]:
        for place, wanted in (
            ("path", set(self.route.path_parameters)),
            ("query", self._queries()),
            ("header", {item.header for item in self.route.parameters if item.header}),
        ):
            parameters = self.operation.get("parameters", [])
            there = {item["name"] for item in parameters if item["in"] == place}
            yield from _odd(f"{place} parameters", wanted, there)

    def _queries(self) -> set[str]:
        derived, paged = self.route.derived, {"limit", "offset"}
        if derived is None:
            names = {item.name for item in self.route.parameters if not item.header}
            response = self.route.response
            is_paged = response is not None and outer_and_inner(response)[0] == "Page"
            return names | (paged if is_paged else set())
        if derived.operation is not DerivedOperation.LIST:
            return set()
        names = {*self._filters(derived.filters), *paged}
        names |= {f"{end}_{name}" for name in derived.ranges for end in ("min", "max")}
        names |= {"q"} if derived.search else set()
        return names | ({"sort"} if derived.sorts else set())

    def _filters(self, names: Iterable[str]) -> set[str]:
        """The query parameters of filters: a tie is narrowed by the id of one tied row."""
        database = self.architecture.database
        ties = ties_of(database, self.table) if self.table else ()
        parameters = {tie.name: tie.parameter for tie in ties}
        return {parameters.get(name, name) for name in names}

    def _body(self) -> Iterator[str]:
        content = self.operation.get("requestBody", {}).get("content", {})
        wanted = self._sent()
        if wanted is None:
            if self.route.request is None and content:
                yield "it takes a body"
            return
        if "application/json" not in content:
            yield "it takes no JSON"
            return
        there = self._properties(content["application/json"].get("schema", {}))
        if there is not None:
            yield from _odd("fields of its body", wanted, there)

    def _sent(self) -> set[str] | None:
        """The fields of the body; None where there are none to compare."""
        derived, table = self.route.derived, self.table
        if derived is not None and table is not None:
            if derived.operation not in (DerivedOperation.CREATE, DerivedOperation.UPDATE):
                return None
            names = {column.name for column in body_columns(self.architecture, self.route)}
            names |= {tie.field for tie in body_ties(self.architecture, self.route)}
            return names | self._password(table, derived.operation is DerivedOperation.CREATE)
        return self._fields(self.route.request) if self.route.request else None

    def _password(self, table: DatabaseTable, create: bool) -> set[str]:
        return (
            {"password"} if create and table.name == self.architecture.database.account else set()
        )

    def _answer(self) -> Iterator[str]:
        status = self.route.success.status
        if status == 200:
            status = empty_status(self.route.success.kind)
        responses = self.operation.get("responses", {})
        good = {code for code in responses if code[0] in "23"}
        if good != {str(status)}:
            yield f"it answers {', '.join(sorted(good)) or 'no success'} instead of {status}"
            return
        content = responses[str(status)].get("content", {})
        if self.route.success.kind is not SuccessKind.JSON:
            return
        schema = content.get("application/json", {}).get("schema", {})
        yield from self._shape("fields of its answer", schema)

    def _shape(self, what: str, schema: Json) -> Iterator[str]:
        text = self._answered()
        if not text:
            return
        outer, inner = outer_and_inner(text)
        wanted = {"Page": _PAGE, "Items": {"items"}, "Groups": {"items"}, "Value": {"value"}}
        if outer in wanted and inner is not None:
            there = self._properties(schema)
            if there is not None:
                yield from _odd(what, set(wanted[outer]), there)
            if outer in ("Page", "Items"):
                rows = self._resolved(schema).get("properties", {}).get("items", {})
                yield from self._compared(f"{what}' items", inner, rows.get("items", {}))
            return
        yield from self._compared(what, text, schema)

    def _compared(self, what: str, text: str, schema: Json) -> Iterator[str]:
        wanted, there = self._fields(text), self._properties(schema)
        if wanted is not None and there is not None:
            yield from _odd(what, wanted, there)

    def _answered(self) -> str:
        derived, table = self.route.derived, self.table
        if derived is None or table is None:
            return self.route.response or ""
        if derived.tied:
            return self.route.response or ""
        read = f"{table.model}Read"
        return f"Page[{read}]" if derived.operation is DerivedOperation.LIST else read

    def _fields(self, text: str) -> set[str] | None:
        """The fields of a type by its name; None for one without fields."""
        for end in ("Create", "Update", "Read"):
            table = self.architecture.database.model(text.removesuffix(end))
            if not text.endswith(end) or table is None:
                continue
            if end == "Read":
                shown = {item.name for item in table.all_columns if item.exposure in _SHOWN}
                shown |= {tie.field for tie in ties_of(self.architecture.database, table)}
                return shown | {item.name for item in table.computed}
            columns = sent_columns if end == "Create" else changed_columns
            names = {column.name for column in columns(self.architecture, table)}
            verb = DerivedOperation.CREATE if end == "Create" else DerivedOperation.UPDATE
            names |= {tie.field for tie in sent_ties(self.architecture, table, verb)}
            return names | self._password(table, end == "Create")
        found = next((item for item in self.architecture.types if item.name == text), None)
        if found is None or found.variants:
            return None
        return {item.name for item in found.fields}

    def _refusals(self) -> Iterator[str]:
        responses = self.operation.get("responses", {})
        wanted: dict[str, str] = {}
        access = access_of(self.architecture, self.route)
        if access.caller == "user":
            wanted["401"] = "callers who are not signed in"
            if access.roles:
                wanted["403"] = "callers of other roles"
        for name in self.route.raises:
            error = self.architecture.error(name)
            if error is not None:
                wanted[str(error.status)] = f"the error {name}"
        if self.route.path_parameters:
            wanted["404"] = "what is not there"
        for status, why in wanted.items():
            if status not in responses:
                yield f"it does not describe {status}, for {why}"

    # schemas

    def _resolved(self, schema: Json) -> Json:
        while "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = self.document.get("components", {}).get("schemas", {}).get(name, {})
        return schema

    def _properties(self, schema: Json) -> set[str] | None:
        """The fields of an object's schema; None for anything else."""
        found = self._resolved(schema)
        options = [item for item in found.get("anyOf", []) if item.get("type") != "null"]
        if len(options) == 1:
            return self._properties(options[0])
        return set(found["properties"]) if "properties" in found else None


def _odd(what: str, wanted: set[str], there: set[str]) -> Iterator[str]:
    if lacking := sorted(wanted - there):
        yield f"the {what} lack {', '.join(lacking)}"
    if more := sorted(there - wanted):
        yield f"the {what} have {', '.join(more)}, which the architecture does not"
