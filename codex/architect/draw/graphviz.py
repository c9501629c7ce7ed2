"""Places boxes by graphviz, where it is installed; the picture itself is drawn by us either way."""

from __future__ import annotations

import shutil
import subprocess

from codex.architect.draw.diagram import Diagram

INCH = 72.0
TOP, LEFT = 60.0, 30.0
SECONDS = 20


def place(diagram: Diagram) -> bool:
    """Whether graphviz is there and could place the boxes."""
    program = shutil.which("dot")
    if program is None:
        return False
    try:
        result = subprocess.run(
            [program, "-Tplain"],
            input=source(diagram),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        return False  # our own layout does it
    return _read(diagram, result.stdout)


def source(diagram: Diagram) -> str:
    """The diagram in graphviz's language; boxes are numbered, so that no name needs escaping."""
    numbers = {box.name: number for number, box in enumerate(diagram.boxes)}
    lines = [
        "digraph {",
        "graph [rankdir=LR nodesep=0.3 ranksep=0.9 splines=spline]",
        "node [shape=box fixedsize=true]",
        "edge [arrowhead=none]",
    ]
    for box in diagram.boxes:
        size = f"width={box.width / INCH:.3f} height={box.height / INCH:.3f}"
        lines.append(f'b{numbers[box.name]} [label="" {size}]')
    lines += [f"b{numbers[arrow.source]} -> b{numbers[arrow.target]}" for arrow in diagram.arrows]
    return "\n".join([*lines, "}"])


def _read(diagram: Diagram, plain: str) -> bool:
    """Take over places from graphviz's plain format, whose origin is at the bottom."""
    height = 0.0
    ways: list[list[tuple[float, float]]] = []
    for line in plain.splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "graph":
            height = float(words[3])
        elif words[0] == "node":
            box = diagram.boxes[int(words[1][1:])]
            box.x = LEFT + float(words[2]) * INCH - box.width / 2
            box.y = TOP + (height - float(words[3])) * INCH - box.height / 2
        elif words[0] == "edge":
            count = int(words[3])
            numbers = [float(word) for word in words[4 : 4 + 2 * count]]
            ways.append(
                [
                    (LEFT + x * INCH, TOP + (height - y) * INCH)
                    for x, y in zip(numbers[::2], numbers[1::2], strict=True)
                ]
            )
    order = [(arrow.source, arrow.target) for arrow in diagram.arrows]
    if len(ways) != len(order):
        return False
    by_edge: dict[tuple[str, str], list[list[tuple[float, float]]]] = {}
    position = 0
    for line in plain.splitlines():
        if line.startswith("edge"):
            words = line.split()
            ends = (diagram.boxes[int(words[1][1:])].name, diagram.boxes[int(words[2][1:])].name)
            by_edge.setdefault(ends, []).append(ways[position])
            position += 1
    for arrow in diagram.arrows:
        arrow.points = by_edge[arrow.source, arrow.target].pop(0)
    return True
