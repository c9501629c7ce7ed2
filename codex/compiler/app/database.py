"""The database: its engine, one transaction per request, and what queries share."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from sqlalchemy import Connection, Date, Engine, create_engine, event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, func
from sqlmodel.sql.expression import SelectOfScalar as Select

from app.columns import TableModel
from app.integrity import error_of
from app.problems import NotFound, Unavailable

__all__ = ["Database", "Db", "Select", "Session", "day_of", "get_or_404", "lock", "no_such"]

Row = TypeVar("Row", bound=TableModel)

# Requests wait so long for others that write, before they fail.
LOCK_TIMEOUT_SECONDS = 30


class Database:
    """The engine, and how a transaction is done."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._sqlite = self.engine.dialect.name == "sqlite"
        # SQLite has one writer at a time. Its own waiting sleeps and is unfair; this is a queue.
        self._writing = Lock()

    @contextmanager
    def transaction(self, *, write: bool) -> Generator[Session]:
        """One transaction: committed at the end, rolled back after an error.

        What the endpoint returns is thus stored before it is sent. A constraint that is broken
        raises the error that belongs to it.
        """
        with self._turn(write=write), Session(self.engine, expire_on_commit=False) as session:
            try:
                session.connection(execution_options={"write": write})
                yield session
                session.commit()
            except IntegrityError as broken:
                error = error_of(broken)
                if error is None:
                    raise
                raise error from broken
            except (OperationalError, PoolTimeout) as error:
                raise Unavailable from error

    @contextmanager
    def _turn(self, *, write: bool) -> Generator[None]:
        if not (write and self._sqlite):
            yield
            return
        if not self._writing.acquire(timeout=LOCK_TIMEOUT_SECONDS):
            raise Unavailable
        try:
            yield
        finally:
            self._writing.release()

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        return _sqlite_engine(url)
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            url = f"postgresql+psycopg://{url.removeprefix(scheme)}"
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=20,
        max_overflow=20,
        connect_args={"options": f"-c timezone=UTC -c lock_timeout={LOCK_TIMEOUT_SECONDS}s"},
    )


def _sqlite_engine(url: str) -> Engine:
    # The driver would begin transactions on its own, and only at the first write.
    arguments: dict[str, Any] = {"connect_args": {"isolation_level": None}}
    if url in {"sqlite://", "sqlite:///:memory:"}:
        arguments["poolclass"] = StaticPool
        arguments["connect_args"]["check_same_thread"] = False
    else:
        arguments |= {"pool_size": 20, "max_overflow": 20}
    engine = create_engine(url, **arguments)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # pyright: ignore[reportUnusedFunction]
        for pragma in (
            "foreign_keys = ON",
            "journal_mode = WAL",
            "synchronous = NORMAL",
            f"busy_timeout = {LOCK_TIMEOUT_SECONDS * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        # SQLite's own knows the letters of English only.
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        # A transaction that reads first and writes later could not be told apart in time: another
        # writer in between would make it fail.
        write = connection.get_execution_options().get("write", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


async def database_of_request(request: Request) -> Database:
    """The database of the service."""
    database: Database = request.app.state.database
    return database


Db = Annotated[Database, Depends(database_of_request)]


def no_such(model: type[TableModel]) -> str:
    """What is told where a row is not there: `There is no order item with this id.`"""
    noun = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", model.__name__).lower()
    return f"There is no {noun} with this id."


def get_or_404(session: Session, model: type[Row], row_id: int) -> Row:
    """The row with this id."""
    row = session.get(model, row_id)
    if row is None:
        raise NotFound(no_such(model))
    return row


def lock(session: Session, model: type[Row], row_id: int) -> Row:
    """The row with this id, which no other transaction locks or changes until this one ends.

    On SQLite a writing transaction is alone anyway.
    """
    # Rows that merely refer to this one can still be added: FOR NO KEY UPDATE.
    row = session.get(model, row_id, populate_existing=True, with_for_update={"key_share": True})
    if row is None:
        raise NotFound(no_such(model))
    return row


def day_of(session: Session, column: Any) -> Any:
    """The day (UTC) of a column that holds moments, as an expression."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    return func.date(column if sqlite else func.timezone("UTC", column), type_=Date)
