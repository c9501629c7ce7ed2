"""How rows become what answers hold, with their computed fields and no query per row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from codex.common.documents.architecture import Architecture
from codex.common.documents.base import attribute
from codex.common.documents.rules import Aggregate, Formula, Named, Now, Operand
from codex.common.documents.schema import ComputedField, DatabaseTable
from codex.common.errors import DocumentError
from codex.compiler.names import snake, taken_names
from codex.compiler.plan import Plan
from codex.compiler.source import Module, Rendered, docstring, indent
from codex.compiler.ties import Tie, ties_of

if TYPE_CHECKING:
    from codex.compiler.endpoint import Endpoint


@dataclass(frozen=True)
class Reading:
    """How a row of one table becomes its XRead."""

    plain: bool
    """Whether `XRead.model_validate(row)` is all that it takes."""
    one: str = ""
    """Otherwise the function of `app.reading` for one row: `read_book(row, session, …)`."""
    many: str = ""
    """The one for several: `read_books(rows, session, …)`."""
    needs: frozenset[str] = frozenset()
    """What they take besides: `settings`."""


def reading(architecture: Architecture, table: DatabaseTable) -> Reading:
    """How rows of `table` are read."""
    if not table.computed and not ties_of(architecture.database, table):
        return Reading(plain=True)
    one, many = f"read_{snake(table.model)}", f"read_{table.name}"
    if one == many:
        many = f"{many}_rows"
    needs = any(_needs_settings(architecture, computed) for computed in table.computed)
    return Reading(
        plain=False, one=one, many=many, needs=frozenset({"settings"} if needs else set())
    )


def _needs_settings(architecture: Architecture, computed: ComputedField) -> bool:
    if computed.function:
        function = architecture.function(computed.function)
        return function is not None and any(
            parameter.name == "settings" for parameter in function.parameters
        )
    return any(
        isinstance(operand, Named) or (isinstance(operand, Now) and operand.plus_parameter)
        for operand in _operands(computed)
    )


def _operands(computed: ComputedField) -> Iterator[Operand]:
    match computed.rule:
        case Formula(conditions=conditions, operands=operands):
            yield from operands
        case Aggregate(where=conditions):
            pass
        case _:
            return
    for condition in conditions:
        yield from condition.operands


def reading_files(plan: Plan) -> tuple[Rendered, ...]:
    """`app/reading.py`, where a table has computed fields."""
    database = plan.architecture.database
    tables = [table for table in database.tables if table.computed or ties_of(database, table)]
    if not tables:
        return ()
    module = Module(
        "app/reading.py",
        "How rows become what answers hold, with what is computed from them and tied to them.",
        taken_names(plan.architecture),
    )
    for table in tables:
        for text in TableReader(plan, module, table).functions():
            module.add(f"table {table.name}", text)
    return (module.render(),)


class TableReader:
    """Writes the two functions that read rows of one table."""

    def __init__(self, plan: Plan, module: Module, table: DatabaseTable) -> None:
        self.plan = plan
        self.architecture = plan.architecture
        self.module = module
        self.table = table
        self.how = reading(plan.architecture, table)
        self.before: list[str] = []
        """Statements that look up, once for all rows, what belongs to them."""
        self.uses_now = False

    # What `conditions` asks of the place where an expression stands.

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

    def now(self) -> str:
        """The moment of the request."""
        self.uses_now = True
        return "now"

    def settings(self) -> str:
        """The service's settings."""
        return "settings"

    def place(self) -> Endpoint:
        """The reader itself, where an endpoint is expected."""
        return cast("Endpoint", self)

    def refuse(self, computed: ComputedField, why: str) -> DocumentError:
        """The error for a field that cannot be compiled."""
        return DocumentError(
            f"computed field {self.table.name}.{computed.name} cannot be compiled: {why}.",
            "Give it another rule, or a shared function.",
        )

    # The functions.

    @property
    def _more(self) -> str:
        computed, tied = self.table.computed, ties_of(self.architecture.database, self.table)
        what = [*(["computed for"] if computed else []), *(["tied to"] if tied else [])]
        return f"is {' and '.join(what)} them"

    def _tied(self, tie: Tie) -> str:
        """The ids of the rows that a row is tied to, all looked up at once."""
        link, col = self.model(tie.link), self.use("sqlmodel", "col")
        tied_ids = self.use("app.ties", "tied_ids")
        columns = f"{col}({link}.{tie.near}), {col}({link}.{tie.far})"
        self.before.append(f"{tie.field} = {tied_ids}(session, rows, {columns})")
        return f"{tie.field}={tie.field}[row.id]"

    def functions(self) -> Iterator[str]:
        """The function for several rows, then the one for one row."""
        from codex.compiler.formulas import value_of

        model = self.model(self.table)
        read = self.own("app.types", f"{model}Read")
        fields = [f"{attribute(item.name)}={value_of(self, item)}" for item in self.table.computed]
        fields += [self._tied(tie) for tie in ties_of(self.architecture.database, self.table)]
        sequence = self.use("collections.abc", "Sequence")
        session = self.use("app.database", "Session")
        more = ", settings: " + self.use("app.settings", "Settings") if self.how.needs else ""
        words = self.table.name.replace("_", " ")
        before = [f"now = {self.use('app.clock', 'utc_now')}()"] if self.uses_now else []
        before += self.before
        body = "\n".join(
            [
                docstring(f"{words.capitalize()} with what {self._more}.", "    "),
                *before,
                f"return [{read}(**row.model_dump(), {', '.join(fields)}) for row in rows]",
            ]
        )
        yield (
            f"def {self.how.many}(rows: {sequence}[{model}], session: {session}{more})"
            f" -> list[{read}]:\n{indent(body)}"
        )
        given = ", settings" if self.how.needs else ""
        yield (
            f"def {self.how.one}(row: {model}, session: {session}{more}) -> {read}:\n"
            f'    """One of them."""\n'
            f"    return {self.how.many}([row], session{given})[0]"
        )
