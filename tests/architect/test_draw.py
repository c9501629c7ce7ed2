"""Pictures: every text inside its box, no box upon another, nothing from elsewhere."""

from __future__ import annotations

import itertools
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from codex.architect.draw import draw, picture
from codex.architect.draw.content import graph_diagram, routes_diagram, tables_diagram
from codex.architect.draw.diagram import LETTER, Diagram
from codex.architect.stage import architect
from codex.builtin import BuiltinModel
from codex.common.documents.architecture import Architecture
from tests.architect.conftest import offline
from tests.architect.specifications import large, library

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
async def company() -> Architecture:
    """25 tables, 40 routes."""
    return await architect(large(), services=offline(BuiltinModel()))


@pytest.fixture
async def lending() -> Architecture:
    return await architect(library(), services=offline(BuiltinModel()))


def check(diagram: Diagram, svg: str) -> None:
    """Boxes apart from each other, texts inside of boxes, all inside the picture."""
    width, height = diagram.size
    for box in diagram.boxes:
        assert box.x >= 0
        assert box.y >= 40
        assert box.x + box.width <= width
        assert box.y + box.height <= height
    for one, other in itertools.combinations(diagram.boxes, 2):
        apart = (
            one.x + one.width <= other.x
            or other.x + other.width <= one.x
            or one.y + one.height <= other.y
            or other.y + other.height <= one.y
        )
        assert apart, (one.name, other.name)
    root = ET.fromstring(svg)
    texts = [item for item in root.iter(f"{SVG}text") if item.get("font-size") is None]
    rows: list[tuple[float, float, float]] = []
    for item in texts:
        x, y = float(item.get("x", "0")), float(item.get("y", "0"))
        end = x + len(item.text or "") * LETTER
        inside = [
            box
            for box in diagram.boxes
            if box.x <= x and end <= box.x + box.width + 0.5 and box.y <= y <= box.y + box.height
        ]
        assert inside, item.text
        rows.append((x, end, y))
    for (left, right, y), (other_left, other_right, other_y) in itertools.combinations(rows, 2):
        if abs(y - other_y) < 10:
            assert right <= other_left or other_right <= left
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


async def test_25_tables_are_drawn_apart(company: Architecture) -> None:
    diagram = tables_diagram(company)
    assert len(diagram.boxes) == 25
    check(diagram, picture(diagram, graphviz_too=False))


async def test_arrows_of_our_layout_pass_no_box(company: Architecture) -> None:
    diagram = tables_diagram(company)
    picture(diagram, graphviz_too=False)
    for arrow in diagram.arrows:
        for (x, y), (to_x, to_y) in itertools.pairwise(arrow.points):
            if abs(y - to_y) > 0.5:
                continue  # bent in the gap between two columns
            for box in diagram.boxes:
                if box.name in (arrow.source, arrow.target):
                    continue
                crosses = min(x, to_x) < box.x + box.width and max(x, to_x) > box.x
                assert not (crosses and box.y < y < box.y + box.height), (arrow, box.name)


async def test_40_routes_are_drawn_apart(company: Architecture) -> None:
    diagram = routes_diagram(company)
    assert sum("compiled" in line.text for box in diagram.boxes for line in box.lines) == 40
    check(diagram, picture(diagram, graphviz_too=False))


async def test_each_code_graph_is_drawn(lending: Architecture) -> None:
    for route in lending.routes:
        diagram = graph_diagram(lending, route)
        check(diagram, picture(diagram, graphviz_too=False))
        names = {box.name for box in diagram.boxes}
        assert {item.name for item in route.functions} <= names


@pytest.mark.skipif(shutil.which("dot") is None, reason="graphviz is not installed")
async def test_graphviz_places_them_too(company: Architecture) -> None:
    diagram = tables_diagram(company)
    svg = picture(diagram)
    check(diagram, svg)
    assert svg.count("marker-end") == len(diagram.arrows)


async def test_graphviz_that_fails_is_done_without(
    company: Architecture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    diagram = tables_diagram(company)
    check(diagram, picture(diagram))


async def test_pictures_are_written_as_svg_and_mermaid(
    lending: Architecture, tmp_path: Path
) -> None:
    written = draw(lending, tmp_path)
    names = {path.relative_to(tmp_path).as_posix() for path in written}
    assert {"tables.svg", "tables.mmd", "routes.svg", "graphs/borrow_book.svg"} <= names
    text = (tmp_path / "tables.mmd").read_text()
    assert text.startswith("erDiagram\n")
    assert "loans }o--|| books : book" in text
    graph = (tmp_path / "graphs/borrow_book.mmd").read_text()
    assert "borrow_book --> add_loan" in graph
