"""Dates, times and time zones."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, wrong

SPECIMENS = (
    Specimen(
        code='''
def add_working_days(start: date, days: int) -> date:
    """The date `days` working days (Monday to Friday) after the start."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return day
''',
        examples=(
            example("2026-06-08", start="2026-06-05", days=1),
            example("2026-06-05", start="2026-06-05", days=0),
            example("2026-06-12", start="2026-06-05", days=5),
            example("2026-06-08", start="2026-06-06", days=1),
        ),
        mutants=wrong(
            ("off by one", "weekday() < 5", "weekday() < 6"),
            ("off by one", "while days > 0", "while days >= 0"),
            ("wrong method", "weekday()", "isoweekday()"),
            ("wrong sign", "day += timedelta", "day -= timedelta"),
            (
                "dropped condition",
                "        if day.weekday() < 5:\n            days -= 1",
                "        days -= 1",
            ),
        ),
    ),
    Specimen(
        code='''
def age_on(born: date, day: date) -> int:
    """Full years between birth and a day; a birthday counts from that day on.

    Raises BadInput when the day is before the birth.
    """
    if day < born:
        raise BadInput
    had_birthday = (day.month, day.day) >= (born.month, born.day)
    return day.year - born.year - (0 if had_birthday else 1)
''',
        raises=("BadInput",),
        examples=(
            example(25, born="2000-06-15", day="2026-06-14"),
            example(26, born="2000-06-15", day="2026-06-15"),
            example(26, born="2000-01-31", day="2026-03-15"),
            example(0, born="2026-06-15", day="2026-06-15"),
            example(raises="BadInput", born="2026-06-15", day="2026-06-14"),
        ),
        mutants=wrong(
            ("off by one", ">= (born.month", "> (born.month"),
            (
                "swapped arguments",
                "(day.month, day.day) >= (born.month, born.day)",
                "(day.day, day.month) >= (born.day, born.month)",
            ),
            ("dropped condition", " - (0 if had_birthday else 1)", ""),
            ("off by one", "if day < born", "if day <= born"),
            ("negated condition", "0 if had_birthday else 1", "1 if had_birthday else 0"),
        ),
    ),
    Specimen(
        code='''
def local_day(moment: datetime, zone: str) -> date:
    """The date that a calendar in the zone shows at this moment."""
    return moment.astimezone(ZoneInfo(zone)).date()
''',
        examples=(
            example("2026-06-02", moment="2026-06-01T23:30:00Z", zone="Europe/Berlin"),
            example("2026-05-31", moment="2026-06-01T03:30:00Z", zone="America/New_York"),
            example("2026-01-01", moment="2026-01-01T12:00:00Z", zone="UTC"),
        ),
        mutants=wrong(
            ("dropped call", ".astimezone(ZoneInfo(zone))", ""),
            (
                "wrong method",
                "moment.astimezone(ZoneInfo(zone))",
                "moment.replace(tzinfo=ZoneInfo(zone))",
            ),
            ("wrong constant", "ZoneInfo(zone)", "UTC"),
            ("wrong type", ".date()", ""),
        ),
    ),
    Specimen(
        code='''
def month_bounds(day: date) -> tuple[date, date]:
    """The first and the last day of the month."""
    first = day.replace(day=1)
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return first, last
''',
        examples=(
            example(["2028-02-01", "2028-02-29"], day="2028-02-10"),
            example(["2026-12-01", "2026-12-31"], day="2026-12-31"),
        ),
        mutants=wrong(
            ("wrong index", ")[1]", ")[0]"),
            ("swapped arguments", "return first, last", "return last, first"),
            ("wrong constant", "calendar.monthrange(day.year, day.month)[1]", "28"),
            ("off by one", "replace(day=1)", "replace(day=2)"),
        ),
    ),
    Specimen(
        code='''
def next_weekday(day: date, weekday: int) -> date:
    """The next date after the day that is this weekday (0 for Monday); a week later if it is."""
    ahead = (weekday - day.weekday() - 1) % 7 + 1
    return day + timedelta(days=ahead)
''',
        examples=(
            example("2026-06-08", day="2026-06-05", weekday=0),
            example("2026-06-12", day="2026-06-05", weekday=4),
            example("2026-06-06", day="2026-06-05", weekday=5),
        ),
        mutants=wrong(
            (
                "off by one",
                "(weekday - day.weekday() - 1) % 7 + 1",
                "(weekday - day.weekday()) % 7",
            ),
            ("dropped condition", " % 7", ""),
            ("swapped arguments", "weekday - day.weekday()", "day.weekday() - weekday"),
            ("wrong sign", "day + timedelta", "day - timedelta"),
        ),
    ),
    Specimen(
        code='''
