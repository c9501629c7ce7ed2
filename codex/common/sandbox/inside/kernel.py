"""System calls that Python does not offer."""

from __future__ import annotations

import ctypes
import os
from functools import cache


@cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def call(what: str, number: int, *arguments: int | bytes) -> int:
    """A system call by number; bytes are passed by address. `what` names it in an error."""
    return _checked(what, _libc().syscall(ctypes.c_long(number), *map(_word, arguments)))


def prctl(option: int, *arguments: int) -> int:
    """The prctl call, with all the arguments that it wants to be zero."""
    words = [ctypes.c_ulong(one) for one in (*arguments, 0, 0, 0, 0)[:4]]
    return _checked(f"prctl {option}", _libc().prctl(ctypes.c_int(option), *words))


def capset(header: bytes, sets: bytes) -> None:
    """The capset call."""
    _checked("capset", _libc().capset(header, sets))


def _word(argument: int | bytes) -> object:
    if isinstance(argument, bytes):
        return ctypes.create_string_buffer(argument, len(argument))
    return ctypes.c_long(argument)


def _checked(what: str, answer: int) -> int:
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return answer
