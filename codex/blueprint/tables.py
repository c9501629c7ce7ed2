"""Tables that follow from the Specification's entities: columns, keys, links, the account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from codex.blueprint.brief import Brief
from codex.blueprint.naming import (
    TYPE_ENDINGS,
    Names,
    class_names,
    pascal,
    short,
    singular,
    snake,
    words,
)
from codex.blueprint.owners import with_owners
from codex.common.documents.architecture import ErrorType
from codex.common.documents.base import JsonValue
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    Constraint,
    DatabaseSchema,
    DatabaseTable,
    EnumType,
    Exposure,
    Relation,
)
from codex.common.documents.specification import (
    Entity,
    EntityField,
    EntityRelation,
    FieldType,
    RelationKind,
)
from codex.common.english import with_article

COLUMN_TYPES: dict[FieldType, ColumnType] = {
    FieldType.TEXT: ColumnType.STRING,
    FieldType.LONG_TEXT: ColumnType.TEXT,
    FieldType.INTEGER: ColumnType.INTEGER,
    FieldType.DECIMAL: ColumnType.DECIMAL,
    FieldType.FLOAT: ColumnType.FLOAT,
    FieldType.BOOLEAN: ColumnType.BOOLEAN,
    FieldType.DATE: ColumnType.DATE,
    FieldType.DATETIME: ColumnType.DATETIME,
    FieldType.TIME: ColumnType.TIME,
    FieldType.EMAIL: ColumnType.STRING,
    FieldType.URL: ColumnType.STRING,
    FieldType.CHOICE: ColumnType.ENUM,
    FieldType.FILE: ColumnType.FILE,
    FieldType.JSON: ColumnType.JSON,
}
FORMATS: dict[FieldType, Literal["email", "url"]] = {
    FieldType.EMAIL: "email",
    FieldType.URL: "url",
}
ON_DELETE = {"refuse": "restrict", "delete": "cascade", "clear": "set_null"}
PRECISION, SCALE = 18, 2


@dataclass
class Draft:
    """The database as far as it follows from the entities."""

    schema: DatabaseSchema
    errors: list[ErrorType] = field(default_factory=list[ErrorType])


class _Drafting:
    """The state of one draft: what is named already, and what was made besides tables."""

    def __init__(self, specification: Brief) -> None:
        self.specification = specification
        self.classes = class_names()
        self.enums: list[EnumType] = []
        self.errors: list[ErrorType] = []
        self.tables: dict[str, str] = {e.name: e.plural for e in specification.entities}
        # All tables are named before anything else, so that they get the plain names.
        self.models = {
            entity.name: self.classes.claim(
                pascal(entity.name), f"{pascal(entity.name)}Record", endings=TYPE_ENDINGS
            )
            for entity in specification.entities
        }
        self.table_names = Names(frozenset(self.tables.values()))
        self.codes = Names()

    def error(self, name: str, title: str) -> str:
        """A Conflict of this name, noted once."""
        claimed = self.classes.claim(name)
        code = self.codes.claim(snake(claimed))
        self.errors.append(ErrorType(name=claimed, base="Conflict", code=code, title=title))
        return claimed


def draft_tables(specification: Brief) -> Draft:
    """The database that the entities describe, before `complete` adds what is conventional."""
    state = _Drafting(specification)
    tables: list[DatabaseTable] = []
    links: list[DatabaseTable] = []
    for entity in specification.entities:
        table, its_links = _table(entity, state)
        tables.append(table)
        links += its_links
    account = specification.account
    schema = DatabaseSchema(
        description=specification.summary,
        tables=(*tables, *links),
        enums=tuple(state.enums),
        account=account.plural if account else None,
    )
    return Draft(with_owners(schema, specification), state.errors)


def _table(entity: Entity, state: _Drafting) -> tuple[DatabaseTable, list[DatabaseTable]]:
    model = state.models[entity.name]
    columns: list[Column] = []
    relations: list[Relation] = []
    links: list[DatabaseTable] = []
    for relation in entity.relations:
        if relation.kind is RelationKind.MANY_TO_MANY:
            tie, link = _many_to_many(entity, relation, state)
            relations.append(tie)
            links.append(link)
        else:
            column, tie = _foreign_key(entity, relation, state)
            columns.append(column)
            relations.append(tie)
    fields = [item for item in entity.fields if item.computed is None]
    columns += [_column(item, model, words(entity.name), state) for item in fields]
    return (
        DatabaseTable(
            name=entity.plural,
            model=model,
            entity=entity.name,
            description=entity.description or f"{with_article(words(entity.name)).capitalize()}.",
            columns=tuple(columns),
            relations=tuple(relations),
            constraints=_constraints(entity, state),
        ),
        links,
    )


def _column(item: EntityField, model: str, noun: str, state: _Drafting) -> Column:
    kind = COLUMN_TYPES[item.type]
    enum = None
    if item.type is FieldType.CHOICE:
        enum = state.classes.claim(f"{model}{pascal(item.name)}", f"{model}{pascal(item.name)}Kind")
        meaning = item.description or f"The {words(item.name)} of {with_article(noun)}."
        state.enums.append(EnumType(name=enum, values=item.choices, description=meaning))
    decimal = kind is ColumnType.DECIMAL
    error = None
    if item.unique:
        error = state.error(
            f"{model}{pascal(item.name)}Taken",
            f"There is {with_article(noun)} with this {words(item.name)} already.",
        )
    return Column(
        name=item.name,
        type=kind,
        description=item.description,
        # A file is sent after its row is made.
        nullable=(not item.required and item.default is None) or kind is ColumnType.FILE,
        unique=item.unique,
        error=error,
        default=_default(item, kind),
        enum=enum,
        precision=PRECISION if decimal else None,
        scale=(SCALE if item.scale is None else item.scale) if decimal else None,
        minimum=item.minimum,
        maximum=item.maximum,
        exclusive_minimum=item.exclusive_minimum,
        exclusive_maximum=item.exclusive_maximum,
        min_length=item.min_length,
        max_length=item.max_length,
        format=FORMATS.get(item.type),
        exposure=Exposure.READ
        if item.set_by == "server" or kind is ColumnType.FILE
        else Exposure.BOTH,
    )


def _default(item: EntityField, kind: ColumnType) -> JsonValue:
    if item.default is not None and kind is ColumnType.DECIMAL:
        return str(item.default)
    return item.default


def _foreign_key(
    entity: Entity, relation: EntityRelation, state: _Drafting
) -> tuple[Column, Relation]:
    single = relation.kind is RelationKind.ONE_TO_ONE
    name = f"{short(relation.name, 3)}_id"
    target = words(relation.target)
    error = None
    if single:
        error = state.error(
            f"{state.models[entity.name]}{pascal(relation.name)}Taken",
            f"This {target} has {with_article(words(entity.name))} already.",
        )
    clears = relation.on_delete == "clear"
    column = Column(
        name=name,
        type=ColumnType.INTEGER,
        description=f"The id of the {target}"
        + ("." if relation.name == relation.target else f" that is its {words(relation.name)}."),
        nullable=clears or not relation.required,
        unique=single,
        error=error,
        exposure=Exposure.READ if relation.set_by == "server" else Exposure.BOTH,
    )
    tie = Relation(
        name=relation.name,
        target=state.tables[relation.target],
        cardinality=Cardinality.ONE_TO_ONE if single else Cardinality.MANY_TO_ONE,
        column=name,
        inverse=relation.inverse,
        on_delete=ON_DELETE[relation.on_delete],  # pyright: ignore[reportArgumentType] one of the three
    )
    return column, tie


def _many_to_many(
    entity: Entity, relation: EntityRelation, state: _Drafting
) -> tuple[Relation, DatabaseTable]:
    here, there = entity.name, relation.target
    if here == there:
        there = singular(relation.name) if singular(relation.name) != here else f"other_{here}"
    name = state.table_names.claim(short(f"{entity.name}_{relation.name}", 3))
    link_model = state.classes.claim(
        f"{state.models[entity.name]}{pascal(singular(relation.name))}",
        f"{state.models[entity.name]}{pascal(singular(relation.name))}Link",
        endings=TYPE_ENDINGS,
    )
    sides = ((here, entity.name), (there, relation.target))
    error = state.error(f"{link_model}Taken", "These two are tied already.")
    link = DatabaseTable(
        name=name,
        model=link_model,
        description=f"Which {words(relation.name)} belong to which {words(entity.name)}.",
        columns=(
            *(
                Column(
                    name=f"{side}_id",
                    type=ColumnType.INTEGER,
                    description=f"The id of the {words(side)}.",
                )
                for side, _ in sides
            ),
            *(_column(item, link_model, words(link_model), state) for item in relation.attributes),
        ),
        timestamps=False,
        relations=tuple(
            Relation(
                name=side, target=state.tables[target], column=f"{side}_id", on_delete="cascade"
            )
            for side, target in sides
        ),
        constraints=(
            Constraint(
                name=short(f"{name}_once"),
                kind="unique",
                columns=tuple(f"{side}_id" for side, _ in sides),
                error=error,
                description="Two rows are tied only once.",
            ),
        ),
    )
    tie = Relation(
        name=relation.name,
        target=state.tables[relation.target],
        cardinality=Cardinality.MANY_TO_MANY,
        through=name,
        through_source=here,
        through_target=there,
        inverse=relation.inverse,
    )
    return tie, link


def _constraints(entity: Entity, state: _Drafting) -> tuple[Constraint, ...]:
    """One for each set of fields that are unique together, however often it was said."""
    columns = {item.name: item.name for item in entity.fields}
    columns |= {
        item.name: f"{short(item.name, 3)}_id"
        for item in entity.relations
        if item.kind is not RelationKind.MANY_TO_MANY
    }
    found: dict[frozenset[str], Constraint] = {}
    for member in (*entity.fields, *entity.relations):
        if not member.unique_with:
            continue
        together = tuple(columns[name] for name in (*member.unique_with, member.name))
        if frozenset(together) in found:
            continue
        shown = " and ".join(words(name) for name in (*member.unique_with, member.name))
        error = state.error(
            f"{state.models[entity.name]}Exists",
            f"There is {with_article(words(entity.name))} with this {shown} already.",
        )
        found[frozenset(together)] = Constraint(
            name=short(f"{entity.plural}_{'_'.join(together)}_once"),
            kind="unique",
            columns=together,
            error=error,
        )
    return tuple(found.values())
