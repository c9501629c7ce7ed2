"""Finds what is wrong with prompts before they cost anything."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from codex.chains.catalogue import AnyChain, prompt_tokens
from codex.chains.prompt import render
from codex.chains.registry import SAMPLE, load_chain, sample_inputs
from codex.chains.rewording import wrong_words
from codex.common.documents.run import ModelCall
from codex.common.errors import CodexError
from codex.common.model.base import Mode, as_dicts
from codex.common.templates import Templates
from codex.common.wording import TEXTS

_SUBPROCESS = (
    "import sys; from codex.chains.prompt_check import print_renders; print_renders(sys.argv[1:])"
)


@dataclass(frozen=True)
class Finding:
    """Something wrong, or worth a look."""

    level: Literal["error", "warning"]
    chain: str
    what: str

    def as_json(self) -> dict[str, str]:
        """The finding for programs."""
        return {"level": self.level, "chain": self.chain, "what": self.what}


def check_chain(chain: AnyChain, templates: Templates, model: str, mode: Mode) -> list[Finding]:
    """What is wrong with the prompts of one chain."""
    try:
        found = templates.of(chain.name, chain.variables, model)
        inputs = sample_inputs(chain, templates)
        prompt = render(chain, inputs, templates, model=model, mode=mode)
    except CodexError as error:
        return [Finding("error", chain.name, " ".join(str(error).split()))]
    findings: list[Finding] = []
    used = frozenset[str]().union(*found.uses.values())
    findings += [
        Finding("warning", chain.name, f"no template uses the input {name!r}")
        for name in sorted(chain.inputs.model_fields.keys() - used - chain.for_rules)
    ]
    tokens = prompt_tokens(prompt)
    if tokens > chain.token_limit:
        told = f"the prompt has about {tokens:,} tokens; {chain.token_limit:,} are the limit"
        findings.append(Finding("error", chain.name, told))
    findings += [
        Finding("error", chain.name, str(wrong)) for wrong in wrong_words(chain, found.wording)
    ]
    return findings


def check_unused(
    chains: Iterable[AnyChain], templates: Templates, models: Sequence[str]
) -> list[Finding]:
    """Files of the overlay that nothing reads: mostly a name with a slip of the pen."""
    if templates.overlay is None or not templates.overlay.is_dir():
        return []
    used: set[Path] = set()
    known: set[str] = {TEXTS}
    for chain in chains:
        known |= {f"{chain.name}/{name}" for name in (SAMPLE, TEXTS)}
        for model in models:
            try:
                used |= set(templates.of(chain.name, chain.variables, model).files.values())
            except CodexError:
                continue  # told by check_chain
    shipped = {
        path.relative_to(templates.shipped).as_posix() for path in templates.shipped.rglob("*.j2")
    }
    findings: list[Finding] = []
    for path in sorted(templates.overlay.rglob("*")):
        if not path.is_file() or path in used or path.name.startswith("."):
            continue
        name = path.relative_to(templates.overlay).as_posix()
        plain = (
            name.split("/", 2)[2] if name.startswith("models/") and name.count("/") > 1 else name
        )
        if plain not in known and plain not in shipped:
            findings.append(Finding("warning", "", f"{path}: nothing reads this file"))
    return findings


def check_stable(
    names: Sequence[str], templates: Templates, model: str, mode: Mode
) -> list[Finding]:
    """Prompts whose text differs between two renders: their calls would never be found again."""
    here = renders(names, templates, model, mode)
    overlay = str(templates.overlay or "")
    outcome = subprocess.run(
        [sys.executable, "-c", _SUBPROCESS, overlay, str(templates.shipped), model, mode, *names],
        env={
            **os.environ,
            "PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    there: dict[str, str] = json.loads(outcome.stdout)
    return [
        Finding("error", name, "the text varies between two renders (a set, or a random choice?)")
        for name in names
        if here.get(name) != there.get(name)
    ]


def renders(names: Sequence[str], templates: Templates, model: str, mode: Mode) -> dict[str, str]:
    """The hash of each chain's sample prompt; what cannot be rendered is left out."""
    found: dict[str, str] = {}
    for name in names:
        chain = load_chain(name)
        try:
            inputs = sample_inputs(chain, templates)
            prompt = render(chain, inputs, templates, model=model, mode=mode)
        except CodexError:
            continue
        text = json.dumps([as_dicts(prompt.messages), prompt.output.schema])
        found[name] = hashlib.sha256(text.encode()).hexdigest()
    return found


def print_renders(arguments: Sequence[str]) -> None:
    """The other render of `check_stable`, in a process with another order of sets."""
    overlay, shipped, model, mode, *names = arguments
    templates = Templates(Path(overlay) if overlay else None, shipped=Path(shipped))
    print(json.dumps(renders(names, templates, model, Mode(mode))))  # noqa: T201 it is the answer


@dataclass(frozen=True)
class Anew:
    """What an overlay would ask anew."""

    chain: str
    recorded: int
    """Calls that the journal holds."""
    anew: int
    """Those of them that would be asked again."""
    usd: Decimal | None
    """What those cost when they were asked; None where a price is unknown."""

    def as_json(self) -> dict[str, Any]:
        """The figures for programs."""
        usd = None if self.usd is None else str(self.usd)
        return {"chain": self.chain, "recorded": self.recorded, "anew": self.anew, "usd": usd}


def asked_anew(chain: AnyChain, recorded: Sequence[ModelCall], templates: Templates) -> Anew:
    """Which recorded calls have another prompt with these templates."""
    by_inputs: dict[str, list[ModelCall]] = {}
    for call in recorded:
        if call.messages:  # the built-in model reads none
            by_inputs.setdefault(json.dumps(call.inputs, sort_keys=True), []).append(call)
    anew: list[ModelCall] = []
    for calls in by_inputs.values():
        first = [call for call in calls if call.attempt == 1]
        if any(not _same(chain, call, templates) for call in first):
            anew += calls  # what followed on a first attempt would be asked again with it
    total = sum((call.price or Decimal(0) for call in anew), Decimal(0))
    unknown = any(call.price is None for call in anew)
    count = sum(map(len, by_inputs.values()))
    return Anew(chain.name, count, len(anew), None if unknown else total)


def _same(chain: AnyChain, call: ModelCall, templates: Templates) -> bool:
    """Whether a recorded call's prompt is what the templates render now."""
    inputs = recorded_inputs(chain, call)
    if inputs is None:
        return False
    mode = Mode(call.output_mode)
    model = f"{call.provider}:{call.model}"
    prompt = render(chain, inputs, templates, model=model, mode=mode)
    same_schema = json.dumps(prompt.output.schema) == json.dumps(call.output_schema)
    return as_dicts(prompt.messages) == call.messages and same_schema


def recorded_inputs(chain: AnyChain, call: ModelCall) -> BaseModel | None:
    """The typed inputs of a recorded call; None where the chain's inputs have changed since."""
    try:
        return chain.inputs.model_validate(call.inputs)
    except ValidationError:
        return None


def totals(found: Iterable[Anew]) -> dict[str, Any]:
    """All chains together."""
    listed = list(found)
    known = [item.usd for item in listed if item.usd is not None]
    unknown = any(item.usd is None for item in listed if item.anew)
    return {
        "recorded": sum(item.recorded for item in listed),
        "anew": sum(item.anew for item in listed),
        "usd": None if unknown else str(sum(known, Decimal(0))),
    }
