"""A journal store in memory: for tests and for trying chains without a database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from codex.common.documents.run import EvidenceRecord, ModelCall, RunCall


class MemoryJournal:
    """Keeps the records for as long as the process lives."""

    def __init__(self) -> None:
        self.calls: dict[str, ModelCall] = {}
        self.used: dict[tuple[str, str, str, int, int], RunCall] = {}
        self.evidence: dict[tuple[str, str, str], EvidenceRecord] = {}
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    async def journal_get(self, key: str) -> ModelCall | None:
        """The answer of `key`, if it is there."""
        return self.calls.get(key)

    async def journal_record(self, call: ModelCall, use: RunCall) -> ModelCall:
        """Keep `call`, unless its key has an answer already, and its use; what now counts."""
        await self.run_call_put(use)
        return self.calls.setdefault(call.key, call)

    async def run_call_put(self, call: RunCall) -> None:
        """Keep which answer a run used."""
        place = (call.run_id, call.chain, call.place, call.attempt, call.sample)
        self.used[place] = call

    async def run_calls(self, run_id: str) -> Sequence[RunCall]:
        """All answers that a run used."""
        return [call for call in self.used.values() if call.run_id == run_id]

    async def recorded_calls(self, chain: str, limit: int = 1000) -> Sequence[ModelCall]:
        """The newest answers to one chain's questions."""
        calls = [call for call in self.calls.values() if call.chain == chain]
        return list(reversed(calls))[:limit]

    async def evidence_get(self, run_id: str, place: str, kind: str) -> EvidenceRecord | None:
        """The evidence that a run recorded at a place."""
        return self.evidence.get((run_id, place, kind))

    async def evidence_put(self, record: EvidenceRecord) -> None:
        """Keep evidence."""
        self.evidence[record.run_id, record.place, record.kind] = record

    @asynccontextmanager
    async def lock(self, key: str) -> AsyncGenerator[bool]:
        """Held by one task at a time; whether `key` has an answer."""
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield key in self.calls
        finally:
            users = self._locks[key][1] - 1
            if users:
                self._locks[key] = (lock, users)
            else:
                del self._locks[key]
