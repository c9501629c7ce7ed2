"""Documents of any shape, for property tests."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

from codex.common.documents.application import Application, ServiceFile
from codex.common.documents.architecture import Architecture
from codex.common.documents.base import is_reserved
from codex.common.documents.implementation import Check, Function, FunctionStatus, Implementation
from codex.common.documents.rules import Comparison, Condition, Filter, Grant, Named, Now, Value
from codex.common.documents.schema import (
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
    Exposure,
)
from codex.common.documents.specification import (
    Criterion,
    Entity,
    EntityField,
    EntityRelation,
    Feature,
    FieldType,
    Operation,
    OutOfScope,
    Parameter,
    Requirement,
    Specification,
    Verb,
)
from tests.common.documents import samples

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
quotable = text.filter(lambda value: bool(value.strip()))
word = st.text(string.ascii_lowercase, min_size=1, max_size=8).filter(
    lambda value: not is_reserved(value)
)
names = st.lists(word, min_size=1, max_size=3).map("_".join)
# What JSON gives back as it was: no infinities, and no integers that a float cannot hold.
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | text
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)


def unique_names(least: int = 0, most: int = 4) -> st.SearchStrategy[list[str]]:
    """Different names."""
    return st.lists(names, min_size=least, max_size=most, unique=True)


@st.composite
def fields(draw: st.DrawFn, name: str) -> EntityField:
    """A field called `name`."""
    kind = draw(st.sampled_from(FieldType))
    choices = draw(st.lists(text, min_size=1, max_size=3, unique=True))
    return EntityField(
        name=name,
        type=kind,
        description=draw(text),
        required=draw(st.booleans()),
        choices=tuple(choices) if kind is FieldType.CHOICE else (),
        default=draw(scalars),
        minimum=draw(st.none() | numbers | text),
    )


@st.composite
def operations(draw: st.DrawFn, entity: str, parameter: str) -> Operation:
    """An operation on `entity`."""
    operands = st.sampled_from([Named(name=parameter), Now(plus=-3), Value(value="x")])
    condition = Condition(
        field=draw(names), op=draw(st.sampled_from(Comparison)), operands=(draw(operands),)
    )
    return Operation(
        verb=draw(st.sampled_from(Verb)),
        entity=entity,
        access=(Grant(role="public"),),
        rule=draw(st.none() | st.just(Filter(table=entity, where=(condition,)))),
    )


@st.composite
def specifications(draw: st.DrawFn) -> Specification:
    """A Specification that holds together."""
    request = draw(quotable)
    entity_names = draw(unique_names(least=1))
    parameter = draw(names)
    entities: list[Entity] = []
    for name in entity_names:
        members = draw(unique_names())
        relations = (
            (EntityRelation(name=members[-1], target=draw(st.sampled_from(entity_names))),)
            if members
            else ()
        )
        entities.append(
            Entity(
                name=name,
                plural=f"{name}_all",
                fields=tuple(draw(fields(member)) for member in members[:-1]),
                relations=relations,
            )
        )
    feature = draw(text)
    requirements = tuple(
        Requirement(
            id=f"R{number}",
            feature=feature,
            text=draw(text),
            quotes=(request,),
            criteria=(Criterion(id=f"R{number}.1", given=draw(text), when="", then=""),),
            operations=(draw(operations(draw(st.sampled_from(entity_names)), parameter)),),
        )
        for number in range(1, draw(st.integers(1, 4)))
    )
    return Specification(
        title=draw(text),
        summary=draw(text),
        request=request,
        feedback=tuple(draw(st.lists(text, max_size=2))),
        features=(Feature(name=feature),),
        entities=tuple(entities),
        parameters=(Parameter(name=parameter, value=draw(scalars), type="text"),),
        requirements=requirements,
        out_of_scope=(OutOfScope(quote=request, reason=draw(text)),),
        notes=draw(st.dictionaries(text, json_values, max_size=3)),
    )


_DEFAULTS: dict[ColumnType, st.SearchStrategy[Any]] = {
    ColumnType.INTEGER: st.integers(-(2**63) + 1, 2**63 - 1),
    ColumnType.FLOAT: st.floats(allow_nan=False, allow_infinity=False),
    ColumnType.BOOLEAN: st.booleans(),
    ColumnType.STRING: text,
    ColumnType.TEXT: text,
    ColumnType.DECIMAL: st.decimals(allow_nan=False, allow_infinity=False).map(str),
    ColumnType.DATE: st.dates().map(str),
    ColumnType.UUID: st.uuids().map(str),
    ColumnType.JSON: json_values,
}


@st.composite
def tables(draw: st.DrawFn, name: str) -> DatabaseTable:
    """A table called `name`."""
    own = [item for item in draw(unique_names()) if item not in {"id", "created_at", "updated_at"}]
    plain = [kind for kind in ColumnType if kind is not ColumnType.ENUM]
    return DatabaseTable(
        name=name,
        model="".join(part.capitalize() for part in name.split("_")) + "Row",
        description=draw(text),
        timestamps=draw(st.booleans()),
        columns=tuple(
            Column(
                name=item,
                type=(kind := draw(st.sampled_from(plain))),
                nullable=draw(st.booleans()),
                default=draw(st.none() | _DEFAULTS.get(kind, st.none())),
                exposure=draw(st.sampled_from(Exposure)),
            )
            for item in own
        ),
    )


@st.composite
def applications(draw: st.DrawFn) -> Application:
    """An Application over drawn documents; its routes are those of the sample."""
    base = samples.architecture()
    taken = {table.name for table in base.database.tables}
    extra = [draw(tables(f"{name}_t")) for name in draw(unique_names()) if f"{name}_t" not in taken]
    # Names that become one class would rightly be refused.
    drawn = list({table.model: table for table in extra}.values())
    raw: dict[str, Any] = base.model_dump()
    database = DatabaseSchema.model_validate(raw["database"])
    raw["database"] = database.model_copy(update={"tables": (*database.tables, *drawn)})
    architecture = Architecture.model_validate(raw)
    functions = tuple(
        Function(
            name=item.name,
            code=draw(quotable),
            status=FunctionStatus.VERIFIED,
            evidence=(Check(name=draw(text), passed=True, detail=draw(text)),),
        )
        for item in architecture.functions
    )
    sample = samples.application()
    files = tuple(
        ServiceFile.of(f"app/{name}.py", draw(text)) for name in draw(unique_names(least=1))
    )
    return sample.model_copy(
        update={
            "implementation": Implementation(architecture=architecture, functions=functions),
            "files": files,
            "source_map": (),
        }
    )
