"""Runs that the store keeps: what they did."""

from __future__ import annotations

import argparse
from collections.abc import Coroutine
from typing import Any


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    about = "what each chain of a run asked: first-try passes, mends, re-asks, tokens, price, time"
    chains = actions.add_parser("chains", help=about, description=f"{about.capitalize()}.")
    chains.add_argument("run", metavar="RUN", help="its id, the start of it, or its name")


def run(args: argparse.Namespace) -> Coroutine[Any, Any, int]:
    """Do what was chosen."""
    from codex.cli.runs_chains import show_chains
    from codex.cli.settings import settings

    return show_chains(settings(args), args.run, as_json=args.json)
