"""`codex prompts try` and `compare`: prompts measured on a real model."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from codex.chains.catalogue import AnyChain, prompt_tokens
from codex.chains.comparison import Recorder, Trial, Version, output_differences, try_out
from codex.chains.prompt import render
from codex.chains.prompt_check import asked_anew, totals
from codex.chains.recorded import journal_inputs, shipped_inputs
from codex.chains.registry import load_chain, sample_inputs
from codex.cli.output import show_columns, show_json
from codex.cli.prompts_given import READS_NO_TEXT, inputs_of, mode_of, templates_of
from codex.common.config import Settings
from codex.common.database.store import open_store
from codex.common.errors import ConfigError, InputError
from codex.common.journal import Journal
from codex.common.model.base import Model
from codex.common.model.budget import Budget
from codex.common.model.limits import ModelLimits
from codex.common.templates import Templates
from codex.runtime import RunServices, open_runtime


@dataclass(frozen=True)
class Bench:
    """Services for trying one prompt version; calls are recorded, not shown as a run's progress."""

    run_id: str
    model: Model
    journal: Journal
    budget: Budget
    limits: ModelLimits
    templates: Templates
    events: Recorder


def bench_of(services: RunServices, templates: Templates) -> Bench:
    """A bench for one prompt version, on a run's journal and budget."""
    return Bench(
        services.run_id,
        services.model,
        services.journal,
        services.budget,
        services.limits,
        templates,
        Recorder(),
    )


@asynccontextmanager
async def run_of(chosen: Settings, name: str) -> AsyncGenerator[RunServices]:
    """A run that keeps what is asked, so that it is found again."""
    async with (
        open_runtime(chosen) as runtime,
        runtime.run(f"codex prompts {name}", kind="prompts", name=name) as services,
    ):
        yield services


async def try_chain(chosen: Settings, args: argparse.Namespace) -> int:
    """One chain for real."""
    chain, templates = load_chain(args.chain), templates_of(chosen)
    inputs = inputs_of(chain, args, templates)
    if args.n < 1:
        raise InputError("-n must be 1 or more.", "Leave it out for one answer.")
    async with run_of(chosen, f"try {chain.name}") as services:
        bench = bench_of(services, templates)
        version = await try_out(chain, [inputs], bench, bench.events, label="try", samples=args.n)
        keys = [call.key for trial in version.trials for call in trial.calls]
        found = [await services.store.journal_get(key) for key in keys]
        replies = {call.key: call.reply for call in found if call is not None}
        reads_text = services.model.reads_text
    failed = not all(trial.passed for trial in version.trials)
    prompt = render(chain, inputs, templates, model=chosen.model, mode=mode_of(chosen))
    if args.json:
        show_json(
            {
                "chain": chain.name,
                "model": chosen.model,
                "model_reads_prompts": reads_text,
                "messages": [[message.role, message.content] for message in prompt.messages],
                "trials": [_trial_json(trial, replies) for trial in version.trials],
                "figures": version.figures(),
            }
        )
        return int(failed)
    if not reads_text:
        print(READS_NO_TEXT + "\n")
    else:
        for message in prompt.messages:
            print(f"--- {message.role} ---\n{message.content}\n")
    for trial in version.trials:
        _show_trial(trial, replies)
    show_columns(version.figures().items())
    return int(failed)


def _trial_json(trial: Trial, replies: dict[str, str]) -> dict[str, Any]:
    calls = [
        {**call.model_dump(mode="json", exclude={"type"}), "reply": replies.get(call.key, "")}
        for call in trial.calls
    ]
    return {"output": trial.output, "failure": trial.failure, "calls": calls}


def _show_trial(trial: Trial, replies: dict[str, str]) -> None:
    for call in trial.calls:
        price = "price unknown" if call.price is None else f"${call.price}"
        usage = call.usage
        print(
            f"--- attempt {call.attempt}, sample {call.sample}: {usage.input_tokens} tokens in "
            f"({usage.cached_tokens} cached), {usage.output_tokens} out, {price}, "
            f"{call.latency_ms} ms{', from the journal' if call.hit else ''} ---"
        )
        print(replies.get(call.key, "").strip())
        for mend in call.mended:
            print(f"mended: {mend}")
        for problem in call.problems:
            print(f"rejected ({call.reason}): {problem}")
    print(f"=> {'accepted' if trial.passed else trial.failure}\n")


