"""What lists and figures look like, and how a query becomes a page."""

# if database
from collections.abc import Callable

# end
from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

# if database
from sqlmodel import Session, SQLModel, func, select

from app.database import Select

# end

DEFAULT_LIMIT = 50
MAX_LIMIT = 200

Item = TypeVar("Item")
Key = TypeVar("Key")
# if database
Row = TypeVar("Row", bound=SQLModel)
Answer = TypeVar("Answer", bound=BaseModel)
# end


class Paging(BaseModel):
    """Which part of a list is asked for."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0


class Page(BaseModel, Generic[Item]):
    """A part of a list, with the length of the whole."""

    items: list[Item]
    total: int
    limit: int
    offset: int


class Items(BaseModel, Generic[Item]):
    """A whole list."""

    items: list[Item]


class Value(BaseModel, Generic[Item]):
    """One figure."""

    value: Item


class Group(BaseModel, Generic[Key, Item]):
    """A figure with what it belongs to."""

    key: Key
    value: Item


class Groups(BaseModel, Generic[Key, Item]):
    """A figure for each group."""

    items: list[Group[Key, Item]]


def grouped(pairs: Sequence[tuple[Key, Item]]) -> Groups[Key, Item]:
    """The groups of keys with their values."""
    return Groups(items=[Group(key=key, value=value) for key, value in pairs])


async def paging_of_request(
    limit: Annotated[
        int, Query(ge=1, le=MAX_LIMIT, description="How many at the most.")
    ] = DEFAULT_LIMIT,
    offset: Annotated[
        int, Query(ge=0, le=2**63 - 1 - MAX_LIMIT, description="How many to pass over.")
    ] = 0,
) -> Paging:
    """The paging of the request."""
    return Paging(limit=limit, offset=offset)


PagingDep = Annotated[Paging, Depends(paging_of_request)]


# if database
def paginate(
    session: Session, query: Select[Row], paging: Paging, read: type[Answer]
) -> Page[Answer]:
    """One page of the rows of `query`: one statement for the page, one for the total."""
    return paginate_with(
        session, query, paging, lambda rows: [read.model_validate(row) for row in rows]
    )


def paginate_with(
    session: Session,
    query: Select[Row],
    paging: Paging,
    read: Callable[[Sequence[Row]], list[Item]],
) -> Page[Item]:
    """The same for rows that are read together, because more belongs to them."""
    limit, offset = paging.limit, paging.offset
    # A query with a limit of its own ("the ten best") is a list that is paged as a whole.
    if query._limit_clause is not None:  # pyright: ignore[reportPrivateUsage] there is no public way
        rows = session.exec(query).all()
        total, rows = len(rows), rows[offset : offset + limit]
    else:
        counted = query.order_by(None).subquery()
        total = session.exec(select(func.count()).select_from(counted)).one()
        rows = session.exec(query.limit(limit).offset(offset)).all()
    return Page(items=read(rows), total=total, limit=limit, offset=offset)


# end
