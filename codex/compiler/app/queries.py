"""What queries are narrowed and sorted by, and the parameters that say so."""

from decimal import Decimal
from typing import Annotated, Any, TypeVar

from fastapi import Path, Query
from pydantic import AfterValidator, Field
from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, col, or_

from app.database import Select
from app.fields import MAX_INTEGER, MIN_INTEGER
from app.problems import Invalid, NotFound

Row = TypeVar("Row", bound=SQLModel)

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
Exact = Annotated[Decimal, Field(max_digits=38)]
Text = Annotated[str, Field(max_length=500), AfterValidator(without_nul)]

SearchText = Annotated[
    Text | None, Query(max_length=200, description="Only those that hold this text.")
]


def ordered(query: Select[Row], model: type[Row], sort: str) -> Select[Row]:
    """`query` sorted by a column, downwards where `sort` begins with `-`; ties by id."""
    name = sort.removeprefix("-")
    keys = [col(getattr(model, key)) for key in dict.fromkeys((name, "id"))]
    if sort.startswith("-"):
        return query.order_by(*(key.desc() for key in keys))
    return query.order_by(*(key.asc() for key in keys))


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
        raise Invalid("This refers to something that is not there.", field=field)
