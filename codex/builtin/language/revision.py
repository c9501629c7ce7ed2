"""Feedback to a Specification: "also add …", "remove …", "rename …", "7 instead of 5"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from codex.builtin.language.assemble import assemble, keeps, sentence
from codex.builtin.language.criteria import Context
from codex.builtin.language.combined import Combined, only_said
from codex.builtin.language.inflect import gerund, singular
from codex.builtin.language.interview import as_sentences
from codex.builtin.language.names import entity_name, field_name, plural_name, snake, spoken, title
from codex.builtin.language.reader import understand
from codex.common.clauses import sentences
from codex.common.documents.draft import SpecificationDraft
from codex.common.documents.patch import KINDS, SpecificationPatch, apply, elements, next_number
from codex.common.documents.specification import (
    Entity,
    EntityField,
    NotUnderstoodClause,
    Operation,
    Parameter,
    Requirement,
    Specification,
)
from codex.common.numbers import numbers, same

_FILLER = r"(?:please\s+|also\s+|and\s+|then\s+|ok(?:ay)?,?\s+|but\s+|actually,?\s+|just\s+|can you\s+|could you\s+|i(?:'d| would) like (?:you )?to\s+|i want (?:you )?to\s+|we should\s+|you should\s+)*"
_NAME = r"(?:the\s+|a\s+|an\s+|all\s+|any\s+|field\s+|entity\s+|column\s+)*[\"'“`]?([\w][\w -]*?)[\"'”`]?"
_RENAME = re.compile(
    rf"^{_FILLER}(?:rename|call|change the name of)\s+{_NAME}(?:\s+(?:of|in)\s+{_NAME})?\s+(?:to|into|as|instead|→|->)\s+{_NAME}\W*$",
    re.IGNORECASE,
)
_CALL = re.compile(
    rf"^{_FILLER}{_NAME}\s+(?:should be|is|are|must be)\s+(?:called|named)\s+{_NAME}\W*$",
    re.IGNORECASE,
)
_REMOVE = re.compile(
    rf"^{_FILLER}(?:remove|delete|drop|leave out|omit|without|no need for|get rid of|skip|no)\s+{_NAME}(?:\s+(?:of|from|in)\s+{_NAME})?\W*$",
    re.IGNORECASE,
)
_NOT_NEEDED = re.compile(
    rf"^{_FILLER}(?:we don't need|i don't need|we do not need|there is no need for|forget|forget about|don't include)\s+{_NAME}(?:\s+(?:of|from|in)\s+{_NAME})?\W*$|^{_FILLER}{_NAME}\s+(?:is|are)\s+not\s+(?:needed|required any more|necessary)\W*$",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"\b(?P<new>[\w.,]+)\s*(?:[a-z]+\s+)?(?:instead of|rather than|not)\s+(?P<old>[\w.,]+)|\bfrom\s+(?P<old2>[\w.,]+)\s+to\s+(?P<new2>[\w.,]+)|\bchange\s+(?P<old3>[\d.,]+)\s+(?:[a-z]+\s+)?to\s+(?P<new3>[\d.,]+)",
    re.IGNORECASE,
)
_NEW_VALUE = re.compile(
    r"^(?P<what>.*?)\s+(?:is|are|should be|must be|to be|to|=|shall be)\s+(?:up to\s+|at most\s+)?(?P<value>[\w.,]+)(?:\s+\w+)?\W*$",
    re.IGNORECASE,
)
_ADD = re.compile(
    rf"^{_FILLER}(?:add|include|give|put in|there should (?:also )?be)\s+(?P<what>.+?)(?:\s+(?:to|for|on)\s+(?:each\s+|every\s+|the\s+|all\s+|an?\s+)?(?P<to>[\w -]+?))?\W*$",
    re.IGNORECASE,
)
_REASON = "The built-in model knows feedback that adds, removes, renames or changes a number."


@dataclass
class Draft:
    """The Specification while the feedback's sentences are applied."""

    document: Specification
    feedback: str
    left: list[NotUnderstoodClause] = field(default_factory=list[NotUnderstoodClause])
    added: list[str] = field(default_factory=list[str])
    """Sentences that say something new."""


