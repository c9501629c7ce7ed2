"""The verification of a folder, also after hand edits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codex.common.documents.application import ServiceFile, Verification
from codex.common.sandbox import Environments, Sandbox
from codex.deploy.lock import locked_packages, unlocked, with_tools
from codex.deploy.postgres import ServiceDatabases
from codex.deploy.report import Facts, report_files
from codex.deploy.stage import missing_parts
from codex.deploy.verify import Subject, verify
from codex.deploy.written import LOCK, Written


@dataclass(frozen=True)
class Again:
    """A folder that was verified, and the report of it."""

    written: Written
    verification: Verification
    report: tuple[ServiceFile, ...]
    missing: tuple[str, ...] = ()
    """What falls short, each in one sentence."""


async def verify_again(
    written: Written, sandbox: Sandbox, environments: Environments, data_dir: Path
) -> Again:
    """Try everything that is tried after a build on what the folder holds now."""
    tools = await with_tools(written.lock, written.requirements, environments, data_dir)
    environment = await environments.get(tools)
    subject = Subject(written.implementation, written.files)
    verified = await verify(subject, sandbox, environment, ServiceDatabases(data_dir))
    # Who installs the service installs what is locked, and nothing beyond.
    absent = unlocked(written.requirements, written.lock)
    if absent:
        told = f"pyproject.toml asks for {', '.join(absent)}, which {LOCK} does not have"
        verified.add("packages", [{"message": told}])
    missing = missing_parts(written.implementation, verified)
    facts = Facts(
        written.implementation,
        verified,
        missing,
        locked_packages(written.lock),
        written.edited,
        written.added,
    )
    return Again(written, verified.verification, report_files(facts), missing)
