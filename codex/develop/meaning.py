"""Stored functions by what they mean, where an embedding model is configured.

Vectors are made at once for all contracts of a stage, and for stored functions that have none yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from codex.common.database.store_functions import DIMENSIONS, FoundFunction
from codex.common.documents.codegraph import FunctionDefinition
from codex.common.events import Notice
from codex.common.model.embeddings import Embeddings, chosen_embeddings, embed
from codex.common.services import Services

BATCH = 100
"""Texts of one call."""
NEWEST = 1000
"""Stored functions without a vector that one stage gives one, the newest first."""


def text_of(name: str, description: str) -> str:
    """What of a function its meaning is taken from."""
    return f"{name.replace('_', ' ')}: {description}"


class Meaning:
    """Finds functions of earlier services by the meaning of a contract."""

    def __init__(self, embeddings: Embeddings, services: Services, texts: Sequence[str]) -> None:
        """`texts` are those of all contracts of the stage."""
        self._embeddings = embeddings
        self._services = services
        self._texts = tuple(dict.fromkeys(texts))
        self._vectors: dict[str, list[float]] = {}
        self._making = asyncio.Lock()

    async def nearest(self, text: str, limit: int) -> list[FoundFunction]:
        """Verified functions of the same owner, the closest first."""
        async with self._making:
            if not self._vectors:
                await self._keep_meanings()
                self._vectors = dict(
                    zip(self._texts, await self._embedded(self._texts, "contracts"), strict=True)
                )
        owner = self._services.settings.owner
        found = self._vectors[text]
        return await self._services.store.nearest_functions(found, owner=owner, limit=limit)

    async def _keep_meanings(self) -> None:
        store, owner = self._services.store, self._services.settings.owner
        waiting = await store.functions_without_vector(owner=owner, limit=NEWEST)
        texts = [text_of(item.function.name, item.description) for item in waiting]
        for item, vector in zip(waiting, await self._embedded(texts, "stored"), strict=True):
            await store.embed_function(item.id, vector)

    async def _embedded(self, texts: Sequence[str], place: str) -> list[list[float]]:
        vectors: list[list[float]] = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            vectors += await embed(
                self._embeddings, batch, self._services, place=f"{place}:{start}"
            )
        return vectors


@asynccontextmanager
async def open_meaning(
    definitions: Sequence[FunctionDefinition], services: Services
) -> AsyncGenerator[Meaning | None]:
    """The search by meaning; None where no embedding model is configured, or no database for it."""
    wanted = services.settings.embedding_model and services.model.reads_text
    if wanted and not await services.store.has_vectors():
        await services.events.append(
            Notice(
                level="warning",
                text="Similar functions are looked for by words alone: there is no pgvector.",
                todo="Install pgvector on the server, then run `codex db migrate`.",
            )
        )
        wanted = False
    embeddings = chosen_embeddings(services.settings, DIMENSIONS) if wanted else None
    if embeddings is None:
        yield None
        return
    try:
        texts = [text_of(item.name, item.description) for item in definitions]
        yield Meaning(embeddings, services, texts)
    finally:
        await embeddings.close()
