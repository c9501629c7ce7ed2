"""Documents in the store: what is saved comes back, in proper rows, whole or not at all."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from codex.common.database.store import Store, open_store
from codex.common.documents.application import Application, ServiceFile
from codex.common.documents.architecture import Architecture
from codex.common.documents.base import Document
from codex.common.documents.implementation import Implementation
from codex.common.documents.specification import Specification
from codex.common.errors import DocumentError, InputError, NotFound
from tests.common.documents import samples, strategies
from tests.fixtures_database import Place

KINDS: list[type[Any]] = [Specification, Architecture, Implementation, Application]


def sample(kind: type[Document]) -> Any:
    return getattr(samples, kind.kind)()


async def count(store: Store, table: str) -> int:
    rows = await store._db.query_raw(f'SELECT count(*)::int AS "n" FROM "{table}"')  # pyright: ignore[reportArgumentType] a name from below
    return int(rows[0]["n"])


@pytest.mark.parametrize("kind", KINDS)
async def test_a_document_comes_back_as_it_was(store: Store, kind: type[Any]) -> None:
    document = sample(kind)
    number = await store.save(document)
    loaded = await store.load(kind, number)
    assert loaded == document
    assert loaded.to_json() == document.to_json()


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(document=strategies.applications())
async def test_any_application_comes_back_as_it_was(store: Store, document: Application) -> None:
    number = await store.save(document)
    loaded = await store.load(Application, number)
    assert loaded == document
    assert loaded.to_json() == document.to_json()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(document=strategies.specifications())
async def test_any_specification_comes_back_as_it_was(
    store: Store, document: Specification
) -> None:
    number = await store.save(document)
    assert (await store.load(Specification, number)).to_json() == document.to_json()


async def test_what_is_not_there_is_said(store: Store) -> None:
    for kind in KINDS:
        with pytest.raises(NotFound, match=kind.kind):
            await store.load(kind, 12345)


async def test_equal_documents_and_parts_are_stored_once(store: Store) -> None:
    application = samples.application()
    first = await store.save(application)
    tables = ("CodeGraph", "FunctionDefinition", "Functions", "Package", "CompiledRoute")
    before = [await count(store, table) for table in tables]
    assert await store.save(application) == first
    # A new round of Deploy on the same Implementation: its routes did not change.
    again = application.model_copy(update={"description": "something else"})
    assert await store.save(again) != first
    assert [await count(store, table) for table in tables] == before
    assert await count(store, "Implementation") == 1
    for owned in (application, again):
        assert await store.load(Application, await store.save(owned)) == owned


async def test_what_one_owner_has_is_no_row_of_another(store: Store) -> None:
    specification = samples.specification()
    assert await store.save(specification, owner="a") != await store.save(specification, owner="b")


async def test_documents_lie_in_rows_that_can_be_queried(store: Store) -> None:
    application = samples.application()
    number = await store.save(application)
    row = await store._db.application.find_unique(
        {"id": number},
        include={
            "compiledRoutes": {
                "include": {"codeGraph": {"include": {"functionDefs": True}}, "functions": True}
            }
        },
    )
    assert row is not None
    architecture = application.implementation.architecture
    for compiled in row.compiledRoutes or ():
        assert compiled.codeGraph is not None
        route = architecture.route(compiled.codeGraph.function_name)
        assert route is not None
        assert compiled.codeGraph.api_route == route.api_route
        definitions = {item.name: item for item in compiled.codeGraph.functionDefs or ()}
        assert definitions.keys() == {item.name for item in route.functions}
        for item in route.functions:
            assert definitions[item.name].input_type == item.input_type
            # Each definition points to the code that was accepted for it.
            assert definitions[item.name].functionId is not None
        document = next(r for r in application.routes if r.function_name == route.function_name)
        assert {f.name for f in compiled.functions or ()} == set(document.functions)


async def test_tables_know_which_tables_they_refer_to(store: Store) -> None:
    await store.save(samples.architecture())
    loans = await store._db.databasetable.find_first(
        where={"name": "loans"},
        include={"relatedToTables": True, "relatedFromTables": True, "schemas": True},
    )
    books = await store._db.databasetable.find_first(
        where={"name": "books"}, include={"relatedFromTables": True}
    )
    assert loans is not None
    assert books is not None
    assert {table.name for table in loans.relatedToTables or ()} == {"members", "books"}
    assert {table.name for table in books.relatedFromTables or ()} >= {"loans", "book_tags"}
    assert len(loans.schemas or ()) == 1


async def test_a_revised_schema_shares_the_tables_that_did_not_change(store: Store) -> None:
    architecture = samples.architecture()
    await store.save(architecture)
    before = await count(store, "DatabaseTable")
    revised = architecture.database.model_copy(update={"description": "Revised."})
    await store.save(architecture.model_copy(update={"database": revised}))
    assert await count(store, "DatabaseTable") == before
    assert await count(store, "DatabaseSchema") == 2


async def test_the_newest_document_of_a_run(store: Store) -> None:
    run = await store.create_run()
    specification = samples.specification()
    assert await store.run_document(run.id, Specification) is None
    await store.save(specification, run_id=run.id)
    newer = specification.model_copy(update={"title": "Another title"})
    await store.save(newer, run_id=run.id)
    assert await store.run_document(run.id, Specification) == newer
    assert await store.run_document(run.id, Architecture) is None


async def test_a_document_that_cannot_be_kept_leaves_nothing(store: Store) -> None:
    files = samples.application().files
    broken = samples.application().model_copy(
        update={"files": (files[0].model_copy(update={"content": "nul \0"}),)}
    )
    await store.save(broken.implementation)
    with pytest.raises(InputError, match="cannot be stored"):
        await store.save(broken)
    assert [await count(store, t) for t in ("Application", "ServiceFile", "CompiledRoute")] == [
        *(0, 0, 0)
    ]


async def test_a_document_of_an_unknown_version_is_refused(store: Store) -> None:
    number = await store.save(samples.specification())
    await store._db.execute_raw(
        """UPDATE "Specification" SET "details" = replace("details", '"format_version":1', """
        """'"format_version":7')"""
    )
    with pytest.raises(DocumentError, match="format version 7"):
        await store.load(Specification, number)


async def test_two_that_save_the_same_at_once_get_the_same_row(
    store: Store, database_url: str
) -> None:
    application = samples.application()
    async with open_store(Place(database_url)) as other:
        numbers = await asyncio.gather(
            *[which.save(application) for which in (store, other, store, other)]
        )
    assert len(set(numbers)) == 1
    assert await count(store, "Architecture") == 1


@pytest.mark.slow
async def test_fifty_megabytes_of_text_come_back(store: Store) -> None:
    files = (ServiceFile.of("app/big.txt", "ü" * 25_000_000),)
    application = samples.application().model_copy(update={"files": files, "source_map": ()})
    number = await store.save(application)
    assert await store.load(Application, number) == application
