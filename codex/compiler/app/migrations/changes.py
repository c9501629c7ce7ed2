"""What migrations share: values that are kept, put back, filled in and turned into other types."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from alembic import op
from sqlalchemy import Connection, RowMapping, text

BATCH = 1000


def on_sqlite() -> bool:
    """Whether the database is SQLite."""
    return op.get_context().dialect.name == "sqlite"


def run(sql: str, values: Mapping[str, Any] | None = None) -> Sequence[RowMapping]:
    """Execute one statement; its rows, where it has any."""
    if not values:  # then no colon begins a parameter
        sql = re.sub(r"(?<=\\):|:(?=\w)", r"\\:", sql)
    result = connection().execute(text(sql), dict(values or {}))
    return result.mappings().all() if result.returns_rows else []


def connection() -> Connection:
    """The connection that the migrations run on."""
    return op.get_bind()


def quote(name: str) -> str:
    """`name` as an identifier."""
    return op.get_context().dialect.identifier_preparer.quote(name)


def rename_table(name: str, new_name: str) -> None:
    """Give a table another name, and its primary key too."""
    run(f"ALTER TABLE {quote(name)} RENAME TO {quote(new_name)}")
    if not on_sqlite():
        keys = f"{quote(f'pk_{name}')} TO {quote(f'pk_{new_name}')}"
        run(f"ALTER TABLE {quote(new_name)} RENAME CONSTRAINT {keys}")


def rename_column(table: str, name: str, new_name: str) -> None:
    """Give a column another name; both databases adapt constraints and indexes themselves."""
    run(f"ALTER TABLE {quote(table)} RENAME COLUMN {quote(name)} TO {quote(new_name)}")


# Keeping what no table has a place for any more, and putting it back.


def keep(kept: str, table: str, columns: Sequence[str] = ()) -> None:
    """Copy `columns` of `table` with the ids, or whole rows, into a table of their own."""
    wanted = ", ".join(map(quote, ["id", *columns])) if columns else "*"
    run(f"CREATE TABLE {quote(kept)} AS SELECT {wanted} FROM {quote(table)}")


def put_back_rows(
    kept: str, table: str, columns: Sequence[str], references: Mapping[str, str]
) -> None:
    """Insert the kept rows again, but for those that refer to rows which are gone."""
    names = ", ".join(map(quote, columns))
    conditions = [
        f"({quote(column)} IS NULL OR {quote(column)} IN (SELECT id FROM {quote(target)}))"
        for column, target in references.items()
        if target != table
    ]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    run(f"INSERT INTO {quote(table)} ({names}) SELECT {names} FROM {quote(kept)}{where}")
    if not on_sqlite():
        run(
            f"SELECT setval(pg_get_serial_sequence('{quote(table)}', 'id'), max(id))"
            f" FROM {quote(table)} HAVING max(id) IS NOT NULL"
        )


def put_back_column(
    kept: str, table: str, column: str, name: str = "", target: str | None = None
) -> None:
    """Set `column` to what was kept as `name`; references only where their row is still there."""
    value = f"kept.{quote(name or column)}"
    alive = f" AND {value} IN (SELECT id FROM {quote(target)})" if target else ""
    run(
        f"UPDATE {quote(table)} SET {quote(column)} ="
        f" (SELECT {value} FROM {quote(kept)} AS kept"
        f" WHERE kept.id = {quote(table)}.id{alive})"
    )


def drop(kept: str) -> None:
    """Drop a table of what was kept."""
    run(f"DROP TABLE {quote(kept)}")


# Values for rows that have none.


def lacks(table: str, column: str) -> bool:
    """Whether a row has no value in `column`."""
    query = f"SELECT 1 AS one FROM {quote(table)} WHERE {quote(column)} IS NULL LIMIT 1"
    return bool(run(query))


def fill(table: str, column: str, sql: str | int, *, sqlite: str | None = None) -> None:
    """Set `column` to an SQL expression where it is empty."""
    value = sqlite if sqlite is not None and on_sqlite() else sql
    run(f"UPDATE {quote(table)} SET {quote(column)} = {value} WHERE {quote(column)} IS NULL")


def begin_placeholders(revision: str) -> None:
    """Keep a list of the rows that are only added for others to refer to."""
    run(
        f"CREATE TABLE kept_{revision}_placeholders"
        " (of_table VARCHAR(63) NOT NULL, of_row BIGINT NOT NULL)"
    )


def add_placeholder(revision: str, table: str, values: Mapping[str, str | int]) -> int:
    """The row that is only there for others to refer to, added where it is not yet; its id."""
    known = run(
        f"SELECT of_row FROM kept_{revision}_placeholders WHERE of_table = :table", {"table": table}
    )
    if known:
        return known[0]["of_row"]
    names = ", ".join(map(quote, values))
    inside = ", ".join(str(value) for value in values.values())
    added = run(f"INSERT INTO {quote(table)} ({names}) VALUES ({inside}) RETURNING id")
    row_id: int = added[0]["id"]
    run(
        f"INSERT INTO kept_{revision}_placeholders VALUES (:table, :row)",
        {"table": table, "row": row_id},
    )
    return row_id


def remove_placeholders(revision: str, tables: Mapping[str, str]) -> None:
    """Remove the rows that were added for others to refer to; `tables`: name then to name now."""
    for then, now in tables.items():
        run(
            f"DELETE FROM {quote(now)} WHERE id IN"
            f" (SELECT of_row FROM kept_{revision}_placeholders WHERE of_table = :table)",
            {"table": then},
        )
    drop(f"kept_{revision}_placeholders")


def expect_none(table: str, where: str, rule: str) -> None:
    """Stop where rows break a rule that is about to hold; nothing is changed then."""
    found = run(f"SELECT count(*) AS number FROM {quote(table)} WHERE {where}")[0]["number"]
    if found:
        raise RuntimeError(f"{found} rows of {table} break {rule}. Mend them, then migrate again.")


def expect_unique(table: str, columns: Sequence[str], where: str, rule: str) -> None:
    """The same for values that may stand together only once."""
    names = ", ".join(map(quote, columns))
    conditions = [f"{quote(column)} IS NOT NULL" for column in columns]
    conditions += [f"({where})"] if where else []
    inside = (
        f"SELECT 1 FROM {quote(table)} WHERE {' AND '.join(conditions)}"
        f" GROUP BY {names} HAVING count(*) > 1"
    )
    found = run(f"SELECT count(*) AS number FROM ({inside}) AS doubles")[0]["number"]
    if found:
        raise RuntimeError(
            f"{found} values of {table} stand more than once, which breaks {rule}."
            " Mend them, then migrate again."
        )


# Values of one type as values of another.


@dataclass(frozen=True)
class Stored:
    """What a column stores."""

    kind: str
    length: int | None = None
    precision: int = 18
    scale: int = 0
    values: tuple[str, ...] = ()


def convert(table: str, source: str, was: Stored, target: str, now: Stored) -> None:
    """Set `target` to the value of `source` as another type; what has no such value stays empty."""
    query = f"SELECT id, {quote(source)} AS value FROM {quote(table)}"
    values = {row["id"]: converted(read(row["value"], was), now) for row in run(query)}
    _store(table, target, now, values)


def put_back_values(
    kept: tuple[str, str],
    table: str,
    source: str,
    was: Stored,
    column: str,
    now: Stored,
    filled: str | None,
) -> None:
    """Set `column` to what was kept of it, unless somebody has given it another value since.

    `source` holds, as `was`, what it was turned into meanwhile; `filled` is what stood there for
    values that no such type has.
    """
    kept_table, kept_column = kept
    query = (
        f"SELECT t.id, t.{quote(source)} AS value, k.{quote(kept_column)} AS before,"
        f" {'NULL' if filled is None else filled} AS filled"
        f" FROM {quote(table)} AS t JOIN {quote(kept_table)} AS k ON k.id = t.id"
    )
    values: dict[int, Any] = {}
    for row in run(query):
        before = read(row["before"], now)
        made = converted(before, was)
        if made is None:
            made = _plain(row["filled"], was)
        if made == read(row["value"], was):
            values[row["id"]] = before
    _store(table, column, now, values)


def _plain(value: Any, stored: Stored) -> Any:
    """A value that was written down, and so has the type of its words."""
    if isinstance(value, str) and stored.kind == "datetime":
        return converted(value, stored)
    return value if isinstance(value, bool) else converted(read(value, stored), stored)


def _store(table: str, column: str, stored: Stored, values: Mapping[int, Any]) -> None:
    cast = "CAST(:value AS jsonb)" if stored.kind == "json" and not on_sqlite() else ":value"
    update = text(f"UPDATE {quote(table)} SET {quote(column)} = {cast} WHERE id = :id")
    rows = [{"id": key, "value": write(value, stored)} for key, value in values.items()]
    for start in range(0, len(rows), BATCH):
        connection().execute(update, rows[start : start + BATCH])


def read(value: Any, stored: Stored) -> Any:
    """What the driver gave, as Python's type for it."""
    if value is None or not on_sqlite():
        return value
    match stored.kind:
        case "decimal":
            return Decimal(value).scaleb(-stored.scale)
        case "boolean":
            return bool(value)
        case "date":
            return date.fromisoformat(value)
        case "datetime":
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        case "time":
            return time.fromisoformat(value)
        case "uuid":
            return UUID(value)
        case "json":
            return json.loads(value)
        case _:
            return value


