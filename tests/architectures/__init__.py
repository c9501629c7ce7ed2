"""Architectures written by hand; each is compiled, migrated, booted, asked and attacked."""

from __future__ import annotations

import importlib
import pkgutil
from typing import cast

from codex.common.documents.architecture import Architecture
from codex.common.documents.implementation import Function

ARCHITECTURES = tuple(
    name for name in sorted(item.name for item in pkgutil.iter_modules(__path__)) if name != "build"
)


def named(name: str) -> Architecture:
    """The architecture in the module `name`."""
    return cast(
        "Architecture", importlib.import_module(f"tests.architectures.{name}").architecture()
    )


def functions_of(name: str) -> dict[str, Function]:
    """The functions that the module `name` offers for its architecture."""
    module = importlib.import_module(f"tests.architectures.{name}")
    return dict(getattr(module, "FUNCTIONS", {}))  # whoever changes one changes it for himself
