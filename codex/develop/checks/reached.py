"""What of Python's own modules a function may not touch, or only where its contract says so."""

from __future__ import annotations

from collections.abc import Collection, Sequence

_PROCESS = frozenset(
    [
        *("os.system", "os.popen", "os.fork", "os.forkpty", "os.kill", "os.killpg", "os.abort"),
        *("os._exit", "os.startfile", "os.waitpid", "os.nice", "os.setsid"),
        *("asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"),
    ]
)
_STARTERS = ("os.exec", "os.spawn", "os.posix_spawn")
_FILES = frozenset(
    [
        *(
            f"os.{name}"
            for name in (
                *("remove", "unlink", "rename", "renames", "replace", "rmdir", "removedirs"),
                *("mkdir", "makedirs", "chmod", "chown", "chdir", "listdir", "scandir", "walk"),
                *("open", "fdopen", "link", "symlink", "truncate", "mkfifo", "mknod", "utime"),
            )
        ),
        *("io.open", "io.open_code", "io.FileIO", "codecs.open", "logging.FileHandler"),
        *("logging.handlers.RotatingFileHandler", "logging.handlers.TimedRotatingFileHandler"),
    ]
)
_NETWORK = frozenset(
    [
        *("asyncio.open_connection", "asyncio.open_unix_connection"),
        *("asyncio.start_server", "asyncio.start_unix_server"),
    ]
)
_ENVIRONMENT = frozenset({"os.environ", "os.environb", "os.getenv", "os.putenv", "os.unsetenv"})
_OWN_DATABASE = frozenset(
    [
        *("sqlalchemy.create_engine", "sqlmodel.create_engine", "sqlalchemy.orm.sessionmaker"),
        *("sqlalchemy.ext.asyncio.create_async_engine", "sqlalchemy.orm.scoped_session"),
    ]
)
# These hold for the whole process, and so for every other function.
_FOR_ALL = frozenset(
    [
        *("random.seed", "locale.setlocale", "warnings.simplefilter", "warnings.filterwarnings"),
        *("decimal.setcontext", "logging.basicConfig", "logging.disable", "atexit.register"),
        *("resource.setrlimit", "faulthandler.enable", "os.umask", "socket.setdefaulttimeout"),
    ]
)
# The moment is handed in, so that tests can choose it.
_CLOCKS = frozenset(
    [
        *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"),
        *("time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter"),
        *("time.perf_counter_ns", "time.localtime", "time.gmtime", "time.sleep"),
        *("func.now", "func.current_date", "func.current_time", "func.current_timestamp"),
    ]
)
# These open a file where they are given its name, and none where they are given a buffer.
OPENERS = frozenset(
    [
        *("gzip.open", "gzip.GzipFile", "bz2.open", "bz2.BZ2File", "lzma.open", "lzma.LZMAFile"),
        *("zipfile.ZipFile", "tarfile.open", "tarfile.TarFile"),
    ]
)
# Nothing happens before they are awaited.
AWAITED = frozenset(
    {"asyncio.sleep", "asyncio.wait", "asyncio.wait_for", "asyncio.gather", "asyncio.to_thread"}
)


def forbidden(full: str, effects: Collection[str], parameters: Sequence[str]) -> str | None:
    """What is wrong with using `full` in a function that has these effects and parameters."""
    if (full in _PROCESS or full.startswith(_STARTERS)) and "process" not in effects:
        return f"{full}() starts or ends processes, which the contract does not mention"
    if full in _FILES and "files" not in effects:
        return f"{full}() touches files, which the contract does not mention"
    if full in _NETWORK and "network" not in effects:
        return f"{full}() reaches the network, which the contract does not mention"
    if full in _ENVIRONMENT:
        return "the environment is read by app.settings alone; use `settings`"
    if full in _OWN_DATABASE:
        return f"{full.rpartition('.')[2]}() goes around the session, which is handed in"
    if full in _FOR_ALL:
        return f"{full}() holds for the whole service, and not for this call alone"
    return _clock(full, parameters)


def _clock(full: str, parameters: Sequence[str]) -> str | None:
    owner, _, name = full.rpartition(".")
    call = f"{owner.rpartition('.')[2].removesuffix('_module')}.{name}"
    if call not in _CLOCKS:
        return None
    if call == "time.sleep":
        return "time.sleep() keeps callers waiting; do without it"
    handed_in = "now" in parameters
    instead = "use `now`, which is handed in" if handed_in else "nothing hands in the moment"
    return f"{call}() makes the answer depend on when it runs; {instead}"
