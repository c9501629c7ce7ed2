"""Routes with functions: what stands between HTTP and the main function."""

from __future__ import annotations

import re

from codex.common.documents.base import attribute
from codex.common.documents.codegraph import CodeGraph, Lock, SuccessKind
from codex.common.documents.schema import ColumnType, DatabaseTable
from codex.common.documents.template import argument_name, outer_and_inner, pages_itself
from codex.compiler.answers import Reader
from codex.compiler.bodies import checks_dates
from codex.compiler.endpoint import Endpoint, constraint_errors, empty_status
from codex.compiler.names import row_name, snake
from codex.compiler.plan import Plan
from codex.compiler.source import Module, literal

_ANSWER_CLASSES = {
    SuccessKind.REDIRECT: ("fastapi.responses", "RedirectResponse"),
    SuccessKind.FILE: ("fastapi.responses", "FileResponse"),
    SuccessKind.TEXT: ("fastapi.responses", "PlainTextResponse"),
}


def wrapper(plan: Plan, module: Module, route: CodeGraph, name: str) -> str:
    """The source of the endpoint, called `name`, that calls the route's main function."""
    return Wrapper(plan, module, route).spell(name)


class Wrapper:
    """One route with functions in the making."""

    def __init__(self, plan: Plan, module: Module, route: CodeGraph) -> None:
        self.plan = plan
        self.route = route
        self.module = module
        self.endpoint = Endpoint(plan, route, module)
        main = route.main
        assert main is not None
        self.main = main
        self.names: dict[str, str] = {}
        """What each parameter of the main function is called here."""
        self.checks: list[str] = []

    def spell(self, name: str) -> str:
        """The endpoint's source."""
        endpoint, route = self.endpoint, self.route
        missing = bool(self.plan.missing_below(self.main.name))
        if missing:
            depends = endpoint.use("fastapi", "Depends")
            guard = endpoint.use("app.problems", "not_implemented")
            endpoint.option("dependencies", f"[{depends}({guard})]")
            endpoint.refuses("NotImplementedYet")
        endpoint.writes = self._writes()
        endpoint.status(empty_status(route.success.kind))
        self._parameters()
        self._errors()
        returns, statements = self._answer()
        before = [*self.checks, *self._caller(), *self._owned_rows(), *self._locks()]
        if self._has_transaction():
            endpoint.inside([*before, *statements])
        else:
            endpoint.lines += [*before, *statements]
        return endpoint.spell(name, returns)

    def _writes(self) -> bool:
        definitions = (
            self.plan.architecture.function(item) for item in self.plan.below(self.main.name)
        )
        return bool(self.route.locks) or any(item and item.writes for item in definitions)

    def _has_transaction(self) -> bool:
        """Whether anything of the route needs the database."""
        used = {parameter.name for parameter in self.main.parameters if parameter.keyword_only}
        return bool({"session", "user", "files"} & used or self.route.locks or self._reads_rows())

    def _reads_rows(self) -> bool:
        return "Read" in (self.route.response or "")

    # what goes in

    def _parameters(self) -> None:
        endpoint, route = self.endpoint, self.route
        for name in route.path_parameters:
            self.names[argument_name(name)] = endpoint.path(name, route.path_types.get(name, "int"))
        if route.request:
            self._body(route.request)
        for parameter in route.parameters:
            annotation = self.plan.spell(self.module, parameter.type, query=True)
            self.names[argument_name(parameter.name)] = endpoint.query(
                parameter.name,
                annotation,
                parameter.description,
                parameter.default,
                header=parameter.header,
            )
            endpoint.refuses("Invalid")
        if pages_itself(route, self.plan.architecture.database) or self._is_page():
            endpoint.parameter("paging", endpoint.use("app.paging", "PagingDep"))
            self.names["paging"] = "paging"
            endpoint.refuses("Invalid")
        if endpoint.access.known:
            endpoint.user()
        for parameter in self.main.parameters:
            match parameter.name if parameter.keyword_only else "":
                case "now":
                    endpoint.now()
                case "settings":
                    endpoint.settings()
                case "files":
                    endpoint.files()
                case _:
                    pass

    def _body(self, request: str) -> None:
        endpoint = self.endpoint
        self.names["body"] = "body"
        endpoint.refuses("Invalid")
        if request == "Upload":
            endpoint.parameter("file", endpoint.use("fastapi", "UploadFile"))
            received = endpoint.use("app.files", "received")
            kinds = sorted({kind for column in self._file_columns() for kind in column})
            allowed = ", {" + ", ".join(literal(kind) for kind in kinds) + "}" if kinds else ""
            limit = f"{endpoint.settings()}.max_upload_bytes"
            self.names["body"] = f"{received}(file, {limit}{allowed})"
            endpoint.refuses("TooLarge", "UnsupportedMediaType")
            return
        endpoint.parameter("body", self.plan.spell(self.module, request))
        if checks_dates(self.plan.architecture, request):
            self.checks = [f"body.check_dates({endpoint.now()})"]

    def _file_columns(self) -> list[tuple[str, ...]]:
        """The kinds of file that the columns take which this route writes."""
        found: list[tuple[str, ...]] = []
        for item in self.plan.below(self.main.name):
            definition = self.plan.architecture.function(item)
            for name in definition.writes if definition else ():
                columns = self.plan.table(name).columns
                found += [each.media_types for each in columns if each.type is ColumnType.FILE]
        # One column that takes anything lifts the limit of the others.
        return found if all(found) else []

    def _is_page(self) -> bool:
        return bool(self.route.response) and outer_and_inner(self.route.response or "")[0] == "Page"

    def _errors(self) -> None:
        known = {error.name for error in self.plan.architecture.errors}
        raised = list(self.route.raises)
        for item in self.plan.below(self.main.name):
            definition = self.plan.architecture.function(item)
            if definition is None:
                continue
            raised += definition.raises
            for name in definition.writes:
                raised += constraint_errors(self.plan.table(name), definition.rule)
        for name in raised:
            if name in known or name not in self.plan.class_names:
                self.endpoint.refuses(name)

    def _caller(self) -> list[str]:
        """Statements that bring the caller's row into the transaction, for the function."""
        if not any(item.name == "user" and item.keyword_only for item in self.main.parameters):
            return []
        if self.endpoint.access.caller == "maybe":
            return ["if user is not None:", "    session.add(user)"]
        return ["session.add(user)"]

    def _owned_rows(self) -> list[str]:
        """Statements that answer 404 for rows of the path that are not the caller's."""
        access = self.endpoint.access
        if not access.own_only:
            return []
        lines: list[str] = []
        for name in self.route.path_parameters:
            table = self._table_of(name)
            if table is not None and table.owner:
                get = self.endpoint.use("app.access", "get_visible")
                roles = ", ".join(literal(role) for role in access.all_for or ())
                all_for = "{" + roles + "}" if roles else "()"
                model, local = self.endpoint.model(table), self.names[argument_name(name)]
                lines.append(f"{get}(session, {model}, {local}, user, all_for={all_for})")
        return lines

    def _table_of(self, parameter: str) -> DatabaseTable | None:
        for table in self.plan.architecture.database.tables:
            if parameter == f"{snake(table.model)}_id":
                return table
        return None

    def _locks(self) -> list[str]:
        lines: list[str] = []
        for lock in self.route.locks:
            lines += self._lock(lock)
        return lines

    def _lock(self, lock: Lock) -> list[str]:
        first, _, rest = lock.by.partition(".")
        value = self.names.get(argument_name(first), first)
        value = f"{value}.{attribute(rest)}" if rest else value
        if first == "user" and not rest:
            value = "user.id"
        table = self.plan.table(lock.table)
        call = self.endpoint.use("app.database", "lock")
        statement = f"{call}(session, {self.endpoint.model(table)}, {value})"
        if first in self.route.path_parameters:
            return [statement]
        if first == "body":
            check = self.endpoint.use("app.queries", "check_reference")
            model, field = self.endpoint.model(table), literal(rest)
            lines = [f"{check}(session, {model}, {value}, {field})", statement]
            if self._may_be_none(rest):
                return [f"if {value} is not None:", *(f"    {line}" for line in lines)]
            return lines
        return [statement]

    def _may_be_none(self, field: str) -> bool:
        architecture = self.plan.architecture
        for item in architecture.types:
            if item.name == self.route.request:
                found = next((each for each in item.fields if each.name == field), None)
                return found is not None and (found.optional or "None" in found.type)
        request = self.route.request or ""
        table = architecture.database.model(re.sub(r"(Create|Update)$", "", request))
        column = table.column(field) if table else None
        return column is not None and (column.nullable or request.endswith("Update"))

    # what comes out

    def _call(self) -> str:
        arguments: list[str] = []
        for parameter in self.main.parameters:
            if parameter.keyword_only:
                arguments.append(f"{parameter.name}={parameter.name}")
            else:
                arguments.append(self.names[parameter.name])
        alias = self.plan.function_alias(self.module, self.main.name)
        call = f"{alias}.{self.main.name}({', '.join(arguments)})"
        if self.main.is_async:
            return f"{self.module.imports.plain('asyncio')}.run({call})"
        return call

    def _answer(self) -> tuple[str, list[str]]:
        """The endpoint's return type and the statements that produce the answer."""
        success = self.route.success
        if success.kind in _ANSWER_CLASSES:
            return self._special(success.kind)
        if success.kind is SuccessKind.EMPTY or not self.route.response:
            return "None", [self._call(), *self._headers("")]
        return self._json(self.route.response)

    def _special(self, kind: SuccessKind) -> tuple[str, list[str]]:
        endpoint, success = self.endpoint, self.route.success
        if kind is SuccessKind.TEXT and success.media_type:
            # The usual class would document the media type that it has by itself.
            answer = endpoint.use("fastapi", "Response")
            endpoint.answers(success.status, success.media_type)
        else:
            answer = endpoint.use(*_ANSWER_CLASSES[kind])
        endpoint.option("response_class", answer)
        headers = ""
        if success.headers:
            pairs = [f"{literal(k)}: {self._spelled(v, '')}" for k, v in success.headers.items()]
            headers = f", headers={{{', '.join(pairs)}}}"
        match kind:
            case SuccessKind.REDIRECT:
                status = success.status if success.status != 200 else empty_status(kind)
                return answer, [f"return {answer}({self._call()}, {status}{headers})"]
            case SuccessKind.FILE:
                file = f"{endpoint.use('app.files', 'sent')}({self._call()})"
                return answer, self._with_headers([], file, of="result")
            case _:
                media = f", media_type={literal(success.media_type)}" if success.media_type else ""
                status = f", {success.status}" if success.status != 200 else ""
                return answer, [f"return {answer}({self._call()}{status}{headers}{media})"]

    def _json(self, response: str) -> tuple[str, list[str]]:
        outer, inner = outer_and_inner(response)
        returns = self.plan.spell(self.module, response)
        flush = ["session.flush()"] if self.endpoint.writes and self._reads_rows() else []
        if inner is None:
            table = self.plan.read_table(outer)
            if table is None:
                return returns, self._with_headers([], self._call())
            row = self.endpoint.local(row_name(snake(table.model)))
            before = [f"{row} = {self._call()}", *flush]
            return returns, self._with_headers(before, Reader(self.endpoint, table).one(row))
        table = self.plan.read_table(inner)
        match outer:
            case "Page" if table:
                return returns, self._with_headers(
                    [], Reader(self.endpoint, table).page(self._call())
                )
            case "Items" if table:
                items = Reader(self.endpoint, table).many(self._call())
                return returns, self._with_headers([], f"{self._outer(outer)}(items={items})")
            case "Items":
                return returns, self._with_headers(
                    [], f"{self._outer(outer)}(items={self._call()})"
                )
            case "Value":
                return returns, self._with_headers(
                    [], f"{self._outer(outer)}(value={self._call()})"
                )
            case "Groups":
                return returns, self._with_headers([], f"{self._outer('grouped')}({self._call()})")
            case _:
                return returns, self._with_headers([], self._call())

    def _outer(self, name: str) -> str:
        return self.endpoint.use("app.paging", name)

    def _with_headers(self, before: list[str], value: str, of: str = "") -> list[str]:
        if not self.route.success.headers:
            return [*before, f"return {value}"]
        return [*before, f"result = {value}", *self._headers("result", of), "return result"]

    def _headers(self, result: str, of: str = "") -> list[str]:
        """Statements that set the headers of `of`, or of the answer in the making."""
        target = of or (self.endpoint.response() if self.route.success.headers else "")
        return [
            f"{target}.headers[{literal(name)}] = {self._spelled(value, '' if of else result)}"
            for name, value in self.route.success.headers.items()
        ]

    def _spelled(self, value: str, result: str) -> str:
        """A header's value, with what it names of the request or of the answer."""
        if "{" not in value:
            return literal(value)
        return "f" + re.sub(
            r"\{(\w+)\}", lambda match: self._field(match[1], result), literal(value)
        )

    def _field(self, name: str, result: str) -> str:
        if argument_name(name) in self.names or not result:
            return "{" + self.names.get(argument_name(name), name) + "}"
        return "{" + f"{result}.{attribute(name)}" + "}"
