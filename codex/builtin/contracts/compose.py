"""Functions from a route and its rule: a main function over stubs, one rule to a stub."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field

from codex.blueprint.assemble import FunctionNotes
from codex.blueprint.naming import snake, words
from codex.blueprint.template_source import head, joined
from codex.blueprint import tell
from codex.builtin.contracts.operands import (
    arguments_of,
    context_of,
    reads_fields,
    settings_of,
    tables_read,
    tables_written,
)
from codex.chains.architect.code_graph import CodeGraphInputs
from codex.common.documents.codegraph import (
    CONTEXT,
    FunctionDefinition,
    FunctionParameter,
)
from codex.common.documents.rules import (
    Aggregate,
    Argument,
    Assignment,
    Caller,
    Change,
    Creation,
    FieldValue,
    Filter,
    Formula,
    Guard,
    Now,
    Rule,
    Value,
)
from codex.common.documents.schema import DatabaseTable
from codex.common.documents.template import context_types, main_parameters, main_return_type


@dataclass
class Piece:
    """One function in the making."""

    name: str
    parameters: list[FunctionParameter]
    returns: str
    told: str
    rule: Rule | None = None
    reads: list[str] = field(default_factory=list[str])
    writes: list[str] = field(default_factory=list[str])
    raises: list[str] = field(default_factory=list[str])
    call: str = ""
    """How the main function calls it."""

    def source(self) -> str:
        """The stub's lines."""
        return f"{self.head}\n{docstring(self.told)}\n    ..."

    @property
    def head(self) -> str:
        """Its first line."""
        definition = FunctionDefinition.model_construct(parameters=tuple(self.parameters))
        return head(self.name, definition.input_type, self.returns)

    @property
    def notes(self) -> FunctionNotes:
        """What its source does not tell; examples come later."""
        return FunctionNotes(
            name=self.name,
            reads=tuple(self.reads),
            writes=tuple(self.writes),
            raises=tuple(self.raises),
            settings=tuple(settings_of(self.rule)) if self.rule else (),
            rule=self.rule,
        )


def docstring(text: str) -> str:
    """A docstring, indented, in lines that fit."""
    lines = textwrap.wrap(text, 92, break_long_words=False) or [""]
    if len(lines) == 1:
        return f'    """{lines[0]}"""'
    return "\n".join([f'    """{lines[0]}', *(f"    {line}" for line in lines[1:]), '    """'])


@dataclass
class Composed:
    """A route's functions: the main one and its stubs."""

    template: str
    main: Piece
    stubs: list[Piece]


