"""One endpoint in the making: its decorator, its parameters and its body."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Sequence

from codex.common.documents.codegraph import CodeGraph, SuccessKind
from codex.common.documents.rules import Change, Rule
from codex.common.documents.schema import DatabaseTable
from codex.compiler.access_rules import Access, access_of
from codex.compiler.plan import Plan
from codex.compiler.source import Module, docstring, indent, literal, sentence

# Names that endpoints use for themselves; parameters with such a name get an alias.
_LOCALS = frozenset(
    {"body", "changes", "col", "database", "file", "files", "functions", "get_or_404"}
    | {"get_visible", "lock", "matches", "now", "one_or_404", "ordered", "paginate", "paging"}
    | {"problems", "q", "query", "response", "router", "select", "sent", "session", "settings"}
    | {"sort", "user", "visible", "received", "check_reference", "check_visible_reference"}
    | {"not_implemented", "asyncio", "result", "rows", "row", "partial", "timedelta", "date"}
    | {"check_references", "delete", "tied"}
)

# Statuses without a body.
_EMPTY = 204
_FOUND = 307


class Endpoint:
    """Collects what one route needs, then spells it."""

    def __init__(self, plan: Plan, route: CodeGraph, module: Module) -> None:
        self.plan = plan
        self.architecture = plan.architecture
        self.route = route
        self.module = module
        self.access: Access = access_of(plan.architecture, route)
        self._required: list[str] = []
        self._optional: list[str] = []
        self._given: set[str] = set()
        self._options: list[str] = []
        self._errors: list[str] = []
        self._successes = ""
        self.writes = False
        self.lines: list[str] = []

    # names

    def local(self, wanted: str) -> str:
        """A free name for a parameter or variable that should be called `wanted`."""
        name = wanted
        while name in _LOCALS or name in self._given or keyword.iskeyword(name):
            name += "_"
        self._given.add(name)
        return name

    def use(self, module: str, name: str) -> str:
        """Import `name`; how it is called here."""
        return self.module.use(module, name)

    def own(self, module: str, name: str) -> str:
        """Import an element of the service itself."""
        self.module.imports.own(module, name)
        return name

    def model(self, table: DatabaseTable) -> str:
        """Import the class of the table's rows."""
        return self.own("app.models", table.model)

    # parameters

    def parameter(self, name: str, annotation: str, default: str | None = None) -> None:
        """Add a parameter, unless it is there."""
        text = f"{name}: {annotation}"
        if default is not None:
            text = f"{text} = {default}"
        group = self._required if default is None else self._optional
        if text not in group:
            group.append(text)

    def query(
        self,
        name: str,
        annotation: str,
        description: str = "",
        default: str | None = "None",
        options: Sequence[str] = (),
        header: str | None = None,
    ) -> str:
        """Add a query parameter, or a header that is read; the name that it has in the body."""
        local = self.local(name)
        options = list(options)
        if header:
            options.append(f"alias={literal(header)}")
        elif local != name:
            options.append(f"alias={literal(name)}")
        if description:
            options.append(f"description={literal(sentence(description))}")
        if options:
            annotated = self.use("typing", "Annotated")
            place = self.use("fastapi", "Header" if header else "Query")
            annotation = f"{annotated}[{annotation}, {place}({', '.join(options)})]"
        self.parameter(local, annotation, default)
        return local

    def path(self, name: str, type_text: str = "int") -> str:
        """Add a path parameter; the name that it has in the body."""
        local = self.local(name)
        if type_text == "int":
            annotation = self.use("app.queries", "RowId")
        elif type_text == "str":
            annotation = self.use("app.queries", "PathText")
        else:
            annotation = self.plan.spell(self.module, type_text, query=True)
        if local != name:
            annotated, path = self.use("typing", "Annotated"), self.use("fastapi", "Path")
            annotation = f"{annotated}[{annotation}, {path}(alias={literal(name)})]"
        self.parameter(local, annotation)
        self.refuses("NotFound", "Invalid")
        return local

    def database(self) -> str:
        """The database, as a parameter."""
        self.parameter("database", self.use("app.database", "Db"))
        return "database"

    def user(self) -> str:
        """The caller, as a parameter; nothing where nobody is asked."""
        account = self.architecture.database.table(self.architecture.database.account or "")
        if account is None or not self.access.known:
            return "None"
        annotated, depends = self.use("typing", "Annotated"), self.use("fastapi", "Depends")
        model = self.model(account)
        if self.access.caller == "maybe":
            who = self.use("app.access", "maybe_user")
            optional = self.use("app.openapi", "OPTIONAL_SIGN_IN")
            if f"openapi_extra={optional}" not in self._options:
                self.option("openapi_extra", optional)
            self.parameter("user", f"{annotated}[{model} | None, {depends}({who})]")
            self.refuses("Unauthorized")
            return "user"
        require = self.use("app.access", "require")
        roles = ", ".join(literal(role) for role in self.access.roles)
        self.parameter("user", f"{annotated}[{model}, {depends}({require}({roles}))]")
        self.refuses("Unauthorized")
        if self.access.roles:
            self.refuses("Forbidden")
        return "user"

    def now(self) -> str:
        """The moment of the request, as a parameter."""
        self.parameter("now", self.use("app.clock", "Now"))
        return "now"

    def settings(self) -> str:
        """The settings, as a parameter."""
        self.parameter("settings", self.use("app.settings", "SettingsDep"))
        return "settings"

    def response(self) -> str:
        """The answer in the making, as a parameter."""
        self.parameter("response", self.use("fastapi", "Response"))
        return "response"

    def files(self) -> str:
        """The files, as a parameter."""
        self.parameter("files", self.use("app.files", "FilesDep"))
        return "files"

    # what callers see

    def option(self, name: str, text: str) -> None:
        """Add an argument of the decorator."""
        self._options.append(f"{name}={text}")

    def refuses(self, *errors: str) -> None:
        """Document errors of the service, by class name."""
        self._errors += [error for error in errors if error not in self._errors]

    def answers(self, status: int, media_type: str) -> None:
        """Document a success that is text of a kind of its own."""
        self._successes = f'{status}: {{"content": {{{literal(media_type)}: {{}}}}}}'

    def status(self, default: int) -> int:
        """The status of success, put into the decorator; `default` where the route keeps 200."""
        status = self.route.success.status
        if status == 200:
            status = default
        if status != 200:
            self.option("status_code", str(status))
        return status

    # spelling

    @property
    def transaction(self) -> str:
        """The `with` line that opens the transaction."""
        write = "True" if self.writes else "False"
        if self.access.known:
            self.user()
        around = "files.kept_on_success(), " if any("FilesDep" in p for p in self._required) else ""
        return f"with {around}{self.database()}.transaction(write={write}) as session:"

    def inside(self, lines: Iterable[str]) -> None:
        """Add a block inside of the transaction."""
        self.lines += [self.transaction, *(indent(line) for line in lines)]

    def spell(self, name: str, returns: str) -> str:
        """The endpoint as source."""
        router = f"@router.{self.route.method.lower()}({literal(self.route.path)}"
        options = list(self._options)
        if self.route.summary:
            options.append(f"summary={literal(self.route.summary)}")
        if self._errors:
            errors = ", ".join(self.use("app.errors", error) for error in self._errors)
            responses = f"{self.use('app.problems', 'problems')}({errors})"
            if self._successes:
                responses = f"{{{self._successes}, **{responses}}}"
            options.append(f"responses={responses}")
        elif self._successes:
            options.append(f"responses={{{self._successes}}}")
        decorator = f"{', '.join([router, *options])})"
        about = sentence(self.route.description or self.route.summary, self.route.api_route)
        parameters = ", ".join([*self._required, *self._optional])
        body = "\n".join(self.lines)
        return (
            f"{decorator}\ndef {name}({parameters}) -> {returns}:\n"
            f"    {docstring(about, '    ')}\n{indent(body)}"
        )


def empty_status(kind: SuccessKind) -> int:
    """The status that a route of this kind has where nothing else was said."""
    match kind:
        case SuccessKind.EMPTY:
            return _EMPTY
        case SuccessKind.REDIRECT:
            return _FOUND
        case _:
            return 200


def constraint_errors(table: DatabaseTable, rule: Rule | None) -> list[str]:
    """The errors of the constraints that writing the table may break: those of what is set."""
    touched: set[str] | None = None
    if isinstance(rule, Change) and not (rule.create or rule.take_body):
        touched = {item.field for item in rule.assign}
    columns = [item for item in table.columns if touched is None or item.name in touched]
    together = [
        item
        for item in table.constraints
        # A condition of its own may come to hold by any change.
        if touched is None or item.where or item.check or touched.intersection(item.columns)
    ]
    return [item.error for item in columns if item.error] + [item.error for item in together]
