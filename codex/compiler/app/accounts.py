"""Accounts: signing up, logging in and out, and who may do what."""

import hashlib
from datetime import datetime, timedelta
from typing import Literal

# if admin
from fastapi import Depends
# end
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import bindparam, text
from sqlmodel import col, delete, select

from app.access import CurrentUser, SessionOfCaller
# if admin
from app.access import require
# end
from app.clock import Now
from app.columns import UtcDateTime
# if roles
from app.database import Database
# end
from app.database import Db, Session, lock
# if admin
from app.database import get_or_404
# end
from app.fields import Email, Text
from app.models import Account, AuthFailure, AuthSession
# if roles
from app.models import AccountRole
# end
from app.problems import (
    # if conflict
    Conflict,
    # end
    # if admin
    Forbidden,
    # end
    Invalid,
    NotFound,
    TooManyRequests,
    Unauthorized,
    problems,
)
# if admin
from app.queries import RowId
# end
from app.reading import read_account
from app.security import (
    Claims,
    access_token,
    hash_password,
    read_token,
    refresh_token,
    verify_password,
)
from app.settings import Settings, SettingsDep
from app.types import AccountCreate, AccountRead

router = APIRouter(tags=["auth"])

# How often one may fail in a while: to log in to one account, and from one address.
WHILE = timedelta(minutes=15)
FAILURES_PER_ACCOUNT = 5
FAILURES_PER_ADDRESS = 100


class Credentials(BaseModel):
    """What is sent to log in."""

    email: Email = Field(max_length=254)
    password: Text = Field(max_length=1000)


class Tokens(BaseModel):
    """What a caller signs in with from now on."""

    access_token: str = Field(description="Sent as `Authorization: Bearer …`; good for minutes.")
    refresh_token: str = Field(description="Exchanged, once, for new tokens.")
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 no secret


class RefreshToken(BaseModel):
    """What is sent to exchange tokens."""

    refresh_token: Text = Field(max_length=1000)


# if admin
class AccountChange(BaseModel):
    """What an administrator changes of an account."""

    role: AccountRole


# end
def create_account(session: Session, body: AccountCreate) -> Account:
    """Add an account; its role is the one that everybody begins with."""
    values = body.model_dump(exclude_unset=True, exclude={"password"})
    user = Account(**values, password_hash=hash_password(body.password))
    session.add(user)
    session.flush()
    return user


def open_session(session: Session, user: Account, settings: Settings, now: datetime) -> Tokens:
    """Sign `user` in; sessions whose tokens have expired are forgotten."""
    expired = col(AuthSession.renewed_at) < now - timedelta(days=settings.refresh_token_days)
    session.exec(delete(AuthSession).where(col(AuthSession.account_id) == user.id, expired))
    signed_in = AuthSession(account_id=user.id, renewed_at=now)
    session.add(signed_in)
    session.flush()
    return _tokens(signed_in, settings, now)


def _tokens(signed_in: AuthSession, settings: Settings, now: datetime) -> Tokens:
    claims = Claims(signed_in.account_id, signed_in.id, signed_in.exchanges)
    return Tokens(
        access_token=access_token(claims, settings, now),
        refresh_token=refresh_token(claims, settings, now),
    )


@router.post("/auth/signup", status_code=201, summary="Sign up", responses=problems())
def signup(body: AccountCreate, response: Response, database: Db) -> AccountRead:
    """Make an account of one's own."""
    with database.transaction(write=True) as session:
        user = create_account(session, body)
        response.headers["Location"] = "/auth/me"
        return read_account(user, session)


@router.post(
    "/auth/login", summary="Log in", responses=problems(Unauthorized, Invalid, TooManyRequests)
)
def login(
    body: Credentials, request: Request, database: Db, settings: SettingsDep, now: Now
) -> Tokens:
    """Exchange an e-mail address and a password for tokens."""
    address = request.client.host if request.client else ""
    account, client = _who(body.email, address), _who(address)
    with database.transaction(write=True) as session:
        # Counted before the password is looked at, so that many tries at once do not slip through.
        too_many = (
            _count(session, account, now) > FAILURES_PER_ACCOUNT
            or _count(session, client, now) > FAILURES_PER_ADDRESS
        )
        user = session.exec(select(Account).where(Account.email == body.email)).first()
    if too_many:
        raise TooManyRequests
    # Outside of the transaction, since it takes its time.
    if not verify_password(body.password, user.password_hash if user else None) or user is None:
        raise Unauthorized("The e-mail address or the password is wrong.")
    with database.transaction(write=True) as session:
        _forget(session, account, client, now)
        return open_session(session, user, settings, now)


