"""Completion in the real shells: what each offers after a piece of a command line."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from codex.cli.commands import COMMANDS
from codex.cli.main import main

Offers = Callable[[str], set[str]]

BASH = r"""
source "$1"
read -r -a words <<< "$2"
[[ $2 == *' ' ]] && words+=("")
COMP_WORDS=("${words[@]}"); COMP_CWORD=$((${#words[@]} - 1)); COMPREPLY=()
compopt() { :; }  # it works only while the shell itself completes
_codex
printf '%s\n' "${COMPREPLY[@]}"
"""

# What an interactive zsh loads: Tab then writes what would be offered to a file.
ZSH_INSIDE = r"""
autoload -Uz compinit && compinit -u -d ./.dump
source ./completion.zsh
report() {
    local -a found
    compadd() {
        builtin compadd -O found "$@"
        print -rl -- $found >>./offered
        builtin compadd "$@"
    }
    _main_complete
    print -n "ALL""OFFERED"
}
zle -C report complete-word report
bindkey '^I' report
PROMPT=
"""

# Runs it in a terminal of its own, types the line and Tab, and waits for the report's end.
ZSH = r"""
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner "source ./inside.zsh"
zpty -w -n inner "$1"$'\t'
zpty -r inner answer '*ALLOFFERED*'
zpty -d inner
[[ ! -e ./offered ]] || cat ./offered
rm -f ./offered
"""


@pytest.fixture
def script(anywhere: Path) -> Callable[[str], Path]:
    """The completion script of a shell, in a file."""

    def write(shell: str) -> Path:
        printed = io.StringIO()
        with redirect_stdout(printed):
            assert main(["completion", shell]) == 0
        path = anywhere / f"completion.{shell}"
        path.write_text(printed.getvalue())
        return path

    (anywhere / "folder").mkdir()
    (anywhere / "file name.txt").touch()
    return write


def said(*command: str | Path) -> set[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return set(done.stdout.splitlines()) - {""}


def needed(shell: str) -> str:
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    return path


@pytest.fixture(params=["bash", "zsh", "fish"])
def offers(request: pytest.FixtureRequest, script: Callable[[str], Path]) -> Offers:
    """What one of the shells offers."""
    shell: str = request.param
    path = needed(shell)
    source = script(shell)
    if shell == "bash":
        return lambda line: said(path, "--norc", "-c", BASH, "bash", source, line)
    if shell == "zsh":
        source.with_name("inside.zsh").write_text(ZSH_INSIDE)
        return lambda line: said(path, "-f", "-c", ZSH, "zsh", line)

    def fish(line: str) -> set[str]:
        command = "source $argv[1]; complete -C $argv[2]"
        lines = said(path, "--no-config", "-c", command, source, line)
        return {offer.partition("\t")[0].rstrip("/") for offer in lines}

    return fish


class TestOffers:
    def test_commands(self, offers: Offers) -> None:
        assert offers("codex ") == set(COMMANDS)
        assert offers("codex comple") == {"completion"}
        assert offers("codex --debug confi") == {"config"}

    def test_subcommands(self, offers: Offers) -> None:
        assert offers("codex config ") == {"show"}
        assert {"migrate", "status", "url"} <= offers("codex db ")

    def test_flags_of_the_place(self, offers: Offers) -> None:
        assert offers("codex config show --data") == {"--data-dir", "--database-url"}
        assert offers("codex db status --js") == {"--json"}

    def test_choices_of_a_flag_and_of_an_argument(self, offers: Offers) -> None:
        kinds = {"auto", "bubblewrap", "landlock", "none"}
        assert offers("codex config show --sandbox ") == kinds
        assert offers("codex completion ") == {"bash", "zsh", "fish"}

    def test_files_and_folders(self, offers: Offers) -> None:
        assert "folder" in offers("codex config show --data-dir fol")
        assert "file name.txt" in {
            offer.replace("\\", "") for offer in offers("codex config show --prices-file fi")
        }

    def test_files_of_an_argument(self, offers: Offers) -> None:
        assert "folder" in {offer.rstrip("/") for offer in offers("codex compile fol")}

    def test_a_value_is_no_command(self, offers: Offers) -> None:
        assert offers("codex config show --owner db --sandb") == {"--sandbox"}
