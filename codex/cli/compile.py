"""Compiles an architecture to the source of a service.

Derived routes run; a route whose functions are not there answers 501. With an implementation
instead of an architecture, its verified functions are put in. The folder is written whole or not at
all; it must be new, empty, or hold what codex wrote there and nobody edited since.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from codex.cli.output import show_json
from codex.common.documents.architecture import Architecture
from codex.common.documents.implementation import Function, Implementation
from codex.common.english import counted
from codex.common.errors import InputError
from codex.common.handover import check_folder, write_folder
from codex.compiler import CompiledService, compile_service


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("document", type=Path, metavar="FILE", help="an architecture as JSON")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the new folder")
    parser.add_argument("--force", action="store_true", help="write over hand edits in the folder")


def run(args: argparse.Namespace) -> int:
    """Compile and write."""
    architecture, functions = read(args.document)
    check_target(args.out, force=args.force)
    service = compile_service(architecture, functions)
    write(service, args.out, force=args.force)
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
    files, routes = counted(len(service.files), "file"), counted(len(service.routes), "route")
    print(f"{files}, {routes} in {args.out}")
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


def check_target(folder: Path, *, force: bool = False) -> None:
    """Refuse a folder that holds somebody's work, before any of ours is done."""
    if folder.is_symlink():
        raise InputError(f"{folder} is a link.", "Name the folder itself.")
    check_folder(folder, force=force)


def write(service: CompiledService, folder: Path, *, force: bool = False) -> None:
    """Write all files, or none."""
    write_folder(folder, service.files, force=force)
