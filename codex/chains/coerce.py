"""Bends a JSON value towards its model where the intent is plain; each bend is recorded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from codex.chains.json_kinds import is_list, is_object
from codex.chains.lenient import Unreadable, load
from codex.chains.sentence import Place

O = TypeVar("O", bound=BaseModel)  # noqa: E741 output

_ROUNDS = 4
_OBJECT_ERRORS = {"model_type", "model_attributes_type", "dict_type", "dataclass_type"}
_LIST_ERRORS = {"list_type", "tuple_type", "set_type", "frozen_set_type"}
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")


def validate(
    value: Any, output: type[O]
) -> tuple[O | None, Any, list[str], Sequence[ErrorDetails]]:
    """The typed output (or None), the value as it was bent, the mends, and what is still wrong."""
    mends: list[str] = []
    errors: Sequence[ErrorDetails] = ()
    value = _unwrapped(value, output, mends)
    for _ in range(_ROUNDS):
        try:
            return output.model_validate(value), value, mends, ()
        except ValidationError as error:
            errors = error.errors(include_url=False)
        except RecursionError:
            return None, value, mends, ()
        before = len(mends)
        for item in errors:
            _mend(value, item, mends)
        if len(mends) == before:
            break
    return None, value, mends, errors


def _unwrapped(value: Any, output: type[BaseModel], mends: list[str]) -> Any:
    """`value` without an envelope that the schema does not have, and decoded if it is a text."""
    value = _decoded(value, (), mends, dict)
    if is_list(value) and len(value) == 1 and is_object(value[0]):
        mends.append("a list around the answer was removed")
        value = value[0]
    if is_object(value) and len(value) == 1:
        fields = _names(output)
        name, inside = next(iter(value.items()))
        inside = _decoded(inside, (name,), mends, dict)
        if name not in fields and is_object(inside) and (not inside or inside.keys() & fields):
            mends.append(f"an envelope {name!r} around the answer was removed")
            return inside
    return value


def _names(output: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in output.model_fields.items()}


def _mend(root: Any, error: ErrorDetails, mends: list[str]) -> None:
    """Mend the place of one error, if it is plain how."""
    parent, key, path = _locate(root, error["loc"])
    kind = error["type"]
    if kind == "missing":
        _rename(parent if key is None else parent[key], str(error["loc"][-1]), path, mends)
        return
    if parent is None or key is None:
        return
    value = parent[key]
    where = shown(path)
    if kind == "extra_forbidden":
        if is_object(parent):
            mends.append(f"{where} is not in the schema and was left out")
            del parent[str(key)]
    elif value is None and is_object(parent):
        mends.append(f"{where}: null was left out")
        del parent[str(key)]
    elif kind in _OBJECT_ERRORS:
        parent[key] = _decoded(value, path, mends, dict)
    elif kind in _LIST_ERRORS:
        decoded = _decoded(value, path, mends, list)
        if decoded is value and not isinstance(value, list):
            mends.append(f"{where}: a single value became a list")
            decoded = [value]
        parent[key] = decoded
    else:
        _mend_scalar(parent, key, path, error, mends)


def _mend_scalar(
    parent: Any, key: str | int, path: Place, error: ErrorDetails, mends: list[str]
) -> None:
    value, kind, where = parent[key], error["type"], shown(path)
    if kind == "string_type" and isinstance(value, (int, float, bool)):
        parent[key] = str(value).lower() if isinstance(value, bool) else str(value)
        mends.append(f"{where}: {value!r} became a text")
    elif kind in {"enum", "literal_error"} and isinstance(value, str):
        expected = str(error.get("ctx", {}).get("expected", ""))
        wanted = {_folded(name): name for name in _QUOTED.findall(expected)}
        match = wanted.get(_folded(value))
        if match is not None and match != value:
            parent[key] = match
            mends.append(f"{where}: {value!r} became {match!r}")
    elif kind.endswith("_parsing") and isinstance(value, str) and value.strip() != value:
        parent[key] = value.strip()
        mends.append(f"{where}: spaces were removed")


def choose(root: Any, at: Place, names: Sequence[str], mends: list[str]) -> None:
    """Put the one of `names` at a place that what stands there differs from in spelling only."""
    parent = root
    for step in at[:-1]:
        parent = parent[step]
    given = str(parent[at[-1]])
    alike = [name for name in names if _folded(name) == _folded(given)]
    if len(alike) == 1:
        parent[at[-1]] = alike[0]
        mends.append(f"{shown(at)}: {given!r} became {alike[0]!r}")


def _rename(target: Any, missing: str, path: Place, mends: list[str]) -> None:
    """Give a missing field the value of a name that differs in spelling only."""
    if not is_object(target) or missing in target:
        return
    alike = [name for name in target if _folded(name) == _folded(missing)]
    if len(alike) == 1:
        target[missing] = target.pop(alike[0])
        told = f"{alike[0]!r} became {missing!r}"
        mends.append(f"{shown(path)}: {told}" if path else told)


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _decoded(value: Any, path: Place, mends: list[str], wanted: type) -> Any:
    """`value`, or the JSON that it holds as a text."""
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        try:
            loaded = load(value)
        except Unreadable:
            return value
        if isinstance(loaded.value, wanted) and not loaded.cut:
            mends.append(f"{shown(path) or 'the answer'} was JSON inside a text")
            mends.extend(loaded.mends)
            return loaded.value
    return value


def _locate(root: Any, location: tuple[str | int, ...]) -> tuple[Any, str | int | None, Place]:
    """The container and key that an error's location names; steps that pydantic adds are passed."""
    parent: Any = root
    key: str | int | None = None
    current = root
    path: list[str | int] = []
    for step in location:
        if is_object(current) and step in current:
            parent, current = current, current[str(step)]
        elif is_list(current) and isinstance(step, int) and step < len(current):
            parent, current = current, current[step]
        else:
            continue
        key = step
        path.append(step)
    return parent, key, tuple(path)


def path_in(root: Any, location: tuple[str | int, ...]) -> Place:
    """The path in the value that an error's location names."""
    path = _locate(root, location)[2]
    last = location[-1] if location else None
    return (*path, last) if isinstance(last, str) and last not in path[-1:] else path


def shown(path: Place) -> str:
    """A path as people write it: `routes[2].table`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
