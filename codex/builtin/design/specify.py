"""Answers `design/specify` by reading plain English."""

from __future__ import annotations

from codex.builtin.language.assemble import assemble
from codex.builtin.language.combined import Combined, only_said
from codex.builtin.language.interview import as_sentences
from codex.builtin.language.reader import understand
from codex.chains.design.specify import SpecifyInputs
from codex.common.documents.draft import SpecificationDraft


def specify(inputs: SpecifyInputs) -> SpecificationDraft:
    """What the request and the answers say, as far as the built-in model understands it."""
    text = Combined(inputs.request, as_sentences(inputs.questions))
    draft = assemble(understand(text.whole))
    said = [inputs.request, *(item.answer for item in inputs.questions if item.answer)]
    return only_said(draft, said)
