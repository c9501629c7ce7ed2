"""Renders a chain's question: messages, and the form that the answer must have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from codex.chains.contract import Chain
from codex.chains.outline import outline
from codex.chains.output import is_code
from codex.chains.rewording import wrong_words
from codex.chains.schema import answer_schema
from codex.common.model.base import Message, Mode, Output
from codex.common.templates import Templates, TemplateSet

_FORMS_KEPT = 256


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an answer."""

    output: Output
    outline: str
    """The schema, readable, for templates; empty for code."""
    narrowed: bool
    """Whether names in it are narrowed to this call."""


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


def form_of(chain: Chain[Any, Any], inputs: BaseModel, found: TemplateSet, mode: Mode) -> Form:
    """The form of the answer to one call."""
    if is_code(chain.output):
        return Form(Output(chain.output, Mode.TEXT), "", narrowed=False)
    narrowing = chain.narrow(inputs)
    key = (mode, tuple((place, tuple(names)) for place, names in narrowing.items()))
    form = found.derived.get(key)
    if form is None:
        if len(found.derived) >= _FORMS_KEPT:
            found.derived.clear()
        schema = answer_schema(chain.output, found.wording, narrowing)
        output = Output(chain.output, mode, chain.output.__name__, schema)
        form = found.derived[key] = Form(output, outline(schema), bool(narrowing))
    return form


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
    form = form_of(chain, inputs, found, mode)
    messages: tuple[Message, ...] = ()
    if reads_text:
        values: dict[str, Any] = {name: getattr(inputs, name) for name in chain.inputs.model_fields}
        values["answer_schema"] = form.outline
        _try_once(chain, found, values)
        messages = _messages(found, values, form, templates, rejected)
    return Prompt(messages, form.output, found.fingerprint, form.narrowed, found.wording.sentences)


def _messages(
    found: TemplateSet,
    values: dict[str, Any],
    form: Form,
    templates: Templates,
    rejected: Rejected | None,
) -> tuple[Message, ...]:
    system = found.render("system", values)
    user = found.render("user", values)
    if form.output.mode is Mode.JSON:
        # Nothing but the prompt tells such a model the form: once, wherever a template shows it.
        shown = form.outline in system or form.outline in user
        told = templates.partial(
            "answer_as_json.j2", {"answer_schema": "" if shown else form.outline}
        )
        user = f"{user}\n\n{told}"
    messages = [Message("system", system), Message("user", user)]
    if rejected is None:
        return tuple(messages)
    again = {"problems": rejected.problems, "reply": rejected.reply, "attempt": rejected.attempt}
    messages.append(Message("assistant", rejected.marked or "(empty)"))
    messages.append(Message("user", found.render("retry", {**values, **again})))
    return tuple(messages)


def _try_once(chain: Chain[Any, Any], found: TemplateSet, values: dict[str, Any]) -> None:
    """Try what is used after a rejected reply, once for each set: a fault in it costs no call."""
    if found.tried:
        return
    for wrong in wrong_words(chain, found.wording):
        raise wrong
    again = {"problems": ["a problem"], "reply": "a reply", "attempt": 1}
    found.render("retry", {**values, **again})
    found.tried.append(True)
