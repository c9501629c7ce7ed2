"""The command line as a whole: help, errors in two lines, exit codes, closed pipes."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from codex.cli import main as cli
from codex.cli.commands import COMMANDS
from codex.cli.main import command_parser, load, main
from codex.cli.parser import actions_of, leaves
from codex.common import errors
from tests.cli.conftest import Codex

Install = Callable[[Callable[[argparse.Namespace], object]], None]


@pytest.fixture
def install(anywhere: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Make `codex doctored` a command that does what the test says."""

    def put(run: Callable[[argparse.Namespace], object]) -> None:
        def configure(parser: argparse.ArgumentParser) -> None:
            parser.add_argument("--colour", choices=["red", "green"])

        command = SimpleNamespace(configure=configure, run=run, __doc__="A test's own.")
        monkeypatch.setitem(sys.modules, "codex.cli.doctored", command)
        monkeypatch.setitem(COMMANDS, "doctored", "a test's own")

    return put


def failing(error: BaseException) -> Callable[[argparse.Namespace], object]:
    def run(_: argparse.Namespace) -> object:
        raise error

    return run


def test_help_lists_every_command_and_exit_code(codex: Codex) -> None:
    outcome = codex("--help")
    assert outcome.code == 0
    for name, about in COMMANDS.items():
        assert f"  {name} " in outcome.out
        assert about in outcome.out
    for code in ("0 done", "1 failed", "2 your mistake", "3 incomplete", "4 budget", "130"):
        assert code in outcome.out


def test_help_imports_no_command_and_nothing_heavy() -> None:
    program = (
        "import sys; from codex.cli.main import main; main(['--help']);"
        "print([name for name in sys.modules if name.startswith(('pydantic', 'codex.common.',"
        " 'asyncio', 'rich', 'json', 'subprocess', 'logging', 'dataclasses'))], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


def test_no_command_shows_the_help_and_is_a_mistake(codex: Codex) -> None:
    outcome = codex()
    assert (outcome.code, outcome.out) == (2, "")
    assert "commands:" in outcome.err


def test_version(codex: Codex) -> None:
    outcome = codex("--version")
    assert outcome.code == 0
    assert outcome.out.startswith("codex 0.")


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help_and_every_flag_a_meaning(name: str) -> None:
    module = load(name)
    assert module.__doc__
    parser = command_parser(name, module)
    for leaf in leaves(parser):
        assert leaf.description
        flags = {flag for action in actions_of(leaf) for flag in action.option_strings}
        assert {"--help", "--json", "--debug", "--model", "--database-url"} <= flags
        assert "--api-key" not in flags  # it could be read in the list of processes
        assert all(action.help for action in actions_of(leaf) if action.option_strings)


def test_every_module_of_a_command_is_listed() -> None:
    folder = Path(cli.__file__).parent
    with_run = {
        path.stem
        for path in folder.glob("*.py")
        if hasattr(importlib.import_module(f"codex.cli.{path.stem}"), "configure")
    }
    assert with_run == set(COMMANDS)


@pytest.mark.parametrize(
    ("line", "said", "todo"),
    [
        (["confg"], "did you mean 'config'?", "`codex --help`"),
        (["nothing-like-it"], "there is no command", "`codex --help`"),
        (["config"], "ACTION", "`codex config --help`"),
        (["config", "shw"], "did you mean 'show'?", "`codex config --help`"),
        (["config", "show", "--modle", "x"], "did you mean '--model'?", "`codex config --help`"),
        (
            ["config", "show", "--bogus"],
            "unrecognized arguments: --bogus.",
            "`codex config --help`",
        ),
        (["config", "show", "--mod", "builtin"], "unrecognized", "`codex config --help`"),
        (["config", "show", "surplus"], "unrecognized", "`codex config --help`"),
        (["config", "show", "--model"], "expected one argument", "`codex config show --help`"),
        (["completion", "tcsh"], "invalid choice", "`codex completion --help`"),
        (["--nonsense"], "unrecognized", "`codex --help`"),
    ],
)
@pytest.mark.usefixtures("anywhere")
def test_a_wrong_line_is_told_in_two_lines(
    line: list[str], said: str, todo: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("error[usage]: codex")
    assert said in first
    assert second.startswith("  next: ")
    assert todo in second


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (errors.ConfigError("It is wrong.", "Mend it."), "config", 2),
        (errors.RunFailed("It is wrong.", "Mend it."), "run.failed", 1),
        (errors.NotUnderstood("It is wrong.", "Mend it."), "request.not_understood", 3),
        (errors.BudgetReached("It is wrong.", "Mend it."), "budget.reached", 4),
        (errors.ModelUnreachable("It is wrong.", "Mend it."), "model.unreachable", 5),
        (errors.Interrupted("It is wrong.", "Mend it."), "interrupted", 130),
    ],
)
def test_an_error_keeps_its_code_and_exit_code(
    install: Install,
    capsys: pytest.CaptureFixture[str],
    error: errors.CodexError,
    code: str,
    exit_code: int,
) -> None:
    install(failing(error))
    assert main(["doctored"]) == exit_code
    assert capsys.readouterr().err == f"error[{code}]: It is wrong.\n  next: Mend it.\n"
    for line in (["--json", "doctored"], ["doctored", "--json"]):
        assert main(line) == exit_code
        said = capsys.readouterr()
        assert json.loads(said.err) == {"code": code, "what": "It is wrong.", "todo": "Mend it."}
        assert said.out == ""


