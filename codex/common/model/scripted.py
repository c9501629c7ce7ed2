"""A model that answers from a script: for tests and for trying stages without a provider."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from codex.common.documents.run import Usage
from codex.common.errors import RunFailed
from codex.common.model.base import (
    Finish,
    Identity,
    Mode,
    OnToken,
    Question,
    Reply,
    TransportFault,
)

Turn = str | BaseModel | Reply | BaseException
"""A reply's text, a typed answer, a whole reply, or a fault to raise (`cut()`, `busy()` …)."""
Script = Turn | Sequence[Turn] | Callable[[Question], Turn | Awaitable[Turn]]
"""One answer for ever, answers by turn (the last one stays), or a function of the question."""


class Scripted:
    """Answers by chain and turn: `Scripted({"design/clarify": [wrong, right]})`.

    A chain's key may also name a place: `"develop/write_function@borrow_book"`. Turns are counted
    for each chain and place on their own, so that scripts stay true under concurrency.
    """

    def __init__(
        self,
        script: Mapping[str, Script] | None = None,
        *,
        otherwise: Script | None = None,
        name: str = "scripted",
        mode: Mode = Mode.JSON_SCHEMA,
        reads_text: bool = True,
        identity: Identity | None = None,
    ) -> None:
        """`otherwise` answers chains that the script does not name."""
        self.script: dict[str, Script] = dict(script or {})
        self.otherwise = otherwise
        self.asked: list[Question] = []
        """Every question, in the order in which they came."""
        self._name = name
        self._mode = mode
        self._reads_text = reads_text
        self._identity = identity or Identity(provider="scripted", model=name)
        self._turns: dict[tuple[str, str], int] = {}

    @property
    def name(self) -> str:
        """`scripted`, or the name that it was given."""
        return self._name

    @property
    def identity(self) -> Identity:
        """What of it enters the key of a question."""
        return self._identity

    @property
    def mode(self) -> Mode:
        """How it is told the schema."""
        return self._mode

    @property
    def reads_text(self) -> bool:
        """Whether prompts are rendered for it."""
        return self._reads_text

    async def ask(self, question: Question, on_token: OnToken | None = None) -> Reply:
        """The next turn of the script for the question's chain."""
        self.asked.append(question)
        script = self.script.get(f"{question.chain}@{question.place}")
        if script is None:
            script = self.script.get(question.chain, self.otherwise)
        if script is None:
            raise RunFailed(
                f"The script has no answer for {question.chain} at {question.place!r}.",
                f"It knows {', '.join(sorted(self.script)) or 'nothing'}.",
            )
        turn = await self._turn(script, question)
        if isinstance(turn, BaseException):
            raise turn
        reply = as_reply(turn, question)
        if on_token is not None:
            for word in reply.text.split(" "):
                on_token(word + " ")
        return reply

    async def close(self) -> None:
        """Nothing is held."""

    async def _turn(self, script: Script, question: Question) -> Turn:
        if callable(script):
            turn = script(question)
            return await turn if isinstance(turn, Awaitable) else turn
        if isinstance(script, (str, BaseModel, Reply, BaseException)):
            return script
        place = (question.chain, question.place)
        number = self._turns.get(place, 0)
        self._turns[place] = number + 1
        return script[min(number, len(script) - 1)]


def as_reply(turn: str | BaseModel | Reply, question: Question) -> Reply:
    """A reply in the form that the question asks for, with a plausible usage."""
    if isinstance(turn, Reply):
        return turn
    if isinstance(turn, BaseModel):
        text = turn.model_dump_json()
        if question.output.mode is Mode.TEXT:
            text = as_code_text(turn.model_dump())
    else:
        text = turn
    words = sum(len(message.content.split()) for message in question.messages)
    return Reply(text, usage=Usage(input_tokens=words, output_tokens=len(text.split())))


def as_code_text(answer: Mapping[str, Any]) -> str:
    """A code answer as a model would write it: one fence, or a question."""
    if answer.get("question"):
        return f"QUESTION: {answer['question']}"
    return f"```python\n{answer['code']}\n```"


def busy(retry_after: float | None = None) -> TransportFault:
    """A fault: too many requests."""
    return TransportFault("rate_limit", "429 too many requests", retry_after)


def lost() -> TransportFault:
    """A fault: the connection broke."""
    return TransportFault("connection", "the connection was lost")


def cut() -> TransportFault:
    """A fault: a stream ended in the middle."""
    return TransportFault("cut_stream", "the stream ended before the reply did")


def refusal(text: str = "I cannot help with that.") -> Reply:
    """The model declines."""
    return Reply(text, Finish.REFUSAL)


def filtered() -> Reply:
    """The provider's content filter stepped in."""
    return Reply("", Finish.FILTER)


def too_long(text: str) -> Reply:
    """The reply hit the output limit."""
    return Reply(text, Finish.LENGTH)
