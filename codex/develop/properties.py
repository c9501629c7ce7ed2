"""What the types promise, tried with seeded values: no confusion inside, the right type outside."""

from __future__ import annotations

import ast
import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CONTEXT, Example, FunctionDefinition
from codex.common.documents.typetext import names_in, parse_type
from codex.common.sandbox import Limits
from codex.develop.compare import short
from codex.develop.conformity import conforms
from codex.develop.row_properties import row_cases
from codex.develop.trial import (
    MOMENT,
    Case,
    closure_order,
    needed_settings,
    payload_functions,
    told_of,
    written_unasked,
)

if TYPE_CHECKING:
    from codex.develop.bench import Bench
    from codex.develop.work import Work
    from codex.develop.workshop import Workshop

CASES = 25
LIMITS = Limits(cpu_seconds=1, wall_seconds=10, processes=16, memory_mb=512)
"""For all of them together: what works for long on odd arguments shows nothing more by that."""
# Errors that no precondition excuses; an IndexError may be what an empty list deserves.
CONFUSED = ("TypeError", "AttributeError", "NameError", "UnboundLocalError", "RecursionError")

_TEXTS = [
    "",
    "a",
    "Ada Lovelace",
    "ünïcödé ✓",
    "0",
    " padded ",
    "a" * 200,
    "it's",
    '"',
    "line\nline",
]
# No huge ones: a loop over that many may well be right, and would never end.
_NUMBERS = [0, 1, -1, 2, 3, 7, 10, 100, -100, 365]
_DECIMALS = ["0", "0.01", "1", "-1", "10.50", "999999.99", "0.1"]
_MOMENTS = [MOMENT, "2024-02-29T23:59:59Z", "2026-12-31T00:00:00Z", "1999-01-01T12:00:00Z"]
_ATOMS: dict[str, list[Any]] = {
    "int": _NUMBERS,
    "float": [0.0, 0.5, -1.5, 1e9],
    "str": _TEXTS,
    "bool": [True, False],
    "Decimal": _DECIMALS,
    "date": [moment[:10] for moment in _MOMENTS],
    "datetime": _MOMENTS,
    "time": ["00:00:00", "12:30:00", "23:59:59"],
    "UUID": ["00000000-0000-4000-8000-000000000001", "f47ac10b-58cc-4372-a567-0e02b2c3d479"],
    "timedelta": ["P0D", "P1D", "PT1H"],
}


def value_of(node: ast.expr, rng: random.Random, enums: dict[str, list[str]]) -> Any:
    """A value of a type, as JSON; a LookupError where no value of it can be made here."""
    match node:
        case ast.Constant(value=None):
            return None
        case ast.Name(id=name) if name in enums:
            return rng.choice(enums[name])
        case ast.Name(id=name):
            return rng.choice(_ATOMS[name])
        case ast.BinOp(left=left, right=right):
            return value_of(rng.choice([left, right]), rng, enums)
        case ast.Subscript(value=ast.Name(id="list" | "set" | "frozenset"), slice=inner):
            return [value_of(inner, rng, enums) for _ in range(rng.choice([0, 1, 2, 3, 8]))]
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[key, value])):
            count = rng.choice([0, 1, 3])
            return {
                str(value_of(key, rng, enums)): value_of(value, rng, enums) for _ in range(count)
            }
        case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=parts)):
            if any(isinstance(part, ast.Constant) for part in parts):
                raise LookupError("a tuple of any length")
            return [value_of(part, rng, enums) for part in parts]
        case ast.Subscript(value=ast.Name(id="Literal"), slice=inner):
            options = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return ast.literal_eval(rng.choice(options))
        case _:
            raise LookupError("no values of this type are known")


