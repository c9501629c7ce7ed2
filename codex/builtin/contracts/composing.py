"""What every function of a route is composed with: names, parameters, calls."""

from __future__ import annotations

from codex.blueprint.columns import column_type
from codex.blueprint.naming import snake
from codex.builtin.contracts.operands import (
    arguments_of,
    context_of,
)
from codex.builtin.contracts.pieces import Piece
from codex.chains.architect.code_graph import CodeGraphInputs
from codex.common.documents.base import attribute
from codex.common.documents.codegraph import (
    CONTEXT,
    FunctionParameter,
)
from codex.common.documents.rules import (
    Change,
    Rule,
)
from codex.common.documents.schema import DatabaseTable
from codex.common.documents.template import context_types, main_parameters
from codex.compiler.names import row_name


class Composing:
    """Names, signatures and calls for the functions of one route."""

    def __init__(self, inputs: CodeGraphInputs) -> None:
        self.inputs = inputs
        self.route = inputs.route
        self.around = inputs.around
        self.schema = self.around.database
        self.context = context_types(self.route, self.schema)
        self.accounts = inputs.account is not None and "user" in self.context
        self.stubs: list[Piece] = []
        self.lines: list[str] = []
        self.main_uses: set[str] = set()
        self.main_raises: list[str] = []

    # ── names ────────────────────────────────────────────────────────────────────────────────

    def table(self, name: str) -> DatabaseTable:
        """The table called `name`."""
        table = self.schema.table(name)
        if table is None:
            raise KeyError(name)
        return table

    def noun(self, table: str) -> str:
        """What one row of `table` is called."""
        found = self.table(table)
        return found.entity or snake(found.model)

    def variable(self, table: str) -> str:
        """The name of a variable that holds one row of `table`."""
        noun = self.noun(table)
        return f"target_{noun}" if noun in {*CONTEXT, "body", "paging"} else row_name(noun)

    def row_of_path(self) -> str | None:
        """The table of the last row that the path names."""
        keys = self.route.path_parameters
        if not keys:
            return None
        noun = keys[-1].removesuffix("_id")
        return next(
            (t.name for t in self.schema.tables if noun in (t.entity, snake(t.model))), None
        )

    @property
    def changed(self) -> Change:
        """The change that the route makes."""
        assert isinstance(self.inputs.rule, Change)
        return self.inputs.rule

    # ── parts of signatures and calls ────────────────────────────────────────────────────────

    def argument(self, name: str) -> tuple[FunctionParameter, str]:
        """A parameter for what the caller sent, and how the main function names it."""
        for item in main_parameters(self.route, self.schema, ()):
            if item.name == name:
                return FunctionParameter(name=name, type=item.type), name
        return FunctionParameter(name=name, type=self.body_type(name)), f"body.{attribute(name)}"

    def body_type(self, name: str) -> str:
        """The type of a field of the body."""
        request = self.route.request or ""
        for item in self.inputs.types:
            if item.name == request:
                found = next((f for f in item.fields if f.name == name), None)
                return found.type if found else "int"
        for table in self.schema.tables:
            column = table.column(name)
            if request in (f"{table.model}Create", f"{table.model}Update") and column:
                kind = column_type(column)
                return f"{kind} | None" if column.nullable or request.endswith("Update") else kind
        return "int"

    def keyword(self, names: list[str]) -> tuple[list[FunctionParameter], list[str]]:
        """Parameters of the context, keyword-only, in their order."""
        wanted = [name for name in CONTEXT if name in names and name in self.context]
        self.main_uses |= set(wanted)
        parameters = [
            FunctionParameter(name=name, type=self.context[name], keyword_only=True)
            for name in wanted
        ]
        return parameters, [f"{name}={name}" for name in wanted]

    def stub(
        self,
        name: str,
        told: str,
        rule: Rule,
        returns: str,
        *,
        rows: list[tuple[str, str]],
        session: bool,
        extra: list[tuple[FunctionParameter, str]] | None = None,
        visible: bool = False,
    ) -> Piece:
        """A stub that carries out `rule`; `rows` are variables with their types."""
        positional = [(FunctionParameter(name=n, type=t), n) for n, t in rows]
        positional += extra or []
        have = {parameter.name for parameter, _ in positional}
        positional += [self.argument(n) for n in arguments_of(rule) if n not in have]
        needs = context_of(rule, accounts=self.accounts, visible=visible)
        if any(parameter.type == "Upload" for parameter, _ in positional):
            needs.append("files")
        keyword, passed = self.keyword([*(["session"] if session else []), *needs])
        piece = Piece(
            name=name[:63].rstrip("_"),
            parameters=[*(parameter for parameter, _ in positional), *keyword],
            returns=returns,
            told=told[:1].upper() + told[1:],
            rule=rule,
        )
        piece.call = f"{piece.name}({', '.join([*(e for _, e in positional), *passed])})"
        self.stubs.append(piece)
        return piece

    def load_row(self) -> str | None:
        """The line that finds the row of the path, or tells that it is missing."""
        table = self.row_of_path()
        if table is None:
            return None
        self.main_uses.add("session")
        key = self.route.path_parameters[-1]
        model = self.table(table).model
        if self.accounts and self.table(table).owner:
            self.main_uses.add("user")
            return f"get_visible(session, {model}, {key}, user)"
        return f"get_or_404(session, {model}, {key})"
