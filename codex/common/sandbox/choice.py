"""Which kind works here, and what would make another one work."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Literal

from codex.common.errors import SandboxError, SandboxUnavailable
from codex.common.sandbox.base import Command, Kind, KindStatus, Limits, Sandbox
from codex.common.sandbox.bubblewrap import Bubblewrap
from codex.common.sandbox.inside import landlock, seccomp
from codex.common.sandbox.landlock import Landlock, Unconfined
from codex.common.sandbox.scratch import sweep

_PROBE = Command(["python", "-I", "-S", "-c", "print('inside')"], limits=Limits(wall_seconds=20))
_NOT_LINUX = "Run codex in its container image: `docker build -t codex . && docker run codex`."


async def open_sandbox(
    kind: Literal["auto", "bubblewrap", "landlock", "none"] = "auto", *, scratch: Path | None = None
) -> Sandbox:
    """The sandbox of a kind, or the best that works here; each is tried before it is trusted."""
    await asyncio.to_thread(sweep, scratch)
    if kind == "none":
        return Unconfined(scratch=scratch)
    tried: list[KindStatus] = []
    for one in ("bubblewrap", "landlock"):
        if kind in {"auto", one}:
            status = await _try(one, scratch)
            if status.ok:
                return _make(one, scratch)
            tried.append(status)
    raise SandboxUnavailable(
        "No sandbox works here. " + " ".join(f"{one.kind}: {one.reason}." for one in tried),
        " Or: ".join(one.mend for one in tried)
        + " `--unsafe-no-sandbox` runs generated code with all your rights.",
    )


async def available_kinds(*, scratch: Path | None = None) -> list[KindStatus]:
    """Each kind, tried for real, for `codex doctor`."""
    return [await _try("bubblewrap", scratch), await _try("landlock", scratch)]


def _make(kind: Kind, scratch: Path | None) -> Sandbox:
    if kind == "bubblewrap":
        return Bubblewrap(shutil.which("bwrap") or "bwrap", scratch=scratch)
    return Landlock(scratch=scratch)


async def _try(kind: Kind, scratch: Path | None) -> KindStatus:
    missing = _missing(kind)
    if missing is not None:
        return missing
    try:
        result = await _make(kind, scratch).run(_PROBE)
        reason = "" if result.stdout == "inside\n" else result.stderr.strip() or "no answer"
    except SandboxError as error:
        reason = error.what
    if not reason:
        return KindStatus(kind, ok=True)
    first = " ".join(reason.split())[:300]
    return KindStatus(kind, ok=False, reason=first.rstrip("."), mend=_mend(kind))


def _missing(kind: Kind) -> KindStatus | None:
    """What can be told without trying."""
    reason = mend = ""
    if sys.platform != "linux":
        reason, mend = "sandboxes need Linux", _NOT_LINUX
    elif not seccomp.supported():
        reason = f"there is no system call filter for {seccomp.machine()} machines"
        mend = "Use an x86_64 or aarch64 machine."
    elif kind == "bubblewrap" and shutil.which("bwrap") is None:
        reason = "bubblewrap is not installed"
        mend = "Install bubblewrap: `apt-get install bubblewrap` (or your system's like)."
    elif kind == "landlock" and landlock.version() == 0:
        reason = "this kernel has no Landlock, or does not use it"
        mend = "Use Linux 5.13 or newer with `landlock` in its `lsm=` boot option."
    return KindStatus(kind, ok=False, reason=reason, mend=mend) if reason else None


def _mend(kind: Kind) -> str:
    if kind == "bubblewrap":
        return (
            "Allow user namespaces: `sysctl -w kernel.unprivileged_userns_clone=1` or "
            "`sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`; in a container, start it "
            "with `--security-opt seccomp=unconfined --security-opt systempaths=unconfined`."
        )
    return "Allow the landlock and seccomp system calls in the container's profile."
