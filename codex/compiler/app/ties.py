"""Many to many: what rows are tied to, and what they may be tied to."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from app.columns import TableModel
from app.database import Select
from app.problems import Invalid

Row = TypeVar("Row", bound=TableModel)


def check_references(
    session: Session, query: Select[Row], model: type[Row], ids: list[int], field: str
) -> None:
    """Refuse references of which one is to a row that `query` does not hold."""
    if ids and len(session.exec(query.where(col(model.id).in_(ids))).all()) < len(ids):
        raise Invalid("One of these refers to something that is not there.", field=field)


def tied_ids(
    session: Session, rows: Sequence[TableModel], near: Mapped[int], far: Mapped[int]
) -> dict[int, list[int]]:
    """For the id of each of `rows` the ids that it is tied to, in order."""
    found: dict[int, list[int]] = {row.id: [] for row in rows}
    for row_id, tied_id in session.exec(select(near, far).where(near.in_(found)).order_by(far)):
        found[row_id].append(tied_id)
    return found
