"""In which order the processes of a test run take the tests, and which tests share a process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import (  # pyright: ignore[reportMissingTypeStubs] it has none
    LoadScopeScheduling,
)

GROUPS: Mapping[str, frozenset[str]] = {
    # They look at all that the engine has, so they run one after the other.
    "engine": frozenset(
        {
            *("tests/cli/test_deploy_command.py", "tests/deploy/test_archive.py"),
            *("tests/deploy/test_ci_file.py", "tests/deploy/test_compose.py"),
            *("tests/deploy/test_image.py", "tests/deploy/test_passing.py"),
            "tests/deploy/test_push.py",
        }
    ),
    # They share what each request becomes.
    "requests": frozenset({"tests/builtin/test_architect.py"}),
}
"""The files whose tests run in one process."""
_ENGINE_USERS = {"engine", "own_engine"}
_LONGEST = {"test_codex_image.py", "test_corpus.py", "test_recorded.py", "test_killed.py"}


def group_of(nodeid: str) -> str:
    """The group of a test; most are one of their own."""
    file = nodeid.partition("::")[0]
    return next((name for name, files in GROUPS.items() if file in files), nodeid)


class Scheduling(LoadScopeScheduling):
    """Each process gets the next test, or the next group of tests, as soon as it is idle."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling | None:
    """Ours, unless another one is asked for."""
    return Scheduling(config, log) if config.getoption("dist") == "load" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no processor waits for it at the end."""
    if lost := sorted(outsiders(items)):
        raise pytest.UsageError(f"These use the engine, so name them in {__file__}: {lost}")
    items.sort(key=_urgency)


def outsiders(items: Iterable[pytest.Item]) -> set[str]:
    """The files with tests that use the engine and are not in its group."""
    return {
        item.nodeid.partition("::")[0]
        for item in items
        if not _ENGINE_USERS.isdisjoint(getattr(item, "fixturenames", ()))
        and group_of(item.nodeid) != "engine"
    }


def _urgency(item: pytest.Item) -> tuple[bool, bool]:
    slow = item.get_closest_marker("slow") is not None
    return not (slow and PurePosixPath(item.path).name in _LONGEST), not slow
