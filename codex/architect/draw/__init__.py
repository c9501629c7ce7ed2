"""Pictures of an Architecture: its tables, its modules and routes, each CodeGraph."""

from __future__ import annotations

from pathlib import Path

from codex.architect.draw import graphviz, layers, mermaid
from codex.architect.draw.content import graph_diagram, routes_diagram, tables_diagram
from codex.architect.draw.diagram import Diagram
from codex.architect.draw.svg import as_svg
from codex.common.documents.architecture import Architecture
from codex.common.handover import write_text

__all__ = ["draw", "picture"]


def draw(architecture: Architecture, folder: Path) -> list[Path]:
    """Write every picture as Mermaid and SVG into `folder`; the files, in order."""
    pictures: dict[str, tuple[Diagram, str]] = {
        "tables": (tables_diagram(architecture), mermaid.tables(architecture)),
        "routes": (routes_diagram(architecture), mermaid.routes(architecture)),
    }
    for route in architecture.routes:
        diagram = graph_diagram(architecture, route)
        pictures[f"graphs/{route.function_name}"] = (diagram, mermaid.graph(architecture, route))
    written: list[Path] = []
    for name, (diagram, text) in pictures.items():
        for ending, content in ((".svg", picture(diagram)), (".mmd", text)):
            path = folder / f"{name}{ending}"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, content)
            written.append(path)
    return written


def picture(diagram: Diagram, *, graphviz_too: bool = True) -> str:
    """One diagram as SVG: placed by graphviz where it is there, by our own layout otherwise."""
    if not diagram.arrows:
        layers.shelve(diagram)
        return as_svg(diagram)
    if graphviz_too and graphviz.place(diagram):
        return as_svg(diagram, curved=True)
    layers.place(diagram)
    return as_svg(diagram)
