"""A `codex` command that goes on in a process group of its own, for tests that stop it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path


class GoingOn:
    """The running command; what it says on standard error is read as it comes."""

    def __init__(self, arguments: tuple[str, ...], folder: Path, env: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "codex", *arguments],
            cwd=folder,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.err = ""

    def until(self, words: str) -> None:
        """Wait for words on standard error."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.err += line
            if words in line:
                return
        raise AssertionError(f"it ended before it said {words!r}:\n{self.err}")

    def signal(self, number: signal.Signals) -> None:
        """As a terminal does: to every process of the group."""
        os.killpg(self.process.pid, number)

    def end(self) -> tuple[int, str]:
        """Wait for its end; the exit code and what it printed."""
        out, err = self.process.communicate(timeout=300)
        self.err += err
        return self.process.returncode, out

    def leaves_processes(self) -> bool:
        """Whether anything of the group still runs."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True


def names(folder: Path) -> list[str]:
    """What a command left in a folder."""
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def going_on(*arguments: str, folder: Path, env: Mapping[str, str]) -> Generator[GoingOn]:
    """Start `codex ARGUMENTS`; whatever happens, nothing of it survives the test."""
    command = GoingOn(arguments, folder, env)
    try:
        yield command
    finally:
        if command.leaves_processes():
            command.signal(signal.SIGKILL)
        command.process.communicate()
