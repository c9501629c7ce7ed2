"""Finds the one fenced code block of a reply, or the question that stands in its place."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass

from codex.common import python_source

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^`\n]*)$")
_QUESTION = re.compile(r"^[ \t>*_#-]{0,8}QUESTION[*_]{0,3}[ \t]*:[*_ \t]*(.*)$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its text, and the line of the reply on which the text begins."""

    text: str
    line: int
    closed: bool


@dataclass(frozen=True)
class CodeReply:
    """What a reply for code holds."""

    blocks: tuple[Block, ...]
    questions: tuple[str, ...]
    mended: tuple[str, ...] = ()


def read_code(text: str) -> CodeReply:
    """The blocks and questions of `text`, read line by line."""
    blocks: list[Block] = []
    questions: list[str] = []
    fence, begun, inside = "", 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        found = _FENCE.match(line)
        if fence:
            closes = found and found[1][0] == fence[0] and len(found[1]) >= len(fence)
            if closes and found and not found[2].strip():
                blocks.append(Block("\n".join(inside) + "\n", begun, closed=True))
                fence, inside = "", []
            else:
                inside.append(line)
        elif found:
            fence, begun = found[1], number + 1
        elif asked := _QUESTION.match(line):
            questions.append(asked[1].strip().strip("*_").strip())
    if fence:
        blocks.append(Block("\n".join(inside) + "\n", begun, closed=False))
    return CodeReply(tuple(blocks), tuple(question for question in questions if question))


def looks_like_code(text: str) -> bool:
    """Whether all of `text` is Python that defines or assigns something."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a model's code is no concern here
            tree = python_source.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    return any(isinstance(step, kinds) for step in tree.body)
