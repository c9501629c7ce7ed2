"""Calls one function in one case, and compares what came of it with what the case says."""

import asyncio
import dataclasses
import inspect
import math
# if files
import io
# end
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, cast, get_type_hints

from pydantic import BaseModel, TypeAdapter
# if database
from sqlalchemy.sql import Select
from sqlmodel import Session, col, select
# end

from app.clock import moment
# if database
from app.columns import TableModel
from app.database import Database
# end
# if files
from app.files import Files, FileStore, Upload
# end
from app.paging import Paging
from app.settings import Settings

# if database
Rows = Mapping[type[TableModel], Sequence[Mapping[str, Any]]]

# When what is there before was made, where a case does not say it.
EARLIER = "2026-01-01T00:00:00Z"
# end


# if database
@dataclasses.dataclass(frozen=True)
class Row:
    """A row that the case gives."""

    model: type[TableModel]
    id: int


# end
def check(
    settings: Settings,
    function: Callable[..., Any],
    *,
    # if database
    rows: Sequence[tuple[type[TableModel], Mapping[str, Any]]] = (),
    then: Rows | None = None,
    # end
    args: Mapping[str, Any] | None = None,
    changed: Mapping[str, Any] | None = None,
    returns: Any = None,
    raises: type[Exception] | None = None,
) -> None:
    """The function, called with these rows and arguments, does this."""
    values = dict(args or {})
    moment.set(datetime.fromisoformat(values.get("now", "2026-06-15T12:00:00Z")))
    settings = settings.model_copy(update=_typed(type(settings), changed or {}))
    # if not database
    try:
        found = difference(returns, _called(function, values, settings))
    except Exception as error:
        _expected(error, raises)
    else:
        assert raises is None, f"it raised nothing, and not {raises}"
        assert not found, found
    # end
    # if database
    database = Database(settings.database_url)
    try:
        with database.transaction(write=True) as session:
            for model, row in rows:
                session.add(_row(model, row))
                session.flush()
        try:
            with database.transaction(write=True) as session:
                value = _called(function, values, settings, session)
                if isinstance(value, Select):
                    answers: Any = session  # of one column or of several
                    value = answers.exec(value).all()
                session.flush()
                found = difference(returns, value)
        except Exception as error:
            _expected(error, raises)
        else:
            assert raises is None, f"it raised nothing, and not {raises}"
            assert not found, found
        with database.transaction(write=False) as session:
            for model, expected in (then or {}).items():
                left = session.exec(select(model).order_by(col(model.id))).all()
                found = difference(list(expected), left, model.__name__)
                assert not found, found
    finally:
        database.dispose()
    # end


def _expected(error: Exception, raises: type[Exception] | None) -> None:
    if type(error) is not raises:
        raise error


def _called(
    function: Callable[..., Any],
    values: dict[str, Any],
    settings: Settings,
    # if database
    session: Session | None = None,
    # end
) -> Any:
    """What the function returns."""
    hints = get_type_hints(function)
    arguments: dict[str, Any] = {}
    for name in inspect.signature(function).parameters:
        if name == "settings":
            arguments[name] = settings
        # if database
        elif name == "session":
            arguments[name] = session
        # end
        # if files
        elif name == "files":
            arguments[name] = Files(FileStore(settings.files_folder))
        # end
        elif name == "paging" and name not in values:
            arguments[name] = Paging(limit=50, offset=0)
        elif name in values:
            # if database
            arguments[name] = _decoded(hints[name], values[name], session)
            # end
            # if not database
            arguments[name] = _decoded(hints[name], values[name])
            # end
    value = function(**arguments)
    return asyncio.run(_awaited(value)) if inspect.isawaitable(value) else value


async def _awaited(value: Any) -> Any:
    return await value


