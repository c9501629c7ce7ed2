"""The outputs that are code instead of JSON; a chain chooses by its output model."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, model_validator

from codex.common.documents.base import Part


class Code(Part):
    """A reply of exactly one fenced code block; prose around it is tolerated."""

    code: str
    """The block's text, without the fences."""


class CodeOrQuestion(Code):
    """A code block, or one line `QUESTION: …` where the contract is ambiguous."""

    code: str = ""
    question: str = ""
    """What the model must know before it can write the code."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.code.strip()) == bool(self.question.strip()):
            raise ValueError("exactly one of code and question is given")
        return self


def is_code(output: type[BaseModel]) -> bool:
    """Whether replies for this output model are code."""
    return issubclass(output, Code)


def may_ask_back(output: type[BaseModel]) -> bool:
    """Whether a reply may be a question instead."""
    return issubclass(output, CodeOrQuestion)
