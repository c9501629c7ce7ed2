"""Answers `design/clarify` with the few questions whose answers it can read."""

from __future__ import annotations

from codex.builtin.language.interview import questions
from codex.builtin.language.reader import understand
from codex.chains.design.clarify import Clarification, ClarifyInputs


def clarify(inputs: ClarifyInputs) -> Clarification:
    """Questions about what the request leaves open."""
    return Clarification(questions=tuple(questions(understand(inputs.request))))
