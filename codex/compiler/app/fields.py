"""Types of what callers send in bodies: no guessing, and nothing that a database cannot store."""

import re
from datetime import UTC, date, datetime, time
from decimal import Context, Decimal
from math import isfinite
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    JsonValue,
    Strict,
    StringConstraints,
    WithJsonSchema,
)

# What a database's 64-bit integers hold.
MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = rf"^[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~-]+)*@{_LABEL}(\.{_LABEL})+$"
_LETTERS = r"([A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
URL = rf"^https?://{_LABEL}(\.{_LABEL})*(:[0-9]{{1,5}})?([/?]{_LETTERS})?(#{_LETTERS})?$"
TIME = r"^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?$"

_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_STORABLE = re.compile("[^\\x00\\ud800-\\udfff]*")


def absent() -> Any:
    """The value of what is not sent; it is never stored."""
    return None


def of_common_length(address: str) -> str:
    """An e-mail address whose name before the `@` has at most 64 characters, as the format says."""
    if address.index("@") > 64:
        raise ValueError("This is not an e-mail address.")
    return address


def places(scale: int) -> AfterValidator:
    """A decimal with so many digits after the point, whatever number it was made from."""
    step = Decimal(1).scaleb(-scale)

    def quantized(value: Decimal) -> Decimal:
        return value.quantize(step, context=Context(prec=60))

    return AfterValidator(quantized)


def written_out(value: object) -> object:
    """Only text: numbers could be dates too, if one guesses."""
    if isinstance(value, str) and value.strip().lstrip("+-").replace(".", "").isdigit():
        raise ValueError("This must not be a number.")
    if isinstance(value, str | date | time | UUID):
        return value
    raise ValueError("This must be text.")


def plain_number(value: object) -> object:
    """A number as JSON would write it: `1_0`, ` 1 ` and digits of other scripts are none."""
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise ValueError("This must be a number.")
    return value


def a_day(value: object) -> object:
    """Text of the form 2030-12-31, not a moment of that day."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("This must be a date of the form 2030-12-31.")
    return written_out(value)


def present(value: JsonValue) -> JsonValue:
    """Any JSON but null."""
    if value is None:
        raise ValueError("This must not be null.")
    return value


def in_utc(moment: datetime) -> datetime:
    """`moment` in UTC, which is also what a moment without an offset is taken for."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("This moment is out of range.") from None


def without_offset(moment: time) -> time:
    """A time of day, which has no offset."""
    if moment.tzinfo is not None:
        raise ValueError("A time of day has no offset.")
    return moment


def storable(value: JsonValue) -> JsonValue:
    """`value`, unless a part of it cannot be stored as JSON."""
    match value:
        case str() if not _STORABLE.fullmatch(value):
            raise ValueError("This must not hold a NUL character or half of a surrogate pair.")
        case float() if not isfinite(value):
            raise ValueError("This is not a number of JSON.")
        case dict():
            for key, item in value.items():
                storable(key)
                storable(item)
        case list():
            for item in value:
                storable(item)
        case _:
            pass
    return value


# if ties
def each_once(ids: list[int]) -> list[int]:
    """The ids in their order, without repetition."""
    return list(dict.fromkeys(ids))


# end
# A bound in `Field(…)` gives way to one in the annotation, so whoever sets bounds sets both.
Whole = Annotated[int, Strict()]
Integer = Annotated[Whole, Field(ge=MIN_INTEGER, le=MAX_INTEGER)]
Float = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Boolean = Annotated[bool, Strict()]
Exact = Annotated[Decimal, BeforeValidator(plain_number), Field(allow_inf_nan=False)]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
Email = Annotated[
    str,
    StringConstraints(pattern=EMAIL, to_lower=True),
    AfterValidator(of_common_length),
    Field(json_schema_extra={"format": "email"}),
]
Url = Annotated[str, StringConstraints(pattern=URL), Field(json_schema_extra={"format": "uri"})]
Day = Annotated[date, BeforeValidator(a_day)]
Moment = Annotated[datetime, BeforeValidator(written_out), AfterValidator(in_utc)]
TimeOfDay = Annotated[
    time,
    BeforeValidator(written_out),
    AfterValidator(without_offset),
    # The format `time` of JSON Schema would want an offset.
    WithJsonSchema({"type": "string", "pattern": TIME}),
]
Identifier = Annotated[UUID, BeforeValidator(written_out)]
Json = Annotated[JsonValue, AfterValidator(storable)]
RequiredJson = Annotated[Json, AfterValidator(present)]
# if ties
TiedIds = Annotated[list[Integer], Field(max_length=1000), AfterValidator(each_once)]
# end
