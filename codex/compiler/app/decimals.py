"""Decimals that stay exact on every database, in queries too."""

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    BinaryExpression,
    Case,
    Cast,
    ColumnElement,
    Dialect,
    Float,
    Integer,
    Numeric,
    String,
    TypeDecorator,
    case,
    literal_column,
)
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import ReturnTypeFromArgs, coalesce
from sqlalchemy.types import TypeEngine

from app.problems import Invalid

class TooManyDigits(DontWrapMixin, Invalid):
    """A number that no column of its kind holds; told as it is, not as the database's error."""

    title = "A number has too many digits."


def fitting(value: Decimal, precision: int, scale: int) -> Decimal:
    """`value` with `scale` digits after the point, if it has at most `precision` in all."""
    beyond = Decimal(10) ** (precision - scale)
    if not value.is_finite() or abs(value) >= beyond:
        raise TooManyDigits
    exact = round(value, scale)
    if abs(exact) >= beyond:
        raise TooManyDigits
    return exact


_ARITHMETIC = ("add", "sub", "mul", "truediv")


def _symbol(operator: Any) -> str:
    """`mul` for the function that stands for `*` in an expression."""
    return getattr(operator, "__name__", "")


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with a fixed number of digits after the point.

    Postgres has NUMERIC. SQLite would keep a REAL, so there it is a whole number of the smallest
    unit (cents, for two digits), and at most 18 digits fit.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self.precision = precision
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """NUMERIC, or a whole number on SQLite."""
        stored = BigInteger() if dialect.name == "sqlite" else Numeric(self.precision, self.scale)
        return dialect.type_descriptor(stored)

    def process_bind_param(
        self, value: Decimal | float | None, dialect: Dialect
    ) -> Decimal | int | None:
        """Round half even to the column's digits."""
        if value is None:
            return None
        exact = fitting(Decimal(str(value)), self.precision, self.scale)
        return int(exact.scaleb(self.scale)) if dialect.name == "sqlite" else exact

    def process_result_value(
        self, value: Decimal | float | None, dialect: Dialect
    ) -> Decimal | None:
        """Read the decimal with all its digits."""
        if value is None:
            return None
        if dialect.name != "sqlite":
            return Decimal(value)
        if isinstance(value, float) and not value.is_integer():  # an average or a quotient
            return Decimal(repr(value)).scaleb(-self.scale)
        return Decimal(int(value)).scaleb(-self.scale)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """The type of a plain value beside the column: factors and divisors keep their own digits."""
        if _symbol(op) not in ("mul", "truediv"):
            return self
        if isinstance(value, Decimal):
            exponent = value.as_tuple().exponent
            return ExactDecimal(18, -exponent if isinstance(exponent, int) and exponent < 0 else 0)
        return BigInteger()

    class Comparator(TypeDecorator.Comparator[Decimal]):
        """Gives the result of an operator the digits that it has."""

        def _adapt_expression(
            self, op: Any, other_comparator: TypeEngine.Comparator[Any]
        ) -> tuple[Any, TypeEngine[Any]]:
            mine, other = self.type, other_comparator.type
            if not isinstance(mine, ExactDecimal) or _symbol(op) not in _ARITHMETIC:
                return super()._adapt_expression(op, other_comparator)
            if not isinstance(other, ExactDecimal):
                return op, mine
            scales = {"mul": mine.scale + other.scale, "truediv": mine.scale - other.scale}
            return op, ExactDecimal(18, scales.get(_symbol(op), max(mine.scale, other.scale)))

    comparator_factory = Comparator  # pyright: ignore[reportAssignmentType] as SQLAlchemy documents


# SQLAlchemy knows of sum, min and max that the result has the type of the column. `func` finds
# these by their names too.
class Average(ReturnTypeFromArgs[Any]):
    """AVG over decimals is a decimal."""

    inherit_cache = True
    name = "avg"


class Absolute(ReturnTypeFromArgs[Any]):
    """ABS of a decimal is a decimal."""

    inherit_cache = True
    name = "abs"


class Round(ReturnTypeFromArgs[Any]):
    """ROUND of a decimal is a decimal."""

    inherit_cache = True
    name = "round"


class NullIf(ReturnTypeFromArgs[Any]):
    """NULLIF of a decimal is a decimal."""

    inherit_cache = True
    name = "nullif"


