"""The argument parser: errors are codex's own, and near misses are named."""

from __future__ import annotations

import argparse
import os
import re

# As `typing.TYPE_CHECKING`; importing `typing` is a tenth of what `codex --help` costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, NoReturn

    from _typeshed import SupportsWrite

# Begins the `dest` of a setting's flag; no argument of a command can be called like this.
SETTING = "setting "


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Keeps the line ends of descriptions, and finds the terminal's width without `shutil`."""

    def __init__(self, prog: str, **options: Any) -> None:
        options.setdefault("width", _terminal_width())
        super().__init__(prog, **options)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """Leave the settings out of the usage line: they are the same for every command."""
        own = [action for action in actions if not action.dest.startswith(SETTING)]
        super().add_usage(usage, own, groups, prefix)


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that raises a `UsageError` and takes no abbreviated flags."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", Formatter)
        super().__init__(**options)

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print it; unlike argparse's own way, a full disk or a closed pipe is told."""
        print(self.format_help(), end="", file=file)

    def error(self, message: str) -> NoReturn:
        """Raise the user's mistake instead of printing the usage."""
        from codex.common.errors import UsageError

        sentence = self._hinted(message)
        end = "" if sentence.endswith("?") else "."
        raise UsageError(f"{self.prog}: {sentence}{end}", f"See `{self.prog} --help`.")

    def _hinted(self, message: str) -> str:
        if found := re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)$", message):
            choices = [choice.strip(" '") for choice in found.group(2).split(",")]
            return message + did_you_mean(found.group(1), choices)
        if found := re.match(r"unrecognized arguments: (\S+)", message):
            flags = [flag for leaf in leaves(self) for flag in flags_of(leaf)]
            return message + did_you_mean(found.group(1).partition("=")[0], flags)
        return message


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """The end of a sentence that names the nearest of `known`, if one is near."""
    import difflib

    # Dashes that every flag begins with make no two of them alike.
    names = {name.lstrip("-"): name for name in known}
    near = difflib.get_close_matches(given.lstrip("-"), names, 1)
    return f"; did you mean {names[near[0]]!r}?" if near else ""


def subparsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers right below `parser`, by name."""
    from typing import cast

    for action in actions_of(parser):
        choices: object = action.choices
        if isinstance(choices, dict):  # only the action of subparsers has a dict there
            return dict(cast("dict[str, argparse.ArgumentParser]", choices))
    return {}


def actions_of(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Every flag and argument that `parser` knows."""
    return parser._actions  # noqa: SLF001  argparse shows them no other way


def leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parsers that take a command's own arguments: `parser`, or those below it."""
    below = subparsers(parser)
    if not below:
        yield parser
    for child in below.values():
        yield from leaves(child)


def flags_of(parser: argparse.ArgumentParser) -> list[str]:
    """Every flag that `parser` knows."""
    return [flag for action in actions_of(parser) for flag in action.option_strings]


def add_global_flags(parser: argparse.ArgumentParser) -> None:
    """The flags that every command takes; they may stand before the command, too."""
    parser.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help="print results, and errors, as JSON",
    )
    parser.add_argument(
        "--debug",
        action="store_true",
        default=argparse.SUPPRESS,
        help="show the traceback of an error",
    )


def _terminal_width() -> int:
    try:
        columns = int(os.environ.get("COLUMNS", "")) or os.get_terminal_size().columns
    except (ValueError, OSError):
        try:
            columns = os.get_terminal_size().columns
        except OSError:
            columns = 100
    return max(40, min(columns, 110) - 2)
