"""Verifies a service that codex built, also after hand edits: everything that `build` tries.

Migrations, start, access, generated requests on every route, its own tests; in the sandbox. Exit
code 1 where something fails.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from codex.cli.output import show_json
from codex.cli.settings import settings
from codex.common.errors import EXIT_DONE, EXIT_FAILED


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the service's folder")


async def run(args: argparse.Namespace) -> int:
    """Verify and tell."""
    from codex.common.handover import edited_files
    from codex.common.sandbox import Environments, open_sandbox
    from codex.deploy.local import service_folder
    from codex.deploy.verify import verify
    from codex.deploy.written import environment_of, written_files

    chosen = settings(args)
    folder, architecture = service_folder(args.folder)
    environments = Environments(chosen.data_dir / "environments", index=chosen.package_index)
    sandbox = await open_sandbox(chosen.sandbox)
    environment = await environment_of(folder, environments)
    verified = (
        await verify(architecture, written_files(folder), sandbox, environment)
    ).verification
    edited = edited_files(folder)
    if args.json:
        steps = json.loads(verified.model_dump_json())["steps"]
        show_json({"passed": verified.passed, "edited": edited, "steps": steps})
    else:
        for name in edited:
            print(f"edited by hand: {name}")
        for step in verified.steps:
            print(f"{step.outcome}: {step.name}")
            for line in step.detail.splitlines()[:5]:
                print(f"  {line[:200]}")
    return EXIT_DONE if verified.passed else EXIT_FAILED
