"""A filter over system calls, assembled here because no library is at hand inside.

It names what is refused: a program that computes, reads and writes files, starts threads and
children needs none of it. Everything newer than the list is refused as if the kernel lacked it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from dataclasses import dataclass
from functools import cache

from codex.common.sandbox.inside import kernel

# Name, number on x86_64, number on aarch64 ("-": that machine lacks it).
_TABLE = """
socket 41 198|socketpair 53 199|connect 42 203|ptrace 101 117|process_vm_readv 310 270
process_vm_writev 311 271|process_madvise 440 440|kcmp 312 272|pidfd_getfd 438 438
perf_event_open 298 241|mount 165 40|umount2 166 39|pivot_root 155 41|chroot 161 51
unshare 272 97|setns 308 268|clone 56 220|clone3 435 435|open_tree 428 428|move_mount 429 429
fsopen 430 430|fsconfig 431 431|fsmount 432 432|fspick 433 433|mount_setattr 442 442
open_by_handle_at 304 265|name_to_handle_at 303 264|bpf 321 280|keyctl 250 219|add_key 248 217
request_key 249 218|userfaultfd 323 282|io_uring_setup 425 425|io_uring_enter 426 426
io_uring_register 427 427|kexec_load 246 104|kexec_file_load 320 294|init_module 175 105
finit_module 313 273|delete_module 176 106|reboot 169 142|swapon 167 224|swapoff 168 225
syslog 103 116|acct 163 89|quotactl 179 60|quotactl_fd 443 443|lookup_dcookie 212 18
nfsservctl 180 42|iopl 172 -|ioperm 173 -|modify_ldt 154 -|personality 135 92
settimeofday 164 170|clock_settime 227 112|clock_adjtime 305 266|adjtimex 159 171
sethostname 170 161|setdomainname 171 162|vhangup 153 58|uselib 134 -|ustat 136 -|sysfs 139 -
_sysctl 156 -|fanotify_init 300 262|fanotify_mark 301 263|inotify_init 253 -
inotify_init1 294 26|shmget 29 194|shmat 30 196|shmctl 31 195|msgget 68 186|msgctl 71 187
semget 64 190|semctl 66 191|semop 65 193|mq_open 240 180|mq_unlink 241 181|memfd_create 319 279
memfd_secret 447 447|sched_setattr 314 274|sched_setscheduler 144 119|sched_setparam 142 118
setpriority 141 140|sched_setaffinity 203 122|ioprio_set 251 30|prlimit64 302 261
migrate_pages 256 238|move_pages 279 239|process_mrelease 448 448|get_robust_list 274 100
kill 62 129|tkill 200 130|tgkill 234 131|rt_sigqueueinfo 129 138|rt_tgsigqueueinfo 297 240
pidfd_send_signal 424 424|fcntl 72 25|ioctl 16 29|chmod 90 -|fchmod 91 52|fchmodat 268 53
fchmodat2 452 452|chown 92 -|lchown 94 -|fchown 93 55|fchownat 260 54|utime 132 -|utimes 235 -
futimesat 261 -|utimensat 280 88|setxattr 188 5|lsetxattr 189 6|fsetxattr 190 7
removexattr 197 14|lremovexattr 198 15|fremovexattr 199 16|truncate 76 45|setpgid 109 154
setsid 112 157|open 2 -|openat 257 56|openat2 437 437|seccomp 317 277|prctl 157 167
"""
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_NEWEST_KNOWN = 456
_X32_BIT = 0x40000000

_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_ERRNO = 0x00050000
_NOTIFY = 0x7FC00000

_LOAD, _JUMP_EQUAL, _JUMP_GREATER, _AND, _RETURN = 0x20, 0x15, 0x25, 0x54, 0x06
_OFFSET_NUMBER, _OFFSET_MACHINE, _OFFSET_ARGUMENTS = 0, 4, 16

_PR_SET_SECCOMP = 22
_PR_SET_DUMPABLE = 4
_SET_MODE_FILTER = 1
_NEW_LISTENER = 1 << 3

_AF_UNIX, _AF_INET, _AF_INET6, _SOCK_STREAM = 1, 2, 10, 1
_NEW_NAMESPACES = 0x7E020000

# What reaches other processes, the kernel's own state, or memory that no limit counts.
_NEVER = """
ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd perf_event_open mount
umount2 pivot_root chroot unshare setns open_tree move_mount fsopen fsconfig fsmount fspick
mount_setattr open_by_handle_at name_to_handle_at bpf keyctl add_key request_key userfaultfd
kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff syslog acct
quotactl quotactl_fd lookup_dcookie nfsservctl iopl ioperm modify_ldt personality settimeofday
clock_settime clock_adjtime adjtimex sethostname setdomainname vhangup uselib ustat sysfs _sysctl
fanotify_init fanotify_mark shmget shmat shmctl msgget msgctl semget semctl semop mq_open mq_unlink
sched_setattr sched_setscheduler sched_setparam ioprio_set migrate_pages move_pages
process_mrelease get_robust_list
"""
# Programs try these and fall back, when they hear that the kernel lacks them.
_LACKING = """
clone3 openat2 io_uring_setup io_uring_enter io_uring_register memfd_create memfd_secret
inotify_init inotify_init1
"""
# Landlock does not rule over a file's metadata; programs that set it on copies go on undisturbed.
_METADATA = """
chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat utime utimes futimesat utimensat
"""
_ATTRIBUTES = """
setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
"""
_SIGNALS = "tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal"


@dataclass(frozen=True)
class Test:
    """A condition on one argument's low word: `(argument & mask) == value`, or not."""

    argument: int
    value: int
    mask: int = 0xFFFFFFFF
    equal: bool = True


