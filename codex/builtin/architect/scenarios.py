"""Scenarios from criteria whose case is known in typed form."""

from __future__ import annotations

from codex.blueprint.play import Uncovered
from codex.chains.architect.scenarios import ScenariosAnswer, ScenariosInputs


def scenarios(inputs: ScenariosInputs) -> ScenariosAnswer:
    """One scenario for each criterion that calls can show."""
    return ScenariosAnswer(
        uncovered=tuple(
            Uncovered(criterion=item.id, reason="its case is not known in typed form")
            for item in inputs.requirement.criteria
        )
    )
