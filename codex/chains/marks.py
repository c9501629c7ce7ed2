"""Puts what is wrong with a reply into the reply, at the places where it is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from codex.chains.code_reply import read_code
from codex.chains.lenient import Unreadable
from codex.chains.parse import Fault, find_json

_SHOWN = 40_000
_MARKS = 20
_MARK_LENGTH = 300


def marked_json(text: str, faults: Sequence[Fault]) -> str:
    """A structured reply with a comment after each wrong value."""
    marks: list[tuple[int, str]] = []
    try:
        root = find_json(text).root
    except (Unreadable, RecursionError) as error:
        at = error.at if isinstance(error, Unreadable) else 0
        return _cut(_inserted(text, [(at, f" /* WRONG from here on: {_short(str(error))} */ ")]))
    for fault in faults[:_MARKS]:
        node, exact = root.at(fault.at)
        # A missing field is marked where its object begins.
        position = node.end if exact else node.start + 1
        marks.append((position, f" /* WRONG: {_short(fault.text)} */"))
    return _cut(_inserted(text, marks))


def marked_code(text: str, faults: Sequence[Fault]) -> str:
    """A code reply with a comment at the end of each wrong line of its block."""
    blocks = read_code(text).blocks
    if len(blocks) != 1:
        return _cut(text)
    lines = text.splitlines()
    for fault in faults[:_MARKS]:
        number = fault.at[0] if fault.at else None
        if isinstance(number, int):
            position = blocks[0].line - 1 + number - 1
            if 0 <= position < len(lines):
                lines[position] += f"  # WRONG: {_short(fault.text)}"
    return _cut("\n".join(lines))


def _inserted(text: str, marks: Sequence[tuple[int, str]]) -> str:
    pieces: list[str] = []
    last = 0
    for position, mark in sorted(marks, key=lambda item: item[0]):
        pieces += (text[last:position], mark)
        last = position
    return "".join([*pieces, text[last:]])


def _short(text: str) -> str:
    line = " ".join(text.replace("*/", "* /").split())
    return line if len(line) <= _MARK_LENGTH else line[:_MARK_LENGTH] + "…"


def _cut(text: str) -> str:
    if len(text) <= _SHOWN:
        return text
    return f"{text[:_SHOWN]}\n… ({len(text) - _SHOWN:,} more characters)"
