"""Repairs: the built-in model writes from rules, and would write the same again."""

from __future__ import annotations

from codex.chains.develop.repair import RepairInputs
from codex.chains.output import CodeOrQuestion
from codex.common.errors import NotInMyPower


def repair(inputs: RepairInputs) -> CodeOrQuestion:
    """It cannot."""
    raise NotInMyPower(
        f"The built-in model cannot repair {inputs.definition.name}.",
        "Choose a language model.",
    )
