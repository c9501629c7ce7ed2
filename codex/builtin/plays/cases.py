"""One scenario for each kind of case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from codex.blueprint.planned import Planned
from codex.blueprint.play import ScenarioPlan
from codex.builtin.contracts.world import compare
from codex.builtin.plays.cast import SENT, CannotPlay, Cast, moment
from codex.builtin.plays.making import Making, negated
from codex.builtin.plays.reading import Readings
from codex.chains.architect.scenarios import ScenariosInputs
from codex.common.documents.base import JsonValue
from codex.common.documents.rules import (
    Change,
    Condition,
    FieldValue,
    Guard,
    Now,
    Operand,
    Value,
)
from codex.common.documents.scenario import Expect, Step
from codex.common.documents.schema import Column, ColumnType, DatabaseTable
from codex.common.documents.specification import Criterion, CriterionCase, Operation, Verb

NOBODY = 999_999
MOST_ROWS = 30


class Cases:
    """Writes the scenarios of one requirement."""

    def __init__(self, inputs: ScenariosInputs) -> None:
        self.inputs = inputs
        self.cast = Cast(inputs)

    def play(self, criterion: Criterion) -> ScenarioPlan:
        """The scenario that shows a criterion; `CannotPlay` where none does."""
        case = criterion.case
        if case is None:
            raise CannotPlay("its case is not known in typed form")
        if case.kind == "account":
            steps = self._account()
        elif case.kind == "service":
            steps = [Step(path="/health", expect=Expect(status=200))]
        else:
            planned = self._route(case)
            kinds: dict[str, Callable[[Planned, CriterionCase], list[Step]]] = {
                "done": self._done,
                "missing": self._missing,
                "invalid": self._invalid,
                "duplicate": self._duplicate,
                "refused": self._refused,
                "anonymous": self._anonymous,
                "forbidden": self._forbidden,
                "foreign": self._foreign,
                "narrowed": self._narrowed,
            }
            steps = kinds[case.kind](planned, case)
        return ScenarioPlan(name=_name(criterion), criteria=(criterion.id,), steps=tuple(steps))

    def _route(self, case: CriterionCase) -> Planned:
        operations = self.inputs.requirement.operations
        if not 1 <= case.operation <= len(operations):
            raise CannotPlay("it tries no operation")
        wanted = _key(operations[case.operation - 1])
        for item in self.cast.routes:
            if item.operation is not None and _key(item.operation) == wanted:
                return item
        raise CannotPlay("no route does this")

    def _table(self, planned: Planned) -> DatabaseTable:
        assert planned.operation is not None
        return self.cast.table_of_entity(planned.operation.entity)

    def _making(self, planned: Planned) -> Making:
        return Making(self.cast, self.cast.actor(planned.header))

    # ── it works ─────────────────────────────────────────────────────────────────────────────

    def _done(self, planned: Planned, case: CriterionCase) -> list[Step]:
        assert planned.operation is not None
        del case
        making, table = self._making(planned), self._table(planned)
        header = planned.header
        match planned.operation.verb:
            case Verb.CREATE:
                self._create(making, planned, table)
            case Verb.LIST:
                name = self._listed_row(making, planned, table)
                rows = self._above(planned, name)
                making.call(header, rows=rows, expect=_only(name))
            case Verb.GET:
                name = self._listed_row(making, planned, table)
                rows = {self.cast.noun(table): name}
                making.call(header, rows=rows, expect={"id": f"${name}.id"})
            case Verb.UPDATE:
                self._update(making, planned, table)
            case Verb.DELETE:
                rows = {self.cast.noun(table): self._ready(making, planned, table)}
                making.call(header, rows=rows)
                shown = self.cast.showing(table)
                if shown is not None:
                    making.call(shown, rows=rows, status=404)
            case Verb.ACTION:
                self._act(making, planned, table)
            case _:
                Readings(self.cast).show(making, planned)
        return making.steps

    def _create(self, making: Making, planned: Planned, table: DatabaseTable) -> None:
        header = planned.header
        gone = tuple(header.path_parameters)
        body = self.cast.body(table, making.actor, without=gone)
        expect: JsonValue = {k: v for k, v in body.items() if _is_shown(table, k)}
        making.call(header, body=body, expect=expect, save="made")
        shown = self.cast.showing(table)
        if shown is not None and self.cast.allowed(shown, making.actor) == making.actor:
            noun = self.cast.noun(table)
            making.call(shown, rows={noun: "made"}, expect={"id": "$made.id"})

    def _above(self, planned: Planned, name: str) -> dict[str, str]:
        """Path parameters of a list under a parent: the parent of the row that was made."""
        del name
        return {
            p.removesuffix("_id"): p.removesuffix("_id") for p in planned.header.path_parameters
        }

    def _listed_row(self, making: Making, planned: Planned, table: DatabaseTable) -> str:
        derived = planned.header.derived
        values: dict[str, JsonValue] = {}
        relation = table.relation(derived.parent) if derived and derived.parent else None
        if relation is not None and relation.column:
            noun = planned.header.path_parameters[0].removesuffix("_id")
            values[relation.column] = f"${noun}.id"
        return making.row(table, derived.where if derived else (), values)

    def _update(self, making: Making, planned: Planned, table: DatabaseTable) -> None:
        name = self._ready(making, planned, table)
        column = self._changeable(planned, table)
        value = self.cast.value(table, column, making.actor, 7)
        rows = {self.cast.noun(table): name}
        making.call(
            planned.header, rows=rows, body={column.name: value}, expect={column.name: value}
        )

    def _changeable(self, planned: Planned, table: DatabaseTable) -> Column:
        derived = planned.header.derived
        fields = derived.fields if derived else ()
        for column in table.columns:
            plain = self.cast.relation_of(table, column.name) is None
            sent = column.exposure in SENT and column.changeable
            simple = column.type not in (ColumnType.FILE, ColumnType.ENUM, ColumnType.JSON)
            if sent and plain and simple and (not fields or column.name in fields):
                return column
        raise CannotPlay("no plain field can be changed")

    def _ready(self, making: Making, planned: Planned, table: DatabaseTable) -> str:
        """A row of the path on which every guard holds."""
        change = planned.rule
        wanted: tuple[Condition, ...] = ()
        values: dict[str, JsonValue] = {}
        if isinstance(change, Change):
            for guard in change.guards:
                if guard.table == table.name and guard.argument is None:
                    wanted += guard.require
                    if isinstance(guard.limit, FieldValue) and "." not in guard.limit.path:
                        values[guard.limit.path] = 3
            wanted += self._unchanged(change, wanted)
        return making.row(table, wanted, values)

    def _unchanged(self, change: Change, wanted: tuple[Condition, ...]) -> tuple[Condition, ...]:
        """The row is not yet in the state that the change brings, so that it can be seen."""
        fixed = {condition.field for condition in wanted}
        from codex.common.documents.rules import Comparison

        return tuple(
            Condition(field=a.field, op=Comparison.NE, operands=(a.operand,))
            for a in change.assign
            if isinstance(a.operand, Value)
            and a.field not in fixed
            and isinstance(a.operand.value, bool)
        )

    def _act(self, making: Making, planned: Planned, table: DatabaseTable) -> None:
        change = planned.rule
        if not isinstance(change, Change):
            raise CannotPlay("what it does is not known in typed form")
        name = self._ready(making, planned, table)
        noun = self.cast.noun(table)
        self._prepare(making, change, name)
        expect: dict[str, JsonValue] = {}
        for assignment in change.assign:
            if isinstance(assignment.operand, Value):
                expect[assignment.field] = assignment.operand.value
            elif isinstance(assignment.operand, Now):
                expect[assignment.field] = "*"
        if not change.assign and len(change.create) == 1:
            expect = {"id": "*"}
        body = making.body_of(planned.header)
        status = planned.header.success.status
        shown: JsonValue = dict(expect) if expect and status != 204 else None
        making.call(planned.header, rows={noun: name}, body=body, expect=shown)

    def _prepare(self, making: Making, change: Change, name: str) -> None:
        """Rows that guards want to be there: at least one item, say."""
        for guard in change.guards:
            if guard.count is None or guard.limit is None:
                continue
            limit = making.plain(guard.limit)
            if isinstance(limit, int) and not compare(0, guard.op, [limit]):
                wanted = next((n for n in range(1, MOST_ROWS) if compare(n, guard.op, [limit])), 0)
                self._counted_rows(making, guard, wanted, name)

    # ── it does not ──────────────────────────────────────────────────────────────────────────

    def _missing(self, planned: Planned, case: CriterionCase) -> list[Step]:
        del case
        header = planned.header
        if not header.path_parameters:
            raise CannotPlay("the path names no row")
        path = header.path
        for parameter in header.path_parameters:
            path = path.replace(f"{{{parameter}}}", str(NOBODY))
        making = self._making(planned)
        table = self._table(planned)
        body: JsonValue = None
        if header.request:
            body = making.body_of(header)
            if body is None:
                body = (
                    self.cast.body(table, making.actor, without=tuple(header.path_parameters))
                    if header.request.endswith("Create")
                    else {}
                )
        return [
            Step(
                actor=making.actor,
                method=header.method,
                path=path,
                body=body,
                expect=Expect(status=404),
            )
        ]

    def _invalid(self, planned: Planned, case: CriterionCase) -> list[Step]:
        making, table = self._making(planned), self._table(planned)
        header = planned.header
        column = table.column(case.field or "") or self._key_of(table, case.field)
        if column is None:
            column = next((c for c in table.columns if c.exposure in SENT and not c.nullable), None)
        if column is None or column.exposure not in SENT:
            raise CannotPlay("callers do not send this field")
        bad = _bad_value(column, reference=self.cast.relation_of(table, column.name) is not None)
        if header.method == "PATCH":
            rows = {self.cast.noun(table): making.row(table)}
            making.call(header, rows=rows, status=422, body={column.name: bad})
            return making.steps
        body = self.cast.body(table, making.actor, values={column.name: bad})
        body[column.name] = bad
        making.call(header, status=422, body=body)
        return making.steps

    def _key_of(self, table: DatabaseTable, field: str | None) -> Column | None:
        relation = table.relation(field or "")
        return table.column(relation.column or "") if relation else None

    def _duplicate(self, planned: Planned, case: CriterionCase) -> list[Step]:
        making, table = self._making(planned), self._table(planned)
        header = self.cast.creating(table)
        if header is None:
            raise CannotPlay("no call makes such a row")
        column = table.column(case.field or "") or self._key_of(table, case.field)
        keep = {column.name} if column else set[str]()
        for constraint in table.constraints:
            if constraint.kind == "unique" and (
                column is None or column.name in constraint.columns
            ):
                keep |= set(constraint.columns)
        values: dict[str, JsonValue] = {}
        for name in keep:
            found = table.column(name)
            if found is not None and found.exposure in SENT:
                values[name] = self.cast.value(table, found, making.actor)
        first = self.cast.body(table, making.actor, values=values)
        second = self.cast.body(table, making.actor, number=2, values=values)
        making.call(header, body=first)
        making.call(header, status=409, body=second)
        return making.steps

    def _refused(self, planned: Planned, case: CriterionCase) -> list[Step]:
        change = planned.rule
        if not isinstance(change, Change) or len(change.guards) < case.guard:
            raise CannotPlay("it has no such guard")
        guard = change.guards[case.guard - 1]
        if guard.unless_role and not self.cast.accounts:
            raise CannotPlay("the guard binds nobody")
        making, table = self._making(planned), self._table(planned)
        header, noun = planned.header, self.cast.noun(table)
        new_row = any(creation.take_body for creation in change.create)
        if guard.count is not None:
            self._over_limit(making, planned, guard, new_row=new_row)
            return making.steps
        if guard.argument is not None:
            raise CannotPlay("the guarded row is named by the body")
        if new_row:
            raise CannotPlay("the guard looks at the new row itself")
        wanted = (negated(guard.require[0]),)
        rows = {noun: making.row(table, wanted)}
        body = making.body_of(header)
        if change.take_body:
            column = self._changeable(planned, table)
            body = {column.name: self.cast.value(table, column, making.actor, 7)}
        making.call(header, rows=rows, status=409, body=body)
        return making.steps

    def _over_limit(self, making: Making, planned: Planned, guard: Guard, *, new_row: bool) -> None:
        """As many rows as the limit allows, then one call more."""
        assert guard.count is not None
        assert guard.limit is not None
        table, header = self._table(planned), planned.header
        subject = None
        limit = making.plain(guard.limit)
        guarded = self.cast.table(guard.table)
        if isinstance(guard.limit, FieldValue):
            limit = 1
            subject = making.row(guarded, values={guard.limit.path: 1})
        elif guard.argument is None and guard.table == table.name and not new_row:
            subject = making.row(table)
        if not isinstance(limit, int):
            raise CannotPlay("the limit is not a whole number")
        wanted = next((n for n in range(MOST_ROWS) if not compare(n, guard.op, [limit])), None)
        if wanted is None:
            raise CannotPlay(f"{limit} rows are too many to make one by one")
        self._counted_rows(making, guard, wanted, subject)
        rows: dict[str, str] = {}
        if not new_row:
            noun = self.cast.noun(table)
            rows[noun] = subject or f"{noun}_{wanted + 1}" if subject or wanted else noun
        body = making.body_of(header, refs=wanted + 1)
        if new_row:
            values = self._fixed(making, guard, subject)
            body = self.cast.body(table, making.actor, number=wanted + 1, values=values)
        making.call(header, rows=rows, status=409, body=self._with_subject(body, guard, subject))

    def _with_subject(self, body: JsonValue, guard: Guard, subject: str | None) -> JsonValue:
        """The guarded row in the body: the same that the counted rows belong to."""
        if guard.argument and isinstance(body, dict) and guard.argument in body:
            name = subject or guard.argument.removesuffix("_id")
            return {**body, guard.argument: f"${name}.id"}
        return body

    def _fixed(self, making: Making, guard: Guard, subject: str | None) -> dict[str, JsonValue]:
        """The columns that tie a counted row to the guarded one."""
        values: dict[str, JsonValue] = {}
        assert guard.count is not None
        table = self.cast.table(guard.count.table)
        for condition in guard.count.where:
            column = table.column(condition.field)
            operand: Operand | None = condition.operands[0] if condition.operands else None
            if column is None or column.exposure not in SENT or operand is None:
                continue
            reference = making.reference(operand)
            if isinstance(operand, FieldValue) and operand.path == "id":
                reference = f"${subject or self.cast.noun(self.cast.table(guard.table))}.id"
            elif (
                subject
                and guard.argument
                and reference == f"${guard.argument.removesuffix('_id')}.id"
            ):
                reference = f"${subject}.id"
            if reference is not None:
                values[condition.field] = reference
            elif column.type in (ColumnType.DATE, ColumnType.DATETIME):
                later = 2 if str(condition.op) in ("gt", "ge") else 1
                values[condition.field] = moment(column, timedelta(days=later))
        return values

    def _counted_rows(self, making: Making, guard: Guard, number: int, subject: str | None) -> None:
        """Make so many rows that the guard counts."""
        assert guard.count is not None
        table = self.cast.table(guard.count.table)
        fixed = self._fixed(making, guard, subject)
        if subject and not fixed:
            key = next((c.field for c in guard.count.where if isinstance(
                c.operands[0] if c.operands else None, FieldValue)), None)  # fmt: skip
            if key is not None:
                fixed = {key: f"${subject}.id"}
        plain = tuple(c for c in guard.count.where if c.field not in fixed and _is_plain(c))
        for position in range(1, number + 1):
            making.row(table, plain, dict(fixed), refs=position)

    def _anonymous(self, planned: Planned, case: CriterionCase) -> list[Step]:
        del case
        if not self.cast.accounts or self.cast.actor(planned.header) is None:
            raise CannotPlay("nobody needs to sign in for this")
        return [self._alone(planned, None, 401)]

    def _forbidden(self, planned: Planned, case: CriterionCase) -> list[Step]:
        del case
        return [self._alone(planned, self.cast.outsider(planned.header), 403)]

    def _alone(self, planned: Planned, actor: str | None, status: int) -> Step:
        """One call by somebody who may not."""
        header, table = planned.header, self._table(planned)
        making = Making(self.cast, self.cast.actor(header))
        body: JsonValue = None
        if header.request:
            body = making.body_of(header)
            if body is None:
                gone = tuple(header.path_parameters)
                created = header.request.endswith("Create")
                body = self.cast.body(table, making.actor, without=gone) if created else {}
        return Step(
            actor=actor,
            method=header.method,
            path=self.cast.path(header),
            body=body,
            expect=Expect(status=status),
        )

    def _foreign(self, planned: Planned, case: CriterionCase) -> list[Step]:
        del case
        making, table = self._making(planned), self._table(planned)
        header = planned.header
        actor = making.actor
        if actor is None or not table.owner:
            raise CannotPlay("the rows belong to nobody")
        name = making.row(table)
        other = f"{actor}:2"
        if not header.path_parameters:
            making.call(header, actor=other, expect={"items": [], "total": 0})
            return making.steps
        body: JsonValue = making.body_of(header)
        if body is None and header.request:
            column = self._changeable(planned, table)
            body = {column.name: self.cast.value(table, column, actor, 7)}
        rows = {self.cast.noun(table): name}
        making.call(header, actor=other, rows=rows, status=404, body=body)
        return making.steps

    def _narrowed(self, planned: Planned, case: CriterionCase) -> list[Step]:
        making = self._making(planned)
        Readings(self.cast).narrow(making, planned, case.field)
        return making.steps

    # ── accounts ─────────────────────────────────────────────────────────────────────────────

    def _account(self) -> list[Step]:
        """Signing up, logging in, and being known."""
        if not self.cast.accounts:
            raise CannotPlay("nobody signs in")
        table = self.cast.table(self.cast.database.account or "")
        body = self.cast.body(table, None)
        login = {"email": "new@example.com", "password": "a long enough secret 1"}
        return [
            _auth("POST", "/auth/signup", 201, {**body, **login}),
            _auth("POST", "/auth/login", 200, dict(login), {"token_type": "bearer"}),
            _auth("POST", "/auth/login", 401, {**login, "password": "another secret 2"}),
            _auth("GET", "/auth/me", 401),
            Step(actor="user", path="/auth/me", expect=Expect(status=200, body={"email": "*"})),
        ]


def _auth(
    method: str, path: str, status: int, body: JsonValue = None, expect: JsonValue = None
) -> Step:
    return Step(method=method, path=path, body=body, expect=Expect(status=status, body=expect))  # type: ignore[arg-type]


def _name(criterion: Criterion) -> str:
    text = f"{criterion.when.rstrip('.')}: {criterion.then.rstrip('.')}"
    return text if len(text) <= 120 else f"{text[:119]}…"


def _key(operation: Operation) -> tuple[str, str, str | None, str | None]:
    return (operation.verb, operation.entity, operation.name, operation.parent)


def _only(name: str) -> JsonValue:
    return {"items": [{"id": f"${name}.id"}], "total": 1}


def _is_plain(condition: Condition) -> bool:
    """Whether a condition is about the counted row alone."""
    return all(isinstance(operand, Value) for operand in condition.operands)


def _is_shown(table: DatabaseTable, name: str) -> bool:
    column = table.column(name)
    return column is not None and column.exposure not in ("write", "none")


def _bad_value(column: Column, *, reference: bool) -> JsonValue:
    """A value that the column does not take."""
    if reference:
        return NOBODY
    match column.type:
        case ColumnType.INTEGER | ColumnType.FLOAT | ColumnType.DECIMAL:
            return _bad_number(column)
        case ColumnType.DATE | ColumnType.DATETIME:
            if column.minimum in ("today", "now"):
                return moment(column, timedelta(days=-2))
            beyond = column.maximum in ("today", "now")
            return moment(column, timedelta(days=2)) if beyond else "not a date"
        case ColumnType.ENUM:
            return "no such choice"
        case ColumnType.BOOLEAN:
            return "perhaps"
        case ColumnType.JSON:
            return None
        case _:
            return _bad_text(column)


def _bad_number(column: Column) -> JsonValue:
    if column.minimum is not None:
        least = Decimal(str(column.minimum))
        return _number(least if column.exclusive_minimum else least - 1)
    if column.maximum is not None:
        most = Decimal(str(column.maximum))
        return _number(most if column.exclusive_maximum else most + 1)
    return "not a number"


def _number(value: Decimal) -> JsonValue:
    return int(value) if value == value.to_integral_value() else str(value)


def _bad_text(column: Column) -> JsonValue:
    if column.format is not None:
        return "not one"
    if column.max_length:
        return "x" * (column.max_length + 1)
    return "" if column.min_length else {"not": "a text"}
