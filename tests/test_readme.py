"""README and CONTRIBUTING say what is true: their commands exist, their output is the output."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from codex.cli.commands import COMMANDS
from codex.cli.doctor import CHECKS
from codex.cli.main import command_parser, load, main
from tools import demo

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def typed(text: str) -> list[str]:
    """What the console examples of a text type, without the comments."""
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [
        line[2:].partition("  #")[0].partition(" # ")[0].strip()
        for block in blocks
        for line in block.splitlines()
        if line.startswith("$ ")
    ]


def test_the_first_screen_has_the_two_commands() -> None:
    screen = "\n".join(README.splitlines()[:30])
    assert typed(screen)[:2] == ["make demo", "make test"]
    assert "passed: tests" in screen
    assert "codex can build a service here." in README


def test_the_sentence_of_the_demo_is_the_one_that_it_builds() -> None:
    assert f'$ codex build "{demo.REQUEST}" --yes --out {demo.FOLDER}' in README


def test_the_example_in_python_compiles() -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert callable(names["main"])


def test_every_make_target_exists() -> None:
    named = re.findall(r"(?:^\$ |`)(?:\S+=\S+ )?make ([a-z]+)", README + CONTRIBUTING, re.MULTILINE)
    assert named
    assert set(named) <= TARGETS


@pytest.mark.parametrize("line", [line for line in typed(README) if line.startswith("codex")])
def test_every_command_line_is_understood(line: str) -> None:
    _, name, *rest = shlex.split(line)
    if name.startswith("--"):
        assert main([name]) == 0
    else:
        assert name in COMMANDS
        command_parser(name, load(name)).parse_args(rest)


@pytest.mark.usefixtures("anywhere")
def test_the_example_of_a_mistake_is_what_codex_says(capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(
        r"^\$ codex (.*)\n((?:error|  next).*\n(?:  next.*\n)?)", README, re.MULTILINE
    )
    assert found
    assert main(shlex.split(found[1])) == 2
    assert capsys.readouterr().err == found[2]


def test_the_example_of_the_demo_names_every_part() -> None:
    shown = re.findall(r"^(?:ok|degraded|missing) +(\S+)", README, re.MULTILINE)
    assert shown == list(CHECKS)


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README + CONTRIBUTING)
    for link in links:
        assert (ROOT / link).exists(), link


def test_continuous_integration_runs_the_check_and_the_test_command_of_the_readme() -> None:
    run = (ROOT / ".ci/run").read_text()
    assert [line.split(" || ")[0] for line in run.splitlines() if line.startswith("make ")] == [
        "make check",
        typed(README)[1],
    ]


def test_the_map_names_every_floor_that_is_there() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    floors = re.findall(r"\w+", " ".join(contracts["contracts"][0]["layers"]))
    there = {name for name in floors if list((ROOT / "codex").glob(f"{name}*"))}
    for name in there:
        assert f"`{name}`" in CONTRIBUTING, name


def test_every_decision_says_why() -> None:
    for record in (ROOT / "docs/decisions").glob("*.md"):
        text = record.read_text()
        assert text.startswith("# "), record
        assert re.search(r"\bwhy\b", text, re.IGNORECASE), record
