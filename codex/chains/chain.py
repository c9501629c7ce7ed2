"""Everything that a chain file needs, in one import."""

from __future__ import annotations

from codex.chains.contract import Chain
from codex.chains.fan_out import each, fan_out, settle
from codex.chains.output import Code, CodeOrQuestion
from codex.chains.runner import Answer, Asking, answer, run
from codex.chains.schema import Narrowing
from codex.chains.sentence import Problem, Sentence

__all__ = [
    "Answer",
    "Asking",
    "Chain",
    "Code",
    "CodeOrQuestion",
    "Narrowing",
    "Problem",
    "Sentence",
    "answer",
    "each",
    "fan_out",
    "run",
    "settle",
]
