"""Formats generated Python with ruff: the one place of the compiler that runs a program."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ruff import find_ruff_bin  # pyright: ignore[reportMissingTypeStubs] it has none

_SORT_IMPORTS = ("check", "--select", "I", "--fix", "--quiet")
_FORMAT = ("format", "--quiet")


class FormatError(Exception):
    """Ruff could not read what was compiled, which is a mistake of the compiler."""


def format_sources(sources: Mapping[str, str], project: str) -> dict[str, str]:
    """Python files by path, sorted and formatted as the `pyproject.toml` in `project` says."""
    with tempfile.TemporaryDirectory(prefix="codex-format-") as folder:
        root = Path(folder)
        (root / "pyproject.toml").write_text(project, encoding="utf-8")
        for path, text in sources.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        for step in (_SORT_IMPORTS, _FORMAT):
            command = [find_ruff_bin(), *step, "--no-cache", "--config", "pyproject.toml", "."]
            done = subprocess.run(
                command, cwd=root, capture_output=True, encoding="utf-8", check=False
            )
            if done.returncode:
                raise FormatError(done.stderr.strip() or done.stdout.strip())
        return {path: (root / path).read_text(encoding="utf-8") for path in sources}
