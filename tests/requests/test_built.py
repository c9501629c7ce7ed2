"""What the built-in model understood becomes a service that passes its own verification."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex.common.config import Settings
from codex.runtime import open_runtime
from tests.requests.built import build, failures
from tests.requests.labels import requests

# A fixed part of the sixty; `benchmarks/bench_requests.py` builds all of them. They have accounts,
# owners, roles, states, limits, sums and ties, and words that Python reserves.
NAMES = ("gym", "invoices", "photos", "reserved_words", "shop", "workouts")


def test_they_are_among_the_sixty() -> None:
    assert set(NAMES) < {item.name for item in requests()}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
async def test_it_passes_its_own_verification(
    name: str, database_url: str, shared_data_dir: Path
) -> None:
    request = next(item for item in requests() if item.name == name)
    settings = Settings(data_dir=shared_data_dir, database_url=database_url)
    async with open_runtime(settings) as runtime:
        application = await build(request, runtime)
    assert application is not None
    assert failures(application) == []


async def test_what_is_not_understood_at_all_is_said(
    database_url: str, shared_data_dir: Path
) -> None:
    german = next(item for item in requests() if item.name == "german")
    settings = Settings(data_dir=shared_data_dir, database_url=database_url)
    async with open_runtime(settings) as runtime:
        assert await build(german, runtime) is None
