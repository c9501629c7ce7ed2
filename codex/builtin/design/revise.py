"""Answers `design/revise`: additions, removals, new names and new numbers."""

from __future__ import annotations

from codex.builtin.language.revision import revised
from codex.chains.design.revise import ReviseInputs
from codex.common.documents.patch import SpecificationPatch


def revise(inputs: ReviseInputs) -> SpecificationPatch:
    """What of the feedback is understood, as a patch; the rest is told in it."""
    return revised(inputs.specification, inputs.feedback)
