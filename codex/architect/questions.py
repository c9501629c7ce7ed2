"""The second half of the stage: what is asked of routes and requirements, and what is kept."""

from __future__ import annotations

from dataclasses import dataclass

from codex.architect.inputs import Surface, graph_inputs, scenario_inputs
from codex.architect.revise import Standing
from codex.chains.architect.code_graph import CodeGraphInputs
from codex.chains.architect.scenarios import ScenariosInputs
from codex.common.documents.codegraph import CodeGraph
from codex.common.documents.scenario import Scenario
from codex.common.documents.specification import Requirement


@dataclass(frozen=True)
class Questions:
    """What the second half of the stage asks, and what it keeps of an Architecture that stands."""

    graphs: dict[str, CodeGraphInputs]
    plays: dict[str, ScenariosInputs]
    kept_graphs: tuple[CodeGraph, ...] = ()
    kept_scenarios: tuple[Scenario, ...] = ()
    requirements: tuple[Requirement, ...] = ()


def questions_of(surface: Surface, standing: Standing | None) -> Questions:
    """A question for every route with functions and every requirement with criteria."""
    graphs: dict[str, CodeGraphInputs] = {}
    plays: dict[str, ScenariosInputs] = {}
    kept_graphs: list[CodeGraph] = []
    kept_scenarios: list[Scenario] = []
    for item in surface.drawn:
        asked = graph_inputs(item, surface)
        found = standing.graph(asked) if standing else asked
        if isinstance(found, CodeGraph):
            kept_graphs.append(found)
        else:
            graphs[f"code_graph:{item.header.function_name}"] = found
    for requirement in surface.brief.requirements:
        if not requirement.criteria:
            continue
        play = scenario_inputs(requirement, surface)
        told = standing.play(play) if standing else play
        if isinstance(told, ScenariosInputs):
            plays[f"scenarios:{requirement.id}"] = told
        else:
            kept_scenarios += told
    return Questions(
        graphs, plays, tuple(kept_graphs), tuple(kept_scenarios), surface.brief.requirements
    )
