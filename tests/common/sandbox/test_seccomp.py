"""The assembled filter, interpreted here call by call, on both kinds of machine."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterator

import pytest

from codex.common.sandbox.inside import seccomp

_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


@pytest.fixture(params=_MACHINES)
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(seccomp, "machine", lambda: request.param)
    seccomp.program.cache_clear()
    yield request.param
    seccomp.program.cache_clear()


def _interpret(program: bytes, machine: str, call: int, *arguments: int) -> int:
    """What the kernel would do, instruction by instruction."""
    words = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("=iIQ6Q", call, _MACHINES[machine], 0, *words)
    code = list(struct.iter_unpack("HBBI", program))
    accumulator = position = 0
    while True:
        operation, hit, miss, value = code[position]
        position += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        elif operation == 0x15:
            position += hit if accumulator == value else miss
        elif operation == 0x25:
            position += hit if accumulator > value else miss
        elif operation == 0x54:
            accumulator &= value
        else:
            assert operation == 0x06
            return value


def _program(**changed: bool) -> bytes:
    given = {
        "private_network": False,
        "private_files": False,
        "scoped": True,
        "sockets": False,
        "truncate_ruled": True,
        "final": True,
    }
    return seccomp.program(**{**given, **changed})


def _number(name: str) -> int:
    found = seccomp._number(name)
    assert found is not None
    return found


def _refused(code: int) -> int:
    return _ERRNO | code


def test_what_is_not_named_is_allowed(machine: str) -> None:
    read = {"x86_64": 0, "aarch64": 63}[machine]
    assert _interpret(_program(), machine, read, 0) == _ALLOW


def test_another_machines_calls_end_the_process(machine: str) -> None:
    other = next(name for name in _MACHINES if name != machine)
    assert _interpret(_program(), other, 1) == _KILL


@pytest.mark.parametrize("call", [457, 500, 0x40000000, 0x40000027, -1])
def test_what_is_newer_or_of_another_mode_is_lacking(machine: str, call: int) -> None:
    assert _interpret(_program(), machine, call) == _refused(errno.ENOSYS)


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("ptrace", (), errno.EPERM),
        ("io_uring_setup", (), errno.ENOSYS),
        ("clone3", (), errno.ENOSYS),
        ("clone", (0x10000000 | 17,), errno.EPERM),
        ("clone", (0x01200000 | 17,), None),
        ("socket", (1, 1), errno.EPERM),
        ("socket", (2, 1), errno.EPERM),
        ("socketpair", (1, 0x80001), None),
        ("socketpair", (1, 2), errno.EPERM),
        ("prlimit64", (0, 7), None),
        ("prlimit64", (123, 7), errno.EPERM),
        ("setpriority", (0, 0), None),
        ("setpriority", (0, 5), errno.EPERM),
        ("setpriority", (2, 0), errno.EPERM),
        ("ioctl", (0, 0x5412), errno.EPERM),
        ("ioctl", (0, 0x5401), None),
        ("fcntl", (0, 8), errno.EPERM),
        ("fcntl", (0, 2), None),
        ("setpgid", (), 0),
        ("fchmod", (3, 0o777), 0),
        ("kill", (123, 9), None),
        ("prctl", (4, 0), errno.EPERM),
        ("prctl", (15, 0), None),
        ("seccomp", (), errno.EPERM),
        ("openat", (0, 0, os.O_TRUNC), None),
    ],
)
def test_a_call_and_its_arguments(
    machine: str, name: str, arguments: tuple[int, ...], answer: int | None
) -> None:
    expected = _ALLOW if answer is None else _refused(answer)
    assert _interpret(_program(), machine, _number(name), *arguments) == expected


@pytest.mark.parametrize(
    ("changed", "name", "arguments", "answer"),
    [
        ({"private_network": True}, "socket", (1, 2), None),
        ({"private_network": True}, "socket", (10, 1), None),
        ({"private_network": True}, "socket", (16, 3), errno.EPERM),
        ({"private_network": True}, "socket", (40, 1), errno.EPERM),
        ({"sockets": True}, "socket", (1, 0x80801), None),
        ({"sockets": True}, "socket", (1, 2), errno.EPERM),
        ({"sockets": True}, "socket", (2, 1), errno.EPERM),
        ({"private_files": True}, "fchmod", (), None),
        ({"scoped": False}, "kill", (123, 9), errno.EPERM),
        ({"scoped": False}, "kill", (0, 0), None),
        ({"scoped": False}, "tgkill", (1, 1, 9), errno.EPERM),
        ({"truncate_ruled": False}, "openat", (0, 0, os.O_TRUNC), errno.EPERM),
        ({"truncate_ruled": False}, "openat", (0, 0, os.O_TRUNC | os.O_WRONLY), None),
        ({"truncate_ruled": False}, "truncate", (), errno.EPERM),
        ({"final": False}, "setpgid", (), None),
        ({"final": False}, "seccomp", (), None),
        ({"final": False}, "fchmod", (), None),
        ({"final": False}, "ptrace", (), errno.EPERM),
    ],
)
def test_what_other_layers_hold_is_left_to_them(
    machine: str,
    changed: dict[str, bool],
    name: str,
    arguments: tuple[int, ...],
    answer: int | None,
) -> None:
    expected = _ALLOW if answer is None else _refused(answer)
    assert _interpret(_program(**changed), machine, _number(name), *arguments) == expected


def test_high_words_of_arguments_do_not_hide_low_ones(machine: str) -> None:
    assert _interpret(_program(), machine, _number("clone"), (1 << 40) | 0x10000000) == _refused(1)


def test_every_named_call_has_a_number_somewhere() -> None:
    for column in (0, 1):
        numbers = [one[column] for one in seccomp._numbers().values() if one[column] != "-"]
        assert len(numbers) == len(set(numbers))
        assert max(map(int, numbers)) <= 456
