"""What every test shares: no test reaches a real model, and none sees the developer's settings."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

_OWN_FOLDERS: list[Path] = []


def pytest_configure() -> None:
    """Begin with codex's variables unset, and with user folders of the test run's own."""
    for name in list(os.environ):
        if name.startswith("CODEX_") or name in {"DATABASE_URL", "OPENAI_API_KEY"}:
            del os.environ[name]
    # One switch; whoever builds a model from the settings obeys it.
    os.environ["CODEX_FORBID_REAL_MODELS"] = "1"
    own = Path(tempfile.mkdtemp(prefix="codex-tests-"))
    _OWN_FOLDERS.append(own)
    os.environ["XDG_CONFIG_HOME"] = str(own / "config")
    os.environ["XDG_DATA_HOME"] = str(own / "data")


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    while _OWN_FOLDERS:
        shutil.rmtree(_OWN_FOLDERS.pop(), ignore_errors=True)


@pytest.fixture
def anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, so that no `.env` or `codex.toml` is found."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# Fixtures that stand in a module of their own, which says what it offers.
pytest_plugins = ["tests.fixtures_database", "tests.mock_server", "tests.fixtures_sandbox"]
