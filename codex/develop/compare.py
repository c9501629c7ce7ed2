"""What was observed compared with what an example says, and the difference told in one sentence."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from codex.common.documents.base import JsonValue
from codex.compiler.rows import Rows, reference_id
from codex.develop.numbering import same_row

# Values that JSON has no form for come as {"$type": "Decimal", "value": "1.50"}.
TYPE, VALUE = "$type", "value"


def difference(expected: JsonValue, observed: JsonValue, rows: Rows, place: str = "") -> str | None:
    """Where `observed` is not what `expected` says; None where it is.

    Of a row or an object, an example names what matters; a mapping and a list it names whole.
    """
    if isinstance(observed, dict) and TYPE in observed:
        return _typed(expected, observed, rows, place)
    if isinstance(expected, dict) and isinstance(observed, dict):
        more = sorted(observed.keys() - expected.keys())
        if more:
            return _told(place, f"no {more[0]!r}", short(plain(observed[more[0]])))
        return _fields(expected, observed, rows, place)
    if isinstance(expected, list) and isinstance(observed, list):
        if len(expected) != len(observed):
            return _told(
                place,
                f"{len(expected)} elements {short(expected)}",
                f"{len(observed)} {short(plain(observed))}",
            )
        for number, (want, got) in enumerate(zip(expected, observed, strict=True)):
            found = difference(want, got, rows, f"{place}[{number}]")
            if found:
                return found
        return None
    wanted = reference_id(expected, rows)
    same_kind = isinstance(wanted, bool) == isinstance(observed, bool)
    if same_kind and _close(wanted, observed):
        return None
    if (
        isinstance(expected, int)
        and isinstance(observed, int)
        and same_row(expected, observed, rows.first)
    ):
        return None
    return _told(place, short(wanted), short(plain(observed)))


def _fields(
    expected: dict[str, JsonValue], observed: dict[str, JsonValue], rows: Rows, place: str
) -> str | None:
    for key, value in expected.items():
        inner = f"{place}.{key}" if place else key
        if key not in observed:
            return f"{inner} is not there"
        found = difference(value, observed[key], rows, inner)
        if found:
            return found
    return None


def _close(wanted: JsonValue, observed: JsonValue) -> bool:
    if isinstance(wanted, float) or isinstance(observed, float):
        if isinstance(wanted, int | float) and isinstance(observed, int | float):
            return abs(wanted - observed) <= 1e-9 * max(1.0, abs(wanted), abs(observed))
        return False
    return wanted == observed


def _typed(
    expected: JsonValue, observed: dict[str, JsonValue], rows: Rows, place: str
) -> str | None:
    kind, value = str(observed[TYPE]), observed[VALUE]
    wanted: Any = reference_id(expected, rows)
    match kind:
        case "row" | "object":
            fields = cast("dict[str, JsonValue]", value)
            if kind == "row" and isinstance(wanted, int) and not isinstance(wanted, bool):
                return difference(wanted, fields["id"], rows, f"{place}.id" if place else "id")
            if isinstance(expected, dict):
                return _fields(expected, fields, rows, place)
        case "set":
            if isinstance(expected, list) and isinstance(value, list):
                return _set_difference(expected, value, rows, place)
        case "iterator":
            got = f"something to iterate over, {short(plain(value))}"
            return _told(place, short(wanted), got)
        case _:
            if _same_text(kind, wanted, str(value)):
                return None
    return _told(place, short(wanted), short(value))


def _set_difference(
    expected: list[JsonValue], observed: list[JsonValue], rows: Rows, place: str
) -> str | None:
    left = list(observed)
    for item in expected:
        same = next((other for other in left if difference(item, other, rows) is None), TYPE)
        if same is TYPE:
            return _told(place, f"{short(item)} among them", short(plain(observed)))
        left.remove(same)
    return _told(place, f"no {short(plain(left[0]))}", short(plain(observed))) if left else None


def _same_text(kind: str, wanted: Any, value: str) -> bool:
    """Whether a text or number means the same decimal, date or time."""
    if wanted is None or isinstance(wanted, bool | dict | list):
        return False
    try:
        match kind:
            case "Decimal":
                return Decimal(str(wanted)) == Decimal(value)
            case "datetime":
                return datetime.fromisoformat(str(wanted)) == datetime.fromisoformat(value)
            case "date":
                return date.fromisoformat(str(wanted)) == date.fromisoformat(value)
            case "time":
                return time.fromisoformat(str(wanted)) == time.fromisoformat(value)
            case _:
                return str(wanted) == value
    except (ValueError, TypeError, InvalidOperation):
        return False


def plain(observed: JsonValue) -> JsonValue:
    """`observed` without the marks of types, to be read."""
    if isinstance(observed, dict):
        if TYPE in observed:
            return plain(observed[VALUE])
        return {key: plain(value) for key, value in observed.items()}
    if isinstance(observed, list):
        return [plain(item) for item in observed]
    return observed


def short(value: JsonValue) -> str:
    """`value` as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 200 else f"{text[:197]}…"


def _told(place: str, expected: str, got: str) -> str:
    where = f"{place}: " if place else ""
    return f"{where}expected {expected}, got {got}"
