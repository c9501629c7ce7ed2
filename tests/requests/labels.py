"""The labelled requests, and what a Specification says in the words of the labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from codex.common.clauses import places
from codex.common.documents.rules import (
    Aggregate,
    Caller,
    Change,
    Comparison,
    Condition,
    FieldValue,
    Filter,
    Guard,
    Named,
    Now,
    Operand,
    Value,
)
from codex.common.documents.specification import (
    Entity,
    EntityField,
    EntityRelation,
    Operation,
    Requirement,
    Specification,
    Verb,
)

HERE = Path(__file__).parent
_SIGNS = {
    Comparison.EQ: "=", Comparison.NE: "!=", Comparison.LT: "<", Comparison.LE: "<=",
    Comparison.GT: ">", Comparison.GE: ">=",
}  # fmt: skip


@dataclass(frozen=True)
class Clause:
    """A labelled clause: its words, and the facts that it says (alternatives side by side)."""

    quote: str
    facts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class LabelledRequest:
    """A request with its labels."""

    name: str
    kind: str
    held_out: bool
    text: str
    clauses: tuple[Clause, ...]


@dataclass
class Score:
    """How well one request was understood."""

    right: list[str] = field(default_factory=list[str])
    told: list[str] = field(default_factory=list[str])
    """Not as labelled, but said to be not understood or out of scope."""
    silent: list[str] = field(default_factory=list[str])
    """Not as labelled, and not said."""
    invented: list[str] = field(default_factory=list[str])
    """Facts of the Specification that no label allows."""

    @property
    def clauses(self) -> int:
        """How many clauses were labelled."""
        return len(self.right) + len(self.told) + len(self.silent)


def requests(kind: str | None = None) -> list[LabelledRequest]:
    """The labelled requests, in order of their names."""
    found = [_read(path) for path in sorted(HERE.glob("*/*.txt"))]
    return [item for item in found if kind is None or item.kind == kind]


def _read(path: Path) -> LabelledRequest:
    head, request, labels = path.read_text(encoding="utf-8").split("---\n", 1)[0], "", ""
    body = path.read_text(encoding="utf-8")[len(head) + 4 :]
    request, _, labels = body.rpartition("\n---\n")
    clauses: list[Clause] = []
    for block in re.split(r"(?m)^> ", labels)[1:]:
        quote, *lines = block.strip().splitlines()
        facts = tuple(tuple(part.strip() for part in line.split(" | ")) for line in lines)
        clauses.append(Clause(quote, facts))
    return LabelledRequest(path.stem, path.parent.name, "held out" in head, request, tuple(clauses))


def facts(document: Specification) -> set[str]:
    """Everything that a Specification says, one fact a line, in the words of the labels."""
    found: set[str] = set()
    values = {item.name: item.value for item in document.parameters}
    for entity in document.entities:
        found.update(_entity(entity))
    for item in document.parameters:
        found.add(f"param {item.value}")
    for role in document.roles:
        found.add(f"role {role.name}")
    for operation in operations(document):
        found.update(_operation(operation, values, document))
    for entity in document.entities:
        if entity.is_account:
            continue
        made = {op.verb for op in operations(document) if op.entity == entity.name}
        creates = any(
            isinstance(op.rule, Change) and any(c.table == entity.name for c in op.rule.create)
            for op in operations(document)
        )
        for verb in (Verb.CREATE, Verb.UPDATE, Verb.DELETE):
            if verb not in made and not creates:
                found.add(f"{entity.name} no {verb.value}")
    return found


def operations(document: Specification) -> list[Operation]:
    """Each operation once."""
    found: dict[object, Operation] = {}
    for item in document.requirements:
        for op in item.operations:
            found[(op.verb, op.entity, op.name, op.parent)] = op
    return list(found.values())


def _entity(entity: Entity) -> Iterator[str]:
    yield entity.name
    if entity.is_account:
        yield f"{entity.name} account"
    if entity.owner:
        yield f"{entity.name} owner {entity.owner}"
    for item in entity.fields:
        yield from _field(entity.name, item)
    for item in entity.relations:
        yield from _relation(entity.name, item)


def _field(entity: str, item: EntityField) -> Iterator[str]:
    me = f"{entity}.{item.name}"
    yield f"{me} in {','.join(item.choices)}" if item.choices else f"{me} {item.type.value}"
    if not item.required and item.type.value != "boolean":
        yield f"{me} optional"
    if item.unique:
        yield f"{me} unique"
    for other in item.unique_with:
        yield f"{me} unique with {other}"
    if item.minimum is not None:
        yield f"{me} {'>' if item.exclusive_minimum else '>='} {item.minimum}"
    if item.maximum is not None:
        yield f"{me} {'<' if item.exclusive_maximum else '<='} {item.maximum}"
    if item.min_length is not None:
        yield f"{me} min {item.min_length}"
    if item.max_length is not None:
        yield f"{me} max {item.max_length}"
    if item.default is not None and item.default is not False:
        yield f"{me} default {item.default}"


def _relation(entity: str, item: EntityRelation) -> Iterator[str]:
    me = f"{entity}.{item.name}"
    if item.kind.value == "many_to_many":
        yield f"{me} <-> {item.target}"
        return
    yield f"{me} -> {item.target}"
    if not item.required:
        yield f"{me} optional"
    for other in item.unique_with:
        yield f"{me} unique with {other}"


def _operation(
    op: Operation, values: Mapping[str, object], document: Specification
) -> Iterator[str]:
    me = f"{op.entity} {op.name or op.verb.value}"
    if op.verb is Verb.ACTION:
        yield f"{op.entity} can {op.name}"
    if op.verb is Verb.LIST and op.parent:
        me = f"{op.entity} list under {op.parent}"
        yield me
    yield from (f"{me} filter {name}" for name in op.filters)
    yield from (f"{me} range {name}" for name in op.ranges)
    yield from (f"{me} search {name}" for name in op.search)
    yield from (f"{me} sort {name}" for name in op.sorts)
    for grant in op.access:
        yield f"{me} by {grant.role}{' own' if grant.scope.value == 'own' else ''}"
    rule = op.rule
    if isinstance(rule, Change):
        yield from _change(me, rule, values)
    elif isinstance(rule, Aggregate):
        yield _aggregate(op, rule, values)
    elif isinstance(rule, Filter):
        what = f"query {op.entity}" if op.verb is Verb.QUERY else me
        yield from (f"{what} where {_condition(item, values)}" for item in rule.where)
        yield from (f"{what} order {'-' if o.descending else ''}{o.field}" for o in rule.order)
        if rule.limit is not None:
            yield f"{what} limit {_operand(rule.limit, values)}"
    del document


def _change(me: str, rule: Change, values: Mapping[str, object]) -> Iterator[str]:
    for item in rule.assign:
        yield f"{me} sets {item.field} = {_operand(item.operand, values)}"
    for made in rule.create:
        yield f"{me} makes {made.table}"
        for item in made.assign:
            if (
                not isinstance(item.operand, Caller | FieldValue)
                and item.operand.source != "argument"
            ):
                yield f"{me} sets {item.field} {_operand(item.operand, values)}"
    for guard in rule.guards:
        yield from _guard(me, guard, values)


def _guard(me: str, guard: Guard, values: Mapping[str, object]) -> Iterator[str]:
    for item in guard.require:
        yield f"{me} needs {_condition(item, values)}"
    if guard.count is not None and guard.limit is not None:
        limit = _operand(guard.limit, values)
        yield f"{me} limit {guard.count.table} {_SIGNS[guard.op]} {limit}"
        for item in guard.count.where:
            source = item.operands[0].source if item.operands else ""
            tie = item.op is Comparison.EQ and source == "argument"
            if source not in {"caller", "field"} and not tie:
                yield f"{me} limit {guard.count.table} {_condition(item, values)}"


def _aggregate(op: Operation, rule: Aggregate, values: Mapping[str, object]) -> str:
    what = rule.table if rule.field is None else f"{rule.table}.{rule.field}"
    times = f"*{rule.times}" if rule.times else ""
    text = f"figure: {rule.function.value} {what}{times}"
    own = [c for c in rule.where if c.operands and c.operands[0].source == "argument"]
    if own:
        text += f" of {op.entity}"
    if rule.group_by:
        text += f" by {rule.group_by}"
    if rule.limit is not None:
        text += f" top {_operand(rule.limit, values)}"
    for item in rule.where:
        if item not in own:
            text += f" where {_condition(item, values)}"
    return text


def _condition(item: Condition, values: Mapping[str, object]) -> str:
    if item.op is Comparison.IS_NULL:
        return f"{item.field} is null"
    if item.op is Comparison.NOT_NULL:
        return f"{item.field} is set"
    operands = ",".join(_operand(operand, values) for operand in item.operands)
    return f"{item.field} {_SIGNS.get(item.op, item.op.value)} {operands}"


def _operand(operand: Operand, values: Mapping[str, object]) -> str:
    match operand:
        case Value():
            return str(operand.value).lower()
        case Named():
            return str(values[operand.name])
        case Now():
            base = (
                "today"
                if operand.date_only and not operand.plus_parameter and not operand.plus
                else "now"
            )
            if operand.plus_parameter:
                sign = "-" if operand.minus else "+"
                return f"{base} {sign} {values[operand.plus_parameter]} {operand.unit}"
            return f"{base} + {operand.plus} {operand.unit}" if operand.plus else base
        case Caller():
            return "caller"
        case FieldValue():
            return operand.path
        case _:
            return operand.name


def score(request: LabelledRequest, document: Specification) -> Score:
    """Compare what was understood with the labels, clause by clause."""
    got = facts(document)
    result = Score()
    allowed: set[str] = set()
    said = {
        "not": places(request.text, [item.quote for item in document.not_understood]),
        "out": places(request.text, [item.quote for item in document.out_of_scope]),
    }
    for clause in request.clauses:
        spots = places(request.text, [clause.quote])
        missing: list[str] = []
        for options in clause.facts:
            allowed.update(options)
            good = [o for o in options if o in got or (o in said and _touches(spots, said[o]))]
            if not good:
                missing.append(options[0])
        if not missing:
            result.right.append(clause.quote)
        elif _touches(spots, said["not"]) or _touches(spots, said["out"]):
            result.told.append(f"{clause.quote}  ⟵ {missing}")
        else:
            result.silent.append(f"{clause.quote}  ⟵ {missing}")
    result.invented = sorted(
        item for item in got - allowed if not _implied(item, document, allowed)
    )
    return result


def _touches(spots: list[tuple[int, int]], said: list[tuple[int, int]]) -> bool:
    return any(a < d and c < b for a, b in spots for c, d in said)


def _implied(item: str, document: Specification, allowed: set[str]) -> bool:
    """What needs no label: names that are assumed and said so, and what the account always has."""
    if item in {entity.name for entity in document.entities if entity.is_account}:
        return True
    if item.endswith((".email email", ".email unique")) or item.startswith("param "):
        return True
    words = item.split()
    assumed = " ".join(assumption.text for assumption in document.assumptions)
    if len(words) == 2 and words[1] in {"text", "long_text"} and "." in words[0]:
        entity, name = words[0].split(".", 1)
        return f"Each {entity.replace('_', ' ')} has a {name}" in assumed
    if " by " in item and any(
        verb in item for verb in (" update ", " delete ", " list ", " get ", " create ")
    ):
        return f"{words[0]} owner user" in allowed or "may also change" in assumed
    return False


def of(requirement: Requirement) -> str:
    """A requirement in one line."""
    return f"{requirement.id} {requirement.text}"
