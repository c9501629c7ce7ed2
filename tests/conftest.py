"""What every test shares: no test reaches a real model, and none sees the developer's settings."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path

import hypothesis
import pytest

_OWN_FOLDER = "FOLDER_OF_THIS_TEST_RUN"
_MADE_HERE: list[Path] = []
# What would speak to the programs under test: settings, keys, and the width and colours of output.
_TELLING = {"DATABASE_URL", "OPENAI_API_KEY", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"}


def pytest_configure() -> None:
    """Begin with codex's variables unset, and with user folders of the test run's own."""
    for name in list(os.environ):
        if name.startswith(("CODEX_", "GIT_")) or name in _TELLING:
            del os.environ[name]
    os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
    # Shells start what runs in the background deaf to Ctrl-C, which programs under test must hear.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Every run tries the same examples, and a busy machine takes its time over each of them.
    hypothesis.settings.register_profile(
        "codex",
        derandomize=True,
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
        print_blob=True,
    )
    hypothesis.settings.load_profile("codex")
    # One switch; whoever builds a model from the settings obeys it.
    os.environ["CODEX_FORBID_REAL_MODELS"] = "1"
    if _OWN_FOLDER not in os.environ:  # else a worker of the test run that made it and removes it
        _MADE_HERE.append(Path(tempfile.mkdtemp(prefix="codex-tests-")))
        os.environ[_OWN_FOLDER] = str(_MADE_HERE[0])
    own = Path(os.environ[_OWN_FOLDER]) / os.environ.get("PYTEST_XDIST_WORKER", "alone")
    os.environ["XDG_CONFIG_HOME"] = str(own / "config")
    os.environ["XDG_DATA_HOME"] = str(own / "data")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """One process for each core and one more: tests of images wait for the engine most of the time.

    Up to eight, since each has a database server of its own.
    """
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # xdist reads it
    return min(len(os.sched_getaffinity(0)) + 1, 8)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    while _MADE_HERE:
        shutil.rmtree(_MADE_HERE.pop(), ignore_errors=True)


@pytest.fixture
def anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, so that no `.env` or `codex.toml` is found."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# Fixtures that stand in a module of their own, which says what it offers.
pytest_plugins = [
    "tests.scheduling",
    "tests.fixtures_database",
    "tests.mock_server",
    "tests.fixtures_sandbox",
    "tests.fixtures_built",
    "tests.docker_engine",
]
