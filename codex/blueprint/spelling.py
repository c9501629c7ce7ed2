"""Type expressions as documents spell them: `Optional` away, known names in their right case."""

from __future__ import annotations

import re

from codex.common import python_source
from codex.common.documents.typetext import STANDARD, canonical, names_in

# What people call these types elsewhere.
ALIASES = {
    "string": "str",
    "text": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "decimal": "Decimal",
    "datetime.datetime": "datetime",
    "datetime.date": "date",
    "List": "list",
    "Dict": "dict",
    "Set": "set",
    "Tuple": "tuple",
    "uuid": "UUID",
    "json": "JsonValue",
    "Any": "JsonValue",
    "DateTime": "datetime",
    "Date": "date",
    "UploadFile": "Upload",
}


def respelled(text: str, known: frozenset[str]) -> str:
    """`text` in the one right spelling, where that is plain; unchanged where it is not."""
    for wrong, right in ALIASES.items():
        if "." in wrong:
            text = re.sub(rf"\b{re.escape(wrong)}\b", right, text)
    try:
        spelled = canonical(text)
        unknown = sorted(names_in(spelled) - known)
    except ValueError:
        return text
    folded: dict[str, list[str]] = {}
    for name in sorted(known | STANDARD):
        folded.setdefault(name.lower(), []).append(name)
    for name in unknown:
        near = ALIASES.get(name) or _only(folded.get(name.lower()))
        near = near or _only(folded.get(name.lower().removesuffix("s")))
        near = near or ALIASES.get(name.lower())
        if near:
            spelled = re.sub(rf"\b{re.escape(name)}\b", near, spelled)
    return spelled if spelled != text and _same(spelled) else text


def _only(names: list[str] | None) -> str | None:
    return names[0] if names and len(names) == 1 else None


def _same(text: str) -> bool:
    try:
        python_source.parse_expression(text)
    except SyntaxError:
        return False
    return True
