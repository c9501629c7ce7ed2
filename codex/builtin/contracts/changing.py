"""Functions of changes: guards in their order, then what is written."""

from __future__ import annotations

import re

from codex.blueprint import tell
from codex.blueprint.naming import snake, words
from codex.builtin.contracts.composing import Composing
from codex.builtin.contracts.operands import (
    reads_fields,
    tables_read,
    tables_written,
)
from codex.builtin.contracts.pieces import Piece
from codex.common.documents.codegraph import (
    FunctionParameter,
)
from codex.common.documents.rules import (
    Argument,
    Assignment,
    Caller,
    Change,
    Creation,
    Guard,
    Now,
    Value,
)


class Changing(Composing):
    """Composes changes of state."""

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
