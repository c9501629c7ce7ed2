"""Compiles an architecture to the source of a service.

Derived routes run; a route whose functions are not there answers 501. With an implementation
instead of an architecture, its verified functions are put in. The folder must be new or empty.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path

from codex.cli.output import show_json
from codex.common.documents.architecture import Architecture
from codex.common.documents.implementation import Function, Implementation
from codex.common.errors import InputError
from codex.compiler import CompiledService, compile_service


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("document", type=Path, metavar="FILE", help="an architecture as JSON")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the new folder")


def run(args: argparse.Namespace) -> int:
    """Compile and write."""
    architecture, functions = read(args.document)
    check_target(args.out)
    service = compile_service(architecture, functions)
    write(service, args.out)
    missing = [route.function_name for route in service.routes if not route.verified]
    if args.json:
        show_json(
            {
                "folder": str(args.out),
                "files": [item.path for item in service.files],
                "routes": len(service.routes),
                "not_implemented": missing,
            }
        )
        return 0
    print(f"{len(service.files)} files, {len(service.routes)} routes in {args.out}")
    if missing:
        print(f"These routes answer 501 until their functions are there: {', '.join(missing)}")
    return 0


def read(path: Path) -> tuple[Architecture, dict[str, Function]]:
    """The architecture in `path`, with the functions that are there."""
    try:
        kind = json.loads(path.read_bytes()).get("document")
    except (OSError, ValueError, AttributeError, RecursionError):
        kind = None  # loading it says what is wrong
    if kind == "implementation":
        implementation = Implementation.load(path)
        return implementation.architecture, {item.name: item for item in implementation.functions}
    return Architecture.load(path), {}


def check_target(folder: Path) -> None:
    """Refuse a folder that holds something, before any work is done."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError(f"{folder} is not a folder.", "Name one that is new or empty.")
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty.", "Name a folder that is new or empty.")


def write(service: CompiledService, folder: Path) -> None:
    """Write all files to a folder beside `folder`, then move it there: all of them or none."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written: {error.strerror}.", "Name another folder."
        ) from None
    try:
        for item in service.files:
            target = building / item.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(item.content, encoding="utf-8", newline="\n")
            if item.executable:
                target.chmod(0o755)
        building.chmod(0o755)
        building.replace(folder)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written: {error.strerror}.", "Name another folder."
        ) from None
    finally:
        shutil.rmtree(building, ignore_errors=True)
