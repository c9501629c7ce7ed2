"""Functions from a route and its rule: a main function over stubs, one rule to a stub."""

from __future__ import annotations

from codex.blueprint import tell
from codex.blueprint.naming import words
from codex.blueprint.template_source import joined
from codex.builtin.contracts.changing import Changing
from codex.builtin.contracts.operands import (
    tables_read,
)
from codex.builtin.contracts.pieces import Composed, Piece, docstring
from codex.common.documents.base import attribute
from codex.common.documents.codegraph import (
    CONTEXT,
)
from codex.common.documents.rules import (
    Aggregate,
    Change,
    FieldValue,
    Filter,
    Formula,
)
from codex.common.documents.template import main_parameters, main_return_type


class Composer(Changing):
    """Writes the functions of one route."""

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

    def download(self, column: str) -> None:
        """The file of the row: no query, so no stub."""
        variable = self.variable(self.row_of_path() or "")
        self.main_uses.add("files")
        self.main_raises.append("NotFound")
        self.lines += [
            f"{variable} = {self.load_row()}",
            f"if {variable}.{attribute(column)} is None:",
            "    raise NotFound",
            f"return files.get({variable}.{attribute(column)})",
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
