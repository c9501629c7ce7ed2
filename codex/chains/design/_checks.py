"""What every draft of a Specification must keep to, told in precise sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus

from codex.chains.sentence import Place, Problem, Sentence
from codex.common.clauses import places, uncovered
from codex.common.documents.draft import SpecificationDraft, spelled_out
from codex.common.documents.patch import SpecificationPatch, next_number
from codex.common.documents.rules import Scope
from codex.common.documents.specification import (
    Entity,
    Operation,
    Parameter,
    Requirement,
    Specification,
    Verb,
)
from codex.common.numbers import numbers, same

REFERENCE = Sentence("reference", "{what}.")
NO_CRITERIA = Sentence(
    "no_criteria",
    "Requirement {id} has no acceptance criteria; give at least one that can be tried and seen.",
)
EMPTY_CRITERION = Sentence(
    "empty_criterion", "Criterion {id} says nothing under `{part}`; say what is done and seen."
)
VAGUE = Sentence(
    "vague",
    "{where} says {word}, which cannot be tested; put a number in its place, or list the clause "
    "under out_of_scope with that reason.",
)
NO_MUST = Sentence("no_must", "Requirement {id} does not say what the service must do; use “must”.")
NUMBERING = Sentence(
    "numbering", "Requirement {id} stands at place {place}; number them R1, R2, R3 … without gaps."
)
TAKEN_ID = Sentence(
    "taken_id", "Requirement {id} is new but its id is not free; the next free id is {free}."
)
NO_REQUIREMENTS = Sentence(
    "no_requirements", "Feature “{name}” has no requirement; give it one or leave it out."
)
UNNAMED = Sentence(
    "unnamed", "Operation {place} of requirement {id} is a {verb} and needs a name of its own."
)
NOT_OWNED = Sentence(
    "not_owned",
    "Requirement {id} lets {role} do something with their own {entity}, but the entity has no "
    "owner; name the way to its account in `owner`.",
)
TWO_MEANINGS = Sentence(
    "two_meanings",
    "Requirements {first} and {second} hold the operation {operation} with different content; "
    "an operation is the same wherever it stands.",
)
NO_PARAMETER = Sentence(
    "no_parameter",
    "The request says {number} in “{clause}”, and no parameter has this value; add one that quotes "
    "it.",
)
NOT_COVERED = Sentence(
    "not_covered",
    "No requirement, item out of scope or item not understood quotes “{clause}”; quote it word for "
    "word where it belongs.",
)
UNKNOWN_REMOVAL = Sentence(
    "unknown_removal",
    "`remove` names “{name}”, which is not there; use `requirement R3` and the like.",
)
UNCHANGED = Sentence(
    "unchanged",
    "The patch changes nothing; do what the feedback asks, or list it under not_understood.",
)

WRONG_RULE = Sentence(
    "wrong_rule",
    "Requirement {id} gives the operation {verb} a rule of kind `{kind}`, which says too little of "
    "it; use {kinds} (whose guards say what is refused), or leave `rule` out.",
)
_CHANGES = ("change",)
_RULES = {
    Verb.FIGURE: ("aggregate", "filter"),
    Verb.QUERY: ("filter", "aggregate"),
    Verb.LIST: ("filter",),
    Verb.GET: ("filter",),
}

SENTENCES = (
    REFERENCE, NO_CRITERIA, EMPTY_CRITERION, VAGUE, NO_MUST, NUMBERING, TAKEN_ID, NO_REQUIREMENTS,
    UNNAMED, NOT_OWNED, WRONG_RULE, TWO_MEANINGS, NO_PARAMETER, NOT_COVERED, UNKNOWN_REMOVAL,
    UNCHANGED,
)  # fmt: skip

_VAGUE_WORDS = """
    fast quick quickly user-friendly intuitive intuitively easy easily efficient efficiently robust
    scalable secure securely seamless seamlessly reasonable reasonably appropriate appropriately
    performant modern nice nicely convenient conveniently adequate adequately sufficiently etc
