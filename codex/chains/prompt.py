"""Renders a chain's question: messages, and the form that the answer must have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from codex.chains.contract import Chain
from codex.chains.output import is_code
from codex.chains.schema import Schema, answer_schema, outline
from codex.common.model.base import Message, Mode, Output
from codex.common.templates import Templates, TemplateSet

_OUTPUTS_KEPT = 256


@dataclass(frozen=True, slots=True)
class Rejected:
    """The reply that the next attempt is to mend."""

    marked: str
    """The model's own text, with marks where the errors are."""
    reply: str
    problems: Sequence[str]
    attempt: int


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered question."""

    messages: tuple[Message, ...]
    output: Output
    fingerprint: str
    narrowed: bool
    sentences: Mapping[str, str]
    """The overlay's words for sentences of `check()`."""


def form_of(
    chain: Chain[Any, Any], inputs: BaseModel, found: TemplateSet, mode: Mode
) -> tuple[Output, bool]:
    """The form of the answer to one call, and whether names in it are narrowed."""
    if is_code(chain.output):
        return Output(chain.output, Mode.TEXT), False
    narrowing = chain.narrow(inputs)
    key = (mode, tuple((place, tuple(names)) for place, names in narrowing.items()))
    output = found.outputs.get(key)
    if output is None:
        if len(found.outputs) >= _OUTPUTS_KEPT:
            found.outputs.clear()
        schema = answer_schema(chain.output, found.wording, narrowing)
        output = Output(chain.output, mode, chain.output.__name__, schema)
        found.outputs[key] = output
    return output, bool(narrowing)


def render(
    chain: Chain[Any, Any],
    inputs: BaseModel,
    templates: Templates,
    *,
    model: str,
    mode: Mode,
    rejected: Rejected | None = None,
    reads_text: bool = True,
) -> Prompt:
    """The question of one attempt; a `PromptError` where a template cannot be used."""
    found = templates.of(chain.name, chain.variables, model)
    output, narrowed = form_of(chain, inputs, found, mode)
    messages: tuple[Message, ...] = ()
    if reads_text:
        values = values_of(chain, inputs, found, output)
        messages = _messages(found, values, output, templates, rejected)
    return Prompt(messages, output, found.fingerprint, narrowed, found.wording.sentences)


def values_of(
    chain: Chain[Any, Any], inputs: BaseModel, found: TemplateSet, output: Output
) -> dict[str, Any]:
    """What the templates see."""
    values: dict[str, Any] = {name: getattr(inputs, name) for name in chain.inputs.model_fields}
    if any("answer_schema" in used for used in found.uses.values()):
        values["answer_schema"] = outline(_schema(output)) if output.schema else ""
    return values


def _schema(output: Output) -> Schema:
    assert isinstance(output.schema, dict)
    return output.schema


def _messages(
    found: TemplateSet,
    values: dict[str, Any],
    output: Output,
    templates: Templates,
    rejected: Rejected | None,
) -> tuple[Message, ...]:
    system = found.render("system", values)
    user = found.render("user", values)
    if output.mode is Mode.JSON:
        # Nothing but the prompt tells such a model the schema.
        told = templates.partial("answer_as_json.j2", {"answer_schema": outline(_schema(output))})
        user = f"{user}\n\n{told}"
    messages = [Message("system", system), Message("user", user)]
    if rejected is None:
        _try_retry(found, values)
        return tuple(messages)
    again = {"problems": rejected.problems, "reply": rejected.reply, "attempt": rejected.attempt}
    messages.append(Message("assistant", rejected.marked or "(empty)"))
    messages.append(Message("user", found.render("retry", {**values, **again})))
    return tuple(messages)


def _try_retry(found: TemplateSet, values: dict[str, Any]) -> None:
    """Render the retry template once for each set, so that a fault in it costs no call."""
    if not found.tried:
        again = {"problems": ["a problem"], "reply": "a reply", "attempt": 1}
        found.render("retry", {**values, **again})
        found.tried.append(True)
