"""Specifications by hand: a small library with something of everything, and large ones."""

from __future__ import annotations

from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Assignment,
    Caller,
    Change,
    Comparison,
    Condition,
    Creation,
    FieldValue,
    Filter,
    Formula,
    Grant,
    Guard,
    Named,
    Now,
    Scope,
    Value,
)
from codex.common.documents.specification import (
    Criterion,
    CriterionCase,
    Entity,
    EntityField,
    EntityRelation,
    Feature,
    FieldType,
    Operation,
    Parameter,
    RelationKind,
    Requirement,
    Role,
    Specification,
    Verb,
)

REQUEST = (
    "A library with books and authors. Members log in, borrow up to 5 books for 14 days and return "
    "them. Overdue loans are listed. Librarians manage books. The number of books per author. "
    "Books can be searched by title."
)
LIBRARIAN = (Grant(role="librarian"),)
OWN = (Grant(role="user", scope=Scope.OWN), Grant(role="librarian"))
OPEN = Condition(field="returned_at", op=Comparison.IS_NULL)


def criterion(requirement: str, number: int, kind: str = "done", **values: object) -> Criterion:
    return Criterion(
        id=f"{requirement}.{number}",
        given="what is there",
        when=f"{kind} number {number} is tried",
        then="it is seen",
        case=CriterionCase.model_validate({"kind": kind, **values}),
    )


def crud(entity: str, writers: tuple[Grant, ...] = (), **listed: object) -> tuple[Operation, ...]:
    return (
        Operation(verb=Verb.CREATE, entity=entity, access=writers),
        Operation.model_validate({"verb": Verb.LIST, "entity": entity, **listed}),
        Operation(verb=Verb.GET, entity=entity),
        Operation(verb=Verb.UPDATE, entity=entity, access=writers),
        Operation(verb=Verb.DELETE, entity=entity, access=writers),
    )


def borrow() -> Operation:
    return Operation(
        verb=Verb.ACTION,
        entity="book",
        name="borrow",
        access=(Grant(role="user"),),
        rule=Change(
            table="book",
            guards=(
                Guard(
                    table="member",
                    count=Filter(
                        table="loan",
                        where=(Condition(field="member", operands=(Caller(),)), OPEN),
                    ),
                    limit=Named(name="loan_limit"),
                    message="You have borrowed as many books as you may.",
                ),
                Guard(
                    table="book",
                    count=Filter(
                        table="loan",
                        where=(Condition(field="book", operands=(FieldValue(path="id"),)), OPEN),
                    ),
                    limit=Value(value=1),
                ),
            ),
            create=(
                Creation(
                    table="loan",
                    assign=(
                        Assignment(field="book", operand=FieldValue(path="id")),
                        Assignment(field="member", operand=Caller()),
                        Assignment(
                            field="due_date",
                            operand=Now(date_only=True, plus_parameter="loan_period"),
                        ),
                    ),
                ),
            ),
            lock="member",
        ),
    )


def give_back() -> Operation:
    return Operation(
        verb=Verb.ACTION,
        entity="loan",
        name="return",
        access=(Grant(role="user", scope=Scope.OWN),),
        rule=Change(
            table="loan",
            guards=(Guard(table="loan", require=(OPEN,)),),
            assign=(Assignment(field="returned_at", operand=Now()),),
        ),
    )


def overdue() -> Operation:
    late = Condition(field="due_date", op=Comparison.LT, operands=(Now(date_only=True),))
    return Operation(
        verb=Verb.QUERY,
        entity="loan",
        name="overdue",
        access=OWN,
        rule=Filter(table="loan", where=(late, OPEN)),
    )


def library(**changes: object) -> Specification:
    """A lending library with accounts, owners, a limit, a state, a figure and a computed field."""
    parts: dict[str, object] = {
        "title": "Library",
        "summary": "Lends books.",
        "request": REQUEST,
        "roles": (Role(name="librarian", description="Runs it."),),
        "features": tuple(Feature(name=n) for n in ("Books", "Authors", "Lending", "Accounts")),
        "entities": entities(),
        "parameters": (
            Parameter(name="loan_limit", value=5, quote="5"),
            Parameter(name="loan_period", value=14, quote="14 days"),
        ),
        "requirements": requirements(),
    }
    return Specification.model_validate({**parts, **changes})


