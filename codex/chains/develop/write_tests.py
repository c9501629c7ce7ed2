"""Writes further examples of one function from its contract, without seeing its code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import cast

from codex.chains.chain import Asking, Chain, Problem, Sentence, run
from codex.common import python_source
from codex.common.documents.base import Part
from codex.common.documents.codegraph import Example, FunctionDefinition
from codex.compiler.closure import Closure


class WriteTestsInputs(Part):
    """One contract, and how it is known to be met."""

    header: str
    """The function's header."""
    definition: FunctionDefinition
    """The contract."""
    examples: tuple[Example, ...] = ()
    """The examples that the contract has already."""
    closure: Closure
    """What the contract's names mean."""
    criteria: tuple[str, ...] = ()
    """Acceptance criteria of the requirements behind it."""
    clarifications: tuple[str, ...] = ()
    """Answers that the Architect gave; they belong to the contract."""
    columns: dict[str, tuple[str, ...]] = {}
    """Every table that a case may give rows of, with its columns."""
    passing: tuple[str, ...] = ()
    """Errors that what it calls may raise; they pass through."""
    suspected: tuple[str, ...] = ()
    """Cases of an earlier answer that every candidate failed, with the reason."""


class WrittenTests(Part):
    """Cases that tell right code from wrong code."""

    examples: tuple[Example, ...]
    """Two for a check of one value; up to eight where there is more to get wrong: limits and just
    beside them, nothing there, several rows of which only some count, somebody else's rows, each
    error, and the order of what is returned. Each could fail where no other does."""


UNKNOWN_ARGUMENT = Sentence(
    "unknown_argument", "Case {number} gives argument {name}, which {function} does not take."
)
MISSING_ARGUMENT = Sentence(
    "missing_argument", "Case {number} gives no argument {name}, which {function} takes."
)
UNKNOWN_TABLE = Sentence("unknown_table", "Case {number} names table {name}; there are {tables}.")
UNKNOWN_COLUMN = Sentence(
    "unknown_column", "Case {number} names column {name}, which table {table} does not have."
)
UNDECLARED = Sentence(
    "undeclared", "Case {number} expects {name} to be raised; the contract declares {declared}."
)
CONTRADICTS = Sentence(
    "contradicts",
    "Case {number} has the same rows and arguments as the contract's example {example}, "
    "but another outcome; the contract is right.",
)
ASSERTS_NOTHING = Sentence(
    "asserts_nothing",
    "Case {number} asserts nothing: {function} returns {returns}; say what is returned or raised, "
    "or which rows are there afterwards.",
)
NO_CASES = Sentence("no_cases", "There is no case; give at least one.")

HANDED_IN = frozenset({"session", "settings", "files", "paging"})


def check(inputs: WriteTestsInputs, output: WrittenTests) -> Iterator[Problem]:
    """Every case can be run, and none contradicts the contract."""
    if not output.examples:
        yield NO_CASES()
    definition = inputs.definition
    parameters = {item.name: item for item in definition.parameters}
    for number, case in enumerate(output.examples, 1):
        at = ("examples", number - 1)
        for name in sorted(case.args.keys() - parameters.keys()):
            yield UNKNOWN_ARGUMENT(number=number, name=name, function=definition.name, at=at)
        for name, item in parameters.items():
            if name not in case.args and item.default is None and name not in HANDED_IN:
                yield MISSING_ARGUMENT(number=number, name=name, function=definition.name, at=at)
        if _asserts_nothing(definition, case):
            yield ASSERTS_NOTHING(
                number=number, function=definition.name, returns=definition.return_type, at=at
            )
        yield from _rows(inputs, number, case)
        raised = dict.fromkeys((*definition.raises, *inputs.passing))
        if case.raises is not None and case.raises not in raised:
            yield UNDECLARED(
                number=number, name=case.raises, declared=tuple(raised), at=(*at, "raises")
            )
        for known, example in enumerate(inputs.examples, 1):
            if contradict(definition, case, example):
                yield CONTRADICTS(number=number, example=known, at=at)


def _asserts_nothing(definition: FunctionDefinition, case: Example) -> bool:
    """Whether any code that does not crash would do."""
    if case.raises is not None or case.then:
        return False
    if definition.return_type == "None":
        return bool(definition.writes)
    # Of a row, an example names what matters; naming nothing is met by every row.
    return case.returns == {} and not definition.return_type.startswith("dict")


def _rows(inputs: WriteTestsInputs, number: int, case: Example) -> Iterator[Problem]:
    for part, tables in (("given", case.given), ("then", case.then)):
        for table, rows in tables.items():
            at = ("examples", number - 1, part, table)
            if table not in inputs.columns:
                known = sorted(inputs.columns)
                yield UNKNOWN_TABLE(number=number, name=table, tables=known, at=at)
                continue
            for name in sorted({name for row in rows for name in row} - {*inputs.columns[table]}):
                yield UNKNOWN_COLUMN(number=number, name=name, table=table, at=at)


def contradict(definition: FunctionDefinition, one: Example, other: Example) -> bool:
    """Whether two examples are the same case, and no code can meet both."""
    if _case(definition, one) != _case(definition, other):
        return False
    if one.raises != other.raises:
        return True
    # Each names what matters to it of rows and objects; only mappings are named in full.
    whole = definition.return_type.startswith("dict")
    tables = one.then.keys() & other.then.keys()
    return not (
        (one.returns == other.returns if whole else _both_hold(one.returns, other.returns))
        and all(_both_hold(list(one.then[name]), list(other.then[name])) for name in tables)
    )


def _case(definition: FunctionDefinition, example: Example) -> tuple[object, ...]:
    """What an example hands in, with what it leaves to a default."""
    defaults: dict[str, object] = {}
    for parameter in definition.parameters:
        if parameter.default is not None:
            with suppress(ValueError, SyntaxError):  # `Decimal("1")` is not written out
                defaults[parameter.name] = python_source.literal(parameter.default)
    return example.given, example.settings, defaults | example.args


def _both_hold(one: object, other: object) -> bool:
    match one, other:
        case dict(), dict():
            first, second = cast("dict[str, object]", one), cast("dict[str, object]", other)
            return all(_both_hold(first[name], second[name]) for name in first.keys() & second)
        case list(), list():
            items, others = cast("list[object]", one), cast("list[object]", other)
            return len(items) == len(others) and all(map(_both_hold, items, others))
        case _:
            return isinstance(one, bool) == isinstance(other, bool) and one == other


CHAIN = Chain(
    name="develop/write_tests",
    purpose="Writes further examples of one function from its contract, without seeing its code.",
    inputs=WriteTestsInputs,
    output=WrittenTests,
    check=check,
    sentences=(
        UNKNOWN_ARGUMENT,
        MISSING_ARGUMENT,
        UNKNOWN_TABLE,
        UNKNOWN_COLUMN,
        UNDECLARED,
        CONTRADICTS,
        ASSERTS_NOTHING,
        NO_CASES,
    ),
    attempts=3,
)


async def write_tests(inputs: WriteTestsInputs, services: Asking, *, place: str) -> WrittenTests:
    """Further cases for one function."""
    return await run(CHAIN, inputs, services, place=place)
