"""The call journal: every completed model call, found again by the hash of what was asked.

`ModelCall` is a question with its answer, asked once. `RunCall` says which run used which answer,
in which place. Resume and rebuild look up keys; replay follows the RunCalls of a run with the
network off. A reply is used only after it was committed here.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

from codex.common.documents.base import JsonValue, check_text
from codex.common.documents.run import LOCAL_OWNER, EvidenceRecord, ModelCall, RunCall, Usage
from codex.common.errors import ReplayMiss
from codex.common.model.base import Identity, Question, as_dicts

ANEW = "~"
"""Stands in a key between the question's hash and the run that asked it anew."""

_COMPARED = 50  # questions that an error compares a missing one with


class JournalMode(StrEnum):
    """What a journal does with a question."""

    NORMAL = "normal"  # read the answer if there is one, else ask
    REPLAY = "replay"  # only read what the run recorded; anything else is an error
    REFRESH = "refresh"  # ask anew; the old answer stays, this run points to the new one


class JournalStore(Protocol):
    """Where a journal keeps its records: the database, or memory in tests."""

    async def journal_get(self, key: str) -> ModelCall | None:
        """The answer of `key`, if it is there."""
        ...

    async def journal_record(self, call: ModelCall, use: RunCall) -> ModelCall:
        """Commit `call`, unless its key has an answer already, and its use; what now counts."""
        ...

    async def run_call_put(self, call: RunCall) -> None:
        """Commit which answer a run used; the same place again points to the newer answer."""
        ...

    async def run_calls(self, run_id: str) -> Sequence[RunCall]:
        """All answers that a run used, in the order in which they were recorded."""
        ...

    async def recorded_calls(self, chain: str, limit: int = 1000) -> Sequence[ModelCall]:
        """The newest answers to one chain's questions."""
        ...

    async def evidence_get(self, run_id: str, place: str, kind: str) -> EvidenceRecord | None:
        """The evidence that a run recorded at a place."""
        ...

    async def evidence_put(self, record: EvidenceRecord) -> None:
        """Commit evidence; the same place again holds the newer one."""
        ...

    def lock(self, key: str) -> AbstractAsyncContextManager[bool]:
        """Held by one at a time, in this process and in others; whether `key` has an answer."""
        ...


@dataclass(frozen=True)
class Asked:
    """A question ready to be asked or found: its key, and what its record will say."""

    key: str
    question: Question
    identity: Identity
    fingerprint: str
    owner: str

    def record(self, **answer: Any) -> ModelCall:
        """The `ModelCall` of this question with `answer`.

        Its parts were checked where they were made; only the rendered texts were not.
        """
        output = self.question.output
        for message in self.question.messages:
            check_text(message.content, f"A message of {self.question.chain}")
        blank: dict[str, Any] = {"finish_reason": "", "usage": Usage(), "price": None}
        return ModelCall.model_construct(
            key=self.key,
            owner=self.owner,
            chain=self.question.chain,
            provider=self.identity.provider,
            base_url=self.identity.base_url,
            model=self.identity.model,
            parameters=parameters_of(self.identity, self.question),
            output_mode=output.mode.value,
            output_schema=output.schema,
            messages=as_dicts(self.question.messages),
            inputs=self.question.inputs.model_dump(mode="json"),
            attempt=self.question.attempt,
            sample=self.question.sample,
            fingerprint=self.fingerprint,
            created_at=datetime.now(UTC),
            **{**blank, "latency_ms": 0, **answer},  # pyright: ignore[reportArgumentType] fields by name
        )


def parameters_of(identity: Identity, question: Question) -> dict[str, JsonValue]:
    """The parameters in force: the model's own, then the chain's."""
    return {**identity.parameters, **question.parameters}


