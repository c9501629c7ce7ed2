"""The files that are the same in every service, each with only the regions that a service needs."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

ACCOUNTS, DATABASE, DECIMALS, FILES = "accounts", "database", "decimals", "files"
JOBS, PORTS, TIES = "jobs", "ports", "ties"

# Which fixed files a service has, and what must be there for it to have them.
_FILES: dict[str, str] = {
    "__main__.py": "",
    "clock.py": "",
    "columns.py": DATABASE,
    "database.py": DATABASE,
    "decimals.py": DECIMALS,
    "fields.py": "",
    "integrity.py": DATABASE,
    "files.py": FILES,
    "health.py": "",
    "logs.py": "",
    "main.py": "",
    "middleware.py": "",
    "migrate.py": DATABASE,
    "migrations/changes.py": DATABASE,
    "migrations/env.py": DATABASE,
    "openapi.py": "",
    "paging.py": "",
    "problems.py": "",
    "queries.py": "",
    "ties.py": TIES,
}

_REGION = re.compile(
    r"^ *# if (?P<absent>not )?(?P<feature>[a-z]+)\n(?P<body>.*?)^ *# end\n",
    re.MULTILINE | re.DOTALL,
)


@lru_cache(maxsize=64)
def source(name: str) -> str:
    """The fixed file `name`, with all its regions."""
    return (files("codex.compiler") / "app" / name).read_text(encoding="utf-8")


def select(text: str, present: frozenset[str]) -> str:
    """`text` without the regions `# if feature … # end` of features that are not in `present`."""

    def keep(match: re.Match[str]) -> str:
        wanted = (match["feature"] in present) is not bool(match["absent"])
        return match["body"] if wanted else ""

    return _REGION.sub(keep, text)


def is_fixed(path: str) -> bool:
    """Whether a file of a service is the same in every service."""
    return path.removeprefix("app/") in _FILES


def fixed_files(present: frozenset[str]) -> dict[str, str]:
    """Path to text of the fixed files that a service with the features `present` has."""
    return {
        f"app/{name}": select(source(name), present)
        for name, feature in _FILES.items()
        if not feature or feature in present
    }
