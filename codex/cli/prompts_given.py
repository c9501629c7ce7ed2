"""What a prompt is tried with: templates, inputs and the form of answers, as arguments tell."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codex.chains.catalogue import AnyChain
    from codex.common.config import Settings
    from codex.common.model.base import Mode
    from codex.common.templates import Templates

READS_NO_TEXT = (
    "The built-in model answers from a chain's inputs and reads no prompt text, so no wording\n"
    "changes its answers. Choose a language model to measure prompts, for example\n"
    '--model "openai:gpt-5", or --model manual to answer by hand.'
)


def templates_of(chosen: Settings) -> Templates:
    """The templates as the settings find them."""
    from codex.common.errors import ConfigError
    from codex.common.templates import Templates

    if chosen.prompts_dir is not None and not chosen.prompts_dir.is_dir():
        raise ConfigError(
            f"{chosen.prompts_dir} is not a folder.", "Create it: codex prompts edit CHAIN"
        )
    return Templates(chosen.prompts_dir)


def mode_of(chosen: Settings) -> Mode:
    """How a schema would be asked for, as far as the settings tell."""
    from codex.common.model.base import Mode

    modes = {"tools": Mode.TOOL, "json": Mode.JSON}
    if chosen.model == "manual":
        return Mode.JSON
    return modes.get(chosen.structured_output, Mode.JSON_SCHEMA)


def inputs_of(chain: AnyChain, args: argparse.Namespace, templates: Templates) -> Any:
    """The inputs that were given, or the sample."""
    from pathlib import Path

    from codex.chains.registry import read_inputs, sample_inputs

    if args.inputs:
        return read_inputs(chain, Path(args.inputs))
    return sample_inputs(chain, templates)
