"""Calls one function of a service with rows and arguments, and tells what was seen.

It runs inside the sandbox, in a process of its own for each case, with the compiled service on the
path. It is told the rows and the arguments and never what is expected: that is compared outside, so
no code under test can learn or forge a pass.
"""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import inspect
import io
import sys
import tempfile
import traceback
import types
import typing
import warnings
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

GENERATED = "app.functions"


def observe(payload: Mapping[str, typing.Any]) -> dict[str, typing.Any]:
    """Run one case of `payload`.

    It holds `functions` (name, module and code, callees first), `call` (whose turn it is), `rows`
    (model and columns, in an order that can be inserted), `args`, `settings`, `watch` (models whose
    rows are told afterwards) and `database_url`.
    """
    try:
        function = _define(payload["functions"])[payload["call"]]
    except BaseException as error:  # noqa: BLE001 whatever generated code raises while it is defined
        return {"broken": _told(error), "traceback": _frames(error)}
    from app.clock import moment

    moment.set(datetime.fromisoformat(payload["moment"]))
    if payload["pure"]:
        return _called(function, payload)
    from app.columns import TableModel

    database = _database(payload.get("database_url") or "sqlite://")
    TableModel.metadata.create_all(database.engine)
    try:
        with database.transaction(write=True) as session:
            _insert(session, payload["rows"])
    except Exception as error:  # noqa: BLE001 whatever refuses the rows, the case is at fault
        return {"unset": _told(error)}
    result: dict[str, typing.Any] = {}
    try:
        with database.transaction(write=payload.get("writes", True)) as session:
            arguments = _arguments(function, payload, session)
            with _noticing() as left:
                value = function(**arguments)
                if inspect.isawaitable(value):
                    value = asyncio.run(_awaited(value))
                session.flush()
                result["returned"] = _encode(value, session)
            result["left"] = left
    except BaseException as error:  # noqa: BLE001 what it raises is what is observed
        result.pop("returned", None)
        result |= _raised(error)
    with database.transaction(write=False) as session:
        result["rows"] = {name: _rows_of(session, name) for name in payload.get("watch", ())}
    database.dispose()
    return result


def _called(function: typing.Any, payload: Mapping[str, typing.Any]) -> dict[str, typing.Any]:
    """What a function that needs no database does with the arguments."""
    try:
        arguments = _arguments(function, payload, None)
        with _noticing() as left:
            value = function(**arguments)
            if inspect.isawaitable(value):
                value = asyncio.run(_awaited(value))
            returned = _encode(value, None)
    except BaseException as error:  # noqa: BLE001 what it raises is what is observed
        return _raised(error)
    return {"returned": returned, "left": left}


@contextmanager
def _noticing() -> Iterator[list[str]]:
    """Collect what Python warns of: files that nobody closed, coroutines that nobody awaited."""
    left: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield left
        for item in caught:
            text = str(item.message).partition(" <")[0]  # what follows differs between runs
            if issubclass(item.category, ResourceWarning) or text.endswith("was never awaited"):
                left.append(text)


def observe_many(payload: Mapping[str, typing.Any]) -> list[dict[str, typing.Any]]:
    """Call a function that needs no rows with each of the argument sets in `many`."""
    from app.clock import moment

    moment.set(datetime.fromisoformat(payload["moment"]))
    try:
        function = _define(payload["functions"])[payload["call"]]
    except BaseException as error:  # noqa: BLE001 whatever generated code raises while it is defined
        return [{"broken": _told(error)} for _ in payload["many"]]
    return [_called(function, {**payload, "args": arguments}) for arguments in payload["many"]]


def _define(functions: list[dict[str, str]]) -> dict[str, typing.Any]:
    """Execute each function's code in the module where the service would have it."""
    _package(GENERATED)
    for item in functions:
        name = item["module"]
        if name not in sys.modules or not hasattr(sys.modules[name], "__codex__"):
            module = types.ModuleType(name)
            module.__codex__ = True  # type: ignore[attr-defined]
            sys.modules[name] = module
            setattr(sys.modules[GENERATED], name.rpartition(".")[2], module)
    defined: dict[str, typing.Any] = {}
    for item in functions:
        namespace: dict[str, typing.Any] = {"__name__": item["module"]}
        code = compile(item["code"], f"<{item['name']}>", "exec", dont_inherit=True)
        exec(code, namespace)  # noqa: S102 this is what the sandbox is for
        defined[item["name"]] = namespace[item["name"]]
        setattr(sys.modules[item["module"]], item["name"], namespace[item["name"]])
    return defined


