"""A model that answers as the built-in one does, except where a test spoils an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from codex.builtin import function_of
from codex.chains.offline import Offline
from codex.common.errors import NotInMyPower
from codex.common.model.base import Model, Question
from codex.common.model.scripted import Scripted
from codex.common.templates import Templates

CHAINS = ("database", "modules", "routes", "code_graph", "scenarios", "answer")
Spoil = Callable[[Any, Any], BaseModel]


def right(question: Question) -> BaseModel:
    """The built-in model's answer, as a text-reading model would give it."""
    answer = function_of(question.chain)(question.inputs)
    assert isinstance(answer, BaseModel)
    return answer


def spoiled(chain: str, place: str, spoil: Spoil, *, attempts: int = 1) -> Scripted:
    """Wrong at `place` in its first so many attempts, right everywhere else."""

    def turn(question: Question) -> BaseModel:
        answer = right(question)
        if question.chain == chain and question.place == place and question.attempt <= attempts:
            return spoil(answer, question.inputs)
        return answer

    return Scripted({f"architect/{name}": turn for name in CHAINS})


TEMPLATES = Templates()


def offline(model: Model) -> Any:
    """Services in memory; templates are read once for all tests."""
    services = Offline(model)
    services.templates = TEMPLATES
    return services


def by_place(turns: Callable[[Question, Any], BaseModel]) -> Scripted:
    """The built-in answers, each of which `turns` may change; None where it has none."""

    def turn(question: Question) -> BaseModel:
        try:
            answer = right(question)
        except NotInMyPower:
            answer = None
        return turns(question, answer)

    return Scripted({f"architect/{name}": turn for name in CHAINS})