@dataclass(frozen=True)
class Rule:
    """What a call answers when all of the tests hold; error 0 is a success that did nothing."""

    call: str
    error: int
    tests: tuple[Test, ...] = ()


@cache
def machine() -> str:
    """The machine's name as the kernel gives it."""
    return os.uname().machine


def supported() -> bool:
    """Whether the table above knows this machine."""
    return machine() in _MACHINES


@cache
def program(
    *,
    private_network: bool,
    private_files: bool,
    scoped: bool,
    sockets: bool,
    truncate_ruled: bool,
    final: bool,
) -> bytes:
    """The filter for what the other layers hold already.

    `private_network`: a network namespace; `private_files`: a mount namespace; `scoped`: signals
    cannot leave; `sockets`: Unix sockets go through the warden; `truncate_ruled`: Landlock knows
    that right; `final`: nothing is confined further below this.
    """
    found = [Rule(call, errno.EPERM) for call in _NEVER.split()]
    found += [Rule(call, errno.ENOSYS) for call in _LACKING.split()]
    found += _process_rules(scoped=scoped, final=final)
    found += _socket_rules(private_network=private_network, sockets=sockets)
    if final and not private_files:
        found += [Rule(call, 0) for call in _METADATA.split()]
        found += [Rule(call, errno.ENOTSUP) for call in _ATTRIBUTES.split()]
    if not truncate_ruled:
        truncating = Test(2, os.O_TRUNC, mask=os.O_TRUNC | os.O_ACCMODE)
        found += [Rule("truncate", errno.EPERM), Rule("openat", errno.EPERM, (truncating,))]
        truncating = Test(1, os.O_TRUNC, mask=os.O_TRUNC | os.O_ACCMODE)
        found += [Rule("open", errno.EPERM, (truncating,))]
    return _assemble([code for rule in found for code in _rule_code(rule)])


def _process_rules(*, scoped: bool, final: bool) -> list[Rule]:
    """Nothing reaches another process; the tree stays one process group, so one signal ends it."""
    found = [
        Rule("setsid", 0),
        Rule("clone", errno.EPERM, (Test(0, 0, mask=_NEW_NAMESPACES, equal=False),)),
        Rule("prlimit64", errno.EPERM, (Test(0, 0, equal=False),)),
        Rule("sched_setaffinity", errno.EPERM, (Test(0, 0, equal=False),)),
        Rule("setpriority", errno.EPERM, (Test(0, 0, equal=False),)),
        Rule("setpriority", errno.EPERM, (Test(1, 0, equal=False),)),
    ]
    if final:
        found += [
            Rule("setpgid", 0),
            Rule("seccomp", errno.EPERM),
            Rule("prctl", errno.EPERM, (Test(0, _PR_SET_SECCOMP),)),
            # It would hide open files from the warden.
            Rule("prctl", errno.EPERM, (Test(0, _PR_SET_DUMPABLE),)),
        ]
    # Signals by way of a file's owner, and input typed into a terminal.
    found += [Rule("fcntl", errno.EPERM, (Test(1, command),)) for command in (8, 10, 15)]
    found += [
        Rule("ioctl", errno.EPERM, (Test(1, request),))
        for request in (0x5412, 0x541C, 0x8901, 0x8902)
    ]
    if not scoped and final:
        found += [Rule(call, errno.EPERM) for call in _SIGNALS.split()]
        found += [Rule("kill", errno.EPERM, (Test(0, 0, equal=False),))]
    return found