class Composer:
    """Writes the functions of one route."""

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
        return f"target_{noun}" if noun in {*CONTEXT, "body", "paging"} else noun

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
        return FunctionParameter(name=name, type=self.body_type(name)), f"body.{name}"

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
                from codex.blueprint.actions import column_type

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

    # ── the whole ────────────────────────────────────────────────────────────────────────────

    def compose(self) -> Composed:
        """The functions that carry out the route's rule."""
        match self.inputs.rule:
            case Filter() as rule:
                self.query(rule)
            case Aggregate() as rule:
                self.figure(rule)
            case Change() as rule:
                self.change(rule)
            case Formula(operands=(FieldValue(path=path),)):
                self.download(path)
            case _:
                raise ValueError("no rule that functions follow from")
        used = tuple(name for name in CONTEXT if name in self.main_uses)
        main = Piece(
            name=self.route.function_name,
            parameters=list(main_parameters(self.route, self.schema, used)),
            returns=main_return_type(self.route, self.schema),
            told=(
                self.route.description or self.route.summary or words(self.route.function_name)
            ).rstrip(".")
            + ".",
        )
        main.raises = self.main_raises
        body = "\n".join(f"    {line}" for line in self.lines)
        source = f"{main.head}\n{docstring(main.told)}\n{body}"
        return Composed(joined([source, *(stub.source() for stub in self.stubs)]), main, self.stubs)

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

    def download(self, column: str) -> None:
        """The file of the row: no query, so no stub."""
        variable = self.variable(self.row_of_path() or "")
        self.main_uses.add("files")
        self.main_raises.append("NotFound")
        self.lines += [
            f"{variable} = {self.load_row()}",
            f"if {variable}.{column} is None:",
            "    raise NotFound",
            f"return files.get({variable}.{column})",
        ]

    def query(self, rule: Filter) -> None:
        """A list of rows."""
        found = self.load_row()
        if found:
            self.lines.append(found)
        listed = rule.limit is not None
        returns = main_return_type(self.route, self.schema)
        verb = "find" if listed else "select"
        name = f"{verb}_{self.route.function_name.removeprefix('list_')}"
        what = "Find" if listed else "A query for"
        piece = self.stub(
            name,
            f"{what} {tell.filter_rule(rule)}.",
            rule,
            returns,
            rows=[],
            session=listed,
            visible=rule.visible,
        )
        piece.reads = tables_read(rule, self.schema)
        self.lines.append(f"return {piece.call}")

    def figure(self, rule: Aggregate) -> None:
        """A number, or one for each group."""
        found = self.load_row()
        if found:
            self.lines.append(found)
        name = self.route.function_name
        for verb in ("get_", "count_", "list_"):
            name = name.removeprefix(verb)
        kind = "count" if self.route.function_name.startswith("count_") else "compute"
        wanted = f"{kind}_{name}" if kind == "compute" else f"tally_{name}"
        empty = "" if rule.group_by else self._empty(rule)
        piece = self.stub(
            wanted,
            f"Compute {tell.aggregate_rule(rule)}{empty}.",
            rule,
            main_return_type(self.route, self.schema),
            rows=[],
            session=True,
            visible=rule.visible,
        )
        piece.reads = tables_read(rule, self.schema)
        self.lines.append(f"return {piece.call}")

    def _empty(self, rule: Aggregate) -> str:
        return "; 0 without rows" if rule.function in ("count", "sum") else "; None without rows"

    def change(self, rule: Change) -> None:
        """Guards in their order, then what is written."""
        table = rule.table
        creates_own = any(item.take_body for item in rule.create)
        variable = self.variable(table)
        row: tuple[str, str] | None = None
        if not creates_own:
            row = (variable, self.table(table).model)
        for guard in rule.guards:
            self.guard(guard, row)
        last = self.writes(rule, row, creates_own=creates_own)
        if row is not None:
            loaded = self.load_row() or ""
            used = any(re.search(rf"\b{variable}\b", line) for line in (*self.lines, last))
            self.lines.insert(0, f"{variable} = {loaded}" if used else loaded)
        if last:
            self.lines.append(f"return {last}")

    def guard(self, guard: Guard, row: tuple[str, str] | None) -> None:
        """A check that raises."""
        noun = words(self.noun(guard.table))
        rows: list[tuple[str, str]] = []
        extra: list[tuple[FunctionParameter, str]] = []
        session = guard.count is not None
        by_caller = (
            guard.argument is None
            and guard.table == self.inputs.account
            and (row is None or guard.table != self.changed.table)
        )
        if guard.argument is not None:
            extra.append(self.argument(guard.argument))
            session = True
        elif by_caller:
            pass
        elif row is not None:
            if guard.require or reads_fields(guard) or guard.count is None:
                rows.append(row)
        elif guard.require or reads_fields(guard):
            body = FunctionParameter(name="body", type=self.route.request or "")
            extra.append((body, "body"))
        piece = self.stub(
            f"refuse_if_{snake(guard.error)}",
            tell.guard_rule(guard, noun),
            guard,
            "None",
            rows=rows,
            session=session,
            extra=extra,
            visible=by_caller,
        )
        piece.reads = tables_read(guard, self.schema)
        piece.raises = [guard.error]
        self.lines.append(piece.call)

    def writes(self, rule: Change, row: tuple[str, str] | None, *, creates_own: bool) -> str:
        """The stubs that write; gives the expression that the main function returns."""
        result = ""
        made: tuple[str, str] | None = None
        for number, creation in enumerate(rule.create):
            piece = self.creation(creation, row or made)
            single = len(rule.create) == 1 and not (rule.assign or rule.delete)
            if single:
                return piece.call
            if creates_own and number == 0:
                made = (self.variable(creation.table), self.table(creation.table).model)
                self.lines.append(f"{made[0]} = {piece.call}")
                result = made[0]
            else:
                self.lines.append(piece.call)
        if row is None:
            return result
        if rule.delete:
            self.lines.append(self.removal(rule, row).call)
            return ""
        if rule.assign or rule.take_body:
            return self.assignment(rule, row).call
        return row[0]

    def creation(self, creation: Creation, row: tuple[str, str] | None) -> Piece:
        """A stub that adds a row."""
        extra: list[tuple[FunctionParameter, str]] = []
        if creation.take_body:
            extra.append((FunctionParameter(name="body", type=self.route.request or ""), "body"))
        noun = words(self.noun(self.changed.table))
        rows = [row] if row is not None and reads_fields(creation) else []
        bare = Change(table=self.changed.table, create=(creation,))
        piece = self.stub(
            f"add_{self.noun(creation.table)}",
            tell.creation(creation, noun),
            bare,
            self.table(creation.table).model,
            rows=rows,
            session=True,
            extra=extra,
        )
        piece.writes = [creation.table]
        return piece

    def assignment(self, rule: Change, row: tuple[str, str]) -> Piece:
        """A stub that sets values on the row of the path."""
        bare = Change(table=rule.table, assign=rule.assign, take_body=rule.take_body)
        request = self.route.request
        extra: list[tuple[FunctionParameter, str]] = []
        if request and (rule.take_body or request == "Upload"):
            extra.append((FunctionParameter(name="body", type=request), "body"))
        noun = self.noun(rule.table)
        name = f"set_{noun}_fields"
        if not rule.take_body:
            name = _set_name(noun, rule.assign, self.route.function_name)
        piece = self.stub(
            name,
            tell.change(bare, words(noun)),
            bare,
            row[1],
            rows=[row],
            session=True,
            extra=extra,
        )
        piece.writes = tables_written(bare)
        return piece

    def removal(self, rule: Change, row: tuple[str, str]) -> Piece:
        """A stub that deletes the row of the path."""
        bare = Change(table=rule.table, delete=True)
        noun = self.noun(rule.table)
        piece = self.stub(
            f"remove_{noun}", tell.change(bare, words(noun)), bare, "None", rows=[row], session=True
        )
        piece.writes = [rule.table]
        return piece


def _set_name(noun: str, assign: tuple[Assignment, ...], function: str) -> str:
    """`set_order_cancelled`, `set_task_done`, `set_loan_returned`."""
    first = assign[0]
    match first.operand:
        case Value(value=str(value)):
            word = "_".join(
                "".join(c if c.isalnum() and c.isascii() else " " for c in value.lower()).split()
            )
            return f"set_{noun}_{word}" if word else f"set_{noun}_{first.field}"
        case Value(value=bool(value)):
            return f"set_{noun}_{'' if value else 'not_'}{first.field}"
        case Now():
            return f"set_{noun}_{first.field.removesuffix('_at').removesuffix('_on')}"
        case Argument() | Caller():
            return f"set_{noun}_{first.field.removesuffix('_id')}"
        case _:
            return f"set_{noun}_{first.field}_for_{function}"