def revised(document: Specification, feedback: str) -> SpecificationPatch:
    """The patch that does what `feedback` says, as far as it is understood."""
    draft = Draft(document, feedback)
    for part in sentences(feedback):
        text = " ".join(part.text.split())
        if _rename(draft, text) or _remove(draft, text) or _number(draft, text, part.text):
            continue
        if not _add(draft, text, part.text):
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


# --- new names ---


def _rename(draft: Draft, text: str) -> bool:
    match = _RENAME.match(text)
    if match:
        old, owner, new = match.groups()
    else:
        match = _CALL.match(text)
        if match is None:
            return False
        (old, new), owner = match.groups(), None
    target = _entity(draft.document, old)
    if target is not None and owner is None:
        return _rename_entity(draft, target, entity_name([new]), text)
    found = _field(draft.document, old, owner)
    if found is None:
        return False
    entity, name = found
    fresh = field_name([new], entity.name)
    _replace(draft, entity.name, {name: fresh}, text)
    return True


def _rename_entity(draft: Draft, entity: Entity, new: str, text: str) -> bool:
    if not new or any(other.name == new for other in draft.document.entities):
        return False
    old_title, new_title = title(entity.plural), title(plural_name(new))
    names = {entity.name: new, entity.plural: plural_name(new)}
    values = draft.document.model_dump(mode="json")
    for key in ("entities", "requirements", "features", "parameters", "roles", "assumptions"):
        values[key] = _renamed(values[key], names)
    for item in (*values["requirements"], *values["features"]):
        for key in ("feature", "name"):
            if item.get(key) == old_title:
                item[key] = new_title
    _quoted(values, f"entity:{new}", new_title, text)
    draft.document = Specification.model_validate(values)
    return True


def _replace(draft: Draft, entity: str, names: dict[str, str], text: str) -> None:
    """Rename a field wherever its entity is spoken of."""
    values = draft.document.model_dump(mode="json")
    for item in values["entities"]:
        if item["name"] == entity:
            item.update(
                _renamed({k: v for k, v in item.items() if k not in {"name", "plural"}}, names)
            )
    for requirement in values["requirements"]:
        if any(op["entity"] == entity for op in requirement["operations"]):
            requirement.update(
                _renamed({k: requirement[k] for k in ("text", "criteria", "operations")}, names)
            )
    place = next(
        (
            r
            for r in values["requirements"]
            if any(op["entity"] == entity for op in r["operations"])
        ),
        None,
    )
    if place is not None:
        place["quotes"] = [*place["quotes"], text]
    draft.document = _with_feedback(draft, values)


def _renamed(value: object, names: dict[str, str]) -> object:
    """`value` with names and the words for them replaced; quotes stay as the client wrote them."""
    if isinstance(value, str):
        for old, new in names.items():
            value = re.sub(
                rf"(?<![a-z0-9_]){re.escape(old)}(?=_id\b|_ids\b|(?![a-z0-9_]))", new, value
            )
            value = re.sub(rf"(?<![\w]){re.escape(spoken(old))}(?![\w])", spoken(new), value)
        return value
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]  # pyright: ignore[reportUnknownVariableType] JSON
    if isinstance(value, dict):
        return {
            key: item if key in {"quote", "quotes"} else _renamed(item, names)
            for key, item in value.items()
        }  # pyright: ignore[reportUnknownVariableType] JSON
    return value


def _quoted(values: dict[str, Any], name: str, feature: str, text: str) -> None:
    del name
    for item in values["requirements"]:  # pyright: ignore[reportUnknownVariableType, reportGeneralTypeIssues] JSON
        if item["feature"] == feature:  # pyright: ignore[reportUnknownArgumentType] JSON
            item["quotes"] = [*item["quotes"], text]
            break
    values["feedback"] = [*values["feedback"], text]  # pyright: ignore[reportGeneralTypeIssues] JSON


def _with_feedback(draft: Draft, values: dict[str, Any]) -> Specification:
    """The document of `values`, whose quotes may already be of the feedback."""
    values["feedback"] = [*draft.document.feedback, draft.feedback]
    return Specification.model_validate(values)


# --- removals ---


