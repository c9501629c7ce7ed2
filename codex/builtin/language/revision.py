"""Feedback to a Specification: "also add …", "remove …", "rename …", "7 instead of 5"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from codex.builtin.language.adding import add_part
from codex.builtin.language.feedback import Draft
from codex.builtin.language.inflect import singular
from codex.builtin.language.names import snake, spoken
from codex.builtin.language.removing import remove_part
from codex.builtin.language.renaming import rename_part, with_feedback
from codex.common.clauses import sentences
from codex.common.documents.patch import KINDS, SpecificationPatch, apply, elements
from codex.common.documents.specification import (
    NotUnderstoodClause,
    Parameter,
    Specification,
)
from codex.common.numbers import numbers, same

_INSTEAD = re.compile(
    r"\b(?P<new>[\w.,]+)\s*(?:[a-z]+\s+)?(?:instead of|rather than|not)\s+(?P<old>[\w.,]+)"
    r"|\bfrom\s+(?P<old2>[\w.,]+)\s+to\s+(?P<new2>[\w.,]+)"
    r"|\bchange\s+(?P<old3>[\d.,]+)\s+(?:[a-z]+\s+)?to\s+(?P<new3>[\d.,]+)",
    re.IGNORECASE,
)
_NEW_VALUE = re.compile(
    r"^(?P<what>.*?)\s+(?:is|are|should be|must be|to be|to|=|shall be)\s+"
    r"(?:up to\s+|at most\s+)?(?P<value>[\w.,]+)(?:\s+\w+)?\W*$",
    re.IGNORECASE,
)
_REASON = "The built-in model knows feedback that adds, removes, renames or changes a number."


def revised(document: Specification, feedback: str) -> SpecificationPatch:
    """The patch that does what `feedback` says, as far as it is understood."""
    draft = Draft(document, feedback)
    for part in sentences(feedback):
        text = " ".join(part.text.split())
        if rename_part(draft, text) or remove_part(draft, text) or _number(draft, text, part.text):
            continue
        if not add_part(draft, text, part.text):
            draft.left.append(
                NotUnderstoodClause(quote=part.text, reason=_REASON, rephrasings=_near(document))
            )
    return _patch(document, draft)


def _near(document: Specification) -> tuple[str, ...]:
    kept = [entity for entity in document.entities if not entity.is_account]
    if not kept:
        return ()
    one = spoken(kept[0].name)
    return (f"Also add a note to each {one}.", f"Remove {spoken(kept[0].plural)}.")


def _number(draft: Draft, text: str, quote: str) -> bool:
    match = _INSTEAD.search(text)
    if match:
        groups = match.groupdict()
        new = groups["new"] or groups["new2"] or groups["new3"]
        old = groups["old"] or groups["old2"] or groups["old3"]
        said = numbers(old)
        fitting = [p for p in draft.document.parameters if said and same(p.value, said[0])]
        fitting = _narrow(fitting, text) or fitting
        if len(fitting) != 1:
            return False
        return _set_value(draft, fitting[0], new, quote)
    match = _NEW_VALUE.match(text)
    if match is None or not numbers(match["value"]):
        return False
    fitting = _narrow(list(draft.document.parameters), match["what"])
    return len(fitting) == 1 and _set_value(draft, fitting[0], match["value"], quote)


def _narrow(parameters: Sequence[Parameter], text: str) -> list[Parameter]:
    """The parameters that most of the words speak of."""
    words = {singular(word) for word in re.findall(r"[a-z]+", text.lower())}
    words |= {
        "period" if "period" in words or "duration" in words else "",
        "limit" if "limit" in words else "",
    }
    scored = [
        (len(words & {singular(part) for part in re.findall(r"[a-z]+", f"{p.name} {p.unit}")}), p)
        for p in parameters
    ]
    best = max((score for score, _ in scored), default=0)
    return [p for score, p in scored if score == best and best > 0]


def _set_value(draft: Draft, parameter: Parameter, new: str, quote: str) -> bool:
    found = numbers(new)
    if not found:
        return False
    plain = min(found[0].values, key=len)
    value: int | str = int(plain) if plain.isdigit() else plain
    values = draft.document.model_dump(mode="json")
    for item in values["parameters"]:
        if item["name"] == parameter.name:
            item.update(value=value, quote=quote)
    for entity in values["entities"]:
        for part in entity["fields"]:
            for use in ("minimum", "maximum", "min_length", "max_length", "default"):
                if snake(f"{entity['name']}_{part['name']}_{use}") == parameter.name:
                    part[use] = value
    for requirement in values["requirements"]:
        if parameter.quote and parameter.quote in requirement["quotes"]:
            requirement["quotes"] = [*requirement["quotes"], quote]
            old = str(parameter.value)
            for criterion in requirement["criteria"]:
                for key in ("given", "when", "then"):
                    criterion[key] = re.sub(rf"\b{re.escape(old)}\b", str(value), criterion[key])
    draft.document = with_feedback(draft, values)
    return True


def _patch(before: Specification, draft: Draft) -> SpecificationPatch:
    """Everything in which the draft differs from the document before."""
    changed: dict[str, tuple[object, ...]] = {}
    removed: list[str] = []
    for kind in KINDS:
        old, new = elements(before, kind), elements(draft.document, kind)
        plural = "entities" if kind == "entity" else f"{kind}s"
        changed[plural] = tuple(item for key, item in new.items() if old.get(key) != item)
        removed += [f"{kind} {key}" for key in old if key not in new]
    patch = SpecificationPatch.model_validate(
        {**changed, "remove": tuple(removed), "not_understood": tuple(draft.left)}
    )
    apply(before, patch, draft.feedback)
    return patch
