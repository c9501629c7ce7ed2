"""Routers: one file per module of the service, and the order in which they are asked."""

from __future__ import annotations

import re

import networkx as nx

from codex.common.documents.architecture import Architecture
from codex.common.documents.base import is_reserved
from codex.common.documents.codegraph import CodeGraph
from codex.common.errors import DocumentError
from codex.compiler.plan import SHARED, Plan
from codex.compiler.routes import derived_endpoint
from codex.compiler.source import FIXED, Module, Rendered, is_builtin, literal, sentence
from codex.compiler.wrappers import wrapper

# Paths that every service has itself.
_OWN_PATHS = ("/health", "/ready", "/docs", "/redoc", "/openapi.json")


def route_name(route: CodeGraph) -> str:
    """What the endpoint of `route` is called in its module."""
    name = route.function_name
    # A name that the module needs otherwise gets an ending.
    return f"{name}_route" if is_builtin(name) or name in _MODULE_NAMES else name


_MODULE_NAMES = frozenset(
    {
        "asyncio",
        "check_reference",
        "check_references",
        "delete",
        "check_visible_reference",
        "col",
        "date",
        "datetime",
    }
    | {"functions", "get_or_404", "get_visible", "lock", "matches", "maybe_user"}
    | {"months_later", "not_implemented", "one_or_404", "ordered", "paginate", "problems"}
    | {"received", "require", "router", "select", "sent", "shared", "time", "timedelta", "visible"}
    | {"health", "ready"}
)


def check_modules(architecture: Architecture) -> None:
    """Refuse what cannot become files and paths of the service."""
    for module in architecture.modules:
        if is_reserved(module.name):
            raise DocumentError(
                f"module {module.name!r} has a name that Python reserves.", "Give it another name."
            )
        if module.name == SHARED:
            raise DocumentError(
                f"module {module.name!r} has the name of what modules share.",
                "Give it another name.",
            )
    for route in architecture.routes:
        if route.path in _OWN_PATHS:
            raise DocumentError(
                f"route {route.api_route} has a path that every service answers itself.",
                "Give it another path.",
            )


def route_files(plan: Plan) -> tuple[Rendered, ...]:
    """`app/routes/`: a router for each module that has routes."""
    architecture = plan.architecture
    files: list[Rendered] = []
    for name in router_order(architecture):
        described = next(item for item in architecture.modules if item.name == name)
        about = sentence(described.description, f"The routes of {name}.")
        module = Module(f"app/routes/{name}.py", about, plan.class_names)
        router = module.use("fastapi", "APIRouter")
        module.add(FIXED, f"router = {router}(tags=[{literal(name.replace('_', ' '))}])")
        for route in _in_order(_routes_of(architecture, name)):
            make = derived_endpoint if route.derived else wrapper
            module.add(f"route {route.api_route}", make(plan, module, route, route_name(route)))
        files.append(module.render())
    return (_package(architecture), *files)


def _package(architecture: Architecture) -> Rendered:
    package = Module("app/routes/__init__.py", "The routers, in the order in which they are asked.")
    names = router_order(architecture)
    if not names:
        router = package.use("fastapi", "APIRouter")
        package.add(FIXED, f"ROUTERS: tuple[{router}, ...] = ()")
        return package.render()
    aliases = [f"{name}_router" for name in names]
    for name, alias in zip(names, aliases, strict=True):
        package.imports.alias(f"app.routes.{name}", "router", alias)
    package.add(FIXED, f"ROUTERS = ({', '.join(aliases)},)")
    return package.render()


def _routes_of(architecture: Architecture, module: str) -> list[CodeGraph]:
    return [route for route in architecture.routes if route.module == module]


def _in_order(routes: list[CodeGraph]) -> list[CodeGraph]:
    """The document's order, but static words of a path before a parameter that would take them."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(routes)))
    for one, special in enumerate(routes):
        for other, general in enumerate(routes):
            if _hides(general, special):
                graph.add_edge(one, other)
    return [routes[number] for number in nx.lexicographical_topological_sort(graph)]


def router_order(architecture: Architecture) -> tuple[str, ...]:
    """Modules with routes, so ordered that no parameter takes what a static path is meant for."""
    names = [item.name for item in architecture.modules if _routes_of(architecture, item.name)]
    rank = {name: number for number, name in enumerate(names)}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(names)
    for one in architecture.routes:
        for other in architecture.routes:
            if one.module != other.module and _hides(other, one):
                graph.add_edge(one.module, other.module)
    if not nx.is_directed_acyclic_graph(graph):
        tangled = max(nx.strongly_connected_components(graph), key=len)
        raise DocumentError(
            f"modules {' and '.join(repr(name) for name in sorted(tangled))} have paths of which"
            " each hides one of the other.",
            "Put the routes whose paths begin alike into one module.",
        )
    return tuple(nx.lexicographical_topological_sort(graph, key=rank.__getitem__))


def _hides(general: CodeGraph, special: CodeGraph) -> bool:
    """Whether `general`, asked first, would take requests that are meant for `special`."""
    if general.method != special.method or general.path == special.path:
        return False
    if general.path.count("/") != special.path.count("/"):
        return False
    pattern = re.sub(r"\{[a-z0-9_]+\}", "[^/]+", general.path)
    takes = re.fullmatch(pattern, special.path) is not None
    return takes and _shape(special) < _shape(general)


def _shape(route: CodeGraph) -> tuple[bool, ...]:
    """Which parts of the path are parameters; static ones come first."""
    return tuple(part.startswith("{") for part in route.path.split("/"))