def entities() -> tuple[Entity, ...]:
    late = Condition(field="due_date", op=Comparison.LT, operands=(Now(date_only=True),))
    return (
        Entity(
            name="member",
            plural="members",
            is_account=True,
            fields=(
                EntityField(name="email", type=FieldType.EMAIL, unique=True),
                EntityField(name="name"),
            ),
        ),
        Entity(name="author", plural="authors", fields=(EntityField(name="name"),)),
        Entity(
            name="book",
            plural="books",
            fields=(
                EntityField(name="title", max_length=200),
                EntityField(name="isbn", unique=True),
                EntityField(name="price", type=FieldType.DECIMAL, minimum=0),
                EntityField(
                    name="status", type=FieldType.CHOICE, choices=("in", "out"), default="in"
                ),
            ),
            relations=(
                EntityRelation(name="author", target="author", inverse="books"),
                EntityRelation(
                    name="tags", target="tag", kind=RelationKind.MANY_TO_MANY, inverse="books"
                ),
            ),
        ),
        Entity(name="tag", plural="tags", fields=(EntityField(name="name", unique=True),)),
        Entity(
            name="loan",
            plural="loans",
            owner="member",
            fields=(
                EntityField(name="due_date", type=FieldType.DATE, set_by="server"),
                EntityField(
                    name="returned_at", type=FieldType.DATETIME, required=False, set_by="server"
                ),
                EntityField(
                    name="is_overdue",
                    type=FieldType.BOOLEAN,
                    computed=Formula(table="loan", operation="all", conditions=(late, OPEN)),
                ),
            ),
            relations=(
                EntityRelation(name="book", target="book", inverse="loans"),
                EntityRelation(name="member", target="member", inverse="loans", set_by="server"),
            ),
        ),
    )


def requirements() -> tuple[Requirement, ...]:
    count = Operation(
        verb=Verb.FIGURE,
        entity="book",
        name="count_by_author",
        rule=Aggregate(function=AggregateFunction.COUNT, table="book", group_by="author"),
    )
    lending = (
        borrow(),
        give_back(),
        overdue(),
        Operation(verb=Verb.LIST, entity="loan", access=OWN),
        Operation(verb=Verb.GET, entity="loan", access=OWN),
    )
    return (
        Requirement(
            id="R1",
            feature="Books",
            text="Librarians must be able to manage books.",
            quotes=("Librarians manage books",),
            operations=crud("book", LIBRARIAN, search=("title",)),
            criteria=(
                criterion("R1", 1),
                criterion("R1", 2, operation=2),
                criterion("R1", 3, "missing", operation=3),
                criterion("R1", 4, "forbidden"),
                criterion("R1", 5, "duplicate", field="isbn"),
                criterion("R1", 6, "invalid", field="price"),
                criterion("R1", 7, "narrowed", operation=2, field="title"),
            ),
        ),
        Requirement(
            id="R2",
            feature="Authors",
            text="Authors and tags must be kept.",
            operations=(*crud("author", LIBRARIAN), *crud("tag", LIBRARIAN)),
            criteria=(criterion("R2", 1), criterion("R2", 2, "anonymous")),
        ),
        Requirement(
            id="R3",
            feature="Lending",
            text="Members must be able to borrow and return books.",
            operations=lending,
            criteria=(
                criterion("R3", 1),
                criterion("R3", 2, "refused", guard=1),
                criterion("R3", 3, operation=2),
                criterion("R3", 4, "refused", operation=2),
                criterion("R3", 5, operation=3),
                criterion("R3", 6, "foreign", operation=5),
            ),
        ),
        Requirement(
            id="R4",
            feature="Books",
            text="The number of books per author must be shown.",
            operations=(count,),
            criteria=(criterion("R4", 1),),
        ),
        Requirement(
            id="R5",
            feature="Accounts",
            text="Members must be able to sign up and log in.",
            criteria=(criterion("R5", 1, "account", operation=0),),
        ),
    )


NAMES = (
    "customer", "product", "order", "order_item", "supplier", "warehouse", "shipment", "invoice",
    "payment", "category", "review", "coupon", "address", "employee", "department", "project",
    "task", "comment", "attachment", "ticket", "contract", "vehicle", "route", "depot", "message",
)  # fmt: skip
PLURALS = {"category": "categories", "address": "addresses"}


def large(tables: int = 25, with_routes: int = 8) -> Specification:
    """So many tables, with the five usual routes for the first few."""
    made: list[Entity] = []
    for number, name in enumerate(NAMES[:tables]):
        targets = {NAMES[(number * 7 + 3) % number], NAMES[number // 2]} if number else set[str]()
        made.append(
            Entity(
                name=name,
                plural=PLURALS.get(name, f"{name}s"),
                fields=tuple(
                    EntityField(name=f"{name}_{part}", type=kind)
                    for part, kind in (
                        ("name", FieldType.TEXT),
                        ("number", FieldType.INTEGER),
                        ("note", FieldType.LONG_TEXT),
                        ("day", FieldType.DATE),
                        ("total", FieldType.DECIMAL),
                    )[: 2 + number % 4]
                ),
                relations=tuple(
                    EntityRelation(name=target, target=target, required=number % 3 != 0)
                    for target in sorted(targets - {name})
                ),
            )
        )
    return Specification(
        title="A large trading company",
        summary="Trades.",
        request="Much.",
        features=(Feature(name="All"),),
        entities=tuple(made),
        requirements=tuple(
            Requirement(
                id=f"R{number}",
                feature="All",
                text=f"The {entity.plural} must be kept.",
                operations=crud(entity.name),
                criteria=(criterion(f"R{number}", 1),),
            )
            for number, entity in enumerate(made[:with_routes], 1)
        ),
    )
