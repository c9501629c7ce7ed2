"""Installed package sets: resolved and installed by uv, cached by the hash of their lock."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path

from codex.common.errors import EnvironmentFailed, NoSuchVersions
from codex.common.sandbox import policy
from codex.common.sandbox.base import Environment
from codex.common.sandbox.index import index_variables
from codex.common.sandbox.inside import clear
from codex.common.sandbox.tasks import uninterrupted

_FINISHED = "codex-finished"
_INSTALL_SECONDS = 900
_RESOLVE_SECONDS = 300
# How uv says that the index answered, and what was asked for is not there.
_UNSATISFIABLE = "No solution found"
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+")

SERVICE_REQUIREMENTS = (
    "fastapi",
    "sqlmodel",
    "alembic",
    "uvicorn",
    "argon2-cffi",
    "pyjwt",
    "psycopg[binary]",
    "python-multipart",
    "pydantic-settings",
    "email-validator",
)
"""What every generated service may need."""
SERVICE_TOOLS = (
    "coverage",
    "httpx",
    "httpx2",  # Starlette's test client asks for it
    "pytest",
    "schemathesis",
    "hypothesis",
    "pyright[nodejs]",
    "ruff",
)
"""What its own checks need beside."""
_SERVICE_LOCK = Path(__file__).parent / "service.lock"


def service_lock() -> str:
    """The lock of the packages and tools that generated services start from."""
    return _SERVICE_LOCK.read_text("utf-8")


class Environments:
    """Makes environments below a folder; safe beside other processes that do the same."""

    def __init__(self, folder: Path, *, uv: str | None = None, index: str = "") -> None:
        """`index` is where packages come from; empty for what uv, or else pip, was configured."""
        self._folder = folder
        self._uv = uv
        self._index = index
        self._expected: dict[tuple[str, ...], asyncio.Task[str]] = {}

    async def service(self) -> Environment:
        """The environment that generated services and their tests start from."""
        return await self.get(service_lock())

    async def get(self, lock: str) -> Environment:
        """The environment of a hashed lock: found, or made and then found by everyone.

        Wheels alone are installed, so nothing of a package runs outside the sandbox.
        """
        key = _key(lock)
        found = self._existing(key)
        if found is not None:
            return found
        self._folder.mkdir(parents=True, exist_ok=True)
        async with _locked(self._folder / f"{key}.lock"):
            found = self._existing(key)
            return found if found is not None else await self._make(key, lock)

    async def resolve(
        self, requirements: Sequence[str], *, constraints: str = "", python: str = ""
    ) -> str:
        """Find the newest versions that fit together; answers a lock with hashes and no addresses.

        Only wheels count. `NoSuchVersions` says that the requirements are at fault, and not the way
        to the index.
        """
        expected = self._expected.pop((python, constraints, *requirements), None)
        if expected is not None:
            return await expected
        return await self._resolve(requirements, constraints, python)

    @contextlib.asynccontextmanager
    async def expecting(
        self, requirements: Sequence[str], *, python: str = ""
    ) -> AsyncGenerator[None]:
        """Begin to resolve: the first who asks for the same inside gets this answer."""
        key = (python, "", *requirements)
        begun = asyncio.create_task(self._resolve(requirements, "", python))
        self._expected[key] = begun
        try:
            yield
        finally:
            self._expected.pop(key, None)
            begun.cancel()
            # Whoever needed it has heard of its failure.
            await asyncio.gather(begun, return_exceptions=True)

    async def _resolve(self, requirements: Sequence[str], constraints: str, python: str) -> str:
        self._folder.mkdir(parents=True, exist_ok=True)
        building = self._building("resolve")
        try:
            building.mkdir()
            wanted = building / "requirements.in"
            wanted.write_text("\n".join(requirements) + "\n", "utf-8")
            limits = building / "constraints.txt"
            limits.write_text(constraints, "utf-8")
            text = await self._run(
                [
                    *("pip", "compile", "--universal", "--generate-hashes", "--no-header"),
                    *("--no-annotate", "--no-emit-index-url", "--only-binary", ":all:", "-q"),
                    *("--python-version", python or _python_version()),
                    *("--constraints", str(limits), str(wanted)),
                ],
                f"No set of versions satisfies {', '.join(requirements)}",
                _RESOLVE_SECONDS,
            )
        finally:
            await uninterrupted(asyncio.to_thread(clear.remove, building))
        return text

    async def install_into(self, folder: Path, lock: str, *, python: str, machine: str) -> None:
        """Install the packages of a lock into `folder`, for another machine than this one.

        `python` is a version as `3.11`; `machine` is amd64 or arm64, with Linux on it. Nothing of
        the packages is executed.
        """
        platforms = {"amd64": "x86_64-unknown-linux-gnu", "arm64": "aarch64-unknown-linux-gnu"}
        failed = f"The packages cannot be installed for {machine}"
        if machine not in platforms:
            raise EnvironmentFailed(
                f"{failed}: only amd64 and arm64 are known.", "Choose another platform."
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        wanted = self._building("install")
        try:
            wanted.write_text(lock, "utf-8")
            await self._run(
                [
                    *("pip", "install", "-q", "--require-hashes", "--no-deps"),
                    *("--only-binary", ":all:", "--target", str(folder)),
                    *("--python", policy.interpreter().executable, "--link-mode", "copy"),
                    *("--python-version", python, "--python-platform", platforms[machine]),
                    *("-r", str(wanted)),
                ],
                failed,
                _INSTALL_SECONDS,
            )
        finally:
            wanted.unlink(missing_ok=True)

    def _existing(self, key: str) -> Environment | None:
        path = self._folder / key
        return Environment(key, path) if (path / _FINISHED).exists() else None

    def _building(self, key: str) -> Path:
        return self._folder / f".building-{key}-{os.getpid()}-{secrets.token_hex(4)}"

    async def _make(self, key: str, lock: str) -> Environment:
        """Build aside, then rename: what has the final name is whole."""
        final = self._folder / key
        await asyncio.to_thread(self._clear, key)
        building = self._building(key)
        try:
            await self._install(building, lock)
            await asyncio.to_thread(_settle, building, final)
            building.rename(final)
        finally:
            await uninterrupted(asyncio.to_thread(clear.remove, building))
        return Environment(key, final)

    def _clear(self, key: str) -> None:
        """Remove what a crash left; the caller holds the lock of this key."""
        for left in (*self._folder.glob(f".building-{key}-*"), self._folder / key):
            clear.remove(left)

    async def _install(self, building: Path, lock: str) -> None:
        failed = "The packages cannot be installed"
        await self._run(
            [
                *("venv", "-q", "--no-project"),
                *("--python", policy.interpreter().executable, str(building)),
            ],
            failed,
            _INSTALL_SECONDS,
        )
        wanted = building / "requirements.lock"
        wanted.write_text(lock, "utf-8")
        await self._run(
            [
                *("pip", "install", "-q", "--require-hashes", "--no-deps"),
                *("--only-binary", ":all:", "--python", str(building / "bin" / "python")),
                *("-r", str(wanted)),
            ],
            failed,
            _INSTALL_SECONDS,
        )
        # Compiled by the base interpreter without `site`: no file of a package is executed.
        await _execute(
            [
                *(policy.interpreter().executable, "-I", "-S", "-m", "compileall", "-q"),
                *("-j", "0", "--invalidation-mode", "unchecked-hash", str(building / "lib")),
            ],
            "The packages cannot be compiled",
            _INSTALL_SECONDS,
            accept=(0, 1),
        )

    async def _run(self, arguments: Sequence[str], failed: str, seconds: float) -> str:
        index = {"UV_DEFAULT_INDEX": self._index} if self._index else {}
        return await _execute([self._uv or _find_uv(), *arguments], failed, seconds, env=index)


def _settle(building: Path, final: Path) -> None:
    """Make programs name the final folder, and mark the whole as finished."""
    before, after = os.fsencode(building), os.fsencode(final)
    for program in (building / "bin").iterdir():
        if program.is_symlink() or not program.is_file():
            continue
        with program.open("rb") as reader:
            is_script = reader.read(2) == b"#!"
        if is_script:
            # Written anew: uv may have linked the file into its cache.
            text = program.read_bytes().replace(before, after)
            mode = program.stat().st_mode
            program.unlink()
            program.write_bytes(text)
            program.chmod(mode)
    (building / _FINISHED).touch()


async def _execute(
    argv: Sequence[str],
    failed: str,
    seconds: float,
    *,
    accept: tuple[int, ...] = (0,),
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a tool of ours to its end; a failure is a sentence made of what it said."""
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # As pip does: an index may stand behind a certificate that only this system knows.
            env={
                "UV_SYSTEM_CERTS": "1",
                **index_variables(os.environ),
                **os.environ,
                **(env or {}),
            },
            start_new_session=True,
        )
    except OSError as error:
        raise EnvironmentFailed(f"{failed}: {error}.", "Install uv: `pip install uv`.") from error
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate()
    except TimeoutError as error:
        raise EnvironmentFailed(
            f"{failed}: no end after {seconds:.0f} seconds.", "Check the network and try again."
        ) from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            await uninterrupted(process.wait())
    if process.returncode not in accept:
        said = _sentence(err.decode("utf-8", "replace"))
        kind = NoSuchVersions if _UNSATISFIABLE in said else EnvironmentFailed
        raise kind(f"{failed}: {said}", "Change the packages, or see `codex doctor`.")
    return out.decode("utf-8")


def _sentence(text: str) -> str:
    """What a tool said, on one line and with no addresses in it."""
    words = re.sub(r"[^\x20-\x7e]+", " ", _ADDRESS.sub("<address>", text)).split()
    return " ".join(words)[:1500] or "no reason was given."


def _key(lock: str) -> str:
    """The hash of what is installed and for which interpreter."""
    lines = (line.split("#")[0].strip() for line in lock.splitlines())
    text = "\n".join(line for line in lines if line)
    made_for = (
        f"{sys.implementation.cache_tag} {os.uname().machine} {policy.interpreter().executable}"
    )
    return hashlib.sha256(f"{made_for}\n{text}".encode()).hexdigest()[:32]


def _python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _find_uv() -> str:
    beside = Path(sys.executable).with_name("uv")
    if beside.exists():
        return str(beside)
    found = shutil.which("uv")
    if found is None:
        raise EnvironmentFailed("uv is not installed.", "Install it: `pip install uv`.")
    return found


@contextlib.asynccontextmanager
async def _locked(path: Path) -> AsyncGenerator[None, None]:
    """Hold a file's lock against other processes and other tasks of this one."""
    with path.open("a") as holder:
        while True:
            try:
                fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(0.1)
        yield
