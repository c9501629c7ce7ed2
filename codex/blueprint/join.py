"""Joins what was drawn in parallel: equal things merge, different ones of one name get two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from codex.blueprint.naming import snake
from codex.blueprint.template_source import renamed, without
from codex.common.documents.architecture import ErrorType, Mend
from codex.common.documents.base import Part
from codex.common.documents.codegraph import CodeGraph, FunctionDefinition, FunctionKind

T = TypeVar("T", bound=Part)


@dataclass
class Joined:
    """What is left to be decided once all parts are there, and how it was."""

    mends: list[Mend] = field(default_factory=list[Mend])

    def mend(self, place: str, what: str) -> None:
        """Note a decision."""
        self.mends.append(Mend(place=place, what=what))


def merge_named(
    groups: Mapping[str, Iterable[T]], joined: Joined, what: str
) -> tuple[tuple[T, ...], dict[str, dict[str, str]]]:
    """Things declared by several parts, by name: equal ones once, different ones renamed.

    Gives them with, for each part, the names that changed. `groups` is in canonical order: the
    first to use a name keeps it.
    """
    known: dict[str, T] = {}
    changed: dict[str, dict[str, str]] = {}
    for place, items in groups.items():
        for item in items:
            name: str = getattr(item, "name")  # noqa: B009 every part that is merged has one
            if name not in known:
                known[name] = item
            elif known[name] == item:
                continue
            else:
                new = _free(name, known)
                known[new] = _named(item, new)
                changed.setdefault(place, {})[name] = new
                joined.mend(place, f"renamed the {what} {name} to {new}: another one has that name")
    return tuple(known.values()), changed


def _free(name: str, known: Mapping[str, object]) -> str:
    joint = "" if name[:1].isupper() else "_"
    return next(n for n in (f"{name}{joint}{i}" for i in range(2, 1000)) if n not in known)


def _named(item: T, name: str) -> T:
    updates: dict[str, object] = {"name": name}
    if isinstance(item, ErrorType):
        updates["code"] = snake(name)
    return item.model_copy(update=updates)


def join_graphs(
    graphs: tuple[CodeGraph, ...], shared: tuple[FunctionDefinition, ...], joined: Joined
) -> tuple[tuple[CodeGraph, ...], tuple[FunctionDefinition, ...]]:
    """Graphs whose functions all have names of their own; equal stubs become shared functions."""
    taken: dict[str, FunctionDefinition] = {item.name: item for item in shared}
    mains = {graph.function_name for graph in graphs}
    uses: dict[str, list[str]] = {}
    for graph in graphs:
        for item in graph.functions:
            uses.setdefault(item.name, []).append(graph.api_route)
    firsts: dict[str, FunctionDefinition] = {}
    merged: dict[str, FunctionDefinition] = {}
    result: list[CodeGraph] = []
    for graph in graphs:
        names: dict[str, str] = {}
        gone: list[str] = []
        for item in graph.functions:
            if item.kind is FunctionKind.MAIN:
                continue
            same = taken.get(item.name) or firsts.get(item.name)
            if same is None and item.name not in mains:
                firsts[item.name] = item
            elif same is not None and equal_contract(same, item):
                gone.append(item.name)
                if item.name not in taken:
                    merged[item.name] = item.model_copy(update={"kind": FunctionKind.SHARED})
            else:
                names[item.name] = _free(item.name, {**taken, **firsts, **dict.fromkeys(mains)})
                firsts[names[item.name]] = item
                joined.mend(
                    graph.api_route,
                    f"renamed the function {item.name} to {names[item.name]}: "
                    "another one has that name",
                )
        result.append(_without_functions(_with_names(graph, names), gone))
    for name in merged:
        joined.mend("shared functions", f"{name} is the same in several routes and is shared")
    result = [_without_functions(graph, list(merged)) for graph in result]
    return tuple(result), (*shared, *merged.values())


def equal_contract(one: FunctionDefinition, other: FunctionDefinition) -> bool:
    """Whether two definitions are the same but for what kind of function they are."""
    plain = {"kind": FunctionKind.STUB, "examples": ()}
    return one.model_copy(update=plain) == other.model_copy(update=plain)


def _with_names(graph: CodeGraph, names: dict[str, str]) -> CodeGraph:
    if not names or graph.template is None:
        return graph
    functions = tuple(
        item.model_copy(
            update={
                "name": names.get(item.name, item.name),
                "calls": tuple(names.get(call, call) for call in item.calls),
            }
        )
        for item in graph.functions
    )
    return graph.model_copy(
        update={"template": renamed(graph.template, names), "functions": functions}
    )


def _without_functions(graph: CodeGraph, gone: list[str]) -> CodeGraph:
    present = [item.name for item in graph.functions if item.name in gone]
    if not present or graph.template is None:
        return graph
    return graph.model_copy(
        update={
            "template": without(graph.template, present),
            "functions": tuple(item for item in graph.functions if item.name not in present),
        }
    )
