"""Shows the configuration: every setting, its value, where it comes from, and what it means."""

from __future__ import annotations

import argparse

from codex.cli.output import show_columns, show_json
from codex.cli.settings import configuration


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("show", help="print every setting", description=__doc__)


def run(args: argparse.Namespace) -> int:
    """Print every setting; secrets are masked."""
    rows = configuration(args).rows()
    if args.json:
        show_json(rows)
        return 0
    lines = [(row["name"], in_words(row["value"]), row["source"], row["meaning"]) for row in rows]
    show_columns([("setting", "value", "source", "meaning"), *lines])
    return 0


def in_words(value: object) -> str:
    """A value as a configuration file would spell it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) or '""'
