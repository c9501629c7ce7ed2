"""What every compiled tree hashes to: the same on any machine and any supported Python.

`python -m tests.compiler.hashes` prints them; with `--write` it renews `hashes.json`, which is
right after a change that was meant to change compiled services.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from codex.compiler import CompiledService, compile_service
from tests.architectures import ARCHITECTURES, functions_of, named
from tests.compiler import parcels, sums

KEPT = Path(__file__).with_name("hashes.json")


def tree_hash(service: CompiledService) -> str:
    """One hash over all that a compilation answers."""
    text = "".join(f"{item.path}\0{item.sha256}\0{item.executable}\n" for item in service.files)
    text += json.dumps([span.model_dump() for span in service.source_map])
    text += json.dumps([route.model_dump() for route in service.routes])
    return hashlib.sha256("\n".join([text, *service.requirements]).encode()).hexdigest()


def hashes() -> dict[str, str]:
    """The hash of each architecture's tree, with all the functions that there are for it."""
    found = {name: compile_service(named(name), functions_of(name)) for name in ARCHITECTURES}
    found["derived_only"] = compile_service(parcels.architecture())
    for module in (parcels, sums):
        name = module.__name__.rpartition(".")[2]
        found[name] = compile_service(module.architecture(), module.FUNCTIONS)
    return {name: tree_hash(service) for name, service in sorted(found.items())}


def main(arguments: list[str]) -> None:
    """Print the hashes, or renew the file."""
    text = json.dumps(hashes(), indent=2) + "\n"
    if arguments == ["--write"]:
        KEPT.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
