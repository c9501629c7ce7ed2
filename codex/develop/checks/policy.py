"""Which packages generated code may import, and which imports would be a danger."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from codex.common.documents.implementation import Package


@dataclass(frozen=True)
class Policy:
    """The package policy of one run."""

    kind: Literal["curated", "any"]
    packages: Mapping[str, Package] = field(default_factory=dict[str, Package])
    """Import name to the distribution that gives it."""
    built_in: frozenset[str] = frozenset()
    """Import names that every service has; they are no package of a function."""

    def package(self, module: str) -> Package | None:
        """The distribution behind `import module`, as far as the policy lets it in."""
        found = self.packages.get(module)
        if found is not None or self.kind == "curated":
            return found
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", module):
            return Package(name=module.replace("_", "-"))
        return None


def is_standard(module: str) -> bool:
    """Whether `module` comes with Python."""
    return module.partition(".")[0] in sys.stdlib_module_names


@lru_cache(maxsize=8)
def load_policy(kind: Literal["curated", "any"], extra: tuple[str, ...] = ()) -> Policy:
    """The shipped list, extended by `extra` requirements such as `babel>=2`, imported by name."""
    text = files("codex.develop.checks").joinpath("packages.toml").read_text("utf-8")
    data = tomllib.loads(text)
    packages = {
        name: Package(name=item["package"], specifier=item.get("specifier", ""))
        for name, item in data["import"].items()
    }
    for requirement in extra:
        match = re.fullmatch(r"\s*([A-Za-z0-9._-]+)\s*(.*)", requirement)
        if match:
            packages[match[1].replace("-", "_")] = Package(name=match[1], specifier=match[2])
    return Policy(kind, packages, frozenset(data["service"]["imports"]))