def _decoded(
    hint: Any,
    value: Any,
    # if database
    session: Session | None,
    # end
) -> Any:
    # if database
    if isinstance(value, Row):
        wanted = hint is value.model or value.model in getattr(hint, "__args__", ())
        return session.get_one(value.model, value.id) if wanted and session else value.id
    several: Any = value
    if isinstance(several, list):
        elements = cast("list[Any]", several)
        if any(isinstance(item, Row) for item in elements):
            inner: Any = getattr(hint, "__args__", (object,))[0]
            return [_decoded(inner, item, session) for item in elements]
    # end
    # if files
    if hint is Upload:
        content = str(value.get("content", "")).encode()
        kind = str(value.get("media_type", "application/octet-stream"))
        return Upload(str(value.get("filename", "file")), kind, len(content), io.BytesIO(content))
    # end
    return value if hint in {object, Any} else TypeAdapter[Any](hint).validate_python(value)


# if database
def _row(model: type[TableModel], values: Mapping[str, Any]) -> TableModel:
    stamps = {
        name: EARLIER for name in ("created_at", "updated_at") if name in model.model_fields
    }
    return model(**_typed(model, {**stamps, **values}))


# end
def _typed(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the fields of a model are."""
    hints: dict[str, Any] = {name: item.annotation for name, item in model.model_fields.items()}
    return {
        name: TypeAdapter[Any](hints[name]).validate_python(value) for name, value in values.items()
    }


def difference(expected: Any, found: Any, place: str = "it") -> str:
    """Where `found` is not what is expected; empty where it is. Of an object, a part may be named."""
    if isinstance(found, Enum):
        found = found.value
    if isinstance(found, BaseModel) or dataclasses.is_dataclass(found):
        if isinstance(expected, int):
            return difference(expected, getattr(found, "id", None), f"{place}.id")
        if isinstance(expected, Mapping):
            return _of_fields(cast("Mapping[str, Any]", expected), found, place)
    elif isinstance(expected, Mapping) and isinstance(found, Mapping):
        entries = cast("Mapping[Any, Any]", found)
        return _of_entries(cast("Mapping[str, Any]", expected), entries, place)
    elif isinstance(expected, list) and isinstance(found, (set, frozenset)):
        elements = cast("frozenset[Any]", found)
        return _of_set(cast("list[Any]", expected), elements, place)
    elif isinstance(expected, list) and isinstance(found, Sequence) and not isinstance(found, str):
        return _of_list(cast("list[Any]", expected), cast("Sequence[Any]", found), place)
    return "" if _same(expected, found) else f"{place} is {found!r}, and not {expected!r}"


def _of_fields(expected: Mapping[str, Any], found: Any, place: str) -> str:
    parts = [
        difference(value, getattr(found, name, None), f"{place}.{name}")
        for name, value in expected.items()
    ]
    return next(filter(None, parts), "")


def _of_entries(expected: Mapping[str, Any], found: Mapping[Any, Any], place: str) -> str:
    entries = {str(key.value if isinstance(key, Enum) else key): found[key] for key in found}
    if entries.keys() != expected.keys():
        return f"{place} has {sorted(entries)}, and not {sorted(expected)}"
    parts = [difference(expected[key], value, f"{place}[{key}]") for key, value in entries.items()]
    return next(filter(None, parts), "")


def _of_set(expected: list[Any], found: frozenset[Any], place: str) -> str:
    same = len(expected) == len(found) and all(
        any(not difference(item, other) for other in found) for item in expected
    )
    return "" if same else f"{place} is {found}, and not {expected}"


def _of_list(expected: list[Any], found: Sequence[Any], place: str) -> str:
    if len(expected) != len(found):
        return f"{place} has {len(found)} elements, and not {len(expected)}: {found}"
    parts = [
        difference(one, other, f"{place}[{number}]")
        for number, (one, other) in enumerate(zip(expected, found, strict=True))
    ]
    return next(filter(None, parts), "")


def _same(expected: Any, found: Any) -> bool:
    if expected is None or found is None or isinstance(found, (bool, str)):
        return type(expected) is type(found) and expected == found
    if isinstance(expected, bool):
        return False
    try:
        match found:
            case float():
                return math.isclose(float(expected), found, rel_tol=1e-9)
            case Decimal():
                return Decimal(str(expected)) == found
            case datetime() | date() | time():
                return type(found).fromisoformat(str(expected)) == found
            case int():
                return bool(expected == found)
            case _:
                return str(expected) == str(found)
    except (ValueError, ArithmeticError):
        return False