def _package(name: str) -> None:
    importlib.import_module("app")
    if name not in sys.modules:
        try:
            importlib.import_module(name)
        except ImportError:
            sys.modules[name] = types.ModuleType(name)


def _database(url: str) -> typing.Any:
    from app.database import Database

    database = Database(url)
    if database.engine.dialect.name == "sqlite":
        # Its LIKE would ignore the case of letters, which that of Postgres does not.
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA case_sensitive_like = ON")
    return database


def _insert(session: typing.Any, rows: list[dict[str, typing.Any]]) -> None:
    models = importlib.import_module("app.models")
    for item in rows:
        model = getattr(models, item["model"])
        named = {_attribute(model, name): value for name, value in item["row"].items()}
        values = {
            name: _decode(model.model_fields[name].annotation, value, session)
            for name, value in named.items()
        }
        session.add(model(**values))
        session.flush()
    if session.get_bind().dialect.name == "postgresql":
        _count_on(session, {getattr(models, item["model"]).__table__.name for item in rows})


def _count_on(session: typing.Any, tables: set[str]) -> None:
    """Let the next row of each table have the id after those that were given."""
    from sqlalchemy import text

    for name in sorted(tables):
        quoted = '"' + name.replace('"', '""') + '"'
        last = f"(SELECT max(id) FROM {quoted})"  # noqa: S608 a name that codex compiled
        session.execute(
            text(f"SELECT setval(pg_get_serial_sequence(:table, 'id'), {last})"), {"table": quoted}
        )


def _arguments(
    function: typing.Any, payload: Mapping[str, typing.Any], session: typing.Any
) -> dict[str, typing.Any]:
    hints = typing.get_type_hints(function)
    arguments: dict[str, typing.Any] = {}
    for name in inspect.signature(function).parameters:
        if name == "session":
            arguments[name] = session
        elif name == "settings":
            arguments[name] = _settings(payload.get("settings", {}))
        elif name == "files":
            from app.files import Files, FileStore

            arguments[name] = Files(FileStore(tempfile.mkdtemp()))
        elif name == "paging" and name not in payload["args"]:
            from app.paging import Paging

            arguments[name] = Paging(limit=50, offset=0)
        elif name in payload["args"]:
            try:
                arguments[name] = _decode(hints.get(name, object), payload["args"][name], session)
            except Exception as error:
                raise _ArgumentRefused(_told(error)) from error
    return arguments


class _ArgumentRefused(Exception):
    """An argument that no caller could hand in: the case is at fault, not the function."""


def _settings(values: Mapping[str, typing.Any]) -> typing.Any:
    from app.settings import Settings

    return Settings(_env_file=None, environment="local", **values)


def _decode(annotation: typing.Any, value: typing.Any, session: typing.Any) -> typing.Any:
    """JSON as the annotation wants it; a row for {"$row": ["Book", 1]}."""
    if isinstance(value, dict) and "$row" in value:
        name, number = value["$row"]
        model = getattr(importlib.import_module("app.models"), name)
        return session.get_one(model, number) if _wants_row(annotation, model) else number
    if isinstance(value, list) and any(isinstance(item, dict) and "$row" in item for item in value):
        inner = (typing.get_args(annotation) or (object,))[0]
        return [_decode(inner, item, session) for item in value]
    if getattr(annotation, "__name__", "") == "Upload" and isinstance(value, dict):
        content = str(value.get("content", "")).encode()
        kind = str(value.get("media_type", "application/octet-stream"))
        name = str(value.get("filename", "file"))
        return annotation(name, kind, len(content), io.BytesIO(content))
    from pydantic import TypeAdapter

    if annotation in (object, typing.Any, inspect.Parameter.empty):
        return value
    return TypeAdapter(annotation).validate_python(value)