def write(value: Any, stored: Stored) -> Any:
    """What the driver takes."""
    if value is None:
        return None
    if stored.kind == "json":
        return json.dumps(value)
    if not on_sqlite():
        return value
    match stored.kind:
        case "decimal":
            return int(value.scaleb(stored.scale))
        case "datetime":
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
        case "date":
            return value.isoformat()
        case "time":
            return f"{value:%H:%M:%S.%f}"
        case "uuid":
            return value.hex
        case _:
            return value


def converted(value: Any, stored: Stored) -> Any:
    """`value` as another type; None where it has no such value."""
    if value is None:
        return None
    try:
        return _converted(value, stored)
    except (ValueError, TypeError, OverflowError, InvalidOperation):
        return None


def _converted(value: Any, stored: Stored) -> Any:
    match stored.kind:
        case "string" | "text" | "file":
            return words(value)[: stored.length]
        case "enum":
            return words(value) if words(value) in stored.values else None
        case "integer":
            number = round(_number(value))
            return number if abs(number) < 2**63 else None
        case "decimal":
            exact = round(_number(value), stored.scale)
            return exact if abs(exact) < Decimal(10) ** (stored.precision - stored.scale) else None
        case "float":
            return float(_number(value))
        case "boolean":
            return _truth(value)
        case "date":
            moment = _moment(value)
            return moment.date() if isinstance(moment, datetime) else moment
        case "datetime":
            moment = _moment(value)
            if not isinstance(moment, datetime):
                return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
            return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        case "time":
            return value.time() if isinstance(value, datetime) else time.fromisoformat(words(value))
        case "uuid":
            return value if isinstance(value, UUID) else UUID(words(value))
        case _:  # JSON holds whatever JSON knows; the rest as words
            return words(value) if isinstance(value, Decimal | date | time | UUID) else value


def words(value: Any) -> str:
    """`value` as text."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case dict() | list():
            return json.dumps(value)
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def _number(value: Any) -> Decimal:
    if isinstance(value, date | time | UUID | dict | list):
        raise TypeError
    number = Decimal(int(value)) if isinstance(value, bool) else Decimal(words(value).strip())
    if not number.is_finite():
        raise ValueError
    return number


def _truth(value: Any) -> bool | None:
    if isinstance(value, str):
        known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        return known.get(value.strip().lower())
    return _number(value) != 0


def _moment(value: Any) -> date | datetime:
    if isinstance(value, date):  # a datetime is one too
        return value
    spelled = words(value).strip()
    return date.fromisoformat(spelled) if len(spelled) == 10 else datetime.fromisoformat(spelled)