def test_an_unexpected_error_is_two_lines_too(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install(failing(ZeroDivisionError("division\nby \x1b[31mzero")))
    assert main(["doctored"]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first == "error[unexpected]: Unexpected ZeroDivisionError: division by \\x1b[31mzero"
    assert "--debug" in second


def test_debug_shows_the_traceback_and_the_two_lines(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install(failing(errors.InputError("It is wrong.", "Mend it.")))
    assert main(["doctored", "--debug"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("Traceback (most recent call last)")
    assert said.endswith("error[input]: It is wrong.\n  next: Mend it.\n")


def test_what_the_system_refuses_is_no_fault_of_codex(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install(failing(PermissionError(13, "Permission denied", "/some/file")))
    assert main(["doctored"]) == 1
    assert capsys.readouterr().err.startswith("error[system]: /some/file: Permission denied.\n")


def test_the_telling_error_of_a_group_is_shown(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    group = ExceptionGroup(
        "all", [ValueError("x"), ExceptionGroup("in", [errors.BudgetReached("Enough.", "Stop.")])]
    )
    install(failing(group))
    assert main(["doctored"]) == 4
    assert "Enough." in capsys.readouterr().err


def test_secrets_are_in_no_error(
    install: Install, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    install(failing(ValueError("postgresql://me:pa55@h/x refused sk-secret")))
    for line in (["doctored"], ["doctored", "--debug"], ["doctored", "--json"]):
        assert main(line) == 1
        said = capsys.readouterr().err
        assert "pa55" not in said
        assert "sk-secret" not in said


def test_an_asynchronous_command_is_awaited(install: Install) -> None:
    async def run(args: argparse.Namespace) -> int:
        return 3 if args.colour == "red" else 0

    install(run)
    assert main(["doctored", "--colour", "red"]) == 3
    assert main(["doctored"]) == 0


def test_an_interrupt_ends_with_130(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install(failing(KeyboardInterrupt()))
    assert main(["doctored"]) == 130
    assert capsys.readouterr().err.startswith("error[interrupted]: Stopped.\n  next: ")


def test_an_interrupt_during_import_ends_with_130() -> None:
    program = (
        "import sys, codex.__main__ as m\n"
        "class Stop:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'codex.cli.main': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Stop()); sys.exit(m.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, "")


def test_ctrl_c_while_a_command_runs_ends_with_130(anywhere: Path) -> None:
    program = (
        "import sys, types, asyncio\n"
        "from codex.cli.commands import COMMANDS\n"
        "from codex.cli.main import main\n"
        "async def run(args):\n"
        "    print('ready', flush=True); await asyncio.Event().wait()\n"
        "sys.modules['codex.cli.waits'] = types.SimpleNamespace(\n"
        "    configure=lambda parser: None, run=run, __doc__='')\n"
        "COMMANDS['waits'] = ''\n"
        "sys.exit(main(['waits']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=anywhere,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert said.startswith("error[interrupted]")
    assert len(said.splitlines()) == 2


def run_with_stdout(
    args: list[str], stdout: int, cwd: Path, unbuffered: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codex", *args],
        cwd=cwd,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("args", "unbuffered"),
    [(["--help"], ""), (["config", "show", "--json"], ""), (["config", "show"], "1")],
)
def test_a_closed_pipe_ends_quietly(args: list[str], unbuffered: str, anywhere: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = run_with_stdout(args, writer, anywhere, unbuffered)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("args", [["config", "show"], ["--help"], ["runs", "--help"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])  # met at the end, or while writing
def test_a_full_disk_behind_standard_output_is_told(
    anywhere: Path, args: list[str], unbuffered: str
) -> None:
    with Path("/dev/full").open("w") as full:
        done = run_with_stdout(args, full.fileno(), anywhere, unbuffered)
    assert done.returncode == 1
    assert done.stderr.startswith("error[system]: No space left on device.\n  next: ")


def test_a_terminal_without_unicode_gets_escapes(codex: Codex) -> None:
    outcome = codex("config", "show", "--json", env={"PYTHONIOENCODING": "ascii"})
    assert outcome.code == 0
    assert "\\u2026" in outcome.out


def test_an_argument_that_is_not_utf8_is_refused_in_two_lines(anywhere: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "codex", "config", "show", "--owner", b"\xff"],
        cwd=anywhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "U+DCFF" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_broken_connection_of_a_command_is_no_closed_pipe(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install(failing(BrokenPipeError(32, "Broken pipe")))
    assert main(["doctored"]) == 1
    assert "Broken pipe" in capsys.readouterr().err
