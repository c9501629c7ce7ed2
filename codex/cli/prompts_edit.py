"""Copies what a prompt engineer wants to change into the overlay, and opens the editor."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys

from codex.chains.catalogue import AnyChain
from codex.chains.output import is_code
from codex.chains.registry import SAMPLE
from codex.chains.schema import describable
from codex.cli.output import show_json
from codex.common.config import Settings
from codex.common.errors import ConfigError, PromptError, UsageError
from codex.common.templates import KINDS, SHIPPED, Templates
from codex.common.wording import TEXTS


def edit(chosen: Settings, chain: AnyChain, args: argparse.Namespace) -> int:
    """Copy one file of `chain` into the overlay unless it is there, and open it."""
    overlay = chosen.prompts_dir
    if overlay is None:
        raise ConfigError(
            "There is no folder for your prompts yet.",
            'Choose one: --prompts-dir prompts, or prompts_dir = "prompts" in codex.toml.',
        )
    name = _file_of(chain, args.part)
    target = overlay / name
    copied = not target.exists()
    if copied:
        text = _texts(chain) if args.part == "texts" else _shipped(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    if args.json:
        show_json({"path": str(target), "copied": copied})
    else:
        print(target)
    if args.no_open or args.json or not sys.stdin.isatty():
        return 0
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    return subprocess.run([*shlex.split(editor), str(target)], check=False).returncode


def _file_of(chain: AnyChain, part: str) -> str:
    """The file of one part of a chain, or one that its templates include."""
    names = {"texts": TEXTS, "sample": SAMPLE, **{kind: f"{kind}.j2" for kind in KINDS}}
    if part in names:
        return f"{chain.name}/{names[part]}"
    included = Templates().of(chain.name, chain.variables).files
    if part in included:
        return part
    shared = [name for name in included if not name.startswith(f"{chain.name}/")]
    raise UsageError(
        f"{chain.name} has no part {part!r}.", f"Choose one of {', '.join([*names, *shared])}."
    )


def _shipped(name: str) -> str:
    path = Templates().find(name)
    if path is None:
        raise PromptError(f"{SHIPPED / name} does not exist.", "See `codex prompts list`.")
    return path.read_text(encoding="utf-8")


def _texts(chain: AnyChain) -> str:
    """Every sentence and description of the chain, as comments: what is changed is uncommented."""
    lines = [
        f"# Other words for {chain.name}. Take the # away from a line to change it.",
        "# Words in braces are values; leave them as they are.",
        "",
        "[sentences]",
        *(f"# {sentence.name} = {_quoted(sentence.text)}" for sentence in chain.sentences),
        "",
        "[fields]",
    ]
    if not is_code(chain.output):
        lines += [
            f'# "{place}" = {_quoted(text)}' for place, text in describable(chain.output).items()
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A text as one line of TOML."""
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    )
    return f'"{escaped}"'