def _remove(draft: Draft, text: str) -> bool:
    match = _REMOVE.match(text) or _NOT_NEEDED.match(text)
    if match is None:
        return False
    groups = [group for group in match.groups() if group]
    old, owner = groups[0], groups[1] if len(groups) > 1 else None
    entity = _entity(draft.document, old) if owner is None else None
    if entity is not None:
        return _remove_entity(draft, entity, text)
    found = _field(draft.document, old, owner)
    if found is None:
        return _remove_operation(draft, old, text)
    target, name = found
    return _remove_field(draft, target, name, text)


def _remove_entity(draft: Draft, entity: Entity, text: str) -> bool:
    if entity.is_account:
        return False
    values = draft.document.model_dump(mode="json")
    values["entities"] = [item for item in values["entities"] if item["name"] != entity.name]
    for item in values["entities"]:
        item["relations"] = [r for r in item["relations"] if r["target"] != entity.name]
    _keep_operations(values, lambda op: not _speaks_of(op, entity.name))
    return _settle(draft, values, text)


def _keep_operations(values: dict[str, Any], keep: Callable[[dict[str, Any]], bool]) -> bool:
    """Drop operations with their criteria, and requirements that have none left; whether any was."""
    requirements: list[dict[str, Any]] = []
    changed = False
    for item in values["requirements"]:
        before = item["operations"]
        places = [number for number, op in enumerate(before, 1) if keep(op)]
        if len(places) == len(before):
            requirements.append(item)
            continue
        changed = True
        if not places:
            continue
        item["operations"] = [before[number - 1] for number in places]
        item["text"] = ""  # said anew below
        criteria: list[dict[str, Any]] = []
        for criterion in item["criteria"]:
            case = criterion["case"]
            if case is None or case["operation"] == 0:
                criteria.append(criterion)
            elif case["operation"] in places:
                case["operation"] = places.index(case["operation"]) + 1
                criteria.append(criterion)
        item["criteria"] = criteria
        requirements.append(item)
    values["requirements"] = requirements
    return changed


def _speaks_of(operation: dict[str, Any], entity: str) -> bool:
    rule = operation.get("rule")
    return operation["entity"] == entity or (
        rule is not None and f"'table': '{entity}'" in str(rule)
    )


def _remove_field(draft: Draft, entity: Entity, name: str, text: str) -> bool:
    values = draft.document.model_dump(mode="json")
    for item in values["entities"]:
        if item["name"] == entity.name:
            for key in ("fields", "relations"):
                item[key] = [part for part in item[key] if part["name"] != name]
            for part in (*item["fields"], *item["relations"]):
                part["unique_with"] = [other for other in part["unique_with"] if other != name]
    for item in values["requirements"]:
        for op in item["operations"]:
            if op["entity"] != entity.name:
                continue
            for key in ("filters", "ranges", "search", "sorts", "fields"):
                op[key] = [part for part in op[key] if part.lstrip("-").split(".")[0] != name]
        item["criteria"] = [
            c for c in item["criteria"] if not (c.get("case") and c["case"].get("field") == name)
        ]
    uses = re.compile(rf"'(?:field|path)': '{name}'")
    _keep_operations(
        values,
        lambda op: (
            not (op["entity"] == entity.name and op["rule"] and uses.search(str(op["rule"])))
        ),
    )
    return _settle(draft, values, text, entity.name)


def _remove_operation(draft: Draft, words: str, text: str) -> bool:
    """ "remove borrowing", "no search": an action, figure or list by its name."""
    name = snake(words)
    values = draft.document.model_dump(mode="json")
    removed = _keep_operations(
        values,
        lambda op: (
            not (
                op["name"]
                and name in {op["name"], gerund(op["name"]), f"{op['entity']}_{op['name']}"}
            )
        ),
    )
    return removed and _settle(draft, values, text)


