"""Who is calling, what they may do, and which rows they see."""

from collections.abc import Callable, Collection
from functools import cache
from typing import Annotated, TypeVar

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import ColumnElement, false, true
from sqlmodel import col, select

from app.clock import Now
from app.columns import TableModel
from app.database import Db, Select, Session, no_such
from app.models import Account, AuthSession
from app.ownership import OWNED, SEES_ALL
# if roles
from app.problems import Forbidden
# end
from app.problems import Invalid, NotFound, Unauthorized
from app.security import read_token
from app.settings import SettingsDep

Row = TypeVar("Row", bound=TableModel)

EVERYBODY = "user"
"""Stands among roles for whoever is signed in."""

bearer = HTTPBearer(
    auto_error=False, bearerFormat="JWT", description="The access token of `POST /auth/login`."
)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def maybe_session(
    bearer: Bearer, database: Db, settings: SettingsDep, now: Now
) -> tuple[Account, AuthSession] | None:
    """The caller's account and session; None without a token, Unauthorized with a bad one."""
    if bearer is None:
        return None
    claims = read_token("access", bearer.credentials, settings, now)
    query = (
        select(Account, AuthSession)
        .join(AuthSession, col(AuthSession.account_id) == Account.id)
        .where(AuthSession.id == claims.session_id, Account.id == claims.account_id)
        .where(col(AuthSession.revoked_at).is_(None))
    )
    with database.transaction(write=False) as session:
        found = session.exec(query).first()
    if found is None:
        raise Unauthorized("The session has ended.")
    return found[0], found[1]


SessionOfCaller = Annotated[tuple[Account, AuthSession] | None, Depends(maybe_session)]


async def maybe_user(session: SessionOfCaller) -> Account | None:
    """Whoever is signed in; None without a token."""
    return session[0] if session else None


@cache
def require(*roles: str) -> Callable[..., object]:
    """Asks that somebody is signed in and, where roles are named, has one of them."""

    async def allowed(user: Annotated[Account | None, Depends(maybe_user)]) -> Account:
        if user is None:
            raise Unauthorized
        # if roles
        if roles and user.role not in roles:
            raise Forbidden
        # end
        return user

    return allowed


CurrentUser = Annotated[Account, Depends(require())]


def reach(
    model: type[Row], user: Account | None, all_for: Collection[str] | None = None
) -> ColumnElement[bool] | None:
    """The condition that rows of `model` meet for `user` to see them; None where all do.

    `all_for` names the roles that see every row here. Without it the table's own rule holds.
    """
    if model not in OWNED:
        return None
    everywhere = SEES_ALL.get(model, frozenset()) if all_for is None else all_for
    if user is None:
        return None if "public" in everywhere else false()
    if EVERYBODY in everywhere or "public" in everywhere:
        return None
    # if roles
    if user.role in everywhere:
        return None
    # end
    return OWNED[model](user.id)


def is_visible(
    model: type[Row], user: Account | None, all_for: Collection[str] | None = None
) -> ColumnElement[bool]:
    """Whether `user` sees a row of `model`, for queries that give no rows of it: counts, sums."""
    condition = reach(model, user, all_for)
    return true() if condition is None else condition


def visible(
    model: type[Row], user: Account | None, all_for: Collection[str] | None = None
) -> Select[Row]:
    """The rows of `model` that `user` sees, as a query."""
    condition = reach(model, user, all_for)
    query = select(model)
    return query if condition is None else query.where(condition)


def get_visible(
    session: Session,
    model: type[Row],
    row_id: int,
    user: Account | None,
    all_for: Collection[str] | None = None,
) -> Row:
    """The row with this id, if `user` sees it; NotFound otherwise, as if it were not there."""
    row = session.exec(visible(model, user, all_for).where(model.id == row_id)).first()
    if row is None:
        raise NotFound(no_such(model))
    return row


def check_visible_reference(
    session: Session,
    model: type[Row],
    row_id: int,
    field: str,
    user: Account | None,
    all_for: Collection[str] | None = None,
) -> None:
    """Refuse a reference to a row that is not there, or that `user` does not see."""
    if session.exec(visible(model, user, all_for).where(model.id == row_id)).first() is None:
        raise Invalid(no_such(model), field=field)