async def compare(chosen: Settings, args: argparse.Namespace) -> int:
    """The same inputs through two prompt versions."""
    overlay = overlay_of(args)
    if args.through:
        from codex.cli.prompts_through import compare_through

        return await compare_through(chosen, args, overlay)
    chain, before, after = load_chain(args.chain), templates_of(chosen), Templates(overlay)
    async with run_of(chosen, f"compare {chain.name}") as services:
        inputs = await _inputs_on(chain, args, before, services)
        sizes = [_mean_tokens(chain, inputs, templates, chosen) for templates in (before, after)]
        if not services.model.reads_text:
            return _nothing_to_compare(args, chain, len(inputs), sizes)
        versions: list[Version] = []
        for label, templates in (("now", before), (overlay.name or str(overlay), after)):
            bench = bench_of(services, templates)
            versions.append(await try_out(chain, inputs, bench, bench.events, label=label))
    _show_comparison(args, chain, versions, sizes)
    return 0


def overlay_of(args: argparse.Namespace) -> Path:
    """The folder of the other version."""
    overlay = Path(args.overlay)
    if not overlay.is_dir():
        raise ConfigError(f"{overlay} is not a folder.", "Name a folder of changed templates.")
    return overlay


async def _inputs_on(
    chain: AnyChain, args: argparse.Namespace, templates: Templates, services: RunServices
) -> list[BaseModel]:
    """The inputs that are compared on."""
    if args.on == "sample":
        return [sample_inputs(chain, templates)]
    if args.on != "recorded":
        return _inputs_in(chain, Path(args.on))[: args.most]
    recorded = await services.store.recorded_calls(chain.name)
    found = [*shipped_inputs(chain), *journal_inputs(chain, recorded)]
    unique = {item.inputs.model_dump_json(): item.inputs for item in found}
    # What building by rules never asks is not in the set that ships; then the sample serves.
    return list(unique.values())[: args.most] or [sample_inputs(chain, templates)]


def _inputs_in(chain: AnyChain, path: Path) -> list[BaseModel]:
    try:
        raw: Any = json.loads(path.read_text(encoding="utf-8"))
        entries: list[Any] = raw if isinstance(raw, list) else [raw]  # pyright: ignore[reportUnknownVariableType] any JSON
        return [chain.inputs.model_validate(entry) for entry in entries]
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Name a file.") from None
    except (ValueError, ValidationError) as error:
        told = " ".join(str(error).split())[:300]
        raise InputError(f"{path} holds no inputs of {chain.name}: {told}", "Mend it.") from None


def _mean_tokens(
    chain: AnyChain, inputs: Sequence[BaseModel], templates: Templates, chosen: Settings
) -> int:
    """About how many tokens the prompt has on average."""
    mode = mode_of(chosen)
    sizes = [
        prompt_tokens(render(chain, found, templates, model=chosen.model, mode=mode))
        for found in inputs
    ]
    return round(sum(sizes) / len(sizes))


def _nothing_to_compare(
    args: argparse.Namespace, chain: AnyChain, count: int, sizes: Sequence[int]
) -> int:
    if args.json:
        show_json(
            {
                "chain": chain.name,
                "inputs": count,
                "model_reads_prompts": False,
                "prompt_tokens": {"now": sizes[0], "other": sizes[1]},
                "versions": None,
            }
        )
        return 0
    print(READS_NO_TEXT)
    print(f"On {count} inputs the prompt has about {sizes[0]:,} tokens now, {sizes[1]:,} then.")
    return 0


def _show_comparison(
    args: argparse.Namespace, chain: AnyChain, versions: Sequence[Version], sizes: Sequence[int]
) -> None:
    before, after = versions
    differences = output_differences(before, after)
    figures = [version.figures() for version in versions]
    if args.json:
        show_json(
            {
                "chain": chain.name,
                "model_reads_prompts": True,
                "prompt_tokens": {"now": sizes[0], "other": sizes[1]},
                "versions": [
                    {"name": version.name, **numbers}
                    for version, numbers in zip(versions, figures, strict=True)
                ],
                "differences": differences,
            }
        )
        return
    lines = [(name, _told(figures[0][name]), _told(figures[1][name])) for name in figures[0]]
    show_columns([("", before.name, after.name), *lines])
    for item in differences:
        print(f"\ninput {item['input']}:")
        print("\n".join(item["difference"]))
    print(f"\n{len(differences)} of {len(before.trials)} outputs differ.", file=sys.stderr)


def _told(value: object) -> object:
    return "unknown" if value is None else value


async def price_of_overlay(
    chosen: Settings, chains: Sequence[AnyChain], templates: Templates
) -> dict[str, Any]:
    """Which recorded calls the overlay would ask anew, and what they cost."""
    async with open_store(chosen) as store:
        found = [
            asked_anew(chain, await store.recorded_calls(chain.name, 100_000), templates)
            for chain in chains
        ]
    return {**totals(found), "chains": [item.as_json() for item in found]}
