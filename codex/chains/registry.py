"""Finds the chains by their files."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from codex.chains.contract import Chain
from codex.common.documents.base import violations
from codex.common.errors import InputError, PromptError, UsageError
from codex.common.templates import Templates

AnyChain = Chain[Any, Any]
_HERE = Path(__file__).parent
SAMPLE = "sample.json"


def chain_names() -> Sequence[str]:
    """The path of every chain: a file one folder down that defines `CHAIN`."""
    return sorted(
        f"{path.parent.name}/{path.stem}"
        for path in _HERE.glob("*/*.py")
        if "\nCHAIN = " in path.read_text(encoding="utf-8")
    )


def all_chains() -> list[AnyChain]:
    """Every chain."""
    return [load_chain(name) for name in chain_names()]


def load_chain(name: str) -> AnyChain:
    """The chain of that path, or of that last name where only one has it."""
    names = chain_names()
    found = [path for path in names if path == name or path.rpartition("/")[2] == name]
    if len(found) != 1:
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names
        raise UsageError(f"There is no chain {name!r}.", f"Did you mean {', '.join(near)}?")
    return importlib.import_module(f"codex.chains.{found[0].replace('/', '.')}").CHAIN


def sample_inputs(chain: AnyChain, templates: Templates) -> BaseModel:
    """The sample inputs that the chain ships, or the overlay's."""
    path = templates.find(f"{chain.name}/{SAMPLE}")
    if path is None:
        raise PromptError(
            f"the chain {chain.name} has no {SAMPLE}.", "Write one beside its templates."
        )
    return read_inputs(chain, path)


def read_inputs(chain: AnyChain, path: Path) -> BaseModel:
    """A chain's inputs from a JSON file."""
    try:
        return chain.inputs.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Name a file.") from None
    except ValidationError as error:
        lines = "; ".join(violations(error)[:5])
        raise InputError(f"{path} holds no inputs of {chain.name}: {lines}.", "Mend it.") from None