def _wants_row(annotation: typing.Any, model: type) -> bool:
    return annotation is model or model in typing.get_args(annotation)


async def _awaited(value: typing.Any) -> typing.Any:
    return await value


def _encode(value: typing.Any, session: typing.Any) -> typing.Any:
    """Any value as JSON; what JSON has no form for as {"$type": …, "value": …}."""
    from sqlalchemy.sql import Select
    from sqlmodel import SQLModel

    if value is None or (isinstance(value, bool | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Select):
        return [_encode(item, session) for item in session.exec(value).all()]
    if isinstance(value, SQLModel) and hasattr(type(value), "__table__"):
        return _row(value)
    return _encode_plain(value, session)


def _encode_plain(value: typing.Any, session: typing.Any) -> typing.Any:
    from pydantic import BaseModel

    match value:
        case Enum():
            return _encode(value.value, session)
        case Decimal() | UUID() | timedelta():
            return {"$type": type(value).__name__, "value": str(value)}
        case datetime() | date() | time():
            return {"$type": type(value).__name__, "value": value.isoformat()}
        case int() | float():
            return value
        case bytes():
            return {"$type": "bytes", "value": value.decode("utf-8", "backslashreplace")}
        case BaseModel():
            return _object(value, list(type(value).model_fields), session)
        case _ if dataclasses.is_dataclass(value):
            return _object(value, [field.name for field in dataclasses.fields(value)], session)
        case Mapping():
            return {str(_plain_key(key)): _encode(item, session) for key, item in value.items()}
        case set() | frozenset():
            return {"$type": "set", "value": [_encode(item, session) for item in value]}
        case Sequence() | deque():
            return [_encode(item, session) for item in value]
        case _ if hasattr(value, "__iter__"):
            # A generator, a view, an open result: whoever asked for a list did not get one.
            return {"$type": "iterator", "value": [_encode(item, session) for item in value]}
        case _:
            return {"$type": type(value).__name__, "value": str(value)}


def _plain_key(key: typing.Any) -> typing.Any:
    return key.value if isinstance(key, Enum) else key


def _object(value: typing.Any, names: list[str], session: typing.Any) -> dict[str, typing.Any]:
    fields = {_field(type(value), name): _encode(getattr(value, name), session) for name in names}
    return {"$type": "object", "value": fields}


def _attribute(model: typing.Any, column: str) -> str:
    """The attribute that holds `column`: `class_` for `class`."""
    return column if column in model.model_fields else f"{column}_"


def _field(kind: typing.Any, name: str) -> str:
    """What the attribute `name` is called in JSON."""
    known = getattr(kind, "model_fields", {}).get(name)
    return (known and known.serialization_alias) or name


def _row(row: typing.Any) -> dict[str, typing.Any]:
    columns = {
        column.name: _encode(getattr(row, _attribute(type(row), column.name)), None)
        for column in type(row).__table__.columns
    }
    return {"$type": "row", "value": columns}


def _rows_of(session: typing.Any, name: str) -> list[typing.Any]:
    from sqlmodel import col, select

    model = getattr(importlib.import_module("app.models"), name)
    return [_row(row) for row in session.exec(select(model).order_by(col(model.id))).all()]


def _raised(error: BaseException) -> dict[str, typing.Any]:
    from app.errors import ServiceError

    if isinstance(error, _ArgumentRefused):
        return {"unset": str(error)}
    if isinstance(error, ServiceError):
        return {"raised": type(error).__name__, "field": getattr(error, "field", None)}
    return {"crashed": _told(error), "traceback": _frames(error)}


def _told(error: BaseException) -> str:
    text = " ".join(str(error).split()).partition(" For further information")[0]
    return f"{type(error).__name__}: {text}"[:500]


def _frames(error: BaseException) -> list[str]:
    """The generated frames alone: function, line and its text are what a writer can change."""
    return [
        f"{frame.filename.strip('<>')} line {frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith("<") and frame.filename.endswith(">")
    ]