@compiles(Round, "sqlite")
def _round_on_sqlite(element: Round, compiler: SQLCompiler, **options: Any) -> str:
    value, *digits = [compiler.process(clause, **options) for clause in element.clauses]
    if not isinstance(element.type, ExactDecimal):
        return f"round({', '.join([value, *digits])})"
    unit = 10**element.type.scale  # of the whole numbers that are stored
    return f"round({value} * 1.0 / {unit}, {digits[0] if digits else 0}) * {unit}"


# Where decimals of several units meet on SQLite, or decimals and other numbers, all become whole
# numbers of the smallest of these units.


def _scale(part: ColumnElement[Any]) -> int | None:
    """How many digits after the point a number counts in; None for what is no number."""
    if isinstance(part.type, ExactDecimal):
        return part.type.scale
    return 0 if isinstance(part.type, Integer | Numeric | Float) else None


def _raised(part: ColumnElement[Any], digits: int) -> ColumnElement[Any]:
    """`part` times a power of ten."""
    if not digits:
        return part
    power = literal_column(str(10**digits) if digits > 0 else f"1e{digits}", BigInteger())
    left = part.self_group(against=operators.mul)
    return BinaryExpression(left, power, operators.mul, type_=part.type)


def _counted_in(part: ColumnElement[Any], scale: int) -> ColumnElement[Any]:
    own = _scale(part)
    return part if own is None else _raised(part, scale - own)


_ONE_UNIT = ("add", "sub", "lt", "le", "gt", "ge", "eq", "ne")


@compiles(BinaryExpression, "sqlite")
def _binary_on_sqlite(element: BinaryExpression[Any], compiler: Any, **options: Any) -> str:
    left, right, symbol = element.left, element.right, _symbol(element.operator)
    scales = _scale(left), _scale(right)
    exact = any(isinstance(side.type, ExactDecimal) for side in (left, right))
    if exact and symbol in _ARITHMETIC and not isinstance(element.type, ExactDecimal):
        left, right = _counted_in(left, 0), _counted_in(right, 0)
    elif exact and None not in scales and scales[0] != scales[1]:
        if symbol in _ONE_UNIT:
            most = max(scale for scale in scales if scale is not None)
            left, right = _counted_in(left, most), _counted_in(right, most)
        elif symbol == "truediv" and not isinstance(left.type, ExactDecimal):
            left = _raised(left, (scales[1] or 0) + (_scale(element) or 0))
    if (left, right) != (element.left, element.right):
        element = BinaryExpression(
            left, right, element.operator, type_=element.type, modifiers=element.modifiers
        )
    return compiler.visit_binary(element, **options)


@compiles(Cast, "sqlite")
def _cast_on_sqlite(element: Cast[Any], compiler: Any, **options: Any) -> str:
    stored, wanted = element.clause.type, element.type
    if not isinstance(stored, ExactDecimal) or isinstance(wanted, ExactDecimal):
        return compiler.visit_cast(element, **options)
    number = f"{compiler.process(element.clause, **options)} * 1.0 / {10**stored.scale}"
    if isinstance(wanted, String):
        return f"printf('%.{stored.scale}f', {number})"
    kind = compiler.process(element.typeclause, **options)
    return f"CAST({number} AS {kind})"


@compiles(Case, "sqlite")
def _case_on_sqlite(element: Case[Any], compiler: Any, **options: Any) -> str:
    if isinstance(element.type, ExactDecimal):
        scale, otherwise = element.type.scale, element.else_
        element = case(
            *((when, _counted_in(then, scale)) for when, then in element.whens),
            value=element.value,
            else_=None if otherwise is None else _counted_in(otherwise, scale),
        )
    return compiler.visit_case(element, **options)


@compiles(NullIf, "sqlite")
@compiles(coalesce, "sqlite")
def _choice_on_sqlite(
    element: ReturnTypeFromArgs[Any], compiler: SQLCompiler, **options: Any
) -> str:
    parts: list[ColumnElement[Any]] = list(element.clauses)
    if isinstance(element.type, ExactDecimal):
        parts = [_counted_in(part, element.type.scale) for part in parts]
    return f"{element.name}({', '.join(compiler.process(part, **options) for part in parts)})"
