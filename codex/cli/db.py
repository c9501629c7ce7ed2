"""The database: bring it to this version's schema, show where it stands, name its address."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from codex.cli.output import show_columns, show_json
from codex.cli.settings import settings
from codex.common.errors import UsageError

if TYPE_CHECKING:
    from codex.common.config import Settings

ACTIONS = {
    "migrate": "apply the migrations that are missing",
    "status": "show each migration and where it stands",
    "upgrade": "move the embedded database to this codex's major version of Postgres",
    "url": "print the database's address, password included, for psql and the like",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, about in ACTIONS.items():
        actions.add_parser(name, help=about, description=f"{about.capitalize()}.")


def run(args: argparse.Namespace) -> int:
    """Do what was chosen."""
    chosen = settings(args)
    actions = {"migrate": _migrate, "status": _status, "upgrade": _upgrade, "url": _url}
    return actions[args.action](chosen, args.json)


@contextmanager
def _address(chosen: Settings) -> Generator[str]:
    """The database's address; the embedded server runs meanwhile."""
    from codex.common.database.store import embedded_server

    if chosen.database_url:
        yield chosen.database_url
        return
    server = embedded_server(chosen)
    try:
        yield server.enter()
    finally:
        server.leave()


def _migrate(chosen: Settings, as_json: bool) -> int:
    from codex.common.database.migrate import migrate

    with _address(chosen) as address:
        done = migrate(address)
    if as_json:
        show_json({"applied": done})
    else:
        print("\n".join(f"applied {name}" for name in done) or "Nothing to do.")
    return 0


def _status(chosen: Settings, as_json: bool) -> int:
    from codex.common.database.migrate import status

    with _address(chosen) as address:
        steps = status(address)
    if as_json:
        show_json([{"name": step.name, "state": step.state} for step in steps])
    else:
        show_columns([("migration", "state"), *((step.name, step.state) for step in steps)])
    return 0


def _upgrade(chosen: Settings, as_json: bool) -> int:
    from codex.common.database.store import embedded_server
    from codex.common.database.upgrade import upgrade

    if chosen.database_url:
        raise UsageError(
            "`codex db upgrade` moves the embedded database, and DATABASE_URL names another.",
            "Upgrade that server as its documentation says.",
        )
    done = upgrade(embedded_server(chosen))
    if as_json:
        show_json({"from": done.before, "kept": str(done.kept) if done.kept else None})
    elif done.kept:
        print(f"Moved from Postgres {done.before}; the old data are kept in {done.kept}.")
    else:
        print("Nothing to do.")
    return 0


def _url(chosen: Settings, as_json: bool) -> int:
    from codex.common.database.store import embedded_server

    server = None if chosen.database_url else embedded_server(chosen)
    address = server.url if server else chosen.database_url
    running = server.running() if server else None
    if as_json:
        show_json({"url": address, "embedded": server is not None, "running": running})
        return 0
    print(address)
    if running is False:
        print(
            "The embedded server is not running; a command that needs it starts it.",
            file=sys.stderr,
        )
    return 0
