"""Checks in forks of a warm interpreter: quick, confined, and without memory of each other."""

from __future__ import annotations

import asyncio
import pickle
import textwrap
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codex.common.errors import SandboxError
from codex.common.sandbox import CHECK_LIMITS, Call, CallResult, Sandbox, Zygote
from codex.common.sandbox.landlock import Landlock
from tests.common.sandbox.support import beneath, entries, folders

# Wall time is what a busy machine takes away: only who waits for nothing is given little of it.
_SHORT = replace(CHECK_LIMITS, cpu_seconds=1, wall_seconds=60, memory_mb=128, output_kb=16)


@pytest.fixture
async def zygote(each_sandbox: Sandbox) -> AsyncIterator[Zygote]:
    async with Zygote(each_sandbox, None, preload=["json", "decimal"]) as made:
        yield made


async def _run(zygote: Zygote, body: str, payload: Any = None, **more: Any) -> CallResult:
    source = "import os, sys, time\ndef run(payload):\n" + textwrap.indent(
        textwrap.dedent(body), "    "
    )
    return await zygote.call(Call(source, payload, limits=_SHORT, **more))


async def test_what_a_check_returns_is_observed(zygote: Zygote) -> None:
    result = await _run(zygote, "return {'sum': sum(payload), 'text': 'é'}", [1, 2, 3])
    assert (result.outcome, result.value) == ("returned", {"sum": 6, "text": "é"})


async def test_a_coroutine_is_awaited(zygote: Zygote) -> None:
    source = (
        "import asyncio\nasync def run(payload):\n    await asyncio.sleep(0)\n    return payload"
    )
    assert (await zygote.call(Call(source, 5))).value == 5


async def test_what_it_raises_is_observed_with_its_own_frames(zygote: Zygote) -> None:
    source = "def inner(x):\n    return 1 / x\n\ndef run(payload):\n    return inner(payload)\n"
    result = await zygote.call(Call(source, 0))
    assert result.outcome == "raised"
    assert result.raised is not None
    assert (result.raised.type, result.raised.module) == ("ZeroDivisionError", "builtins")
    assert [(one["file"], one["line"]) for one in result.raised.frames] == [
        ("check.py", 5),
        ("check.py", 2),
    ]
    assert "return 1 / x" in result.raised.traceback
    assert "/check-" not in result.raised.traceback


async def test_source_that_does_not_compile_is_an_observation(zygote: Zygote) -> None:
    result = await zygote.call(Call("def run(:"))
    assert result.raised is not None
    assert result.raised.type == "SyntaxError"


async def test_a_value_that_is_no_json_is_an_observation(zygote: Zygote) -> None:
    result = await _run(zygote, "return object()")
    assert result.raised is not None
    assert result.raised.type == "TypeError"


async def test_an_answer_that_is_too_large_is_an_observation(zygote: Zygote) -> None:
    result = await _run(zygote, "return 'x' * 20000")
    assert result.raised is not None
    assert result.raised.type == "OverflowError"


async def test_sets_have_one_order_in_every_check(zygote: Zygote) -> None:
    result = await _run(zygote, "return sys.flags.hash_randomization")
    assert result.value == 0


async def test_it_finds_its_files_and_says_what_it_prints(zygote: Zygote) -> None:
    result = await _run(
        zygote,
        """
        import helper
        print("said")
        print("complained", file=sys.stderr)
        return helper.VALUE + open("data.txt").read()
        """,
        files={"helper.py": "VALUE = 'a'", "data.txt": b"b"},
    )
    assert result.value == "ab"
    assert result.output == "said\ncomplained\n" or result.output == "complained\nsaid\n"


async def test_it_imports_from_readable_folders(each_sandbox: Sandbox, tmp_path: Path) -> None:
    async with Zygote(each_sandbox, None, readable=[tmp_path]) as zygote:
        (tmp_path / "later").mkdir()
        (tmp_path / "later" / "app.py").write_text("NAME = 'app'")
        result = await _run(zygote, "import app\nreturn app.NAME", paths=[tmp_path / "later"])
        assert result.value == "app", result


async def test_checks_run_beside_each_other(zygote: Zygote) -> None:
    results = await asyncio.gather(*(_run(zygote, "return payload", n) for n in range(20)))
    assert [one.value for one in results] == list(range(20))


async def test_a_name_that_leaves_the_folder_is_refused(zygote: Zygote) -> None:
    with pytest.raises(SandboxError):
        await _run(zygote, "return 1", files={"../x": "y"})


