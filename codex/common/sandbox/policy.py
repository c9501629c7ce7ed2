"""What a sandbox shows: the interpreter, the libraries it needs, and nothing of the host's."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from codex.common.sandbox.base import Command

INSIDE = Path(__file__).parent / "inside"
SYSTEM_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/lib32", "/lib", "/lib64", "/lib32")
SYSTEM_FILES = (
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/etc/ssl/openssl.cnf",  # Node ends when it may not read it
)
# Where systemd takes its dynamic users from: nobody owns these.
_FIRST_UID, _UIDS = 61184, 4336
# One import each of what links against the system's libraries.
_LIBRARIES_OF_PYTHON = """
import json, importlib
for name in ("ssl", "sqlite3", "ctypes", "zlib", "lzma", "bz2", "decimal", "uuid", "pyexpat"):
    try: importlib.import_module(name)
    except ImportError: pass
paths = {line.split(None, 5)[5].strip() for line in open("/proc/self/maps") if ".so" in line}
print(json.dumps(sorted(paths)))
"""


@dataclass(frozen=True)
class Interpreter:
    """The base interpreter that environments are made of."""

    executable: str
    """With no symbolic link left in it."""
    paths: tuple[str, ...]
    """Files and folders it needs, beside the system's library folders."""


@cache
def interpreter() -> Interpreter:
    """Find what codex's own base interpreter needs, wherever it was installed."""
    prefix = Path(sys.base_prefix)
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [prefix / "bin" / name, prefix / "bin" / "python3", Path(sys.executable)]
    found = next(path for path in candidates if path.exists())
    executable = os.path.realpath(found)
    paths = [
        executable,
        *(str(prefix / sub) for sub in ("lib", "lib64") if (prefix / sub).is_dir()),
    ]
    # The links on the way to it, so that an environment's link resolves.
    paths += [str(prefix / "bin" / one) for one in (name, "python3", "python")]
    listing = subprocess.run(
        [executable, "-I", "-S", "-c", _LIBRARIES_OF_PYTHON],
        capture_output=True,
        check=True,
        env={},
        timeout=60,
    )
    paths += [str(Path(path).parent) for path in json.loads(listing.stdout)]
    return Interpreter(executable, tuple(outermost(path for path in paths if Path(path).exists())))


def outermost(paths: Iterable[str]) -> list[str]:
    """Drop what lies below another of them, or below the system's library folders."""
    kept: list[str] = []
    for path in sorted(set(paths), key=len):
        if not any(below(path, other) for other in (*SYSTEM_LIBRARIES, *kept)):
            kept.append(path)
    return kept


def below(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def readable(command: Command) -> list[str]:
    """Host paths that a command may read, beside its own folder."""
    read = [*SYSTEM_LIBRARIES, *SYSTEM_FILES, *interpreter().paths, str(INSIDE)]
    if command.environment is not None:
        read.append(str(command.environment.path))
    return read + [str(path.resolve()) for path in command.readable]


def environ(command: Command, *, home: str, temporary: str) -> dict[str, str]:
    """The variables of a command: none of the host's."""
    bin_folder = f"{command.environment.path}/bin" if command.environment else "/usr/bin"
    return {
        "HOME": home,
        "TMPDIR": temporary,
        "PATH": bin_folder,
        "USER": "app",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        **command.env,
    }


def own_uid() -> int:
    """As root: the user that commands become, so that limits count for them; else 0, no other."""
    return _FIRST_UID + secrets.randbelow(_UIDS) if os.geteuid() == 0 else 0


def argv(command: Command) -> list[str]:
    """The command line with `python` and the environment's programs found."""
    name, *rest = command.argv
    environment = command.environment
    if name == "python":
        return [str(environment.python) if environment else interpreter().executable, *rest]
    if "/" in name or environment is None:
        return [name, *rest]
    found = environment.path / "bin" / name
    if _is_script(found):
        # Its first line may name a shell, which there is none of.
        return [str(environment.python), str(found), *rest]
    return [str(found), *rest]


def _is_script(path: Path) -> bool:
    try:
        with path.open("rb") as reader:
            return reader.read(2) == b"#!"
    except OSError:
        return False


def bootstrap(entry: str) -> str:
    """Program text that starts something of `inside` with no package installed."""
    # The packages above it are not read: they need what is not installed, and hold what is ours.
    inside = "codex.common.sandbox.inside"
    names = ("codex", "codex.common", "codex.common.sandbox", inside)
    return (
        "import sys, types\n"
        f"for name in {names!r}:\n"
        "    sys.modules[name] = types.ModuleType(name)\n"
        "    sys.modules[name].__path__ = []\n"
        f"sys.modules[{inside!r}].__path__.append({str(INSIDE)!r})\n"
        f"from {inside} import {entry}\n"
        f"{entry}.main(int(sys.argv[1]))\n"
    )
