"""Feedback that adds: "also add a genre to each book", or any sentence of a request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from codex.builtin.language.assemble import assemble
from codex.builtin.language.combined import Combined, only_said
from codex.builtin.language.feedback import FILLER, Draft, pattern
from codex.builtin.language.interview import as_sentences
from codex.builtin.language.names import spoken
from codex.builtin.language.reader import understand
from codex.builtin.language.renaming import entity_called
from codex.common.clauses import sentences
from codex.common.documents.draft import SpecificationDraft
from codex.common.documents.patch import next_number
from codex.common.documents.specification import (
    Entity,
    Operation,
    Requirement,
    Specification,
)

_ADD = pattern(
    r"(?:add|include|give|put in|there should (?:also )?be)\s+(?P<what>.+?)",
    r"(?:\s+(?:to|for|on)\s+(?:each\s+|every\s+|the\s+|all\s+|an?\s+)?(?P<to>[\w -]+?))?",
)


def add_part(draft: Draft, text: str, quote: str) -> bool:
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
        target = entity_called(document, to) if to else None
        if target is not None:
            yield f"Each {spoken(target.name)} has {what}."
        elif not to and len([e for e in document.entities if not e.is_account]) == 1:
            only = next(e for e in document.entities if not e.is_account)
            yield f"Each {spoken(only.name)} has {what}."
        yield f"Manage {what}."
    stripped = re.sub(rf"^{FILLER}", "", quote, flags=re.IGNORECASE)
    yield stripped
    if stripped != quote:
        yield quote


def _merge(
    draft: Draft, base: SpecificationDraft, more: SpecificationDraft, quote: str
) -> Specification | None:
    """The document with what `more` says beyond `base`."""
    document = draft.document
    more = only_said(more, [document.request, *document.feedback, draft.feedback])
    requirements = _requirements(document, base, more, quote)
    if requirements is None:
        return None
    changed = {_of(op): op for item in more.requirements for op in item.operations}
    same_everywhere = tuple(
        item.model_copy(
            update={"operations": tuple(changed.get(_of(op), op) for op in item.operations)}
        )
        for item in requirements
    )
    features = {item.name: item for item in (*document.features, *more.features)}
    used = {item.feature for item in same_everywhere}
    parameters = {item.name: item for item in (*more.parameters, *document.parameters)}
    roles = {item.name: item for item in (*more.roles, *document.roles)}
    values = {name: getattr(document, name) for name in type(document).model_fields} | {
        "entities": tuple(_entities(document, base, more)),
        "requirements": same_everywhere,
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


def _requirements(
    document: Specification, base: SpecificationDraft, more: SpecificationDraft, quote: str
) -> list[Requirement] | None:
    """The document's requirements with those of `more` that are new or changed; None without."""
    known = {_key(item): item for item in base.requirements}
    still = {_key(item) for item in more.requirements}
    kept = [
        item for item in document.requirements if _key(item) not in known or _key(item) in still
    ]
    mine = {_key(item): place for place, item in enumerate(kept)}
    free = next_number(document)
    quoted = False
    for item in more.requirements:
        key = _key(item)
        old = known.get(key)
        if old is not None and (old.operations, old.text) == (item.operations, item.text):
            continue
        quoted = True
        if key in mine:
            former = kept[mine[key]]
            kept[mine[key]] = _renumbered(item, former.id, (*former.quotes, quote))
            continue
        kept.append(_renumbered(item, f"R{free}", (quote,)))
        free += 1
    return kept if quoted else None


def _of(operation: Operation) -> tuple[object, ...]:
    """What makes an operation the same as another."""
    return (operation.verb, operation.entity, operation.name, operation.parent)


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
        frozenset(_of(op) for op in item.operations),
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
