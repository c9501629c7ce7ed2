"""Documents in the store: what is saved comes back, in proper rows, whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from codex.common.database.store import Store
from codex.common.documents.application import Application
from codex.common.documents.architecture import Architecture
from codex.common.documents.base import Document
from codex.common.documents.implementation import Implementation
from codex.common.documents.specification import Specification
from codex.common.errors import NotFound
from tests.common.documents import samples, strategies

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
