"""Scenarios: one for each criterion whose case is known in typed form and can be called."""

from __future__ import annotations

from codex.blueprint.play import ScenarioPlan, Uncovered
from codex.builtin.plays.cases import Cases
from codex.builtin.plays.cast import CannotPlay
from codex.chains.architect.scenarios import ScenariosAnswer, ScenariosInputs


def scenarios(inputs: ScenariosInputs) -> ScenariosAnswer:
    """The scenarios of one requirement; what cannot be shown is said with the reason."""
    cases = Cases(inputs)
    plans: list[ScenarioPlan] = []
    uncovered: list[Uncovered] = []
    for criterion in inputs.requirement.criteria:
        try:
            plans.append(cases.play(criterion))
        except CannotPlay as error:
            uncovered.append(Uncovered(criterion=criterion.id, reason=f"{error}."))
    return ScenariosAnswer(scenarios=tuple(plans), uncovered=tuple(uncovered))