def _settle(draft: Draft, values: dict[str, Any], text: str, entity: str = "") -> bool:
    """Drop what nothing uses any more, and put the sentence where it shows."""
    from codex.common.documents.specification_checks import names_of_parameters

    requirements = values["requirements"]
    assert isinstance(requirements, list)
    place = next(
        (
            r
            for r in requirements
            if not entity or any(op["entity"] == entity for op in r["operations"])
        ),
        None,
    )
    if place is None:
        return False
    place["quotes"] = [*place["quotes"], text]
    used = {item["feature"] for item in requirements}
    values["features"] = [item for item in values["features"] if item["name"] in used]  # pyright: ignore[reportGeneralTypeIssues] JSON
    for item in requirements:
        for number, criterion in enumerate(item["criteria"], 1):
            criterion["id"] = f"{item['id']}.{number}"
    before = names_of_parameters(draft.document.requirements)
    for item in requirements:
        if str(item["text"]).startswith("The service must keep ") and item["operations"]:
            kept = next(
                e for e in values["entities"] if e["name"] == item["operations"][0]["entity"]
            )
            item["text"] = keeps(
                kept["plural"],
                [part["name"] for part in (*kept["fields"], *kept["relations"])],
                [op["verb"] for op in item["operations"]],
            )
    for item in requirements:
        if not item["text"]:
            item["text"] = _said(values, item)
    document = _with_feedback(draft, values)
    gone = before - names_of_parameters(document.requirements)
    draft.document = document.model_copy(
        update={"parameters": tuple(p for p in document.parameters if p.name not in gone)}
    )
    return True


def _said(values: dict[str, Any], item: dict[str, Any]) -> str:
    """What is left of a requirement, as a sentence."""
    entities = [Entity.model_validate(entity) for entity in values["entities"]]
    context = Context(
        {entity.name: entity for entity in entities}, any(entity.is_account for entity in entities)
    )
    return sentence([Operation.model_validate(op) for op in item["operations"]], context)


# --- numbers ---


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
    draft.document = _with_feedback(draft, values)
    return True


# --- additions ---


def _add(draft: Draft, text: str, quote: str) -> bool:
    """Read the sentence as part of the request; what is new in the outcome is the addition."""
    for wording in _wordings(draft.document, text, quote):
        document = draft.document
        said = [*as_sentences(document.questions), *_former(document), *draft.added]
        base = assemble(understand(Combined(document.request, said).whole))
        more = assemble(understand(Combined(document.request, [*said, wording]).whole))
        fresh = {item.quote for item in more.not_understood} - {
            item.quote for item in base.not_understood
        }
        fresh |= {item.quote for item in more.out_of_scope} - {
            item.quote for item in base.out_of_scope
        }
        if fresh or (more.entities == base.entities and more.requirements == base.requirements):
            continue
        merged = _merge(draft, base, more, quote)
        if merged is not None:
            draft.document = merged
            draft.added.append(wording)
            return True
    return False


def _former(document: Specification) -> list[str]:
    """Earlier feedback, as far as it adds something."""
    return [
        wording
        for text in document.feedback
        for s in sentences(text)
        for wording in list(_wordings(document, " ".join(s.text.split()), s.text))[:1]
    ]


def _wordings(document: Specification, text: str, quote: str) -> Iterator[str]:
    """The sentence as it stands, and "add a genre to books" as "Each book has a genre."."""
    match = _ADD.match(text)
    if match:
        what, to = match["what"], match["to"]
        target = _entity(document, to) if to else None
        if target is not None:
            yield f"Each {spoken(target.name)} has {what}."
        elif not to and len([e for e in document.entities if not e.is_account]) == 1:
            only = next(e for e in document.entities if not e.is_account)
            yield f"Each {spoken(only.name)} has {what}."
        yield f"Manage {what}."
    stripped = re.sub(rf"^{_FILLER}", "", quote, flags=re.IGNORECASE)
    yield stripped
    if stripped != quote:
        yield quote


