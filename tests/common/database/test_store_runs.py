"""Runs in the store: stored, found, listed in pages, and refused when they cannot be kept."""

from __future__ import annotations

import pytest

from codex.common.database.identifiers import new_id
from codex.common.database.store import Store
from codex.common.database.store_runs import LONGEST_REQUEST
from codex.common.documents.run import RunStatus
from codex.common.errors import InputError, NotFound


def test_identifiers_sort_by_time() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000


async def test_a_run_is_stored_from_its_first_moment(store: Store) -> None:
    run = await store.create_run("a library", name="books", options={"yes": True, "n": [1, None]})
    assert await store.get_run(run.id) == run
    assert (run.status, run.owner, run.options) == (
        RunStatus.RUNNING,
        "local",
        {"yes": True, "n": [1, None]},
    )


async def test_a_run_is_changed_in_what_is_given_alone(store: Store) -> None:
    run = await store.create_run("a library", name="books")
    changed = await store.update_run(run.id, status=RunStatus.DONE, stage="deploy")
    assert (changed.status, changed.stage, changed.name) == (RunStatus.DONE, "deploy", "books")
    assert changed.updated_at >= run.updated_at
    with pytest.raises(NotFound):
        await store.update_run("nobody", status=RunStatus.DONE)


async def test_a_run_is_found_by_id_start_or_name(store: Store) -> None:
    older = await store.create_run(name="books")
    newer = await store.create_run(name="books")
    assert (await store.find_run("books")).id == newer.id
    assert (await store.find_run(older.id)).id == older.id
    assert (await store.find_run(older.id[:-1])).id == older.id
    with pytest.raises(InputError, match="Several"):
        await store.find_run(older.id[:4])
    for nothing in ("", "nope", "%"):
        with pytest.raises(NotFound):
            await store.find_run(nothing)
    with pytest.raises(NotFound):
        await store.find_run("books", owner="somebody else")


async def test_pages_follow_each_other_without_gap_or_repetition(store: Store) -> None:
    made = [(await store.create_run(f"{number}")).id for number in range(7)]
    await store.create_run("not mine", owner="other")
    seen: list[str] = []
    before: str | None = None
    while True:
        page = await store.list_runs(limit=3, before=before)
        seen += [run.id for run in page.runs]
        before = page.before
        if before is None:
            break
    assert seen == made[::-1]


async def test_listing_by_status(store: Store) -> None:
    done = await store.create_run()
    await store.update_run(done.id, status=RunStatus.DONE)
    await store.create_run()
    page = await store.list_runs(status=RunStatus.DONE)
    assert [run.id for run in page.runs] == [done.id]


async def test_a_list_shows_the_beginning_of_a_long_request(store: Store) -> None:
    await store.create_run("x" * 5000)
    (run,) = (await store.list_runs()).runs
    assert run.request == "x" * 500


@pytest.mark.parametrize(
    "request_text", ["x" * (LONGEST_REQUEST + 1), "nul \0", "lone \ud800 surrogate"]
)
async def test_a_request_that_cannot_be_kept_is_refused_whole(
    store: Store, request_text: str
) -> None:
    with pytest.raises(InputError):
        await store.create_run(request_text)
    with pytest.raises(InputError):
        await store.create_run(name=request_text if len(request_text) < 100 else "\0")
    assert (await store.list_runs()).runs == []
