"""Stored Functions are found by contract, by text, and by meaning where there is pgvector."""

from __future__ import annotations

import pytest

from codex.common.database.store import Store
from codex.common.database.store_architecture import contract_of
from codex.common.database.store_functions import DIMENSIONS
from codex.common.documents.implementation import FunctionStatus, Implementation
from codex.common.errors import InputError, VectorsMissing
from tests.common.documents import samples


def unit_vector(place: int) -> list[float]:
    return [1.0 if number == place else 0.0 for number in range(DIMENSIONS)]


async def test_a_function_is_found_by_its_contract(store: Store) -> None:
    implementation = samples.implementation()
    await store.save(implementation)
    function = next(item for item in implementation.functions if item.verified)
    definition = implementation.architecture.function(function.name)
    assert definition is not None
    (found,) = await store.functions_of_contract(contract_of(definition))
    assert found.function == function
    assert found.description == definition.description
    assert await store.functions_of_contract(contract_of(definition), owner="other") == []
    changed = definition.model_copy(update={"description": "x"})
    assert await store.functions_of_contract(contract_of(changed)) == []


async def test_a_function_is_found_by_the_words_of_its_name_and_description(store: Store) -> None:
    await store.save(samples.implementation())
    found = await store.search_functions("how many open loans are there?")
    assert found[0].function.name == "count_open_loans"
    assert found[0].score > 0
    assert await store.search_functions("zebra") == []
    assert await store.search_functions("") == []
    assert await store.search_functions("& | ! ' ; --") == []
    assert await store.search_functions("count open loans", owner="other") == []


async def test_what_could_not_be_verified_is_not_offered(store: Store) -> None:
    implementation = samples.implementation()
    given_up = [
        item.model_copy(update={"status": FunctionStatus.UNVERIFIED})
        for item in implementation.functions
    ]
    await store.save(
        Implementation(architecture=implementation.architecture, functions=tuple(given_up))
    )
    assert await store.search_functions("count open loans") == []


async def test_a_function_is_found_by_meaning(store: Store) -> None:
    await store.save(samples.implementation())
    assert await store.has_vectors()
    words = await store.search_functions("count open loans borrow add", limit=10)
    assert len(words) >= 2
    for place, one in enumerate(words):
        await store.embed_function(one.id, unit_vector(place))
    wanted = unit_vector(1)
    wanted[0] = 0.5
    found = await store.nearest_functions(wanted)
    assert [one.id for one in found[:2]] == [words[1].id, words[0].id]
    assert found[0].score > found[1].score
    with pytest.raises(InputError, match="dimensions"):
        await store.nearest_functions([1.0])


async def test_without_vectors_it_says_so_and_the_rest_works(store: Store) -> None:
    for table in ("Functions", "DatabaseTable", "DatabaseSchema", "CompiledRoute"):
        await store._db.execute_raw(f'ALTER TABLE "{table}" DROP COLUMN "embedding"')  # pyright: ignore[reportArgumentType] names from above
    await store.save(samples.implementation())
    assert not await store.has_vectors()
    with pytest.raises(VectorsMissing, match="pgvector"):
        await store.nearest_functions(unit_vector(0))
    assert await store.search_functions("count open loans")