# What a check might leave for the next one.
LEAVINGS = {
    "an import hook": """
        class Hook:
            def find_spec(self, name, path=None, target=None):
                raise ImportError("hooked")
        sys.meta_path.insert(0, Hook())
        sys.path_hooks.insert(0, lambda path: 1 / 0)
    """,
    "a changed module": """
        import json, builtins
        json.dumps = lambda *a, **k: '{"returned": "forged"}'
        builtins.open = None
        sys.modules["decimal"] = None
    """,
    "a replaced verifier": """
        for name, module in list(sys.modules.items()):
            if "check" in name or "supervise" in name or name.startswith("codex"):
                for key in list(vars(module)):
                    if not key.startswith("__"):
                        setattr(module, key, None)
        import gc
        for one in gc.get_objects():
            if isinstance(one, dict) and "_called" in one:
                one["_called"] = lambda *a: "forged"
                one["run"] = lambda *a: os._exit(0)
    """,
    "files": """
        own = [os.environ["HOME"], os.environ["TMPDIR"], "."]
        for folder in (*own, "/tmp", "/dev/shm", "/sandbox"):
            try:
                open(folder + "/left", "w").write("x")
                open(folder + "/sitecustomize.py", "w").write("1 / 0")
                os.makedirs(folder + "/__pycache__", exist_ok=True)
            except OSError as error:
                print(error)
    """,
    "a process": """
        if os.fork() == 0:
            for number in range(1, 20):
                try:
                    import signal
                    signal.signal(number, signal.SIG_IGN)
                except OSError:
                    pass
            time.sleep(1000)
    """,
    "a thread": """
        import threading
        threading.Thread(target=time.sleep, args=(1000,)).start()
    """,
    "something for the end": """
        import atexit
        atexit.register(lambda: time.sleep(1000))
        import signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    """,
    "a blow to its keeper": """
        import signal
        for pid in {os.getppid(), *range(2, 40)} - {os.getpid()}:
            for number in (signal.SIGSTOP, signal.SIGKILL):
                try:
                    os.kill(pid, number)
                    if pid != os.getppid():
                        print("hit", pid)
                except OSError as error:
                    pass
    """,
    "writing to every descriptor": """
        for descriptor in range(3, 1024):
            try:
                os.write(descriptor, b'{"returned": "forged"}')
                os.ftruncate(descriptor, 1)
            except OSError:
                pass
    """,
    "writing to its keeper's memory": """
        for pid in (os.getppid(), 1, 2, 3):
            try:
                open(f"/proc/{pid}/mem", "r+b")
                print("opened")
            except OSError:
                pass
    """,
}  # fmt: skip

_CLEAN = """
    import json, decimal
    left = []
    for folder in (os.environ["HOME"], os.environ["TMPDIR"], "."):
        left += os.listdir(folder)
    return {"sum": 1 + payload, "left": left, "json": json.loads("[1]")}
"""


async def test_nothing_is_left_for_the_next_check(zygote: Zygote) -> None:
    for name, leaving in LEAVINGS.items():
        first = await _run(zygote, leaving)
        assert "hit" not in first.output, name
        assert "opened" not in first.output, name
        second = await _run(zygote, _CLEAN, 41)
        assert second.value == {"sum": 42, "left": [], "json": [1]}, (name, first, second)


# How a wrong function might look right. Expected here: 42, which is never inside.
FORGERIES = {
    "printing a pass": "print('{\"returned\": 42}'); print('1 passed'); return 0",
    "ending early with success": "print('ok'); os._exit(0)",
    "ending by exit": "raise SystemExit(0)",
    "writing an answer and ending": """
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b'{"returned": null}')
            except OSError:
                pass
        os._exit(0)
    """,
    "an object that equals everything": """
        class Equal(dict):
            def __eq__(self, other):
                return True
            __hash__ = None
        return Equal()
    """,
    "a number that equals everything": """
        class Equal(int):
            def __eq__(self, other):
                return True
        return Equal(7)
    """,
    "ending with an answer and a failure": """
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b'{"returned": 42}')
            except OSError:
                pass
        os._exit(3)
    """,
    "two answers at once": """
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b'{"returned": 42, "raised": {}}')
            except OSError:
                pass
        os._exit(0)
    """,
    "an answer too deep to read": """
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b'[' * 15000)
            except OSError:
                pass
        os._exit(0)
    """,
}  # fmt: skip


async def test_a_pass_cannot_be_forged_without_the_value(zygote: Zygote) -> None:
    for name, forgery in FORGERIES.items():
        result = await _run(zygote, forgery)
        assert not (result.outcome == "returned" and result.value == 42), (name, result)
        assert type(result.value) in {type(None), int, dict}, (name, result)


