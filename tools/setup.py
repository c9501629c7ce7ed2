"""Sets up .venv for the Makefile: once, again when an input changed, whole after an interruption.

Each step leaves a mark inside what it made, written last and removed first. A mark holds the hash
of the step's inputs, so a killed set-up has no mark and is redone, and a changed lock is seen.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
ENGINE = ROOT / "codex" / "common" / "database" / "engine"
CLIENT = ROOT / "codex" / "common" / "database" / "client"
DATABASE = ROOT / "codex" / "common" / "database"
MOCK = ROOT / "tests" / "mock"
# How many of a failed tool's last lines are shown.
SHOWN = 6
# An index that is configured for pip is meant for uv too.
INDEX = {"UV_DEFAULT_INDEX": os.environ["PIP_INDEX_URL"]} if "PIP_INDEX_URL" in os.environ else {}


class SetupError(Exception):
    """A step failed; says what to do about it."""


def fingerprint(*inputs: Path | str) -> str:
    """One hash over the content of files and over texts."""
    digest = hashlib.sha256()
    for item in inputs:
        digest.update(item.read_bytes() if isinstance(item, Path) else item.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def is_marked(folder: Path, mark: str) -> bool:
    """Whether `folder` was finished with exactly these inputs."""
    try:
        return (folder / ".ready").read_text() == mark
    except OSError:
        return False


def unmark(folder: Path) -> None:
    """Take the mark away before changing `folder`."""
    (folder / ".ready").unlink(missing_ok=True)


def was_marked_here(folder: Path) -> bool:
    """Whether `folder` was finished once, and stands where it stood then."""
    try:
        return (folder / ".ready").read_text().startswith(f"{folder}\n")
    except OSError:
        return False


def run(step: str, *command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a command quietly; its output is shown when it fails."""
    outcome = subprocess.run(
        command,
        cwd=ROOT,
        env={**INDEX, **os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if outcome.returncode != 0:
        end = "\n".join(f"    {line}" for line in outcome.stdout.strip().splitlines()[-SHOWN:])
        raise SetupError(f"{step} failed. {advice(outcome.stdout)}\n{end}")


def advice(output: str) -> str:
    """Guess from a tool's output what would mend it."""
    said = output.lower()
    if "ensurepip" in said:
        return (
            "Install Python's venv module (Debian, Ubuntu: apt install python3-venv), then repeat."
        )
    if "no space left" in said:
        return "The disk is full: free some space, then repeat."
    if "hash" in said and "mismatch" in said:
        return "A package is not the one that the lock names: check the index that you use."
    network = ("connection", "resolve host", "name resolution", "dns", "timed out", "enotfound")
    if any(word in said for word in (*network, "certificate", "proxy", "eai_again", "econn")):
        return (
            "The package indexes are needed once and did not answer: check the network "
            "(PIP_INDEX_URL and UV_DEFAULT_INDEX name another Python index), then repeat."
        )
    return "Mend that, then repeat; a set-up that did not finish is done again from its start."


def tell(sentence: str) -> None:
    """Say what takes a while, on stderr."""
    print(f"set-up: {sentence}", file=sys.stderr, flush=True)


@contextmanager
def alone() -> Generator[None]:
    """Hold the set-up lock; a second make waits here for the first."""
    folder = ROOT / ".make"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("another one is at work; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def uv_requirement() -> str:
    """The lock's entry for uv, hashes included."""
    found = re.search(r"^uv==.*?(?=^\S|\Z)", LOCK.read_text(), re.MULTILINE | re.DOTALL)
    if not found:
        raise SetupError("requirements.lock does not name uv. Restore it from git.")
    return found.group()


def version_of(interpreter: str | Path) -> str:
    """The version of an interpreter, or nothing if it does not run."""
    try:
        outcome = subprocess.run(
            [interpreter, "-c", "import sys; print(*sys.version_info[:3], sep='.')"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return outcome.stdout.strip() if outcome.returncode == 0 else ""


def project_table() -> str:
    """What the editable install depends on; the tools' settings are not part of it."""
    return repr(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"])


def outer_python() -> str:
    """Name this interpreter, or the one behind it when it is that of a .venv to be made anew."""
    in_a_venv = sys.prefix != sys.base_prefix
    return os.path.realpath(sys.executable) if in_a_venv else sys.executable


def make_venv(chosen: bool) -> None:
    """Make `.venv` hold exactly the locked packages, and codex itself, editable."""
    version = version_of(PYTHON)
    wanted = ".".join(str(part) for part in sys.version_info[:3])
    if version and chosen and version != wanted:
        tell(f".venv has Python {version}; making it anew with {wanted}")
        unmark(VENV)
        version = ""
    inputs = (LOCK, project_table())
    if version and is_marked(VENV, f"{VENV}\n{fingerprint(*inputs, version)}"):
        return
    # Its scripts name the folder that they were installed to, so a moved one is of no use.
    can_be_changed = version and was_marked_here(VENV)
    unmark(VENV)
    if not can_be_changed:
        tell(f"making .venv with Python {wanted}")
        outer = outer_python()
        if VENV.exists():
            shutil.rmtree(VENV)
        run("making .venv", outer, "-m", "venv", VENV)
        version = wanted
        uv_file = ROOT / ".make" / "uv.txt"
        uv_file.write_text(uv_requirement())
        pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
        run("installing uv", *pip, "--require-hashes", "--no-deps", "-r", uv_file)
    tell("installing the locked packages")
    uv = VENV / "bin" / "uv"
    # The system's certificates are trusted, as pip does; an index may live in a private network.
    env = {"UV_SYSTEM_CERTS": "1", "UV_NO_PROGRESS": "1", "VIRTUAL_ENV": str(VENV)}
    run("installing the locked packages", uv, "pip", "sync", "--require-hashes", LOCK, env=env)
    editable = ("--no-deps", "--no-build-isolation", "--editable", ".")
    run("installing codex", uv, "pip", "install", *editable, env=env)
    (VENV / ".ready").write_text(f"{VENV}\n{fingerprint(*inputs, version)}")


def make_node_packages(folder: Path, what: str) -> None:
    """Install a folder's locked node packages."""
    if not (folder / "package-lock.json").exists():
        return
    modules = folder / "node_modules"
    mark = fingerprint(folder / "package.json", folder / "package-lock.json")
    if is_marked(modules, mark):
        return
    unmark(modules)
    tell(f"installing {what}")
    # `npm ci` removes what an interrupted one left. Certificates: as above.
    options = f"{os.environ.get('NODE_OPTIONS', '')} --use-system-ca".strip()
    npm = (VENV / "bin" / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    run("npm ci", *npm, "--prefix", folder, env={"NODE_OPTIONS": options})
    (modules / ".ready").write_text(mark)


def make_client() -> None:
    """Generate the database client from schema.prisma."""
    generator = DATABASE / "generate.py"
    if not generator.exists():
        return
    mark = fingerprint(ROOT / "schema.prisma", generator, LOCK)
    if is_marked(CLIENT, mark):
        return
    unmark(CLIENT)
    tell("generating the database client")
    run("generating the database client", PYTHON, "-m", "codex.common.database.generate")
    (CLIENT / ".ready").write_text(mark)


def main() -> int:
    """Do what is not done yet; a fraction of a second when nothing is."""
    try:
        with alone():
            make_venv(chosen="--chosen" in sys.argv)
            make_node_packages(ENGINE, "the database engine's node packages")
            make_node_packages(MOCK, "the model server that the tests talk to")
            make_client()
    except SetupError as error:
        tell(str(error))
        return 1
    except OSError as error:
        tell(f"{error.filename or ''}: {error.strerror}. Mend that, then repeat.")
        return 1
    return 0


def stop() -> NoReturn:
    """End as a shell does after Ctrl-C."""
    tell("stopped; the next make begins the unfinished step again")
    sys.exit(130)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        stop()