def _merge(
    draft: Draft, base: SpecificationDraft, more: SpecificationDraft, quote: str
) -> Specification | None:
    """The document with what `more` says beyond `base`."""
    document = draft.document
    more = only_said(more, [document.request, *document.feedback, draft.feedback])
    entities = tuple(_entities(document, base, more))
    requirements = list(document.requirements)
    known = {_key(item): item for item in base.requirements}
    still = {_key(item) for item in more.requirements}
    requirements = [item for item in requirements if _key(item) not in known or _key(item) in still]
    mine = {_key(item): place for place, item in enumerate(requirements)}
    free = next_number(document)
    quoted = False
    for item in more.requirements:
        key = _key(item)
        if (
            key in known
            and known[key].operations == item.operations
            and known[key].text == item.text
        ):
            continue
        quotes = (quote,)
        quoted = True
        if key in mine:
            old = requirements[mine[key]]
            requirements[mine[key]] = _renumbered(item, old.id, (*old.quotes, *quotes))
            continue
        requirements.append(_renumbered(item, f"R{free}", quotes))
        free += 1
    if not quoted:
        return None
    changed = {
        (op.verb, op.entity, op.name, op.parent): op
        for item in more.requirements
        for op in item.operations
    }
    same_everywhere = [
        item.model_copy(
            update={
                "operations": tuple(
                    changed.get((op.verb, op.entity, op.name, op.parent), op)
                    for op in item.operations
                )
            }
        )
        for item in requirements
    ]
    features = {item.name: item for item in (*document.features, *more.features)}
    used = {item.feature for item in same_everywhere}
    parameters = {item.name: item for item in (*more.parameters, *document.parameters)}
    roles = {item.name: item for item in (*more.roles, *document.roles)}
    values = {name: getattr(document, name) for name in type(document).model_fields} | {
        "entities": entities,
        "requirements": tuple(same_everywhere),
        "features": tuple(item for item in features.values() if item.name in used),
        "parameters": tuple(
            item
            if item.quote or item in document.parameters
            else item.model_copy(update={"quote": ""})
            for item in parameters.values()
        ),
        "roles": tuple(roles.values()),
        "feedback": (*document.feedback, draft.feedback),
    }
    return Specification.model_validate(values)


def _renumbered(item: Requirement, id_: str, quotes: Sequence[str]) -> Requirement:
    criteria = tuple(
        criterion.model_copy(update={"id": f"{id_}.{number}"})
        for number, criterion in enumerate(item.criteria, 1)
    )
    return item.model_copy(
        update={"id": id_, "quotes": tuple(dict.fromkeys(quotes)), "criteria": criteria}
    )


def _key(item: Requirement) -> tuple[object, ...]:
    """What a requirement is about: its feature and its operations' names."""
    return (
        item.feature,
        frozenset((op.verb, op.entity, op.name, op.parent) for op in item.operations),
    )


def _entities(
    document: Specification, base: SpecificationDraft, more: SpecificationDraft
) -> Iterator[Entity]:
    before = {item.name: item for item in base.entities}
    after = {item.name: item for item in more.entities}
    for item in document.entities:
        new, old = after.get(item.name), before.get(item.name)
        if new is None or new == old:
            yield item
            continue
        yield item.model_copy(
            update={
                "fields": _parts(item.fields, old.fields if old else (), new.fields),
                "relations": _parts(item.relations, old.relations if old else (), new.relations),
                "owner": new.owner or item.owner,
                "is_account": new.is_account or item.is_account,
            }
        )
    names = {item.name for item in document.entities}
    yield from (item for name, item in after.items() if name not in names and name not in before)


def _parts(
    mine: Sequence[object], old: Sequence[object], new: Sequence[object]
) -> tuple[object, ...]:
    """The parts of an entity, with those put in that are new or different."""
    former = {getattr(item, "name", ""): item for item in old}
    fresh = {
        getattr(item, "name", ""): item
        for item in new
        if former.get(getattr(item, "name", "")) != item
    }
    kept = [fresh.pop(getattr(item, "name", ""), item) for item in mine]
    return (*kept, *fresh.values())


# --- looking things up, and the patch ---


def _entity(document: Specification, words: str | None) -> Entity | None:
    if not words:
        return None
    name = entity_name(words.split())
    return next(
        (item for item in document.entities if name in {item.name, entity_name([item.plural])}),
        None,
    )


def _field(document: Specification, words: str, owner: str | None) -> tuple[Entity, str] | None:
    parts = words.split()
    inside = _entity(document, owner)
    if owner and inside is None:
        return None
    if not owner and len(parts) > 1 and (first := _entity(document, re.sub("'s$", "", parts[0]))):
        inside, parts = first, parts[1:]
    name = field_name(parts)
    for item in [inside] if inside else document.entities:
        members = {part.name for part in (*item.fields, *item.relations)}
        for candidate in (name, singular(name), f"{item.name}_{name}"):
            if candidate in members:
                return item, candidate
    return None


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


__all__ = ["EntityField", "revised"]
