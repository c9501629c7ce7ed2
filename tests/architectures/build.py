"""Short words to write an Architecture with."""

from __future__ import annotations

import textwrap
from typing import Any

from codex.common.documents.architecture import Architecture, ErrorType, Module
from codex.common.documents.codegraph import (
    CodeGraph,
    Derived,
    DerivedOperation,
    FunctionDefinition,
    FunctionKind,
    Success,
    SuccessKind,
)
from codex.common.documents.implementation import Check, Function, FunctionStatus
from codex.common.documents.rules import Grant, Scope
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
    EnumType,
    Exposure,
    Relation,
)
from codex.common.documents.specification import Role, Specification
from codex.common.documents.template import main_parameters, main_return_type

JSON = dict[str, Any]


def specification(title: str, *roles: str) -> Specification:
    """A Specification that says no more than the compiler reads."""
    return Specification(
        title=title,
        summary=f"{title}, for tests.",
        request=f"Build {title}.",
        roles=tuple(Role(name=role, description=f"A {role}.") for role in roles),
    )


def text(name: str, length: int | None = None, **more: Any) -> Column:
    """A line of text."""
    return Column(name=name, type=ColumnType.STRING, max_length=length, **more)


def column(name: str, kind: str, **more: Any) -> Column:
    """A column of any type."""
    return Column(name=name, type=ColumnType(kind), **more)


def integer(name: str, **more: Any) -> Column:
    """A whole number."""
    return Column(name=name, type=ColumnType.INTEGER, **more)


def money(name: str, **more: Any) -> Column:
    """An exact amount."""
    more = {"precision": 12, "scale": 2, **more}
    return Column(name=name, type=ColumnType.DECIMAL, **more)


def choice(name: str, enum: str, **more: Any) -> Column:
    """One value of an enum."""
    return Column(name=name, type=ColumnType.ENUM, enum=enum, **more)


def reference(name: str, **more: Any) -> Column:
    """A foreign key's column."""
    return Column(name=f"{name}_id", type=ColumnType.INTEGER, **more)


def belongs(name: str, target: str, inverse: str | None = None, **more: Any) -> Relation:
    """A relation over `<name>_id`."""
    parts: JSON = {"column": f"{name}_id", "inverse": inverse, **more}
    return Relation(name=name, target=target, **parts)


def tied(name: str, target: str, through: str, near: str, far: str, **more: Any) -> Relation:
    """A relation of many to many."""
    return Relation(
        name=name,
        target=target,
        cardinality=Cardinality.MANY_TO_MANY,
        through=through,
        through_source=near,
        through_target=far,
        **more,
    )


def accounts(
    *roles: str, columns: tuple[Column, ...] = ()
) -> tuple[DatabaseTable, EnumType | None]:
    """The table of accounts, with an enum of `roles` where there are any."""
    own = [
        text("email", 254, format="email", unique=True, error="EmailTaken"),
        text("password_hash", 255, exposure=Exposure.NONE),
        *columns,
    ]
    enum = EnumType(name="Role", values=roles) if roles else None
    if enum:
        own.append(choice("role", "Role", default=roles[0], exposure=Exposure.READ))
    return (
        DatabaseTable(
            name="users",
            model="User",
            description="Somebody who signs in.",
            columns=tuple(own),
            owner="id",
        ),
        enum,
    )


EMAIL_TAKEN = ErrorType(
    name="EmailTaken",
    base="Conflict",
    code="email_taken",
    title="An account with this e-mail address exists already.",
)


def own(role: str) -> Grant:
    """`role` reaches its own rows."""
    return Grant(role=role, scope=Scope.OWN)


def everything(role: str) -> Grant:
    """`role` reaches every row."""
    return Grant(role=role)