@router.post("/auth/refresh", summary="Exchange tokens", responses=problems(Unauthorized, Invalid))
def refresh(body: RefreshToken, database: Db, settings: SettingsDep, now: Now) -> Tokens:
    """Exchange a refresh token for new tokens. One that was exchanged before ends the session."""
    claims = read_token("refresh", body.refresh_token, settings, now)
    with database.transaction(write=True) as session:
        signed_in = _session_of(session, claims)
        if signed_in and claims.exchanges == signed_in.exchanges:
            signed_in.exchanges += 1
            signed_in.renewed_at = now
            session.add(signed_in)
            return _tokens(signed_in, settings, now)
        if signed_in:
            # Somebody had this token before: its owner, or a thief. Nobody can tell.
            signed_in.revoked_at = now
            session.add(signed_in)
    raise Unauthorized("The session has ended.")


def _session_of(session: Session, claims: Claims) -> AuthSession | None:
    """The session that a token belongs to, locked, unless it has ended."""
    try:
        signed_in = lock(session, AuthSession, claims.session_id)
    except NotFound:
        return None
    return None if signed_in.revoked_at else signed_in


@router.post(
    "/auth/logout", status_code=204, summary="Log out", responses=problems(Unauthorized)
)
def logout(caller: SessionOfCaller, database: Db, now: Now) -> None:
    """End the session: its tokens are worth nothing any more."""
    if caller is None:
        raise Unauthorized
    with database.transaction(write=True) as session:
        signed_in = lock(session, AuthSession, caller[1].id)
        signed_in.revoked_at = now
        session.add(signed_in)


@router.get("/auth/me", summary="Who am I", responses=problems(Unauthorized))
# if plain
async def me(user: CurrentUser) -> AccountRead:
    """The caller's own account."""
    return AccountRead.model_validate(user)


# end
# if not plain
def me(user: CurrentUser, database: Db) -> AccountRead:
    """The caller's own account."""
    with database.transaction(write=False) as session:
        session.add(user)
        return read_account(user, session)


# end
# if admin
@router.patch(
    "/accounts/{account_id}",
    summary="Change a role",
    responses=problems(Unauthorized, Forbidden, NotFound, Invalid),
    dependencies=[Depends(require("admin"))],
)
def change_account(account_id: RowId, body: AccountChange, database: Db) -> AccountRead:
    """Give an account another role."""
    with database.transaction(write=True) as session:
        user = get_or_404(session, Account, account_id)
        user.role = body.role
        session.add(user)
        session.flush()
        return read_account(user, session)


# end
# if roles
def grant_role(database: Database, email: str, role: str) -> None:
    """Give an account a role; how the first administrator comes about."""
    if role not in set(AccountRole):
        raise Invalid(f"There is no role {role!r}, only: {', '.join(AccountRole)}.", field="role")
    with database.transaction(write=True) as session:
        user = session.exec(select(Account).where(Account.email == email.lower())).first()
        if user is None:
            raise NotFound(f"There is no account of {email}.")
        user.role = AccountRole(role)
        session.add(user)


# end
def _who(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


_COUNT = text(
    """
    INSERT INTO auth_failures (who, count, since) VALUES (:who, 1, :now)
    ON CONFLICT (who) DO UPDATE SET
        count = CASE WHEN auth_failures.since < :start THEN 1 ELSE auth_failures.count + 1 END,
        since = CASE WHEN auth_failures.since < :start THEN :now ELSE auth_failures.since END
    RETURNING count
    """
).bindparams(bindparam("now", type_=UtcDateTime), bindparam("start", type_=UtcDateTime))


def _count(session: Session, who: str, now: datetime) -> int:
    """How often this was tried lately, with this time."""
    values = {"who": who, "now": now, "start": now - WHILE}
    return session.connection().execute(_COUNT, values).scalar_one()


def _forget(session: Session, account: str, client: str, now: datetime) -> None:
    """The password was right: this try is not counted, nor are those before it."""
    old = col(AuthFailure.since) < now - WHILE
    session.exec(delete(AuthFailure).where((col(AuthFailure.who) == account) | old))
    address = session.exec(select(AuthFailure).where(AuthFailure.who == client)).first()
    if address:
        address.count = max(0, address.count - 1)
        session.add(address)
