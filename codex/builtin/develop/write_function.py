"""Writes a function from its contract's typed rule; a main function from its template."""

from __future__ import annotations

from codex.blueprint.template_source import blocks_of
from codex.builtin.code.bodies import function_source
from codex.chains.develop.write_function import WriteFunctionInputs
from codex.chains.output import CodeOrQuestion
from codex.common.documents.codegraph import FunctionKind
from codex.common.errors import NotInMyPower


def write_function(inputs: WriteFunctionInputs) -> CodeOrQuestion:
    """The code of one function."""
    definition = inputs.definition
    if inputs.failures:
        raise NotInMyPower(
            f"The built-in model wrote {definition.name} from its rule, and it did not pass.",
            "Choose a language model, which can try another way.",
        )
    if definition.kind is FunctionKind.MAIN:
        written = blocks_of(inputs.template).get(definition.name)
        if written is None:
            raise NotInMyPower(
                f"The template of {definition.name} does not hold it.", "Build it again."
            )
        return CodeOrQuestion(code=written + "\n")
    return CodeOrQuestion(code=function_source(definition, inputs.closure.database))
