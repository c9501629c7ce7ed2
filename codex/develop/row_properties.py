"""What the types promise of functions with rows: the examples' rows, met with other arguments.

The rows are an example's own, since rows that nobody wrote down may be none that can be there. The
arguments are those of all examples, mixed, ids that no row has, the caller of another row, and what
a type names whole: yes and no, the members of an enum, nothing where there may be nothing.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import Example, FunctionDefinition
from codex.common.documents.route_checks import ROW_REFERENCE
from codex.common.documents.typetext import parse_type
from codex.compiler.rows import UnknownRow
from codex.develop.trial import make_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codex.common.documents.architecture import Architecture
    from codex.develop.trial import Case

CASES = 4
NOBODY = 987_654
"""An id that no row has."""


def row_cases(
    architecture: Architecture,
    definition: FunctionDefinition,
    examples: Sequence[Example],
    codes: Mapping[str, str],
) -> list[Case]:
    """Seeded cases of a function with rows; none without examples to take rows from."""
    rng = random.Random(definition.name)  # noqa: S311 the same cases at every run, not a secret
    enums = {enum.name: list(enum.values) for enum in architecture.database.enums}
    known = {_key(item) for item in examples}
    cases: list[Case] = []
    for number in range(CASES * 3):
        if len(cases) == CASES or not examples:
            break
        world = examples[number % len(examples)]
        mixed = _mixed(definition, examples, world, rng, enums)
        if _key(mixed) in known:
            continue
        known.add(_key(mixed))
        try:
            cases.append(make_case(architecture, definition, mixed, codes))
        except UnknownRow:
            continue  # the rows of another example are not here
    return cases


def _key(example: Example) -> str:
    return example.model_dump_json(include={"given", "settings", "args"})


def _mixed(
    definition: FunctionDefinition,
    examples: Sequence[Example],
    world: Example,
    rng: random.Random,
    enums: Mapping[str, list[str]],
) -> Example:
    """The rows of `world` with arguments that no example has in this combination."""
    arguments: dict[str, JsonValue] = {}
    for parameter in definition.parameters:
        name = parameter.name
        seen = [item.args[name] for item in examples if name in item.args]
        if not seen:
            continue  # it is handed in by the runner, or has a default
        choices = [value for value in seen if _is_there(value, world)] or [
            world.args.get(name, seen[0])
        ]
        if parameter.type == "int":
            choices += [NOBODY]
        choices += _named_whole(parse_type(parameter.type), enums)
        arguments[name] = rng.choice(choices)
    return Example(given=world.given, settings=world.settings, args=arguments)


def _named_whole(kind: ast.expr, enums: Mapping[str, list[str]]) -> list[JsonValue]:
    """Every value of a type that has few, and None where that may be."""
    match kind:
        case ast.Constant(value=None):
            return [None]
        case ast.Name(id="bool"):
            return [False, True]
        case ast.Name(id=name):
            return [*enums.get(name, ())]
        case ast.BinOp(left=left, right=right):
            return [*_named_whole(left, enums), *_named_whole(right, enums)]
        case _:
            return []


def _is_there(value: JsonValue, world: Example) -> bool:
    match = ROW_REFERENCE.match(value) if isinstance(value, str) else None
    return match is None or int(match[2]) <= len(world.given.get(match[1], ()))
