"""What a sandbox is asked and what it answers: plain types and one protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from codex.common.sandbox.scratch import Scratch
    from codex.common.sandbox.warden import Start

Kind = Literal["bubblewrap", "landlock", "none"]
Limit = Literal["", "cpu", "wall", "memory", "processes", "disk", "output"]

WORK = "/sandbox"
"""Where a command finds its folder; outputs name it so whatever the kind."""


@dataclass(frozen=True)
class Limits:
    """What a command may use. CPU, memory, processes and disk count for its whole tree."""

    cpu_seconds: float = 10
    wall_seconds: float = 30
    memory_mb: int = 512
    processes: int = 64
    """Processes and threads together."""
    open_files: int = 256
    file_mb: int = 64
    """The largest single file."""
    disk_mb: int = 256
    """All files that it leaves or holds open."""
    files: int = 20_000
    """How many entries it may make."""
    output_kb: int = 1024
    """Standard output and standard error, each."""


@dataclass(frozen=True)
class Environment:
    """An installed package set: its folder, its interpreter, and the hash of its lock."""

    key: str
    path: Path

    @property
    def python(self) -> Path:
        """The interpreter that sees these packages."""
        return self.path / "bin" / "python"


@dataclass(frozen=True)
class Command:
    """A program to run, and all that it may see and leave.

    `argv[0]` may be `python`: the environment's interpreter, or codex's own without packages.
    It starts in its folder: `workdir` if given, which then keeps what it writes, else a private
    one made of `files`, which is removed afterwards.
    """

    argv: Sequence[str]
    environment: Environment | None = None
    files: Mapping[str, bytes | str] = field(default_factory=dict[str, "bytes | str"])
    workdir: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    stdin: bytes = b""
    readable: Sequence[Path] = ()
    """Further host paths, read only, at their own places."""
    writable: Sequence[Path] = ()
    """Further host folders that it may change, at their own places."""
    sockets: Sequence[Path] = ()
    """Folders whose Unix sockets it may connect to, at their own places."""
    collect: Sequence[str] = ()
    """Files or folders of its own folder to hand back, by relative path."""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Result:
    """How a command ended and what it said."""

    exit_code: int
    """Negative: the signal that ended it."""
    stdout: str
    stderr: str
    limit_hit: Limit = ""
    truncated: bool = False
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_memory_mb: float = 0.0
    peak_processes: int = 0
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """What `collect` asked for and was there."""
    safe: bool = True
    """False when it ran without a sandbox."""

    @property
    def ok(self) -> bool:
        """Whether it ended by itself and with success."""
        return self.exit_code == 0 and not self.limit_hit

    @property
    def timed_out(self) -> bool:
        """Whether a limit on time ended it."""
        return self.limit_hit in {"cpu", "wall"}


@dataclass(frozen=True)
class KindStatus:
    """Whether a kind works here; if not, why, and the command that mends it."""

    kind: Kind
    ok: bool
    reason: str = ""
    mend: str = ""


class Sandbox(Protocol):
    """The only place where generated code executes."""

    @property
    def kind(self) -> Kind:
        """How it contains."""
        ...

    @property
    def safe(self) -> bool:
        """False for `none` alone, which marks the run."""
        ...

    @property
    def scratch(self) -> Path | None:
        """Where commands' folders are made; None for the system's temporary folder."""
        ...

    async def run(self, command: Command) -> Result:
        """Run to the end, or to a limit. Cancelling it leaves no process, file or lock."""
        ...

    def prepare(self, command: Command, scratch: Scratch) -> Start:
        """How a warden is started for a command; what `run` and the zygote share."""
        ...