def question_key(question: Question, identity: Identity, owner: str = LOCAL_OWNER) -> str:
    """The hash of exactly what is asked; secrets are no part of a question."""
    asked: dict[str, Any] = {
        "owner": owner,
        "provider": identity.provider,
        "base_url": identity.base_url,
        "model": identity.model,
        "parameters": parameters_of(identity, question),
        "mode": question.output.mode.value,
        "schema": question.output.schema,
        "attempt": question.attempt,
        "sample": question.sample,
    }
    if identity.code:
        asked["code"] = identity.code
        asked["chain"] = question.chain
        asked["inputs"] = question.inputs.model_dump(mode="json")
    else:
        asked["messages"] = [[message.role, message.content] for message in question.messages]
    text = json.dumps(asked, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Journal:
    """The journal as one run sees it."""

    def __init__(
        self,
        store: JournalStore,
        *,
        run_id: str,
        owner: str = LOCAL_OWNER,
        mode: JournalMode = JournalMode.NORMAL,
        follow: str = "",
    ) -> None:
        """`follow` names the run whose answers a replay reads; this run itself by default."""
        self.store = store
        self.run_id = run_id
        self.owner = owner
        self.mode = mode
        self._follow = follow or run_id
        self._places: dict[_Spot, RunCall] | None = None
        self._loading = asyncio.Lock()

    def asked(self, question: Question, identity: Identity, fingerprint: str) -> Asked:
        """`question` with its key."""
        key = question_key(question, identity, self.owner)
        return Asked(key, question, identity, fingerprint, self.owner)

    async def expected(self, chain: str, place: str, attempt: int, sample: int) -> ModelCall | None:
        """What the run that is followed recorded at this place, if anything."""
        places = await self._recorded_places()
        found = places.get((chain, place, attempt, sample))
        return await self.store.journal_get(found.key) if found else None

    async def call(
        self, asked: Asked, ask: Callable[[], Awaitable[ModelCall]]
    ) -> tuple[ModelCall, bool]:
        """The committed answer to `asked`, and whether it was there; `ask` gets it if not."""
        if self.mode is JournalMode.REPLAY:
            return await self._replayed(asked), True
        if own := await self._own(asked):
            return own, True
        async with self.store.lock(asked.key) as answered:
            found = None
            if answered and self.mode is JournalMode.NORMAL:
                found = await self.store.journal_get(asked.key)
            if found is not None:
                await self.store.run_call_put(self._used(asked, found, hit=True))
                return found, True
            call = self._named(await ask())
            return await self.store.journal_record(call, self._used(asked, call, hit=False)), False

    async def evidence(
        self, place: str, kind: str, subject: str, produce: Callable[[], Awaitable[str]]
    ) -> str:
        """Evidence about `subject` (the code and tests that were run) that will enter a prompt.

        It is read where the followed run recorded it for the same subject, so that a resumed or
        replayed run renders the same prompts; else `produce` makes it, and it is committed.
        """
        key = hashlib.sha256(subject.encode()).hexdigest()
        record = await self.store.evidence_get(self._follow, place, kind)
        if record is not None and record.key == key:
            return record.content
        if self.mode is JournalMode.REPLAY:
            raise ReplayMiss(
                f"The replayed run recorded no {kind} of the same subject at {place}.",
                "Replay with the codex that recorded it, or build again without a replay.",
            )
        content = await produce()
        await self.store.evidence_put(
            EvidenceRecord(
                run_id=self.run_id,
                place=place,
                kind=kind,
                key=key,
                content=content,
                created_at=datetime.now(UTC),
            )
        )
        return content

    async def _own(self, asked: Asked) -> ModelCall | None:
        """What this run itself got for the same question before it was interrupted."""
        if self._follow != self.run_id:
            return None
        question = asked.question
        before = (await self._recorded_places()).get(_spot(question))
        if before is None or before.key.partition(ANEW)[0] != asked.key:
            return None
        return await self.store.journal_get(before.key)

    async def _replayed(self, asked: Asked) -> ModelCall:
        """The recorded answer, or an error that shows what changed."""
        from codex.common.journal_difference import explain_miss

        question = asked.question
        places = await self._recorded_places()
        used = places.get(_spot(question))
        call = await self.store.journal_get(used.key) if used else None
        if call is not None and call.key.partition(ANEW)[0] == asked.key:
            return call
        if call is None:
            same = [use.key for use in places.values() if use.chain == question.chain]
            others = [await self.store.journal_get(key) for key in same[:_COMPARED]]
            candidates = [other for other in others if other is not None]
        else:
            candidates = [call]
        raise explain_miss(asked, candidates)

    async def _recorded_places(self) -> dict[_Spot, RunCall]:
        """The followed run's answers by place, read once."""
        async with self._loading:
            if self._places is None:
                calls = await self.store.run_calls(self._follow)
                self._places = {
                    (call.chain, call.place, call.attempt, call.sample): call for call in calls
                }
        return self._places

    def _named(self, call: ModelCall) -> ModelCall:
        """`call` under a key of its own when it was asked anew."""
        if self.mode is not JournalMode.REFRESH:
            return call
        return call.model_copy(update={"key": f"{call.key}{ANEW}{self.run_id}"})

    def _used(self, asked: Asked, call: ModelCall, *, hit: bool) -> RunCall:
        chain, place, attempt, sample = _spot(asked.question)
        return RunCall.model_construct(
            run_id=self.run_id,
            chain=chain,
            place=place,
            attempt=attempt,
            sample=sample,
            key=call.key,
            hit=hit,
            created_at=datetime.now(UTC),
        )


_Spot = tuple[str, str, int, int]


def _spot(question: Question) -> _Spot:
    return question.chain, question.place, question.attempt, question.sample
