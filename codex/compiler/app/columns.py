"""Column types that keep what they are given, and what all tables share."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, MetaData, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.clock import utc_now

# Every constraint has a name, so that a migration can drop it.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows by itself only where the key is its own INTEGER, which has 64 bits too.
ROW_ID = BigInteger().with_variant(Integer, "sqlite")
JSON_VALUE = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: always aware and in UTC, also on SQLite, which forgets time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn the moment into UTC; one without a time zone is a mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read the moment as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def values_of(choices: type[StrEnum]) -> list[str]:
    """What is stored for each of `choices`."""
    return [choice.value for choice in choices]


def by_value(choices: type[StrEnum], name: str) -> Enum:
    """A column of one of `choices`, stored by value; the CHECK constraint `name` keeps it so."""
    values = values_of(choices)
    return Enum(
        choices,
        values_callable=values_of,
        native_enum=False,
        create_constraint=True,
        length=max(50, *map(len, values)),
        name=name,
    )


def utc_today() -> date:
    """The day of the request, in UTC."""
    return utc_now().date()


class TableModel(SQLModel):
    """A table, each row of which has a number."""

    metadata = MetaData(naming_convention=NAMING)
    __tablename__: ClassVar[str]  # pyright: ignore[reportIncompatibleVariableOverride]

    id: int = Field(default=None, primary_key=True, sa_type=ROW_ID)


class TimestampedModel(TableModel):
    """A table whose rows know when they were created and last changed."""

    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(
        default_factory=utc_now, sa_type=UtcDateTime, sa_column_kwargs={"onupdate": utc_now}
    )
