"""Templates read as source: the functions in them, what they call, and the signature of a main.

The signature of a main function follows from its route, so code computes it and no model is asked.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from codex.common import python_source
from codex.common.documents.base import is_reserved
from codex.common.documents.codegraph import (
    CONTEXT,
    FunctionDefinition,
    FunctionParameter,
    RouteHeader,
    SuccessKind,
)
from codex.common.documents.rules import PUBLIC
from codex.common.documents.typetext import canonical, outer_and_inner

if TYPE_CHECKING:
    from codex.common.documents.schema import DatabaseSchema


@dataclass(frozen=True)
class TemplateFunction:
    """A function of a template: its contract as written, and what it calls."""

    name: str
    parameters: tuple[FunctionParameter, ...]
    return_type: str
    docstring: str
    is_async: bool
    is_stub: bool
    calls: tuple[str, ...]
    names: frozenset[str]
    line: int


@dataclass(frozen=True)
class Template:
    """A template as it was read; `problems` tells what in it is not allowed."""

    functions: tuple[TemplateFunction, ...]
    problems: tuple[str, ...]

    def function(self, name: str) -> TemplateFunction | None:
        """The function called `name`."""
        return next((item for item in self.functions if item.name == name), None)


@lru_cache(maxsize=512)
def read_template(source: str) -> Template:
    """The functions of `source`, in order, with everything that a template must not hold."""
    try:
        tree = python_source.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        place = f" in line {line}" if line else ""
        return Template((), (f"the template is not Python{place}: {error.args[0]}",))
    functions: list[TemplateFunction] = []
    problems: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            problems += _problems_of(node)
            functions.append(_read(node))
        elif not _is_docstring(node):
            problems.append(
                f"line {node.lineno} of the template holds {_what(node)}; "
                "only functions may stand there"
            )
    return Template(tuple(functions), tuple(problems))


def _what(node: ast.stmt) -> str:
    match node:
        case ast.Import() | ast.ImportFrom():
            return "an import"
        case ast.ClassDef(name=name):
            return f"the class {name}"
        case ast.Assign() | ast.AnnAssign():
            return "an assignment"
        case _:
            return f"a statement ({type(node).__name__})"


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_ellipsis(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.value.value is Ellipsis
    )


def _problems_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    problems: list[str] = []
    arguments = node.args
    if arguments.vararg or arguments.kwarg or arguments.posonlyargs:
        problems.append(f"{node.name} has parameters that are not plain names")
    problems += [
        f"{node.name} has parameter {argument.arg!r} without a type"
        for argument in (*arguments.args, *arguments.kwonlyargs)
        if argument.annotation is None
    ]
    if node.returns is None:
        problems.append(f"{node.name} has no return type")
    if node.decorator_list:
        problems.append(f"{node.name} has a decorator")
    for part in ast.walk(node):
        if isinstance(part, ast.Import | ast.ImportFrom | ast.ClassDef):
            problems.append(f"{node.name} holds {_what(part)} in line {part.lineno}")
        elif part is not node and isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            problems.append(f"{node.name} holds the function {part.name}; write it beside")
    return problems


def _read(node: ast.FunctionDef | ast.AsyncFunctionDef) -> TemplateFunction:
    body = [item for item in node.body if not _is_docstring(item)]
    calls: list[str] = []
    names: set[str] = set()
    for statement in body:
        for part in ast.walk(statement):
            if isinstance(part, ast.Name):
                names.add(part.id)
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
                calls.append(part.func.id)
    return TemplateFunction(
        name=node.name,
        parameters=_parameters(node.args),
        return_type=_unparse_type(node.returns),
        docstring=ast.get_docstring(node) or "",
        is_async=isinstance(node, ast.AsyncFunctionDef),
        is_stub=all(_is_ellipsis(item) for item in body),
        calls=tuple(dict.fromkeys(calls)),
        names=frozenset(names),
        line=node.lineno,
    )


def _parameters(arguments: ast.arguments) -> tuple[FunctionParameter, ...]:
    padding: list[ast.expr | None] = [None] * (len(arguments.args) - len(arguments.defaults))
    plain = zip(arguments.args, [*padding, *arguments.defaults], strict=True)
    keyword = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return (
        *(_parameter(item, default, False) for item, default in plain),
        *(_parameter(item, default, True) for item, default in keyword),
    )


def _parameter(item: ast.arg, default: ast.expr | None, keyword_only: bool) -> FunctionParameter:
    return FunctionParameter.model_construct(
        name=item.arg,
        type=_unparse_type(item.annotation),
        description="",
        keyword_only=keyword_only,
        default=None if default is None else _literal(default),
    )


def _literal(node: ast.expr) -> str:
    try:
        return repr(ast.literal_eval(node))
    except ValueError:
        return "?"  # never equal to a documented default, so the comparison reports it


def _unparse_type(node: ast.expr | None) -> str:
    if node is None:
        return ""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    else:
        # Only compared, never shown as code: spelling differences between Pythons do no harm.
        text = ast.unparse(node)
    try:
        return canonical(text)
    except ValueError:
        return text


def normal_default(text: str | None) -> str | None:
    """A default in one spelling, so that `"a"` and `'a'` are equal."""
    if text is None:
        return None
    try:
        return repr(python_source.literal(text))
    except (ValueError, SyntaxError):
        return text


def same_contract(one: FunctionParameter, other: FunctionParameter) -> bool:
    """Whether two parameters agree in name, type, kind and default."""
    return (
        one.name == other.name
        and canonical(one.type) == canonical(other.type)
        and one.keyword_only == other.keyword_only
        and normal_default(one.default) == normal_default(other.default)
    )


def main_parameters(
    route: RouteHeader, database: DatabaseSchema, context: tuple[str, ...] = CONTEXT
) -> tuple[FunctionParameter, ...]:
    """The parameters of a route's main function, with those of `context` that it may have."""
    parameters = [
        FunctionParameter(name=argument_name(name), type=route.path_types.get(name, "int"))
        for name in route.path_parameters
    ]
    if route.request:
        parameters.append(FunctionParameter(name="body", type=canonical(route.request)))
    query = [
        FunctionParameter(
            name=argument_name(item.name),
            type=canonical(item.type),
            default=normal_default(item.default),
            description=item.description,
        )
        for item in route.parameters
    ]
    # Python wants what has a default last, in whatever order the document names it.
    parameters += [item for item in query if item.default is None]
    if pages_itself(route, database):
        parameters.append(FunctionParameter(name="paging", type="Paging"))
    parameters += [item for item in query if item.default is not None]
    available = context_types(route, database)
    parameters += [
        FunctionParameter(name=name, type=available[name], keyword_only=True)
        for name in CONTEXT
        if name in context and name in available
    ]
    return tuple(parameters)