def argument_sets(
    definition: FunctionDefinition, enums: dict[str, list[str]]
) -> list[dict[str, Any]] | None:
    """Seeded arguments; None for a function that needs rows, the session or files."""
    if "Select" in names_in(definition.return_type):
        return None  # what it returns is a query over rows
    rng = random.Random(definition.name)  # noqa: S311 the same cases at every run, not a secret
    sets: list[dict[str, Any]] = []
    try:
        for _ in range(CASES):
            arguments: dict[str, Any] = {}
            for parameter in definition.parameters:
                if parameter.name in CONTEXT and parameter.name not in {"now", "settings"}:
                    return None
                if parameter.name == "now":
                    arguments["now"] = rng.choice(_MOMENTS)
                elif parameter.name != "settings":
                    arguments[parameter.name] = value_of(parse_type(parameter.type), rng, enums)
            sets.append(arguments)
    except LookupError:
        return None
    return sets if definition.parameters else None


async def property_problems(shop: Workshop, work: Work) -> list[str] | None:
    """What the seeded cases say against the function; None where there are none for it."""
    codes = {name: other.code for name, other in shop.works.items()}
    bench = await shop.bench(work)
    return await problems_with(bench, shop.architecture, work.definition, codes, work.examples)


async def problems_with(
    bench: Bench,
    architecture: Architecture,
    definition: FunctionDefinition,
    codes: Mapping[str, str],
    examples: Sequence[Example],
) -> list[str] | None:
    """The same for any code of a function, with the examples that it is known by."""
    payload = case_payload(architecture, definition, codes)
    if payload is None:
        return await _with_rows(
            bench, architecture, definition, row_cases(architecture, definition, examples, codes)
        )
    result = await bench.call("observe_many", payload, LIMITS)
    if result.outcome != "returned":
        return None  # it may be right to work for long on odd arguments: nothing is known
    observed = cast("list[dict[str, Any]]", result.value)
    enums = _enums(architecture)
    problems: list[str] = []
    for arguments, seen in zip(payload["many"], observed, strict=True):
        problems += _against(definition, f"Called with {short(arguments)}", seen, enums)
    return sorted(dict.fromkeys(problems), key=len)


async def _with_rows(
    bench: Bench, architecture: Architecture, definition: FunctionDefinition, cases: Sequence[Case]
) -> list[str] | None:
    results = await asyncio.gather(*(bench.call("observe", item.payload) for item in cases))
    enums = _enums(architecture)
    problems: list[str] = []
    seen = [
        (case, cast("dict[str, Any]", result.value))
        for case, result in zip(cases, results, strict=True)
        if result.outcome == "returned"
    ]
    for case, observed in seen:
        problems += _against(definition, f"With {told_of(case)}", observed, enums)
        problems += written_unasked(case, observed)
    return sorted(dict.fromkeys(problems), key=len) if seen else None


def case_payload(
    architecture: Architecture, definition: FunctionDefinition, codes: Mapping[str, str]
) -> dict[str, Any] | None:
    """All seeded cases, as the sandbox takes them; None where there are none."""
    sets = argument_sets(definition, _enums(architecture))
    if sets is None:
        return None
    order = closure_order(architecture, definition.name)
    return {
        "functions": payload_functions(architecture, order, codes),
        "call": definition.name,
        "many": sets,
        "settings": needed_settings(architecture),
        "moment": MOMENT,
    }


def _enums(architecture: Architecture) -> dict[str, list[str]]:
    return {enum.name: list(enum.values) for enum in architecture.database.enums}


def _against(
    definition: FunctionDefinition, told: str, seen: dict[str, Any], enums: dict[str, list[str]]
) -> list[str]:
    """What one case says, where `told` is how the function was called."""
    crash = str(seen.get("crashed", seen.get("broken", "")))
    if crash.partition(":")[0] in CONFUSED:
        return [f"{told}, {definition.name} crashed with {crash}."]
    if "returned" in seen and not conforms(
        seen["returned"], parse_type(definition.return_type), enums
    ):
        value = short(seen["returned"])
        kind = definition.return_type
        return [f"{told}, {definition.name} returned {value}, which is no {kind}."]
    return []
