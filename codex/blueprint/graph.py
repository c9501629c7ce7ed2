"""CodeGraphs as graphs: which function calls which, read off templates and contracts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from codex.common.documents.codegraph import FunctionDefinition, FunctionKind
from codex.common.documents.template import Template

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.DiGraph[str]


def call_graph(
    template: Template,
    functions: Iterable[FunctionDefinition],
    others: Iterable[FunctionDefinition] = (),
) -> Graph:
    """The functions of one CodeGraph and what they call; `others` are shared ones and ports.

    A main function's calls are read from its source; a stub has no body, so its contract tells.
    """
    import networkx as nx

    graph: Graph = nx.DiGraph()
    known = [*functions, *others]
    names = {item.name for item in known}
    for item in known:
        graph.add_node(item.name, kind=str(item.kind))
    for item in known:
        written = template.function(item.name)
        read = written.calls if written is not None and not written.is_stub else ()
        for called in (*read, *item.calls):
            if called in names:
                graph.add_edge(item.name, called)
    return graph


def unreachable(graph: Graph, main: str, names: Iterable[str]) -> list[str]:
    """Those of `names` that `main` never comes to, in order."""
    import networkx as nx

    reached: set[str] = set()
    if main in graph:
        reached |= {target for _, target in nx.bfs_edges(graph, main)}
    return [name for name in names if name != main and name not in reached]


def cycles(graph: Graph) -> list[list[str]]:
    """Circles of calls, each beginning at its first name, in order."""
    import networkx as nx

    found = [list(circle) for circle in nx.simple_cycles(graph)]
    turned = [
        circle[circle.index(min(circle)) :] + circle[: circle.index(min(circle))]
        for circle in found
    ]
    return sorted(turned)


def main_of(functions: Iterable[FunctionDefinition]) -> FunctionDefinition | None:
    """The main function among `functions`."""
    return next((item for item in functions if item.kind is FunctionKind.MAIN), None)
