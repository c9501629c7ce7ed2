"""Bodies that write: assignments, new rows, deletions."""

from __future__ import annotations

from codex.builtin.code.queries import WIDTH, Queries
from codex.common.documents.base import attribute
from codex.common.documents.rules import (
    Assignment,
    Change,
    Creation,
    FieldValue,
)
from codex.common.documents.schema import (
    ColumnType,
    DatabaseTable,
    Exposure,
)


class Changes(Queries):
    """Writes changes."""

    def change(self, rule: Change) -> list[str]:
        """Write: new rows first, then the row itself."""
        lines: list[str] = []
        for creation in rule.create:
            lines += self.created(creation, rule)
        if rule.create and not (rule.assign or rule.delete or rule.take_body):
            name = self.local(self.say.table(rule.create[-1].table))
            return [*lines, *([f"return {self.free(name)}"] if self.answers else [])]
        row = self.row(rule.table)
        if rule.delete:
            return [*lines, f"session.delete({row})", "session.flush()"]
        if rule.take_body:
            lines += self.taken(rule, row)
        for item in rule.assign:
            lines += self.assigned(item, rule.table, row)
        lines += [f"session.add({row})", "session.flush()"]
        return [*lines, *([f"return {row}"] if self.answers else [])]

    @property
    def answers(self) -> bool:
        """Whether the function returns the row."""
        return self.definition.return_type != "None"

    def row(self, table: str) -> str:
        """The parameter that holds the row of the path."""
        model = self.say.table(table).model
        for name, item in self.parameters.items():
            if item.type == model and not item.keyword_only:
                return name
        return "user" if table == self.database.account else "row"

    def assigned(self, item: Assignment, table: str, row: str) -> list[str]:
        """`order.status = OrderStatus.CANCELLED`."""
        _, column = self.say.column(self.say.table(table), item.field)
        place = f"{row}.{attribute(item.field)}"
        if column.type is ColumnType.FILE and "files" in self.parameters:
            # The file that was there is referred to by nothing any more.
            return [f"files.delete({place})", f"{place} = files.save(body).key"]
        return [f"{place} = {self.say.operand(item.operand, column, row)}"]

    def taken(self, rule: Change, row: str) -> list[str]:
        """Everything that was sent, references checked."""
        table = self.say.table(rule.table)
        lines = ["changes = body.model_dump(exclude_unset=True)"]
        for name, check in self.references(table, 'changes["{}"]'):
            lines += [f'if changes.get("{attribute(name)}") is not None:', f"    {check}"]
        return [*lines, f"{row}.sqlmodel_update(changes)"]

    def free(self, name: str) -> str:
        """A variable's name that no parameter has."""
        return f"new_{name}" if name in self.parameters else name

    def created(self, creation: Creation, rule: Change) -> list[str]:
        """A new row, added and numbered."""
        table = self.say.table(creation.table)
        name = self.free(self.local(table))
        # Fields are read from the row that the rule is about.
        row = self.row(rule.table) if _reads_fields(creation) else ""
        values: list[str] = []
        for item in creation.assign:
            _, column = self.say.column(table, item.field)
            value = self.say.operand(item.operand, column, row)
            values.append(f"{attribute(item.field)}={value}")
        lines: list[str] = []
        if creation.take_body:
            fixed = {item.field for item in creation.assign}
            for field, check in self.references(table, "body.{}"):
                if field in fixed:
                    continue
                column = table.column(field)
                optional = column is not None and (column.nullable or column.default is not None)
                given = f"if body.{attribute(field)} is not None:"
                lines += [given, f"    {check}"] if optional else [check]
            values = ["**body.model_dump(exclude_unset=True)", *values]
        call = f"{name} = {table.model}({', '.join(values)})"
        if len(call) > WIDTH - 4:
            lines += [f"{name} = {table.model}(", *(f"    {value}," for value in values), ")"]
        else:
            lines.append(call)
        return [*lines, f"session.add({name})", "session.flush()"]

    def references(self, table: DatabaseTable, value: str) -> list[tuple[str, str]]:
        """Checks that what the body refers to is there, and is there for the caller."""
        checks: list[tuple[str, str]] = []
        for relation in table.relations:
            column = table.column(relation.column or "")
            if column is None or column.exposure not in (Exposure.BOTH, Exposure.WRITE):
                continue
            target = self.database.table(relation.target)
            if target is None:
                continue
            spelled = value.format(attribute(column.name))
            if target.owner and target.name != self.database.account and "user" in self.parameters:
                call = "check_visible_reference"
                more = ", user"
            else:
                call, more = "check_reference", ""
            checks.append(
                (
                    column.name,
                    f'{call}(session, {target.model}, {spelled}, "{column.name}"{more})',
                )
            )
        return checks


def _reads_fields(creation: Creation) -> bool:
    return any(isinstance(item.operand, FieldValue) for item in creation.assign)