"""
_VAGUE = re.compile(
    rf"\b({'|'.join(_VAGUE_WORDS.split())}|user friendly|as needed|as soon as possible"
    r"|and so on)\b",
    re.IGNORECASE,
)
_LONGEST = 160


def of_draft(draft: SpecificationDraft, request: str, said: Iterable[str]) -> Iterator[Problem]:
    """Everything that is wrong with a first draft."""
    names = _own_words(draft.entities, draft.requirements)
    for place, item in enumerate(draft.requirements, 1):
        if item.id != f"R{place}":
            yield NUMBERING(id=item.id, place=place, at=("requirements", place - 1, "id"))
    yield from _requirements(draft.requirements, draft.entities, names)
    used = {item.feature for item in draft.requirements}
    for place, feature in enumerate(draft.features):
        if feature.name not in used:
            yield NO_REQUIREMENTS(name=feature.name, at=("features", place))
    yield from _operations(spelled_out(draft.requirements))
    yield from _covered(request, quotes_of(draft))
    yield from _numbers(
        request,
        draft.parameters,
        [i.quote for i in (*draft.out_of_scope, *draft.not_understood)],
        draft.requirements,
    )
    del said


def of_revision(
    before: Specification, patch: SpecificationPatch, after: Specification | None, feedback: str
) -> Iterator[Problem]:
    """Everything that is wrong with a patch."""
    yield from _ids(before, patch)
    yield from _requirements(
        patch.requirements,
        (*patch.entities, *before.entities),
        _own_words((*patch.entities, *before.entities), patch.requirements),
    )
    if after is None:
        return
    yield from _operations(after.requirements)
    if not after.changes and not patch.not_understood and not patch.out_of_scope:
        yield UNCHANGED()
    yield from _covered(feedback, quotes_of(after))
    left = [i.quote for i in (*after.out_of_scope, *after.not_understood)]
    values = (*after.parameters, *before.parameters)
    yield from _numbers(feedback, values, left, after.requirements)


def _ids(before: Specification, patch: SpecificationPatch) -> Iterator[Problem]:
    old = {item.id for item in before.requirements}
    free = next_number(before)
    for place, item in enumerate(patch.requirements):
        if item.id in old:
            continue
        if int(item.id[1:]) != free:
            yield TAKEN_ID(id=item.id, free=f"R{free}", at=("requirements", place, "id"))
        free += 1
    known = {f"requirement {name}" for name in old}
    known |= {
        f"{kind} {item.name}"
        for kind, items in (
            ("entity", before.entities),
            ("role", before.roles),
            ("feature", before.features),
            ("parameter", before.parameters),
        )
        for item in items
    }
    known |= {f"assumption {item.id}" for item in before.assumptions}
    for place, name in enumerate(patch.remove):
        if name not in known:
            yield UNKNOWN_REMOVAL(name=name, at=("remove", place))


def _requirements(
    items: tuple[Requirement, ...], entities: tuple[Entity, ...], names: frozenset[str]
) -> Iterator[Problem]:
    # An account is its own; what else somebody calls theirs needs a way to it.
    owners = {
        entity.name: entity.owner or (entity.name if entity.is_account else None)
        for entity in reversed(entities)
    }
    for place, item in enumerate(items):
        at: Place = ("requirements", place)
        if not item.criteria:
            yield NO_CRITERIA(id=item.id, at=(*at, "criteria"))
        if not re.search(r"\bmust\b", item.text):
            yield NO_MUST(id=item.id, at=(*at, "text"))
        if word := _vague(item.text, names):
            yield VAGUE(where=f"Requirement {item.id}", word=f"“{word}”", at=(*at, "text"))
        yield from _criteria(item, at, names)
        yield from _rights(item, at, owners)


def _criteria(item: Requirement, at: Place, names: frozenset[str]) -> Iterator[Problem]:
    for index, criterion in enumerate(item.criteria):
        spot = (*at, "criteria", index)
        for part in ("when", "then"):
            if not getattr(criterion, part).strip():
                yield EMPTY_CRITERION(id=criterion.id, part=part, at=(*spot, part))
        if word := _vague(f"{criterion.when} {criterion.then}", names):
            yield VAGUE(where=f"Criterion {criterion.id}", word=f"“{word}”", at=spot)


def _rights(item: Requirement, at: Place, owners: dict[str, str | None]) -> Iterator[Problem]:
    named = {Verb.ACTION, Verb.FIGURE, Verb.QUERY}
    for index, operation in enumerate(item.operations):
        spot = (*at, "operations", index)
        if operation.rule and operation.rule.kind not in _RULES.get(operation.verb, _CHANGES):
            kinds = " or ".join(f"`{kind}`" for kind in _RULES.get(operation.verb, _CHANGES))
            yield WRONG_RULE(
                id=item.id,
                verb=operation.verb.value,
                kind=operation.rule.kind,
                kinds=kinds,
                at=(*spot, "rule"),
            )
        if operation.verb in named and not operation.name:
            yield UNNAMED(id=item.id, place=index + 1, verb=operation.verb.value, at=spot)
        for grant in operation.access:
            own = grant.scope is Scope.OWN and operation.entity in owners
            if own and not owners[operation.entity]:
                yield NOT_OWNED(id=item.id, role=grant.role, entity=operation.entity, at=spot)


def _own_words(entities: Iterable[Entity], requirements: Iterable[Requirement]) -> frozenset[str]:
    """Words that the request itself uses for its things: a difficulty may be `easy`."""
    found: set[str] = set()
    for entity in entities:
        found.update(entity.name.split("_"))
        for field in entity.fields:
            found.update((*field.name.split("_"), *field.choices))
    for item in requirements:
        for operation in item.operations:
            found.update((operation.name or "").split("_"))
    return frozenset(word.lower() for word in found)


def _vague(text: str, names: frozenset[str]) -> str:
    if re.search(r"\d", text):
        return ""
    for match in _VAGUE.finditer(text):
        if match.group().lower() not in names:
            return match.group()
    return ""


def _operations(items: tuple[Requirement, ...]) -> Iterator[Problem]:
    seen: dict[tuple[object, ...], tuple[str, Operation]] = {}
    for place, item in enumerate(items):
        for index, operation in enumerate(item.operations):
            key = (operation.verb, operation.entity, operation.name, operation.parent)
            first, other = seen.setdefault(key, (item.id, operation))
            if other != operation:
                name = " ".join(
                    str(part)
                    for part in (operation.verb.value, operation.name or "", operation.entity)
                    if part
                )
                at = ("requirements", place, "operations", index)
                yield TWO_MEANINGS(first=first, second=item.id, operation=name, at=at)


def quotes_of(document: SpecificationDraft | Specification) -> list[str]:
    """Every quote that accounts for a clause."""
    found = [quote for item in document.requirements for quote in item.quotes]
    found += [item.quote for item in document.parameters if item.quote]
    return found + [item.quote for item in (*document.out_of_scope, *document.not_understood)]


def _covered(text: str, quotes: list[str]) -> Iterator[Problem]:
    for sentence in uncovered(text, quotes):
        yield NOT_COVERED(clause=shortened(sentence.text))


def _numbers(
    text: str, parameters: Iterable[Parameter], left: list[str], items: tuple[Requirement, ...]
) -> Iterator[Problem]:
    values = [item.value for item in parameters]
    statuses = _statuses(items)
    exempt = places(text, left)
    for said in numbers(text):
        if any(start <= said.start and said.end <= end for start, end in exempt):
            continue
        # "Between two rounds": as a word, two rarely sets a number.
        if said.text in statuses or said.text.lower() == "two":
            continue
        if not any(same(value, said) for value in values):
            around = text[max(0, said.start - 40) : said.end + 40]
            yield NO_PARAMETER(number=said.text, clause=shortened(around))


def _statuses(items: tuple[Requirement, ...]) -> frozenset[str]:
    """HTTP statuses that requirements promise: what an answer is, and nothing to be set."""
    texts = [item.text for item in items]
    texts += [criterion.then for item in items for criterion in item.criteria]
    told = set(re.findall(r"\b[1-5]\d\d\b", " ".join(texts)))
    return frozenset(told & {str(status.value) for status in HTTPStatus})


def shortened(text: str) -> str:
    """`text` in one line, not too long for a sentence."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"