def argument_name(name: str) -> str:
    """What a parameter of a path or query is called in Python: `from_value` for `from`."""
    return f"{name}_value" if is_reserved(name) else name


def context_types(route: RouteHeader, database: DatabaseSchema) -> dict[str, str]:
    """What the route's functions may be handed, by name: its type."""
    account = database.table(database.account) if database.account else None
    types = {"session": "Session"}
    if account:
        if not is_public(route):
            types["user"] = account.model
        elif any(grant.role != PUBLIC for grant in route.access):
            types["user"] = f"{account.model} | None"
    types |= {"now": "datetime", "settings": "Settings", "files": "Files"}
    return types


def is_public(route: RouteHeader) -> bool:
    """Whether anybody may call it without signing in, given that accounts exist."""
    return any(grant.role == PUBLIC for grant in route.access)


def _read_row(text: str, database: DatabaseSchema) -> str | None:
    """`Book` for `BookRead`, where that is the read type of a table."""
    if text.endswith("Read") and database.model(text.removesuffix("Read")):
        return text.removesuffix("Read")
    return None


def pages_itself(route: RouteHeader, database: DatabaseSchema) -> bool:
    """Whether the main function does the paging, because no query of rows is its answer."""
    if not route.response:
        return False
    outer, inner = outer_and_inner(route.response)
    return outer == "Page" and inner is not None and _read_row(inner, database) is None


def main_return_type(route: RouteHeader, database: DatabaseSchema) -> str:
    """What the main function returns; the wrapper turns it into the answer."""
    if route.success.kind in (SuccessKind.REDIRECT, SuccessKind.TEXT):
        return "str"
    if route.success.kind is SuccessKind.FILE:
        return "StoredFile"
    if route.success.kind is SuccessKind.EMPTY or not route.response:
        return "None"
    outer, inner = outer_and_inner(route.response)
    if inner is None:
        return _read_row(outer, database) or outer
    row = _read_row(inner, database) or inner
    match outer:
        case "Page":
            return f"Select[{row}]" if row != inner else f"Page[{inner}]"
        case "Items":
            return f"list[{row}]"
        case "Value":
            return inner
        case "Groups":
            return f"list[tuple[{inner}]]"
        case _:
            return canonical(route.response)


def differences(written: TemplateFunction, definition: FunctionDefinition) -> list[str]:
    """How a function of a template differs from its FunctionDefinition, naming both."""
    me = f"function {written.name!r} of the template"
    found: list[str] = []
    wanted = [parameter.name for parameter in definition.parameters]
    given = [parameter.name for parameter in written.parameters]
    if wanted != given:
        found.append(
            f"{me} takes ({', '.join(given)}), its FunctionDefinition ({', '.join(wanted)})"
        )
    else:
        for here, there in zip(written.parameters, definition.parameters, strict=True):
            if not same_contract(here, there):
                found.append(
                    f"{me} has parameter {_show(here)}, its FunctionDefinition {_show(there)}"
                )
    if written.return_type != canonical(definition.return_type):
        found.append(
            f"{me} returns {written.return_type}, its FunctionDefinition {definition.return_type}"
        )
    if written.is_async != definition.is_async:
        found.append(f"{me} and its FunctionDefinition do not agree whether it is async")
    return found


def _show(parameter: FunctionParameter) -> str:
    star = "*, " if parameter.keyword_only else ""
    default = "" if parameter.default is None else f" = {parameter.default}"
    return f"({star}{parameter.name}: {parameter.type}{default})"
