"""The call journal's records in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from codex.common.database.rows import from_text, to_text
from codex.common.database.store_base import StoreBase
from codex.common.documents.run import EvidenceRecord, ModelCall, RunCall, Usage

if TYPE_CHECKING:
    from codex.common.database.client import models

_CALL_COLUMNS = (
    '"key", "createdAt", "owner", "chain", "provider", "baseUrl", "model", "parameters", '
    '"outputMode", "outputSchema", "messages", "inputs", "attempt", "sample", "fingerprint", '
    '"reply", "finishReason", "inputTokens", "cachedTokens", "outputTokens", "price", "latencyMs"'
)
_USE_COLUMNS = '"runId", "chain", "place", "attempt", "sample", "key", "hit", "createdAt"'
# One statement, since it is what every call of a model waits for before its reply is used.
_RECORD = f"""
WITH written AS (
    INSERT INTO "ModelCall" ({_CALL_COLUMNS})
    SELECT {_CALL_COLUMNS} FROM json_populate_record(NULL::"ModelCall", $1::json)
    ON CONFLICT ("key") DO NOTHING RETURNING 1
), used AS (
    INSERT INTO "RunCall" ({_USE_COLUMNS})
    SELECT {_USE_COLUMNS} FROM json_populate_record(NULL::"RunCall", $2::json)
    ON CONFLICT ("runId", "chain", "place", "attempt", "sample") DO UPDATE
    SET "key" = EXCLUDED."key", "hit" = EXCLUDED."hit", "createdAt" = EXCLUDED."createdAt"
)
SELECT (SELECT count(*) FROM written)::int AS "written"
"""  # noqa: S608 the columns are constants


class JournalRows(StoreBase):
    """Questions with their answers, which run used them, and evidence."""

    async def journal_get(self, key: str) -> ModelCall | None:
        """The answer of `key`, if it is there."""
        row = await self._db.modelcall.find_unique({"key": key})
        return _model_call(row) if row else None

    async def journal_put(self, call: ModelCall) -> ModelCall:
        """Commit `call` unless its key has an answer already; the answer that now counts."""
        call = _to_the_millisecond(call)
        rows: Any = [_row(call)]
        if await self._repeatable(
            lambda: self._db.modelcall.create_many(rows, skip_duplicates=True)
        ):
            return call
        return await self.journal_get(call.key) or call

    async def journal_record(self, call: ModelCall, use: RunCall) -> ModelCall:
        """Commit an answer and its use in one statement; the answer that now counts."""
        call = _to_the_millisecond(call)
        row = _row(call)
        row["createdAt"] = call.created_at.isoformat()
        row["price"] = None if call.price is None else str(call.price)
        used = {
            "runId": use.run_id,
            "chain": use.chain,
            "place": use.place,
            "attempt": use.attempt,
            "sample": use.sample,
            "key": use.key,
            "hit": use.hit,
            "createdAt": use.created_at.isoformat(),
        }
        texts = to_text(row), to_text(used)
        found = await self._repeatable(lambda: self._db.query_raw(_RECORD, *texts))
        if found[0]["written"]:
            return call
        return await self.journal_get(call.key) or call

    async def recorded_calls(self, chain: str, limit: int = 1000) -> Sequence[ModelCall]:
        """The newest answers to one chain's questions."""
        rows = await self._db.modelcall.find_many(
            where={"chain": chain}, order={"createdAt": "desc"}, take=limit
        )
        return [_model_call(row) for row in rows]

    async def run_call_put(self, call: RunCall) -> None:
        """Commit which answer a run used; the same place again points to the newer answer."""
        place = {
            "runId": call.run_id,
            "chain": call.chain,
            "place": call.place,
            "attempt": call.attempt,
            "sample": call.sample,
        }
        use = {"key": call.key, "hit": call.hit, "createdAt": call.created_at}
        where: Any = {"runId_chain_place_attempt_sample": place}
        data: Any = {"create": {**place, **use}, "update": use}
        await self._repeatable(lambda: self._db.runcall.upsert(where=where, data=data))

    async def run_calls(self, run_id: str) -> Sequence[RunCall]:
        """All answers that a run used, in the order in which they were recorded."""
        rows = await self._db.runcall.find_many(where={"runId": run_id}, order={"sequence": "asc"})
        return [
            RunCall(
                run_id=row.runId,
                chain=row.chain,
                place=row.place,
                attempt=row.attempt,
                sample=row.sample,
                key=row.key,
                hit=row.hit,
                created_at=row.createdAt,
            )
            for row in rows
        ]

    async def evidence_get(self, run_id: str, place: str, kind: str) -> EvidenceRecord | None:
        """The evidence that a run recorded at a place."""
        row = await self._db.evidence.find_unique(
            {"runId_place_kind": {"runId": run_id, "place": place, "kind": kind}}
        )
        return row and EvidenceRecord(
            run_id=row.runId,
            place=row.place,
            kind=row.kind,
            key=row.key,
            content=row.content,
            created_at=row.createdAt,
        )

    async def evidence_put(self, record: EvidenceRecord) -> None:
        """Commit evidence; the same place again holds the newer one."""
        place = {"runId": record.run_id, "place": record.place, "kind": record.kind}
        found = {
            "key": record.key,
            "content": record.content,
            "createdAt": record.created_at,
        }
        where: Any = {"runId_place_kind": place}
        data: Any = {"create": {**place, **found}, "update": found}
        await self._repeatable(lambda: self._db.evidence.upsert(where=where, data=data))


def _to_the_millisecond(call: ModelCall) -> ModelCall:
    """`call` as the database keeps it."""
    moment = call.created_at
    kept = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return call if kept == moment else call.model_copy(update={"created_at": kept})


def _row(call: ModelCall) -> dict[str, Any]:
    """A question with its answer as a row."""
    return {
        "key": call.key,
        "createdAt": call.created_at,
        "owner": call.owner,
        "chain": call.chain,
        "provider": call.provider,
        "baseUrl": call.base_url,
        "model": call.model,
        "parameters": to_text(call.parameters),
        "outputMode": call.output_mode,
        "outputSchema": to_text(call.output_schema),
        "messages": to_text(call.messages),
        "inputs": to_text(call.inputs),
        "attempt": call.attempt,
        "sample": call.sample,
        "fingerprint": call.fingerprint,
        "reply": call.reply,
        "finishReason": call.finish_reason,
        "inputTokens": call.usage.input_tokens,
        "cachedTokens": call.usage.cached_tokens,
        "outputTokens": call.usage.output_tokens,
        "price": call.price,
        "latencyMs": call.latency_ms,
    }


def _model_call(row: models.ModelCall) -> ModelCall:
    return ModelCall.model_validate(
        {
            "key": row.key,
            "owner": row.owner,
            "chain": row.chain,
            "provider": row.provider,
            "base_url": row.baseUrl,
            "model": row.model,
            "parameters": from_text(row.parameters),
            "output_mode": row.outputMode,
            "output_schema": from_text(row.outputSchema),
            "messages": from_text(row.messages),
            "inputs": from_text(row.inputs),
            "attempt": row.attempt,
            "sample": row.sample,
            "fingerprint": row.fingerprint,
            "reply": row.reply,
            "finish_reason": row.finishReason,
            "usage": Usage(
                input_tokens=row.inputTokens,
                cached_tokens=row.cachedTokens,
                output_tokens=row.outputTokens,
            ),
            "price": row.price,
            "latency_ms": row.latencyMs,
            "created_at": row.createdAt,
        }
    )