def describe_age(created: datetime, *, now: datetime) -> str:
    """How long ago it was: "just now" below a minute, else full minutes, hours or days.

    For example "1 minute ago", "3 hours ago", "2 days ago".
    """
    seconds = int((now - created).total_seconds())
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = seconds // size
        if count >= 1:
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    return "just now"
''',
        examples=(
            example("just now", created="2026-06-01T11:59:01Z", now="2026-06-01T12:00:00Z"),
            example("1 minute ago", created="2026-06-01T11:59:00Z", now="2026-06-01T12:00:00Z"),
            example("3 hours ago", created="2026-06-01T08:30:00Z", now="2026-06-01T12:00:00Z"),
            example("2 days ago", created="2026-05-30T12:00:00Z", now="2026-06-01T12:00:00Z"),
        ),
        mutants=wrong(
            ("off by one", "count >= 1", "count > 1"),
            ("swapped arguments", "now - created", "created - now"),
            ("wrong attribute", "int((now - created).total_seconds())", "(now - created).seconds"),
            ("negated condition", "if count == 1", "if count != 1"),
            (
                "wrong order",
                '((86400, "day"), (3600, "hour"), (60, "minute"))',
                '((60, "minute"), (3600, "hour"), (86400, "day"))',
            ),
            ("clock", "(now - created)", "(datetime.now(UTC) - created)"),
        ),
    ),
    Specimen(
        code='''
def parse_duration(text: str) -> timedelta:
    """`1h30m`, `45m`, `2d`: days, hours and minutes, each at most once and in this order.

    Raises BadInput for anything else.
    """
    match = re.fullmatch(r"(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?", text)
    if match is None or not text:
        raise BadInput("A duration looks like 1d2h30m.")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)
''',
        raises=("BadInput",),
        examples=(
            example("1:30:00", text="1h30m"),
            example("2 days, 0:05:00", text="2d5m"),
            example(raises="BadInput", text=""),
            example(raises="BadInput", text="5"),
            example(raises="BadInput", text="30m1h"),
        ),
        mutants=wrong(
            ("dropped condition", " or not text", ""),
            ("wrong function", "re.fullmatch", "re.match"),
            ("swapped arguments", "hours=hours, minutes=minutes", "hours=minutes, minutes=hours"),
            ("dropped default", "part or 0", "part"),
            (
                "swallowed error",
                'raise BadInput("A duration looks like 1d2h30m.")',
                "return timedelta()",
            ),
        ),
    ),
    Specimen(
        code='''
def days_between(first: date, last: date, *, inclusive: bool = False) -> int:
    """How many days lie from the first to the last; both ends counted when inclusive.

    The order of the two does not matter.
    """
    days = abs((last - first).days)
    return days + 1 if inclusive else days
''',
        examples=(
            example(1, first="2026-02-28", last="2026-03-01"),
            example(2, first="2026-02-28", last="2026-03-01", inclusive=True),
            example(9, first="2026-03-10", last="2026-03-01"),
        ),
        mutants=wrong(
            ("dropped call", "abs((last - first).days)", "(last - first).days"),
            ("off by one", "days + 1", "days + 2"),
            ("wrong default", "inclusive: bool = False", "inclusive: bool = True"),
            ("negated condition", "if inclusive", "if not inclusive"),
        ),
    ),
    Specimen(
        code='''
def is_open_at(moment: datetime, opens: time, closes: time) -> bool:
    """Whether a shop that opens and closes at these times (UTC) is open at the moment.

    The closing time is excluded; a shop that closes before it opens is open over midnight.
    """
    at = moment.astimezone(UTC).time()
    if opens <= closes:
        return opens <= at < closes
    return at >= opens or at < closes
''',
        examples=(
            example(True, moment="2026-06-01T08:00:00Z", opens="08:00", closes="18:00"),
            example(False, moment="2026-06-01T18:00:00Z", opens="08:00", closes="18:00"),
            example(True, moment="2026-06-01T01:00:00Z", opens="20:00", closes="02:00"),
            example(False, moment="2026-06-01T12:00:00Z", opens="20:00", closes="02:00"),
            example(True, moment="2026-06-01T10:00:00+02:00", opens="08:00", closes="09:00"),
        ),
        mutants=wrong(
            ("off by one", "opens <= at < closes", "opens < at < closes"),
            ("off by one", "at < closes", "at <= closes"),
            ("wrong operator", "at >= opens or at", "at >= opens and at"),
            ("dropped call", ".astimezone(UTC)", ""),
        ),
    ),
    Specimen(
        code='''
def due_dates(start: date, months: int) -> list[date]:
    """The day of the start in each of the next months, or that month's last day if shorter."""
    dates: list[date] = []
    for number in range(1, months + 1):
        years, month = divmod(start.month - 1 + number, 12)
        year = start.year + years
        last = calendar.monthrange(year, month + 1)[1]
        dates.append(date(year, month + 1, min(start.day, last)))
    return dates
''',
        examples=(
            example(["2026-02-28", "2026-03-31"], start="2026-01-31", months=2),
            example(["2026-12-15", "2027-01-15"], start="2026-11-15", months=2),
            example([], start="2026-11-15", months=0),
        ),
        mutants=wrong(
            ("off by one", "range(1, months + 1)", "range(months)"),
            ("off by one", "start.month - 1 + number", "start.month + number"),
            ("dropped call", "min(start.day, last)", "start.day"),
            ("dropped condition", "start.year + years", "start.year"),
            ("wrong function", "min(start.day, last)", "max(start.day, last)"),
        ),
    ),
)
