"""The command line: `app serve`, `app migrate` and what else the service needs."""

import argparse
# if accounts
import os
# end
import sys
from collections.abc import Sequence

from pydantic import ValidationError

# if database
from app.database import Database

# end
# if jobs
from app.jobs import JOBS, run_job

# end
from app.logs import configure_logging

# if database
from app.migrate import downgrade, upgrade

# end
# if accounts
from app.seeds import seed

# end
# if roles
from app.accounts import grant_role
from app.problems import ServiceError

# end
from app.settings import Settings

USAGE_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code."""
    args = parser().parse_args(arguments)
    try:
        settings = Settings()
    except ValidationError as error:
        for item in error.errors(include_url=False, include_input=False):
            name = "_".join(str(step) for step in item["loc"]).upper()
            message = item["msg"].removeprefix("Value error, ")
            print(f"{name}: {message}" if name else message, file=sys.stderr)
        return USAGE_ERROR
    configure_logging(settings.log_level, settings.log_format)
    result: int = args.run(args, settings)
    return result


def parser() -> argparse.ArgumentParser:
    """The commands."""
    top = argparse.ArgumentParser(prog="app", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("serve", help="answer requests until told to stop")
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument("--port", type=int, default=8000)
    command.add_argument("--workers", type=int, default=1, help="processes")
    command.set_defaults(run=serve)
    # if database

    command = commands.add_parser("migrate", help="bring the database up to date")
    command.add_argument(
        "--down", metavar="REVISION", help="back to a revision; `base` for nothing"
    )
    command.set_defaults(run=migrate)
    # end
    # if accounts

    users = commands.add_parser("users", help="accounts").add_subparsers(
        required=True, metavar="COMMAND"
    )
    # end
    # if roles
    command = users.add_parser("grant", help="give an account a role")
    command.add_argument("email")
    command.add_argument("role")
    command.set_defaults(run=grant)
    # end
    # if accounts
    command = users.add_parser("seed", help="one account per role, in a local environment only")
    command.set_defaults(run=seed_accounts)
    # end
    # if jobs

    jobs = commands.add_parser("jobs", help="scheduled work").add_subparsers(
        required=True, metavar="COMMAND"
    )
    command = jobs.add_parser("run", help="do a job now")
    command.add_argument("name", choices=sorted(JOBS))
    command.set_defaults(run=run)
    command = jobs.add_parser("list", help="all jobs, and how often each is to run")
    command.set_defaults(run=list_jobs)
    # end
    return top


def serve(args: argparse.Namespace, settings: Settings) -> int:
    """Run the server; SIGTERM lets it finish what it has begun."""
    import uvicorn

    # if accounts
    if settings.secret_key is not None:
        # All processes sign with the same secret, also where none was set.
        os.environ.setdefault("SECRET_KEY", settings.secret_key.get_secret_value())
    # end
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=args.host,
        port=args.port,
        workers=args.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.stop_seconds,
    )
    return 0


# if database
def migrate(args: argparse.Namespace, settings: Settings) -> int:
    """Bring the database to a revision."""
    database = Database(settings.database_url)
    try:
        if args.down:
            downgrade(database, args.down)
        else:
            upgrade(database)
    finally:
        database.dispose()
    return 0


# end
# if roles
def grant(args: argparse.Namespace, settings: Settings) -> int:
    """Give an account a role."""
    database = Database(settings.database_url)
    try:
        grant_role(database, args.email, args.role)
    except ServiceError as error:
        print(error.detail, file=sys.stderr)
        return 1
    finally:
        database.dispose()
    print(f"{args.email} is {args.role} now.")
    return 0


# end
# if accounts
def seed_accounts(_args: argparse.Namespace, settings: Settings) -> int:
    """Make one account per role, and tell how to sign in with each."""
    if settings.environment != "local":
        print("Only in a local environment (ENVIRONMENT=local).", file=sys.stderr)
        return USAGE_ERROR
    database = Database(settings.database_url)
    try:
        upgrade(database)
        for email, password, role in seed(database):
            print(f"{role}\t{email}\t{password}")
    finally:
        database.dispose()
    return 0


# end
# if jobs
def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do a job."""
    run_job(args.name, settings)
    return 0


def list_jobs(_args: argparse.Namespace, _settings: Settings) -> int:
    """Print every job."""
    for name, job in JOBS.items():
        print(f"{name}\t{job.schedule}\t{job.description}")
    return 0


# end
if __name__ == "__main__":
    sys.exit(main())