def crud(
    table: DatabaseTable,
    *operations: str,
    path: str | None = None,
    access: tuple[Grant, ...] = (),
    parent: tuple[str, str] | None = None,
    module: str | None = None,
    item: str | None = None,
    **derived: Any,
) -> tuple[CodeGraph, ...]:
    """Routes that follow from `table`; `parent` is a relation and the path above it."""
    kebab = table.name.replace("_", "-")
    name = item or _snake(table.model)
    above = parent[1] if parent else ""
    collection = path or f"{above}/{kebab}"
    routes: list[CodeGraph] = []
    for operation in operations or ("create", "list", "get", "update", "delete"):
        suffix = f"_of_{parent[0]}" if parent else ""
        plural = operation == "list"
        create = operation == "create"
        routes.append(
            CodeGraph(
                function_name=f"{operation}_{table.name if plural else name}{suffix}",
                module=module or table.name,
                method={"create": "POST", "update": "PATCH", "delete": "DELETE"}.get(
                    operation, "GET"
                ),  # pyright: ignore[reportArgumentType] one of the methods
                path=collection if plural or create else f"{collection}/{{{name}_id}}",
                summary=f"{operation} {table.name}".capitalize(),
                access=access,
                request={
                    "create": f"{table.model}Create",
                    "update": f"{table.model}Update",
                }.get(operation),
                response=None
                if operation == "delete"
                else f"Page[{table.model}Read]"
                if plural
                else f"{table.model}Read",
                success=Success(status=204, kind=SuccessKind.EMPTY)
                if operation == "delete"
                else Success(status=201 if create else 200),
                derived=Derived(
                    operation=DerivedOperation(operation),
                    table=table.name,
                    parent=parent[0] if parent else None,
                    **{
                        key: value
                        for key, value in derived.items()
                        if key not in _ONLY_FOR or operation in _ONLY_FOR[key]
                    },
                ),
            )
        )
    return tuple(routes)


_ONLY_FOR = {
    "filters": {"list"},
    "ranges": {"list"},
    "search": {"list"},
    "sorts": {"list"},
    "default_sort": {"list"},
    "defaults": {"create"},
    "fields": {"update"},
}


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def function(
    route: JSON, database: DatabaseSchema, description: str, template: str, **more: Any
) -> CodeGraph:
    """A route with functions: `template` holds them all, stubs are told by `stubs`.

    The signature of the main function is computed; the template says `{signature}` in its place.
    """
    stubs: tuple[FunctionDefinition, ...] = more.pop("stubs", ())
    context: tuple[str, ...] = more.pop("context", ("session",))
    bare = CodeGraph(**route)
    main = FunctionDefinition(
        name=bare.function_name,
        description=description,
        kind=FunctionKind.MAIN,
        parameters=main_parameters(bare, database, context),
        return_type=main_return_type(bare, database),
        **more,
    )
    signature = f"def {main.name}({main.input_type}) -> {main.return_type}:"
    parts: JSON = {
        **route,
        "template": template.replace("{signature}", signature),
        "functions": (main, *stubs),
    }
    return CodeGraph(**parts)


def written(**codes: str) -> dict[str, Function]:
    """Functions by name, as if they had been written and checked."""
    return {
        name: Function(
            name=name,
            code=textwrap.dedent(code).strip() + "\n",
            status=FunctionStatus.VERIFIED,
            evidence=(Check(name="by hand", passed=True),),
        )
        for name, code in codes.items()
    }


def service(
    name: str,
    title: str,
    tables: tuple[DatabaseTable, ...],
    routes: tuple[CodeGraph, ...],
    *,
    roles: tuple[str, ...] = (),
    enums: tuple[EnumType | None, ...] = (),
    account: str | None = None,
    **more: Any,
) -> Architecture:
    """The Architecture with the modules that its routes name."""
    modules = tuple(Module(name=each) for each in dict.fromkeys(route.module for route in routes))
    return Architecture(
        specification=specification(title, *roles),
        name=name,
        modules=modules,
        database=DatabaseSchema(
            tables=tables, enums=tuple(enum for enum in enums if enum), account=account
        ),
        routes=routes,
        **more,
    )
