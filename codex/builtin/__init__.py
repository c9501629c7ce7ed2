"""The keyless model: it answers each chain by rules, from typed inputs, without reading prompts.

A chain `design/clarify` is answered by the function `clarify` of `codex.builtin.design.clarify`,
which takes the chain's inputs and returns its output, or raises `NotInMyPower`.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import codex
from codex.common.documents.run import Usage
from codex.common.errors import NotInMyPower
from codex.common.model.base import Identity, Mode, OnToken, Question, Reply
from codex.common.model.scripted import as_code_text

# Its answers follow from its own code and from what that code is written against.
_CODE = (
    "builtin",
    "blueprint",
    "compiler",
    "chains",
    "design",
    "architect",
    "develop",
    "common/documents",
)


class BuiltinModel:
    """Answers from rules: no key, no network, the same answer every time."""

    @property
    def name(self) -> str:
        """`builtin`."""
        return "builtin"

    @property
    def identity(self) -> Identity:
        """Known by the hash of its code; a question to it by its inputs."""
        return Identity(provider="builtin", model="builtin", code=code_hash())

    @property
    def mode(self) -> Mode:
        """It answers with values; the schema is theirs."""
        return Mode.JSON_SCHEMA

    @property
    def reads_text(self) -> bool:
        """It does not: prompts are not rendered for it."""
        return False

    async def ask(self, question: Question, on_token: OnToken | None = None) -> Reply:  # noqa: ARG002 nothing is streamed
        """The answer of the chain's function."""
        function = function_of(question.chain)
        answer = function(question.inputs)
        if inspect.isawaitable(answer):
            answer = await answer
        if not isinstance(answer, question.output.type):
            wanted, got = question.output.type.__name__, type(answer).__name__
            raise TypeError(f"codex.builtin answers {question.chain} with {got}, not {wanted}")
        return Reply(_as_text(answer, question.output.mode), usage=Usage())

    async def close(self) -> None:
        """Nothing is held."""


def function_of(chain: str) -> Callable[[Any], BaseModel | Awaitable[BaseModel]]:
    """The function that answers `chain`, or `NotInMyPower` where there is none."""
    module = f"codex.builtin.{chain.replace('/', '.')}"
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if not module.startswith(error.name or "-"):
            raise  # something that the module itself imports
        raise NotInMyPower(
            f"The built-in model has no rules for {chain}.",
            'Choose a language model, for example: --model "openai:gpt-5".',
        ) from None
    return getattr(found, chain.rpartition("/")[2])


@functools.cache
def code_hash() -> str:
    """The hash of the code that its answers follow from."""
    base = Path(codex.__file__).parent
    digest = hashlib.sha256()
    for folder in _CODE:
        for path in sorted((base / folder).rglob("*.py")):
            digest.update(path.relative_to(base).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def _as_text(answer: BaseModel, mode: Mode) -> str:
    if mode is Mode.TEXT:
        return as_code_text(answer.model_dump())
    return answer.model_dump_json()
