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

if TYPE_CHECKING:
    from codex.develop.workshop import Work, Workshop

EXAMPLES = 2
"""Similar functions that a prompt shows."""
LEAST_SCORE = 0.05
"""Below it, only a stray word is shared."""


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
        close = await store.search_functions(text, owner=owner, limit=EXAMPLES + len(same))
        known = {item.id for item in same}
        similar = [item for item in close if item.id not in known and item.score >= LEAST_SCORE]
        return json.dumps({"same": _plain(same), "similar": _plain(similar[:EXAMPLES])})

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
