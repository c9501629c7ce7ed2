"""Functions that were verified before: the same contract serves again, a similar one as example.

What the store suggests is chosen once, recorded in the run, and read from there afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codex.chains.develop.write_function import SimilarFunction
from codex.common.database.store_architecture import contract_of
from codex.common.database.store_functions import FoundFunction
from codex.develop.meaning import text_of

if TYPE_CHECKING:
    from codex.develop.work import Work
    from codex.develop.workshop import Workshop

EXAMPLES = 2
"""Similar functions that a prompt shows."""
LEAST_SCORE = 0.05
"""Below it, only a stray word is shared."""
LEAST_CLOSENESS = 0.4
"""The cosine below which two texts have little to do with each other."""


@dataclass(frozen=True)
class Suggested:
    """What the store has for one contract."""

    same: tuple[str, str] | None = None
    """Id and code of a Function with this very contract."""
    similar: tuple[SimilarFunction, ...] = ()


async def suggested(shop: Workshop, work: Work) -> Suggested:
    """The store's suggestions for one function, the same at every run of the run."""
    if not shop.services.model.reads_text:
        return Suggested()
    contract = contract_of(work.definition)

    async def produce() -> str:
        owner = shop.services.settings.owner
        store = shop.services.store
        same = await store.functions_of_contract(contract, owner=owner, limit=1)
        text = f"{work.name} {work.definition.description}"
        limit = EXAMPLES + len(same)
        by_words = await store.search_functions(text, owner=owner, limit=limit)
        close = [item for item in by_words if item.score >= LEAST_SCORE]
        if shop.meaning is not None:
            meant = text_of(work.name, work.definition.description)
            nearest = await shop.meaning.nearest(meant, limit)
            close = [item for item in nearest if item.score >= LEAST_CLOSENESS] + close
        known = {item.id for item in same}
        similar = {item.id: item for item in close if item.id not in known}
        chosen = list(similar.values())[:EXAMPLES]
        return json.dumps({"same": _plain(same), "similar": _plain(chosen)})

    told: dict[str, list[dict[str, str]]] = json.loads(
        await shop.services.journal.evidence(work.name, "reuse", contract, produce)
    )
    first: Any = told["same"][0] if told["same"] else None
    return Suggested(
        same=(first["id"], first["code"]) if first else None,
        similar=tuple(
            SimilarFunction(description=item["description"], code=item["code"])
            for item in told["similar"]
        ),
    )


def _plain(found: Sequence[FoundFunction]) -> list[dict[str, str]]:
    return [
        {"id": item.id, "description": item.description, "code": item.function.code}
        for item in found
    ]
