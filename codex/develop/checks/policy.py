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

# Well-known imports whose distribution has another name; a guess by name would be a stranger's.
_CALLED_OTHERWISE = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "jose": "python-jose",
    "magic": "python-magic",
    "OpenSSL": "pyopenssl",
    "pptx": "python-pptx",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
}


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
            return Package(name=_CALLED_OTHERWISE.get(module, module.replace("_", "-")))
        return None


def is_standard(module: str) -> bool:
    """Whether `module` comes with Python."""
    return module.partition(".")[0] in sys.stdlib_module_names


@lru_cache(maxsize=8)
def load_policy(kind: Literal["curated", "any"], extra: str = "") -> Policy:
    """The shipped list, extended by the setting `extra_packages`."""
    text = files("codex.develop.checks").joinpath("packages.toml").read_text("utf-8")
    data = tomllib.loads(text)
    packages = {
        name: Package(name=item["package"], specifier=item.get("specifier", ""))
        for name, item in data["import"].items()
    }
    for requirement in extra.split():
        module, _, wanted = requirement.rpartition(":")
        match = re.fullmatch(r"([A-Za-z0-9._-]+)(.*)", wanted)
        if match:
            name = module or match[1].replace("-", "_")
            packages[name] = Package(name=match[1], specifier=match[2])
    return Policy(kind, packages, frozenset(data["service"]["imports"]))
