"""The bodies of functions: queries, figures, guards, and changes."""

from __future__ import annotations

from codex.blueprint.template_source import head
from codex.builtin.code.expressions import OPPOSITE, SYMBOLS, Expressions
from codex.builtin.contracts.compose import docstring
from codex.common.documents.codegraph import FunctionDefinition
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Assignment,
    Change,
    Comparison,
    Creation,
    FieldValue,
    Filter,
    Guard,
    Operand,
    Value,
)
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
    Exposure,
)
from codex.common.documents.typetext import outer_and_inner
from codex.common.errors import NotInMyPower

WIDTH = 96  # of a line inside a function


def function_source(definition: FunctionDefinition, database: DatabaseSchema) -> str:
    """The whole function, from its typed rule."""
    body = Body(definition, database).lines()
    first = head(
        definition.name,
        definition.input_type,
        definition.return_type,
        is_async=definition.is_async,
    )
    lines = "\n".join(f"    {line}" if line else "" for line in body)
    return f"{first}\n{docstring(definition.description)}\n{lines}\n"


class Body:
    """One function's body."""

    def __init__(self, definition: FunctionDefinition, database: DatabaseSchema) -> None:
        self.definition = definition
        self.database = database
        self.say = Expressions(definition, database)
        self.parameters = {item.name: item for item in definition.parameters}

    def lines(self) -> list[str]:
        """The statements, without indentation."""
        match self.definition.rule:
            case Filter() as rule:
                return self.filter(rule)
            case Aggregate() as rule:
                return self.aggregate(rule)
            case Guard() as rule:
                return self.guard(rule)
            case Change() as rule:
                return self.change(rule)
            case _:
                raise NotInMyPower(
                    f"The contract of {self.definition.name} has no typed rule.",
                    "Choose a language model, which writes from the description.",
                )

    # ── queries ──────────────────────────────────────────────────────────────────────────────

    def start(self, table: DatabaseTable, *, visible: bool) -> str:
        """Where a query over rows of `table` begins."""
        if visible and "user" in self.parameters:
            return f"visible({table.model}, user)"
        return f"select({table.model})"

    def query(self, start: str, *steps: str) -> list[str]:
        """A query, on one line where it fits, a step on each otherwise."""
        steps = tuple(step for step in steps if step)
        line = start + "".join(steps)
        if len(line) <= WIDTH - 8:
            return [line]
        return ["(", f"    {start}", *(f"    {step}" for step in steps), ")"]

    def where(self, clauses: list[str]) -> str:
        """`.where(…)`, or nothing."""
        return f".where({', '.join(clauses)})" if clauses else ""

    def filter(self, rule: Filter) -> list[str]:
        """Rows in their order: as a query, or read where they are limited."""
        table = self.say.table(rule.table)
        clauses = [self.say.clause(c, table) for c in rule.where]
        orders = [
            f"col({table.model}.{o.field}){'.desc()' if o.descending else ''}" for o in rule.order
        ]
        order = f".order_by({', '.join(orders)})" if orders else ""
        limit = f".limit({self.limit(rule.limit)})" if rule.limit is not None else ""
        made = self.query(
            self.start(table, visible=rule.visible), self.where(clauses), order, limit
        )
        if "session" not in self.parameters:
            return _returned(made)
        return [*_assigned("query", made), "return list(session.exec(query).all())"]

    def limit(self, operand: Operand | None) -> str:
        """How many at the most."""
        assert operand is not None
        number = Column(name="limit", type=ColumnType.INTEGER)
        return self.say.operand(operand, number)

    # ── figures ──────────────────────────────────────────────────────────────────────────────

    def aggregate(self, rule: Aggregate) -> list[str]:
        """One figure, or one for each group."""
        table = self.say.table(rule.table)
        clauses = [self.say.clause(c, table) for c in rule.where]
        if rule.visible and "user" in self.parameters:
            # Only rows that the caller sees: their numbers come from the same query as lists.
            seen = f"select(visible({table.model}, user).subquery().c.id)"
            clauses = [f"col({table.model}.id).in_({seen})", *clauses]
        figure = self.figure(rule, table)
        if rule.group_by is not None:
            return self.groups(rule, table, figure, clauses)
        joins = self.joins(rule, table)
        source = f".select_from({table.model})" if rule.function is AggregateFunction.COUNT else ""
        made = self.query(f"select({figure})", source, *joins, self.where(clauses))
        found = _assigned("query", made)
        return [*found, *self.result(rule)]

    def figure(self, rule: Aggregate, table: DatabaseTable) -> str:
        """`func.sum(col(OrderItem.price) * col(OrderItem.quantity))`."""
        if rule.function is AggregateFunction.COUNT:
            return "func.count()"
        word = {"average": "avg", "minimum": "min", "maximum": "max"}.get(rule.function, "sum")
        paths = [path for path in (rule.field, rule.times) if path]
        return f"func.{word}({' * '.join(self.col(table, path) for path in paths)})"

    def col(self, table: DatabaseTable, path: str) -> str:
        """The column at the end of `path`, to be joined to."""
        end, column = self.say.column(table, path)
        return f"col({end.model}.{column.name})"

    def joins(self, rule: Aggregate, table: DatabaseTable) -> list[str]:
        """Joins along the relations of what is summed and grouped."""
        steps: dict[str, str] = {}
        for path in (rule.field, rule.times, rule.group_by):
            way, place = "", table
            for step in (path or "").split(".")[:-1]:
                way = f"{way}.{step}"
                steps[way] = f".join({self.relation(place, step)})"
                place, _ = self.say.column(table, f"{way[1:]}.id")
        return list(steps.values())

    def relation(self, table: DatabaseTable, step: str) -> str:
        """What a query joins along."""
        relation = table.relation(step)
        if relation is None or relation.cardinality is Cardinality.MANY_TO_MANY:
            raise NotInMyPower(
                f"{self.definition.name} would count over several rows of {step} at once.",
                "Choose a language model.",
            )
        target = self.say.table(relation.target)
        return f"{target.model}, col({table.model}.{relation.column}) == col({target.model}.id)"

    def result(self, rule: Aggregate) -> list[str]:
        """What the query's one row comes to, in the type that the contract promises."""
        kind = self.definition.return_type
        match rule.function:
            case AggregateFunction.COUNT:
                return ["return session.exec(query).one()"]
            case AggregateFunction.SUM:
                zero = {"int": "0", "float": "0.0", "Decimal": "Decimal(0)"}.get(kind, "0")
                return [f"return session.exec(query).one() or {zero}"]
            case AggregateFunction.AVERAGE if "float" in kind:
                return [
                    "average = session.exec(query).one()",
                    "return None if average is None else float(average)",
                ]
            case _:
                return ["return session.exec(query).one()"]

    def groups(
        self, rule: Aggregate, table: DatabaseTable, figure: str, clauses: list[str]
    ) -> list[str]:
        """A figure for each group, in the order that the contract tells."""
        assert rule.group_by is not None
        key = self.col(table, rule.group_by)
        way = "desc" if rule.descending else "asc"
        limit = f".limit({self.limit(rule.limit)})" if rule.limit is not None else ""
        made = self.query(
            f"select({key}, {figure})",
            *self.joins(rule, table),
            self.where(clauses),
            f".group_by({key})",
            f".order_by({figure}.{way}(), {key})",
            limit,
        )
        _, inner = outer_and_inner(self.definition.return_type)
        value = (inner or "").rstrip("]").rpartition(",")[2].strip()
        shown = {"float": "float(figure)", "float | None": None}.get(value, "figure")
        if value == "float | None":
            shown = "None if figure is None else float(figure)"
        if rule.function is AggregateFunction.SUM:
            zero = {"int": "0", "float": "0.0", "Decimal": "Decimal(0)"}.get(value, "0")
            shown = f"figure or {zero}"
        return [
            *_assigned("query", made),
            f"return [(key, {shown}) for key, figure in session.exec(query).all()]",
        ]

    # ── guards ───────────────────────────────────────────────────────────────────────────────

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
        return f"body.{field} is not None and {text.removeprefix(f'body.{field} is None or ')}"

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

    def local(self, table: DatabaseTable) -> str:
        """A name for a row that the function reads itself."""
        from codex.blueprint.naming import snake

        return table.entity or snake(table.model)

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
                *_assigned("query", made),
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
        return [*_assigned("query", made), f"if {test}:", f"    raise {rule.error}"]

    def may_lack(self, table: DatabaseTable, path: str) -> bool:
        """Whether a field may be missing, so that nothing is limited."""
        _, column = self.say.column(table, path)
        return column.nullable

    def clause_of_count(
        self, rule: Guard, condition: object, source: DatabaseTable, row: str
    ) -> str:
        """A condition of counted rows, whose other fields are those of the guarded row."""
        from codex.common.documents.rules import Condition

        assert isinstance(condition, Condition)
        if not row and rule.argument is not None:
            own = tuple(
                o if not (isinstance(o, FieldValue) and o.path == "id") else None
                for o in condition.operands
            )
            if None in own:
                from codex.common.documents.rules import Argument

                condition = condition.model_copy(
                    update={"operands": tuple(o or Argument(name=rule.argument) for o in own)}
                )
        return self.say.clause(condition, source, row)

    # ── changes ──────────────────────────────────────────────────────────────────────────────

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
        lines += [self.assigned(a, rule.table, row) for a in rule.assign]
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

    def assigned(self, item: Assignment, table: str, row: str) -> str:
        """`order.status = OrderStatus.CANCELLED`."""
        _, column = self.say.column(self.say.table(table), item.field)
        if column.type is ColumnType.FILE and "files" in self.parameters:
            return f"{row}.{item.field} = files.save(body).key"
        return f"{row}.{item.field} = {self.say.operand(item.operand, column, row)}"

    def taken(self, rule: Change, row: str) -> list[str]:
        """Everything that was sent, references checked."""
        table = self.say.table(rule.table)
        lines = ["changes = body.model_dump(exclude_unset=True)"]
        for name, check in self.references(table, 'changes["{}"]'):
            lines += [f'if changes.get("{name}") is not None:', f"    {check}"]
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
            values.append(f"{item.field}={self.say.operand(item.operand, column, row)}")
        lines: list[str] = []
        if creation.take_body:
            fixed = {item.field for item in creation.assign}
            for field, check in self.references(table, "body.{}"):
                if field in fixed:
                    continue
                column = table.column(field)
                optional = column is not None and (column.nullable or column.default is not None)
                lines += [f"if body.{field} is not None:", f"    {check}"] if optional else [check]
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
            spelled = value.format(column.name)
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


def _assigned(name: str, made: list[str]) -> list[str]:
    """A query put into a variable."""
    return [f"{name} = {made[0]}", *made[1:]]


def _returned(made: list[str]) -> list[str]:
    """A query given back."""
    return [f"return {made[0]}", *made[1:]]


def _grouped(text: str, others: list[str]) -> str:
    """In parentheses, where "and" stands beside "or"."""
    return f"({text})" if len(others) > 1 and " and " in text else text


def _operands(rule: object) -> list[Operand]:
    from codex.builtin.contracts.operands import operands_of

    return list(operands_of(rule))


def _reads_fields(creation: Creation) -> bool:
    return any(isinstance(item.operand, FieldValue) for item in creation.assign)
