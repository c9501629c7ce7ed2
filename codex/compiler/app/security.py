"""Passwords and tokens."""

import secrets
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import StringConstraints

from app.fields import MAX_INTEGER
from app.problems import Unauthorized
from app.settings import Settings

NewPassword = Annotated[
    str, StringConstraints(min_length=8, max_length=128, pattern=r"^[^\x00]*$")
]

ALGORITHM = "HS256"

# What OWASP recommends for argon2id: 19 MiB, so that many sign-ins at once fit into memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

# Compared with where there is no account, so that the answer takes as long as with one.
_NOBODY = _hasher.hash(secrets.token_hex())


def hash_password(password: str) -> str:
    """What is stored of a password."""
    return _hasher.hash(password)


def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is right; never, but just as slowly, without a hash."""
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@dataclass(frozen=True)
class Claims:
    """What a token says: who, in which session, and after how many exchanges."""

    account_id: int
    session_id: int
    exchanges: int


def access_token(claims: Claims, settings: Settings, now: datetime) -> str:
    """A token for requests, good for a short time."""
    return _sign("access", claims, settings, now + timedelta(minutes=settings.access_token_minutes))


def refresh_token(claims: Claims, settings: Settings, now: datetime) -> str:
    """A token that is exchanged for new ones, once."""
    return _sign("refresh", claims, settings, now + timedelta(days=settings.refresh_token_days))


def read_token(
    kind: Literal["access", "refresh"], token: str, settings: Settings, now: datetime
) -> Claims:
    """What the token says, if it is ours, of this kind and still good; Unauthorized otherwise."""
    try:
        payload: dict[str, Any] = jwt.decode(  # pyright: ignore[reportUnknownMemberType] options of another package
            token,
            _key(settings),
            algorithms=[ALGORITHM],
            options={
                "require": ["typ", "sub", "sid", "num", "exp"],
                # The clock is the service's own, so the time is compared here.
                "verify_exp": False,
            },
        )
        if payload["typ"] != kind:
            raise Unauthorized("The token is not valid.")
        if now.timestamp() >= int(payload["exp"]):
            raise Unauthorized("The token has expired.")
        claims = Claims(int(payload["sub"]), int(payload["sid"]), int(payload["num"]))
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise Unauthorized("The token is not valid.") from error
    if not all(0 <= number <= MAX_INTEGER for number in astuple(claims)):
        raise Unauthorized("The token is not valid.")
    return claims


def _sign(kind: str, claims: Claims, settings: Settings, until: datetime) -> str:
    payload = {
        "typ": kind,
        "sub": str(claims.account_id),
        "sid": claims.session_id,
        "num": claims.exchanges,
        "exp": int(until.timestamp()),
    }
    return jwt.encode(  # pyright: ignore[reportUnknownMemberType] knows keys of another package
        payload, _key(settings), algorithm=ALGORITHM
    )


def _key(settings: Settings) -> str:
    if settings.secret_key is None:
        raise RuntimeError("SECRET_KEY is not set.")
    return settings.secret_key.get_secret_value()
