"""What queries are narrowed and sorted by, and the parameters that say so."""

from decimal import Decimal
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, Field

from app.fields import MAX_INTEGER, MIN_INTEGER, plain_number

# if database
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, inspect
from sqlmodel import Session, col, or_

from app.columns import TableModel
from app.database import Select, no_such
from app.problems import Invalid, NotFound

Row = TypeVar("Row", bound=TableModel)
# end


def without_nul(text: str) -> str:
    """`text`, unless it holds a NUL character, which no database takes."""
    if "\0" in text:
        raise ValueError("This must not hold a NUL character.")
    return text


RowId = Annotated[int, Path(ge=MIN_INTEGER, le=MAX_INTEGER)]
PathText = Annotated[str, Path(max_length=500), AfterValidator(without_nul)]

# Types of query parameters, each within what a database can compare.
Integer = Annotated[int, Field(ge=MIN_INTEGER, le=MAX_INTEGER)]
Float = Annotated[float, Field(allow_inf_nan=False)]
Exact = Annotated[Decimal, BeforeValidator(plain_number), Field(max_digits=38)]
Text = Annotated[str, Field(max_length=500), AfterValidator(without_nul)]

SearchText = Annotated[
    Text | None, Query(max_length=200, description="Only those that hold this text.")
]


# if database
def ordered(query: Select[Row], model: type[Row], sort: str) -> Select[Row]:
    """`query` sorted by a column, downwards where `sort` begins with `-`.

    Nothing comes after something, and ties are sorted by id: the same on every database.
    """
    name = sort.removeprefix("-")
    columns = {column.name: column for column in inspect(model).columns}
    keys = [columns[key] for key in dict.fromkeys((name, "id"))]
    down = sort.startswith("-")
    order = [key.desc() if down else key.asc() for key in keys]
    if columns[name].nullable:
        order[0] = order[0].nulls_last()
    return query.order_by(*order)


def matches(text: str, *columns: Any) -> ColumnElement[bool]:
    """Whether one of `columns` holds `text`, whatever the case of its letters."""
    return or_(*(col(column).icontains(text, autoescape=True) for column in columns))


def one_or_404(session: Session, query: Select[Row]) -> Row:
    """The only row of `query`, or NotFound."""
    row = session.exec(query).first()
    if row is None:
        raise NotFound
    return row


def check_reference(session: Session, model: type[Row], row_id: int, field: str) -> None:
    """Refuse a reference to a row that is not there."""
    if session.get(model, row_id) is None:
        raise Invalid(no_such(model), field=field)


# end
