"""Draws one route's functions from its typed rule: a main function over stubs, with examples."""

from __future__ import annotations

from codex.builtin.contracts.compose import Composer
from codex.builtin.contracts.examples import Examples
from codex.chains.architect.code_graph import CodeGraphAnswer, CodeGraphInputs
from codex.common.errors import NotInMyPower


def code_graph(inputs: CodeGraphInputs) -> CodeGraphAnswer:
    """The functions behind one route whose rule is known."""
    if inputs.rule is None:
        raise NotInMyPower(
            f"The built-in model does not know what {inputs.route.api_route} is to do.",
            "Choose a language model, or say it in one of the forms of the guide.",
        )
    composer = Composer(inputs)
    composed = composer.compose()
    examples = Examples(composer, composed)
    notes = [
        piece.notes.model_copy(update={"examples": examples.of(piece)})
        for piece in (composed.main, *composed.stubs)
    ]
    return CodeGraphAnswer(template=composed.template, functions=tuple(notes))
