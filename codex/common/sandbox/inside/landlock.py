"""Landlock: what an unprivileged process may forbid itself about files, ports and signals."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from codex.common.sandbox.inside import kernel

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15

_READ = _EXECUTE | _READ_FILE | _READ_DIR
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
# How many file rights each version knows: REFER came with 2, TRUNCATE with 3, IOCTL_DEV with 5.
_FILE_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}

TRUNCATE_SINCE = 3
SIGNALS_SINCE = 6


def version() -> int:
    """The version that the kernel speaks; 0 when it has none or does not use it."""
    try:
        return kernel.call("landlock version", _CREATE_RULESET, 0, 0, _ASK_VERSION)
    except OSError:
        return 0


def restrict(
    *,
    read: Iterable[str],
    write: Iterable[str],
    devices: Iterable[str],
    highest: int,
    network: bool,
) -> int:
    """Confine this process and its children; answers the version that holds, at most `highest`.

    Everything but the named paths is out of reach; TCP is denied from version 4 unless `network`;
    abstract sockets and signals to others from version 6. The caller has set no_new_privs.
    """
    known = min(version(), highest)
    if known < 1:
        raise OSError("this kernel has no Landlock")
    handled = (1 << _FILE_BITS[min(known, 5)]) - 1
    attributes = struct.pack("Q", handled)
    if known >= 4:
        attributes += struct.pack("Q", 0 if network else 0b11)
    if known >= SIGNALS_SINCE:
        attributes += struct.pack("Q", 0b11)
    ruleset = kernel.call("landlock ruleset", _CREATE_RULESET, attributes, len(attributes), 0)
    try:
        write_rights = handled & ~(_MAKE_CHAR | _MAKE_BLOCK | _IOCTL_DEV | _EXECUTE)
        for path in read:
            _allow(ruleset, path, _READ & handled)
        for path in write:
            _allow(ruleset, path, write_rights)
        for path in devices:
            _allow(ruleset, path, (_READ_FILE | _WRITE_FILE | _TRUNCATE) & handled)
        kernel.call("landlock restriction", _RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return known


def _allow(ruleset: int, path: str, rights: int) -> None:
    """One rule; a path that does not exist needs none."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            rights &= _FILE_RIGHTS
        rule = struct.pack("=Qi", rights, opened)
        kernel.call(f"landlock rule for {path}", _ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(opened)