async def test_a_pickle_executes_inside_alone(zygote: Zygote, tmp_path: Path) -> None:
    class Payload:
        def __reduce__(self) -> tuple[Any, ...]:
            return (open, (f"{tmp_path}/owned", "w"))

    data = pickle.dumps(Payload())
    result = await _run(
        zygote, "import pickle\nreturn pickle.load(open('data', 'rb'))", files={"data": data}
    )
    assert result.outcome in {"returned", "raised"}
    assert entries(tmp_path) == []


@pytest.mark.parametrize(
    ("body", "limits"),
    [
        ("while True: pass", {"cpu", "wall"}),
        ("time.sleep(1000)", {"wall"}),
        ("while True: os.fork()", {"processes", ""}),
        ("held = [bytearray(1 << 20) for _ in range(4000)]", {"memory", ""}),
        ("while True: os.write(1, b'x' * 65536)", {"disk", "cpu", "wall", ""}),
        ("while True: open(os.urandom(8).hex(), 'w').write('x')", {"disk", "cpu", "wall"}),
    ],
)
async def test_a_check_that_takes_too_much_costs_its_limit_alone(
    zygote: Zygote, body: str, limits: set[str]
) -> None:
    seconds = 1 if limits == {"wall"} else 60
    source = f"import os, time\ndef run(payload):\n    {body}"
    bounds = replace(_SHORT, wall_seconds=seconds)
    result = await zygote.call(Call(source, limits=bounds))
    assert result.limit_hit in limits, result
    assert result.outcome != "returned"
    assert len(result.output) <= 16 * 1024
    assert (await _run(zygote, _CLEAN, 41)).value["sum"] == 42


async def test_a_crash_is_an_observation(zygote: Zygote) -> None:
    result = await _run(zygote, "import ctypes\nctypes.string_at(0)")
    assert (result.outcome, result.exit_code) == ("lost", -11)


async def test_cancelling_ends_the_check_and_clears_up(
    each_sandbox: Sandbox, tmp_path: Path
) -> None:
    async with Zygote(beneath(each_sandbox, tmp_path), None) as zygote:
        started = asyncio.create_task(_run(zygote, "open('x', 'w').write('x'); time.sleep(1000)"))
        done, _ = await asyncio.wait([started], timeout=0.5)
        assert not done
        started.cancel()
        with pytest.raises(asyncio.CancelledError):
            await started
        assert folders(tmp_path, "check-*") == []
        assert (await _run(zygote, "return 1")).value == 1
    assert entries(tmp_path) == []


async def test_it_starts_again_when_it_was_ended(each_sandbox: Sandbox) -> None:
    async with Zygote(each_sandbox, None) as zygote:
        warm = zygote._warm
        assert warm is not None
        warm._warden._process.kill()
        assert warm._life is not None
        await asyncio.wait([warm._life])
        assert (await _run(zygote, "return 1")).outcome == "returned"
        assert zygote._warm is not warm


async def test_a_module_that_cannot_be_imported_is_named(each_sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="no_such_module"):
        async with Zygote(each_sandbox, None, preload=["no_such_module"]):
            pass


async def test_without_landlock_each_check_has_a_zygote_of_its_own(
    each_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    if each_sandbox.kind != "bubblewrap":
        pytest.skip("the other kind needs Landlock")
    monkeypatch.setattr("codex.common.sandbox.inside.landlock.version", lambda: 0)
    async with Zygote(each_sandbox, None) as zygote:
        await _run(zygote, LEAVINGS["files"])
        assert (await _run(zygote, _CLEAN, 41)).value["left"] == []


@pytest.mark.slow
@pytest.mark.parametrize("version", [1, 5])
async def test_older_kernels_keep_checks_apart(each_sandbox: Sandbox, version: int) -> None:
    if each_sandbox.kind != "landlock":
        pytest.skip("bubblewrap takes what the kernel has")
    async with Zygote(Landlock(version=version), None) as zygote:
        for leaving in LEAVINGS.values():
            first = await _run(zygote, leaving)
            assert "hit" not in first.output
            assert (await _run(zygote, _CLEAN, 41)).value["left"] == []


@pytest.mark.slow
async def test_the_usual_libraries_are_warm(sandbox: Sandbox, service_environment: Any) -> None:
    source = """
    import sys
    warm = "fastapi" in sys.modules
    from fastapi import FastAPI
    from fastapi.testclient import TestClient
    def run(payload):
        app = FastAPI()
        @app.get("/{name}")
        def hello(name: str) -> dict[str, str]:
            return {"name": name}
        return [warm, TestClient(app).get("/x").json()]
    """
    preload = ["fastapi", "fastapi.testclient"]
    async with Zygote(sandbox, service_environment, preload=preload) as zygote:
        result = await zygote.call(Call(textwrap.dedent(source)))
        assert result.value == [True, {"name": "x"}], result
