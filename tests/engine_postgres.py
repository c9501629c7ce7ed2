"""Inside the stand-in for the Postgres image: sets the database up once, then becomes it."""

import os
import subprocess
from pathlib import Path

OWNER = 999


def main() -> None:
    """As the official image does it, with the variables that it takes."""
    data = Path(os.environ["PGDATA"])
    user = os.environ.get("POSTGRES_USER", "postgres")
    data.mkdir(parents=True, exist_ok=True)
    os.chown(data, OWNER, OWNER)
    data.chmod(0o700)
    os.setgid(OWNER)
    os.setuid(OWNER)
    if not (data / "PG_VERSION").exists():
        set_up(data, user, os.environ.get("POSTGRES_DB", user), os.environ["POSTGRES_PASSWORD"])
    options = ["-D", str(data), "-c", "listen_addresses=*", "-k", "/tmp"]
    os.execvp("postgres", ["postgres", *options])


def set_up(data: Path, user: str, name: str, password: str) -> None:
    """Make the cluster, its user and its database."""
    secret = Path("/tmp/secret")
    secret.write_text(password)
    run(
        *("initdb", "-U", user, "--pwfile", str(secret), "-E", "UTF8", "--locale=C"),
        *("--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync", str(data)),
    )
    secret.unlink()
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all all scram-sha-256\n")
    run("pg_ctl", "-D", str(data), "-w", "-o", "-c listen_addresses='' -k /tmp", "start")
    if name != "postgres":
        command = f'CREATE DATABASE "{name}"'
        run("psql", "-h", "/tmp", "-U", user, "-d", "postgres", "-c", command)
    run("pg_ctl", "-D", str(data), "-w", "-m", "fast", "stop")


def run(*command: str) -> None:
    """A program of Postgres, to its end."""
    subprocess.run(command, check=True)


main()
