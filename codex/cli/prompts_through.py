"""`codex prompts compare --through STAGE`: a changed prompt's effect on what comes after it."""

from __future__ import annotations

import argparse
import dataclasses
import difflib
from pathlib import Path
from typing import Any

from codex.chains.run_table import HEADINGS, ChainFigures, chain_figures
from codex.cli.output import show_columns, show_json
from codex.cli.prompts_given import READS_NO_TEXT, templates_of
from codex.common.config import Settings
from codex.common.documents.base import Document
from codex.common.errors import CodexError, InputError, UsageError
from codex.common.events import EventLog, follow
from codex.common.templates import Templates
from codex.runtime import RunServices, Runtime, open_runtime

STAGES = ("design", "architect", "develop")
_DIFFERENCE_LINES = 80
REQUEST = (
    "A library: members sign up and borrow books. A book has a title, an author and an ISBN. A "
    "member may hold five books at once and keep each for two weeks; overdue loans are listed."
)
"""What is built where no run is recorded yet."""


async def compare_through(chosen: Settings, args: argparse.Namespace, overlay: Path) -> int:
    """The stages up to `--through` on recorded requests, with both prompt versions."""
    last = args.through
    if last not in STAGES:
        raise UsageError(f"There is no stage {last!r}.", f"Choose one of {', '.join(STAGES)}.")
    versions = {"now": templates_of(chosen), overlay.name or str(overlay): Templates(overlay)}
    found: list[dict[str, Any]] = []
    async with open_runtime(chosen) as runtime:
        requests = await _requests(runtime, args)
        for request in requests:
            results = [
                await _through(runtime, request, last, name, templates)
                for name, templates in versions.items()
            ]
            found.append({"request": request, "results": results})
        reads_text = runtime.model.reads_text
    _show(args, found, reads_text=reads_text)
    return 0


async def _requests(runtime: Runtime, args: argparse.Namespace) -> list[str]:
    """The requests of recorded runs, the newest first, each once."""
    if args.on not in {"recorded", "sample"}:
        return [_text(Path(args.on))]
    page = await runtime.store.list_runs(owner=runtime.settings.owner, limit=200)
    texts = dict.fromkeys(run.request for run in page.runs if run.kind == "build" and run.request)
    if not texts:
        texts = dict.fromkeys([REQUEST])
    return list(texts)[: args.most]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Name a file.") from None


async def _through(
    runtime: Runtime, request: str, last: str, name: str, templates: Templates
) -> dict[str, Any]:
    """One request through the stages with one prompt version."""
    failure, document = "", None
    async with runtime.run(request, kind="prompts", name=f"compare {name}") as services:
        changed = dataclasses.replace(services, templates=templates)
        try:
            document = await _stages(request, last, changed)
        except CodexError as error:
            failure = error.what
        log: EventLog = services.events
        await log.close()
        logged = follow(runtime.store, services.run_id, live=False)
        figures = chain_figures([item.event async for item in logged])
    return {
        "version": name,
        "failure": failure,
        "chains": figures,
        "document": document.to_json() if document is not None else "",
    }


async def _stages(request: str, last: str, services: RunServices) -> Document:
    """The document of the stage `last`."""
    from codex.architect.stage import architect
    from codex.design.stage import design
    from codex.develop.stage import develop

    specification = await design(request, services=services)
    if last == "design":
        return specification
    architecture = await architect(specification, services=services)
    if last == "architect":
        return architecture
    return await develop(architecture, services=services)


def _show(args: argparse.Namespace, found: list[dict[str, Any]], *, reads_text: bool) -> None:
    for item in found:
        before, after = item["results"]
        lines = difflib.unified_diff(
            before["document"].splitlines(),
            after["document"].splitlines(),
            before["version"],
            after["version"],
            lineterm="",
            n=2,
        )
        item["difference"] = list(lines)[:_DIFFERENCE_LINES]
    if args.json:
        shown = [
            {
                **item,
                "results": [
                    {**result, "chains": [line.as_json() for line in result["chains"]]}
                    for result in item["results"]
                ],
            }
            for item in found
        ]
        show_json({"model_reads_prompts": reads_text, "requests": shown})
        return
    if not reads_text:
        print(READS_NO_TEXT + "\n")
    for item in found:
        print(f"=== {' '.join(item['request'].split())[:100]} ===")
        for result in item["results"]:
            figures: list[ChainFigures] = result["chains"]
            print(f"\n{result['version']}: {result['failure'] or 'done'}")
            show_columns([HEADINGS, *(line.cells() for line in figures)])
        print("\n".join(["", *item["difference"]]))