def _socket_rules(*, private_network: bool, sockets: bool) -> list[Rule]:
    """Families that a namespace keeps inside, or none but a pair that event loops wake by."""
    not_unix = Test(0, _AF_UNIX, equal=False)
    not_stream = Test(1, _SOCK_STREAM, mask=0xF, equal=False)
    pairs = [Rule("socketpair", errno.EPERM, (not_unix,))]
    if private_network:
        not_inet = (Test(0, _AF_INET, equal=False), Test(0, _AF_INET6, equal=False))
        return [*pairs, Rule("socket", errno.EPERM, (not_unix, *not_inet))]
    # A datagram end could still send to any name in the file system.
    pairs.append(Rule("socketpair", errno.EPERM, (not_stream,)))
    if sockets:
        return [
            *pairs,
            Rule("socket", errno.EPERM, (not_unix,)),
            Rule("socket", errno.EPERM, (not_stream,)),
        ]
    return [*pairs, Rule("socket", errno.EPERM)]


def connect_program() -> bytes:
    """A filter that hands every `connect` to whoever listens."""
    number = _number("connect")
    assert number is not None
    return _assemble([(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _NOTIFY)])


def install(code: bytes, *, listen: bool = False) -> int:
    """Filter this process and all that it starts; answers the listener's descriptor if asked."""
    body = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(body))
    number = _number("seccomp")
    assert number is not None
    flags = _NEW_LISTENER if listen else 0
    return kernel.call("seccomp filter", number, _SET_MODE_FILTER, flags, header)


def _assemble(body: list[tuple[int, int, int, int]]) -> bytes:
    _, expected = _MACHINES[machine()]
    start = [
        (_LOAD, 0, 0, _OFFSET_MACHINE),
        (_JUMP_EQUAL, 1, 0, expected),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _OFFSET_NUMBER),
        # The x32 numbers are above the bound too.
        (_JUMP_GREATER, 0, 1, _NEWEST_KNOWN),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
    ]
    assert _X32_BIT > _NEWEST_KNOWN
    instructions = [*start, *body, (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("HBBI", *one) for one in instructions)


def _rule_code(rule: Rule) -> list[tuple[int, int, int, int]]:
    """Instructions of one rule; each starts and ends with the call's number loaded."""
    number = _number(rule.call)
    if number is None:
        return []
    answer = (_RETURN, 0, 0, _ERRNO | rule.error)
    if not rule.tests:
        return [(_JUMP_EQUAL, 0, 1, number), answer]
    size = 3 * len(rule.tests) + 2
    code = [(_JUMP_EQUAL, 0, size, number)]
    for index, test in enumerate(rule.tests):
        to_end = size - 3 * index - 3 - 1
        hit, miss = (0, to_end) if test.equal else (to_end, 0)
        code += [
            (_LOAD, 0, 0, _OFFSET_ARGUMENTS + 8 * test.argument),
            (_AND, 0, 0, test.mask),
            (_JUMP_EQUAL, hit, miss, test.value),
        ]
    return [*code, answer, (_LOAD, 0, 0, _OFFSET_NUMBER)]


def _number(call: str) -> int | None:
    column, _ = _MACHINES[machine()]
    number = _numbers()[call][column]
    return None if number == "-" else int(number)


@cache
def _numbers() -> dict[str, tuple[str, str]]:
    words = _TABLE.replace("|", " ").split()
    return {
        name: (first, second)
        for name, first, second in zip(words[::3], words[1::3], words[2::3], strict=True)
    }
