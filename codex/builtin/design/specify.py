"""Answers `design/specify` by reading plain English."""

from __future__ import annotations

from codex.builtin.language.assemble import assemble
from codex.builtin.language.reader import understand
from codex.chains.design.specify import SpecifyInputs
from codex.common.documents.draft import SpecificationDraft


def specify(inputs: SpecifyInputs) -> SpecificationDraft:
    """What the request says, as far as the built-in model understands it."""
    return assemble(understand(inputs.request))
