"""Decimals that stay exact on every database, in queries too."""

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Numeric, TypeDecorator
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import ReturnTypeFromArgs
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
            if isinstance(other, ExactDecimal) and _symbol(op) in ("mul", "truediv"):
                scale = other.scale if _symbol(op) == "mul" else -other.scale
                return op, ExactDecimal(18, mine.scale + scale)
            return op, mine

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


@compiles(Round, "sqlite")
def _round_on_sqlite(element: Round, compiler: SQLCompiler, **options: Any) -> str:
    value, *digits = [compiler.process(clause, **options) for clause in element.clauses]
    if not isinstance(element.type, ExactDecimal):
        return f"round({', '.join([value, *digits])})"
    unit = 10**element.type.scale  # of the whole numbers that are stored
    return f"round({value} * 1.0 / {unit}, {digits[0] if digits else 0}) * {unit}"
