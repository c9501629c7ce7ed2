"""What a prompt engineer sees of the chains: their files, where each comes from, their prompts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from codex.chains.contract import Chain
from codex.chains.output import is_code
from codex.chains.prompt import Prompt, Rejected, render
from codex.chains.schema import describable
from codex.common.documents.base import JsonValue
from codex.common.model.base import Mode
from codex.common.model.budget import estimated_tokens
from codex.common.templates import Templates

AnyChain = Chain[Any, Any]


@dataclass(frozen=True)
class Entry:
    """One chain, as `codex prompts list` shows it."""

    name: str
    purpose: str
    fingerprint: str
    files: Mapping[str, Path]
    """Every template that takes part, included ones too."""
    reworded: tuple[str, ...]
    """The sentences and descriptions that the overlay says in other words."""

    def origin(self, name: str, templates: Templates) -> str:
        """Where one of its files comes from: default, overlay, or a model's own."""
        path = self.files[name]
        base = templates.overlay
        where = "overlay" if base and path.is_relative_to(base) else "default"
        folder = path.relative_to(base if base and where == "overlay" else templates.shipped)
        return f"{where}, for {folder.parts[1]}" if folder.parts[0] == "models" else where

    def as_json(self, templates: Templates) -> dict[str, Any]:
        """The entry for programs."""
        return {
            "chain": self.name,
            "purpose": self.purpose,
            "fingerprint": self.fingerprint,
            "files": [
                {"name": name, "path": str(path), "from": self.origin(name, templates)}
                for name, path in self.files.items()
            ],
            "reworded": list(self.reworded),
        }


def entry_of(chain: AnyChain, templates: Templates, model: str) -> Entry:
    """What is known of a chain without asking anything."""
    found = templates.of(chain.name, chain.variables, model)
    return Entry(
        name=chain.name,
        purpose=chain.purpose,
        fingerprint=found.fingerprint,
        files=found.files,
        reworded=tuple(sorted(found.wording.files)),
    )


@dataclass(frozen=True)
class Shown:
    """A rendered prompt, with what may be edited of it."""

    prompt: Prompt
    retry: str
    """The message after a rejected reply, with made-up problems."""
    tokens: int
    """About how many tokens the prompt has."""
    sentences: Mapping[str, str]
    """The sentences of `check()` by name, in the words in force."""
    descriptions: Mapping[str, str]
    """The descriptions in the answer's schema by place, in the words in force."""

    def as_json(self) -> dict[str, Any]:
        """The prompt for programs."""
        return {
            "messages": [
                {"role": message.role, "content": message.content}
                for message in self.prompt.messages
            ],
            "retry": self.retry,
            "schema": self.prompt.output.schema,
            "tokens": self.tokens,
            "fingerprint": self.prompt.fingerprint,
            "sentences": dict(self.sentences),
            "descriptions": dict(self.descriptions),
        }


def show(chain: AnyChain, inputs: BaseModel, templates: Templates, model: str, mode: Mode) -> Shown:
    """The prompt of `chain` for `inputs`."""
    prompt = render(chain, inputs, templates, model=model, mode=mode)
    rejected = Rejected("(the rejected reply)", "(the rejected reply)", ("(a problem)",), 2)
    again = render(chain, inputs, templates, model=model, mode=mode, rejected=rejected)
    wording = templates.of(chain.name, chain.variables, model).wording
    described = {} if is_code(chain.output) else describable(chain.output)
    return Shown(
        prompt=prompt,
        retry=again.messages[-1].content,
        tokens=prompt_tokens(prompt),
        sentences={
            sentence.name: wording.sentences.get(sentence.name, sentence.text)
            for sentence in chain.sentences
        },
        descriptions={place: wording.fields.get(place, text) for place, text in described.items()},
    )


def prompt_tokens(prompt: Prompt) -> int:
    """About how many tokens a prompt has, the schema that goes with it included."""
    schema: JsonValue = prompt.output.schema
    told = "" if schema is None or prompt.output.mode is Mode.JSON else str(schema)
    return sum(estimated_tokens(message.content) for message in prompt.messages) + (
        estimated_tokens(told) if told else 0
    )
