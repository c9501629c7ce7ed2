"""Bodies that check: raise where something does not hold."""

from __future__ import annotations

from codex.builtin.code.expressions import OPPOSITE, SYMBOLS
from codex.builtin.code.queries import Queries, assigned
from codex.builtin.contracts.operands import operands_of
from codex.common.documents.base import attribute
from codex.common.documents.rules import (
    Argument,
    Comparison,
    Condition,
    FieldValue,
    Guard,
    Operand,
    Value,
)
from codex.common.documents.schema import (
    Column,
    ColumnType,
    DatabaseTable,
)
from codex.common.errors import NotInMyPower


class Guards(Queries):
    """Writes guards."""

    def guard(self, rule: Guard) -> list[str]:
        """Raise the error where the guard does not hold."""
        table = self.say.table(rule.table)
        lines = self.exempt(rule)
        row = self.row_of(rule, table)
        if row.startswith("get_or_404"):
            name = self.local(table)
            lines.append(f"{name} = {row}")
            row = name
        if rule.count is not None and rule.limit is not None:
            return [*lines, *self.counted(rule, table, row)]
        broken = [self.say.broken(c, table, row) for c in rule.require]
        if "body" in self.parameters and row == "body":
            broken = [
                self.sent(c.field, table, text)
                for c, text in zip(rule.require, broken, strict=True)
            ]
        test = " or ".join(_grouped(text, broken) for text in broken)
        return [*lines, f"if {test}:", f"    raise {rule.error}"]

    def sent(self, field: str, table: DatabaseTable, text: str) -> str:
        """A field of the body that may be left out is looked at only where it was sent."""
        column = table.column(field)
        if column is None or not column.nullable:
            return text
        sent = f"body.{attribute(field)}"
        return f"{sent} is not None and {text.removeprefix(f'{sent} is None or ')}"

    def exempt(self, rule: Guard) -> list[str]:
        """Roles that the guard does not bind."""
        if not rule.unless_role:
            return []
        account = self.say.table(self.database.account or "")
        column = account.column("role")
        enum = self.database.enum(column.enum or "") if column else None
        if column is None or enum is None:
            raise NotInMyPower("The account has no roles.", "Choose a language model.")
        roles = [self.say.literal(role, column) for role in rule.unless_role]
        test = f"== {roles[0]}" if len(roles) == 1 else f"in {{{', '.join(roles)}}}"
        return [f"if user.role {test}:", "    return"]

    def row_of(self, rule: Guard, table: DatabaseTable) -> str:
        """The guarded row: a parameter, the body, the caller, or read by its number."""
        for name, item in self.parameters.items():
            if item.type == table.model and name != "user":
                return name
        if rule.argument is not None:
            fields = any(isinstance(o, FieldValue) and o.path != "id" for o in _operands(rule))
            if rule.require or fields:
                return f"get_or_404(session, {table.model}, {self.say.argument(rule.argument)})"
            return ""
        if rule.table == self.database.account and "user" in self.parameters:
            return "user"
        return "body" if "body" in self.parameters else ""

    def counted(self, rule: Guard, table: DatabaseTable, row: str) -> list[str]:
        """Count rows and compare, or just look whether there is one."""
        assert rule.count is not None
        assert rule.limit is not None
        source = self.say.table(rule.count.table)
        clauses = [self.clause_of_count(rule, c, source, row) for c in rule.count.where]
        one = Value(value=1)
        if (rule.op, rule.limit) in ((Comparison.LT, one), (Comparison.GE, one)):
            made = self.query(f"select({source.model}.id)", self.where(clauses), ".limit(1)")
            word = "is not" if rule.op is Comparison.LT else "is"
            return [
                *assigned("query", made),
                f"if session.exec(query).first() {word} None:",
                f"    raise {rule.error}",
            ]
        made = self.query(
            "select(func.count())", f".select_from({source.model})", self.where(clauses)
        )
        number = Column(name="count", type=ColumnType.INTEGER)
        limit = self.say.operand(rule.limit, number, row)
        symbol = OPPOSITE[SYMBOLS[rule.op]]
        test = f"session.exec(query).one() {symbol} {limit}"
        if isinstance(rule.limit, FieldValue) and self.may_lack(table, rule.limit.path):
            test = f"{limit} is not None and {test}"
        return [*assigned("query", made), f"if {test}:", f"    raise {rule.error}"]

    def may_lack(self, table: DatabaseTable, path: str) -> bool:
        """Whether a field may be missing, so that nothing is limited."""
        _, column = self.say.column(table, path)
        return column.nullable

    def clause_of_count(
        self, rule: Guard, condition: object, source: DatabaseTable, row: str
    ) -> str:
        """A condition of counted rows, whose other fields are those of the guarded row."""
        assert isinstance(condition, Condition)
        if not row and rule.argument is not None:
            own = tuple(
                o if not (isinstance(o, FieldValue) and o.path == "id") else None
                for o in condition.operands
            )
            if None in own:
                condition = condition.model_copy(
                    update={"operands": tuple(o or Argument(name=rule.argument) for o in own)}
                )
        return self.say.clause(condition, source, row)


def _grouped(text: str, others: list[str]) -> str:
    """In parentheses, where "and" stands beside "or"."""
    return f"({text})" if len(others) > 1 and " and " in text else text


def _operands(rule: object) -> list[Operand]:
    return list(operands_of(rule))
