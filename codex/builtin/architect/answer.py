"""Questions about a contract: the built-in model wrote it from a rule and has nothing to add."""

from __future__ import annotations

from codex.chains.architect.answer import AnswerInputs, ContractAnswer
from codex.common.errors import NotInMyPower


def answer(inputs: AnswerInputs) -> ContractAnswer:
    """It cannot: what it knows of the function stands in the contract already."""
    raise NotInMyPower(
        f"The built-in model has nothing to add to the contract of {inputs.definition.name}.",
        "Choose a language model, which can decide what the contract leaves open.",
    )
