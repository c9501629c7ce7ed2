"""Reading Python: the one place where a text becomes a syntax tree."""

from __future__ import annotations

import ast
import threading

# Some releases of Python 3.11 and 3.12 count the depth of a tree once for all threads, so a thread
# that takes over in the middle of `ast.parse` and parses as well makes it fail with a SystemError.
_ONE_AT_A_TIME = threading.RLock()


def parse(text: str, *, feature_version: tuple[int, int] | None = None) -> ast.Module:
    """The module that `text` is, as `ast.parse` has it, from any thread."""
    with _ONE_AT_A_TIME:
        return ast.parse(text, feature_version=feature_version)  # noqa: TID251


def parse_expression(text: str) -> ast.expr:
    """The expression that `text` is, from any thread."""
    with _ONE_AT_A_TIME:
        return ast.parse(text, mode="eval").body  # noqa: TID251


def literal(text: str) -> object:
    """The value that `text` writes out, from any thread."""
    return ast.literal_eval(parse_expression(text.lstrip(" \t")))
