"""The time, asked in one place so that tests can move it."""

from calendar import monthrange
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends

Clock = Callable[[], datetime]

moment: ContextVar[datetime | None] = ContextVar("moment", default=None)
"""The time of the request, the same for all that it does; None outside of requests."""


def system_time() -> datetime:
    """What the machine's clock says."""
    return datetime.now(UTC)


def utc_now() -> datetime:
    """The moment, aware and in UTC: that of the request, or of the machine's clock."""
    return moment.get() or system_time()


def months_later(start: datetime, months: int) -> datetime:
    """The same day of another month, or that month's last day where it is shorter."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    day = min(start.day, monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)


async def time_of_request() -> datetime:
    """The moment of the request."""
    return utc_now()


Now = Annotated[datetime, Depends(time_of_request)]
