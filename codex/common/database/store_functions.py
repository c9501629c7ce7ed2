"""Stored Functions found again: by contract, by text, and by meaning where there is pgvector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from codex.common.database.rows import to_text
from codex.common.database.store_base import StoreBase
from codex.common.database.store_implementation import function_part
from codex.common.documents.implementation import Function, FunctionStatus
from codex.common.documents.run import LOCAL_OWNER
from codex.common.errors import InputError, VectorsMissing

DIMENSIONS = 384

# Any of the words may match, and the rank says how well; the index covers the same expression.
_BY_TEXT = """
SELECT "id", ts_rank_cd(words, query, 1)::float8 AS "score"
FROM "Functions",
    to_tsvector('english', translate("name", '_', ' ') || ' ' || "description") AS words,
    to_tsquery('english',
        replace(plainto_tsquery('english', translate($1, '_', ' '))::text, '&', '|')) AS query
WHERE "owner" = $2 AND "status" = $3 AND query @@ words
ORDER BY "score" DESC, "createdAt" DESC, "id" LIMIT $4::int
"""
_BY_MEANING = """
SELECT "id", (1 - ("embedding" <=> $1::text::vector))::float8 AS "score" FROM "Functions"
WHERE "owner" = $2 AND "status" = $3 AND "embedding" IS NOT NULL
ORDER BY "embedding" <=> $1::text::vector, "id" LIMIT $4::int
"""
_WITHOUT_MEANING = """
SELECT "id", 0::float8 AS "score" FROM "Functions"
WHERE "owner" = $1 AND "status" = $2 AND "embedding" IS NULL
ORDER BY "createdAt" DESC, "id" LIMIT $3::int
"""
_EMBED = 'UPDATE "Functions" SET "embedding" = $1::text::vector WHERE "id" = $2'
_HAS_VECTORS = """
SELECT count(*)::int AS "n" FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = 'Functions' AND column_name = 'embedding'
"""


@dataclass(frozen=True)
class FoundFunction:
    """A stored Function, and how well it matches."""

    id: str
    description: str
    input_type: str
    return_type: str
    function: Function
    score: float


class FunctionStore(StoreBase):
    """Verified Functions of earlier services."""

    _vectors: bool | None = None

    async def functions_of_contract(
        self, contract: str, *, owner: str = LOCAL_OWNER, limit: int = 5
    ) -> list[FoundFunction]:
        """The newest verified Functions whose contract has this hash (`contract_of`)."""
        rows = await self._db.functions.find_many(
            where={"owner": owner, "contract": contract, "status": FunctionStatus.VERIFIED},
            order=[{"createdAt": "desc"}, {"id": "asc"}],
            take=limit,
            include={"packages": True},
        )
        return [_found(row, 1.0) for row in rows]

    async def search_functions(
        self, text: str, *, owner: str = LOCAL_OWNER, limit: int = 5
    ) -> list[FoundFunction]:
        """Verified Functions whose name and description share words with `text`, best first."""
        ranked = await self._db.query_raw(
            _BY_TEXT, text, owner, FunctionStatus.VERIFIED.value, limit
        )
        return await self._in_rank(ranked)

    async def nearest_functions(
        self, vector: Sequence[float], *, owner: str = LOCAL_OWNER, limit: int = 5
    ) -> list[FoundFunction]:
        """Verified Functions by closeness of meaning; `VectorsMissing` without pgvector."""
        wanted = await self._vector(vector)
        ranked = await self._db.query_raw(
            _BY_MEANING, wanted, owner, FunctionStatus.VERIFIED.value, limit
        )
        return await self._in_rank(ranked)

    async def functions_without_vector(
        self, *, owner: str = LOCAL_OWNER, limit: int = 1000
    ) -> list[FoundFunction]:
        """Verified Functions that cannot be found by meaning yet, the newest first."""
        rows = await self._db.query_raw(
            _WITHOUT_MEANING, owner, FunctionStatus.VERIFIED.value, limit
        )
        return await self._in_rank(rows)

    async def embed_function(self, function_id: str, vector: Sequence[float]) -> None:
        """Keep the meaning of a stored Function, so that it is found by it."""
        await self._db.execute_raw(_EMBED, await self._vector(vector), function_id)

    async def has_vectors(self) -> bool:
        """Whether this database can search by meaning."""
        if not self._vectors:
            rows = await self._db.query_raw(_HAS_VECTORS)
            self._vectors = bool(rows[0]["n"])
        return self._vectors

    async def _vector(self, vector: Sequence[float]) -> str:
        if not await self.has_vectors():
            raise VectorsMissing(
                "This database cannot search by meaning: it has no pgvector.",
                "Install pgvector on the server, then run `codex db migrate`; the rest works.",
            )
        if len(vector) != DIMENSIONS:
            raise InputError(
                f"A vector has {len(vector)} dimensions; the database keeps {DIMENSIONS}.",
                f"Choose an embedding model of {DIMENSIONS} dimensions.",
            )
        return to_text(list(vector))

    async def _in_rank(self, ranked: list[dict[str, Any]]) -> list[FoundFunction]:
        rows = await self._db.functions.find_many(
            where={"id": {"in": [row["id"] for row in ranked]}}, include={"packages": True}
        )
        by_id = {row.id: row for row in rows}
        return [_found(by_id[row["id"]], row["score"]) for row in ranked]


def _found(row: Any, score: float) -> FoundFunction:
    return FoundFunction(
        id=row.id,
        description=row.description,
        input_type=row.input_type,
        return_type=row.return_type,
        function=Function.model_validate(function_part(row)),
        score=score,
    )
