"""Prints the completion script of a shell; it is made from the parsers themselves.

bash   source <(codex completion bash)          in ~/.bashrc
zsh    source <(codex completion zsh)           in ~/.zshrc, after compinit
fish   codex completion fish | source           in ~/.config/fish/config.fish
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from codex.cli import completion_scripts
from codex.cli.commands import COMMANDS
from codex.cli.completion_scripts import FILES, FOLDERS, CommandLine, Flag, Place
from codex.cli.main import command_parser, load, top_parser
from codex.cli.parser import actions_of, subparsers


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("shell", choices=["bash", "zsh", "fish"])


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    write = {"bash": completion_scripts.bash, "zsh": completion_scripts.zsh}
    line = CommandLine(places())
    print(write.get(args.shell, completion_scripts.fish)(line), end="")
    return 0


def places() -> Iterator[Place]:
    """Every place of the whole command line."""
    yield place((), top_parser(), COMMANDS)
    for name in COMMANDS:
        yield from below((name,), command_parser(name, load(name)))


def below(path: tuple[str, ...], parser: argparse.ArgumentParser) -> Iterator[Place]:
    """The place of a parser, and those of its subcommands."""
    children = subparsers(parser)
    yield place(path, parser, {name: child.description or "" for name, child in children.items()})
    for name, child in children.items():
        yield from below((*path, name), child)


def place(
    path: tuple[str, ...], parser: argparse.ArgumentParser, commands: dict[str, str]
) -> Place:
    """What can stand after `path`."""
    flags: list[Flag] = []
    words = [(name, first_line(about)) for name, about in commands.items()]
    files = False
    for action in actions_of(parser):
        if action.option_strings:
            flags.append(
                Flag(
                    tuple(action.option_strings),
                    first_line(action.help or ""),
                    action.nargs != 0,
                    tuple(values_of(action)),
                )
            )
        elif not commands:
            values = values_of(action)
            files = files or FILES in values or FOLDERS in values
            words += [(value, "") for value in values if value not in {FILES, FOLDERS}]
    return Place(path, tuple(flags), tuple(words), files, is_leaf=not commands)


def values_of(action: argparse.Action) -> list[str]:
    """What may be given to an argument: its choices, or files where its metavar says so."""
    if action.nargs == 0:
        return []
    if action.choices:
        return [str(choice) for choice in action.choices]
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    if metavar in {"FILE", "PATH"}:
        return [FILES]
    if metavar == "DIR":
        return [FOLDERS]
    return metavar.split("|") if "|" in metavar else []


def first_line(text: str) -> str:
    """The beginning of a help text, as far as a menu can show it."""
    line = " ".join(text.replace("%%", "%").split("\n\n")[0].split())
    return line if len(line) <= 80 else line[:79] + "…"
