"""The generated client's calls as the engine's JSON protocol (upstream's client writes GraphQL)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from codex.common.database.client._builder import (  # pyright: ignore[reportPrivateUsage] the one seam
    QueryBuilder,
)
from codex.common.database.rows import to_text

_RAW = {"query_raw": "queryRaw", "query_first": "queryRaw", "execute_raw": "executeRaw"}
_NAMES_AND_BRACES = re.compile(r"\w+|[{}]")


class JsonQuery(QueryBuilder):
    """One call of the client; `question()` is what the engine is asked."""

    def question(self) -> dict[str, Any]:
        """The call in the JSON protocol."""
        arguments = {name: value for name, value in self.arguments.items() if value is not None}
        if self.method in _RAW:
            parameters = to_text([_plain(value) for value in arguments.pop("parameters", ())])
            return {
                "action": _RAW[self.method],
                "query": {"arguments": {**arguments, "parameters": parameters}, "selection": {}},
            }
        assert self.model is not None
        return {
            "modelName": self.model.__prisma_model__,
            "action": self.method_format.replace("{model}", ""),
            "query": {
                "arguments": {name: _tagged(value) for name, value in arguments.items()},
                "selection": self._selection(),
            },
        }

    def _selection(self) -> dict[str, Any]:
        if self.root_selection is not None:
            return _parsed_selection(" ".join(self.root_selection))
        return _included(self.include)


def _included(include: dict[str, Any] | None) -> dict[str, Any]:
    """All plain fields, and the relations named by `include`."""
    selection: dict[str, Any] = {"$scalars": True}
    for relation, wanted in (include or {}).items():
        if not wanted:
            continue
        options = cast("dict[str, Any]", {} if wanted is True else dict(wanted))
        selection[relation] = {
            "selection": _included(options.pop("include", None)),
            "arguments": {k: _tagged(v) for k, v in options.items() if v is not None},
        }
    return selection


def _parsed_selection(text: str) -> dict[str, Any]:
    """`count` or `_count { _all }` as the JSON protocol has it."""
    stack: list[dict[str, Any]] = [{}]
    last = ""
    for word in _NAMES_AND_BRACES.findall(text):
        if word == "{":
            inner: dict[str, Any] = {}
            stack[-1][last] = {"arguments": {}, "selection": inner}
            stack.append(inner)
        elif word == "}":
            stack.pop()
        else:
            stack[-1][word] = True
            last = word
    return stack[0]


def _tagged(value: Any) -> Any:
    """`value` with its type named where plain JSON does not tell it."""
    match value:
        case datetime():
            return {"$type": "DateTime", "value": _moment(value)}
        case Decimal():
            return {"$type": "Decimal", "value": str(value)}
        case dict():
            return {k: _tagged(v) for k, v in cast("dict[str, Any]", value).items()}
        case list() | tuple():
            return [_tagged(item) for item in cast("list[Any]", value)]
        case _:
            return value


def _plain(value: Any) -> Any:
    """`value` as a parameter of raw SQL."""
    match value:
        case datetime():
            return {"prisma__type": "date", "prisma__value": _moment(value)}
        case Decimal():
            return {"prisma__type": "decimal", "prisma__value": str(value)}
        case _:
            return value


def _moment(value: datetime) -> str:
    """ISO 8601 in UTC, in the milliseconds that the engine keeps."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds")
