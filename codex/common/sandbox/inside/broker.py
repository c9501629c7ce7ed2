"""Unix sockets for a command that may open none: the warden connects in its place.

The kernel hands over each `connect` before it happens. The address is copied once, compared with
the folders that were allowed, and connected from here; the command's own socket is then replaced.
So the command cannot change the address after it was looked at.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct
from pathlib import Path

_RECEIVE, _SEND, _ADD = 0xC0502100, 0xC0182101, 0x40182103
_NOTICE = struct.Struct("=QIIiIQ6Q")
_ANSWER = struct.Struct("=QqiI")
_ADDED = struct.Struct("=QIIII")
_REPLACE = 1
_LONGEST_ADDRESS = 110


class Broker:
    """Answers the connects of one filtered tree."""

    def __init__(self, listener: int, folders: tuple[str, ...]) -> None:
        self.listener = listener
        self._folders = [os.path.realpath(folder) for folder in folders]

    def answer(self) -> None:
        """Take one notice and answer it."""
        notice = bytearray(_NOTICE.size)
        try:
            fcntl.ioctl(self.listener, _RECEIVE, notice)
        except OSError:
            return
        identity, pid, _, _, _, _, descriptor, address, length, *_ = _NOTICE.unpack(notice)
        try:
            self._connect(identity, pid, descriptor & 0xFFFFFFFF, address, length & 0xFFFFFFFF)
            error = 0
        except OSError as refusal:
            error = refusal.errno or errno.EACCES
        try:
            fcntl.ioctl(self.listener, _SEND, _ANSWER.pack(identity, 0, -error, 0))
        except OSError:
            return

    def _connect(self, identity: int, pid: int, descriptor: int, address: int, length: int) -> None:
        path = self._allowed(_read_memory(pid, address, min(length, _LONGEST_ADDRESS)))
        flags = _flags(pid, descriptor)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
            made.settimeout(2)
            made.connect(path)
            made.setblocking(not flags & os.O_NONBLOCK)
            added = _ADDED.pack(identity, _REPLACE, made.fileno(), descriptor, flags & os.O_CLOEXEC)
            fcntl.ioctl(self.listener, _ADD, added)

    def _allowed(self, address: bytes) -> str:
        family = int.from_bytes(address[:2], "little")
        name = address[2:].split(b"\0", 1)[0]
        if family != socket.AF_UNIX or not name.startswith(b"/"):
            raise PermissionError(errno.EACCES, "only Unix sockets by an absolute path")
        path = os.path.realpath(os.fsdecode(name))
        if str(Path(path).parent) not in self._folders:
            raise PermissionError(errno.EACCES, "not an allowed folder")
        return path


def _read_memory(pid: int, address: int, length: int) -> bytes:
    """Copy from the waiting process; an ancestor may, unless it made itself unreadable."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(length)


def _flags(pid: int, descriptor: int) -> int:
    text = Path(f"/proc/{pid}/fdinfo/{descriptor}").read_text("ascii")
    return next(int(line.split()[1], 8) for line in text.splitlines() if line.startswith("flags:"))
