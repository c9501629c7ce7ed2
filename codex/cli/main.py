"""Finds the command, runs it, and turns whatever happens into an exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from codex.cli.commands import COMMANDS
from codex.cli.parser import Parser, add_global_flags, did_you_mean, leaves

# As `typing.TYPE_CHECKING`; importing `typing` is a tenth of what `codex --help` costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from types import ModuleType
    from typing import Any

EXIT_PIPE_CLOSED = 141  # as a shell reports a program that SIGPIPE ended

EPILOG = """\
`codex COMMAND --help` tells more about one command.

exit codes: 0 done, 1 failed, 2 your mistake, 3 incomplete, 4 budget reached,
            5 model not reachable, 130 interrupted, 141 the reader of its output left
"""


def main(argv: Sequence[str]) -> int:
    """Run one command line; never raises, so that no traceback reaches a user."""
    debug, as_json = "--debug" in argv, "--json" in argv
    try:
        for stream in (sys.stdout, sys.stderr):
            # A text that the terminal's encoding lacks is escaped rather than an error.
            if reconfigure := getattr(stream, "reconfigure", None):
                reconfigure(errors="backslashreplace")
        try:
            code = dispatch(argv)
        except SystemExit as stop:  # argparse's way to end after --help
            code = stop.code if isinstance(stop.code, int) else 0
        flush()
    except BaseException as error:  # noqa: BLE001  the last place that can take it; it is reported
        closed = isinstance(error, BrokenPipeError) and pipe_is_closed()
        drop_unwritable()
        if closed:
            return EXIT_PIPE_CLOSED
        from codex.cli.failure import report

        return report(error, as_json=as_json, debug=debug)
    return code


def dispatch(argv: Sequence[str]) -> int:
    """Import the chosen command, parse its arguments, run it."""
    top = top_parser()
    first = top.parse_args(argv)
    if first.command is None:
        top.print_help(sys.stderr)
        return 2
    if first.command not in COMMANDS:
        hint = did_you_mean(first.command, COMMANDS)
        top.error(f"there is no command {first.command!r}{hint}")
    module = load(first.command)
    args = command_parser(first.command, module).parse_args(first.rest)
    args.json = hasattr(args, "json") or hasattr(first, "json")
    args.debug = hasattr(args, "debug") or hasattr(first, "debug")
    outcome: int | Coroutine[Any, Any, int] = module.run(args)
    if isinstance(outcome, int):
        return outcome
    import asyncio

    from codex.cli.stopping import stoppable

    return asyncio.run(stoppable(outcome))


def load(name: str) -> ModuleType:
    """Import the module of one command."""
    return importlib.import_module(f"codex.cli.{name}")


def top_parser() -> Parser:
    """The parser of what stands before the command's own arguments."""
    width = max(map(len, COMMANDS)) + 2
    table = "\n".join(f"  {name:<{width}}{about}" for name, about in COMMANDS.items())
    parser = Parser(
        prog="codex",
        usage="codex [--json] [--debug] COMMAND ...",
        description=f"One sentence in; a verified, packaged web service out.\n\ncommands:\n{table}",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action=Version, nargs=0, help="print the version")
    add_global_flags(parser)
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def command_parser(name: str, module: ModuleType) -> Parser:
    """The whole parser of one command, with the flags that every command takes."""
    parser = Parser(prog=f"codex {name}", description=module.__doc__)
    module.configure(parser)
    from codex.cli.settings import add_setting_flags

    for leaf in leaves(parser):
        add_global_flags(leaf)
        add_setting_flags(leaf)
    return parser


class Version(argparse.Action):
    """Prints the installed version; looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        """Print and end."""
        from importlib.metadata import version

        print(f"codex {version('codex')}")
        parser.exit()


def flush() -> None:
    """Write what is buffered now, where a full disk or a closed pipe can still be told."""
    if sys.stdout:
        sys.stdout.flush()


def pipe_is_closed() -> bool:
    """Whether the reader of standard output left, and not the other end of a connection."""
    import select

    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return any(state & (select.POLLERR | select.POLLHUP) for _, state in poll.poll(0))
    except (OSError, ValueError, AttributeError):
        return False


def drop_unwritable() -> None:
    """Drop what standard output cannot take, so that Python does not complain as it ends."""
    try:
        flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
