"""Places boxes in columns by who points to whom, where graphviz is not there to do it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from codex.architect.draw.diagram import Box, Diagram

TOP, LEFT = 60, 30
GAP_X, GAP_Y = 70, 26
SWEEPS = 12
PASS = 12  # room for an arrow that passes a column
TALLEST = 1_500


@dataclass
class _Node:
    """A box, or the place where a long arrow passes a column."""

    box: Box | None
    height: float
    rank: int = 0
    y: float = 0
    before: list[_Node] = field(default_factory=list["_Node"])
    after: list[_Node] = field(default_factory=list["_Node"])


def place(diagram: Diagram) -> None:
    """Give every box its place and every arrow its way."""
    edges = [(a.source, a.target) for a in diagram.arrows if a.source != a.target]
    ranks = _ranks([box.name for box in diagram.boxes], edges)
    _break_tall(diagram, ranks)
    nodes = {box.name: _Node(box, box.height, ranks[box.name]) for box in diagram.boxes}
    columns: dict[int, list[_Node]] = defaultdict(list)
    for node in nodes.values():
        columns[node.rank].append(node)
    ways = _ways(diagram, nodes, columns)
    ordered = [columns[rank] for rank in sorted(columns)]
    _order(ordered)
    _settle(ordered)
    _put(diagram, ordered, ways, nodes)


def _ranks(names: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """The column of each box: right of all that point to it, circles aside."""
    targets: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        targets[source].append(target)
    ranks: dict[str, int] = {}
    open_names: set[str] = set()

    def depth(name: str) -> int:
        if name in ranks:
            return ranks[name]
        if name in open_names:
            return -1  # a circle: this arrow goes back
        open_names.add(name)
        ranks[name] = 1 + max((depth(target) for target in targets[name]), default=-1)
        open_names.discard(name)
        return ranks[name]

    deepest = max((depth(name) for name in names), default=0)
    return {name: deepest - rank for name, rank in ranks.items()}


def _break_tall(diagram: Diagram, ranks: dict[str, int]) -> None:
    """Columns that would be too high become two."""
    heights: dict[int, float] = defaultdict(float)
    for box in diagram.boxes:
        heights[ranks[box.name]] += box.height + GAP_Y
    total = sum(heights.values())
    limit = max(TALLEST / 2, min(TALLEST, total / 3))
    shift = 0
    for rank, _ in sorted(heights.items()):
        members = [box for box in diagram.boxes if ranks[box.name] == rank]
        at, filled = rank + shift, 0.0
        moved: dict[str, int] = {}
        for box in members:
            if filled and filled + box.height > limit:
                at, filled, shift = at + 1, 0.0, shift + 1
            moved[box.name] = at
            filled += box.height + GAP_Y
        for name, new in moved.items():
            ranks[name] = -1 - new  # marked, so that no box is moved twice
    for name, marked in list(ranks.items()):
        ranks[name] = -1 - marked


def _ways(
    diagram: Diagram, nodes: dict[str, _Node], columns: dict[int, list[_Node]]
) -> list[list[_Node]]:
    """For each arrow the nodes along it, with one in every column that it passes."""
    ways: list[list[_Node]] = []
    for arrow in diagram.arrows:
        first, last = nodes[arrow.source], nodes[arrow.target]
        step = 1 if last.rank >= first.rank else -1
        way = [first]
        for rank in range(first.rank + step, last.rank, step):
            passing = _Node(None, PASS, rank)
            columns[rank].append(passing)
            way.append(passing)
        if last is not first:
            way.append(last)
        for one, other in pairwise(way):
            left, right = (one, other) if step > 0 else (other, one)
            left.after.append(right)
            right.before.append(left)
        ways.append(way)
    return ways


def _order(columns: list[list[_Node]]) -> None:
    """Put those side by side that point to the same, sweep after sweep."""
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for column in columns if forward else reversed(columns):
            at = {id(node): n for other in columns for n, node in enumerate(other)}
            wishes = {id(node): _middle(node, at, forward=forward) for node in column}
            column.sort(key=lambda node, wishes=wishes: wishes[id(node)])


def _middle(node: _Node, at: dict[int, int], *, forward: bool) -> float:
    """The mean position of those that it is tied to in the columns on one side."""
    known = [at[id(other)] for other in (node.before if forward else node.after)]
    return sum(known) / len(known) if known else float(at[id(node)])


def _settle(columns: list[list[_Node]]) -> None:
    """Heights: close to the middle of what each points to, never one upon the other."""
    for column in columns:
        y = 0.0
        for node in column:
            node.y = y
            y += node.height + GAP_Y
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 else reversed(columns):
            wishes = [_wish(node) for node in column]
            _spread(column, wishes)
    lowest = min((node.y for column in columns for node in column), default=0.0)
    for column in columns:
        for node in column:
            node.y += TOP - lowest


def _wish(node: _Node) -> float:
    others = [*node.before, *node.after]
    if not others:
        return node.y
    return sum(other.y + other.height / 2 for other in others) / len(others) - node.height / 2


def _spread(column: list[_Node], wishes: list[float]) -> None:
    """Fulfil wishes as far as the order allows: groups that would overlap share their distance."""
    groups: list[tuple[list[int], float]] = []
    for number in range(len(column)):
        members, start = [number], wishes[number]
        while groups:
            before, at = groups[-1]
            height = sum(column[n].height + GAP_Y for n in before)
            if at + height <= start:
                break
            groups.pop()
            shift = sum(column[n].height + GAP_Y for n in before)
            both = [*before, *members]
            start = (at * len(before) + (start - shift) * len(members)) / len(both)
            members = both
        groups.append((members, start))
    for members, start in groups:
        y = start
        for number in members:
            column[number].y = y
            y += column[number].height + GAP_Y


def _put(
    diagram: Diagram, columns: list[list[_Node]], ways: list[list[_Node]], nodes: dict[str, _Node]
) -> None:
    """The coordinates of boxes and arrows."""
    x = float(LEFT)
    lefts: dict[int, float] = {}
    widths: dict[int, float] = {}
    for column in columns:
        width = max((node.box.width for node in column if node.box), default=10.0)
        for node in column:
            lefts[id(node)], widths[id(node)] = x, width
            if node.box:
                node.box.x, node.box.y = x, node.y
        x += width + GAP_X
    for arrow, way in zip(diagram.arrows, ways, strict=True):
        box = nodes[arrow.source].box
        target = nodes[arrow.target].box
        assert box is not None
        assert target is not None
        y = box.line_y(arrow.line) if arrow.line is not None else box.y + box.height / 2
        if target is box:
            right = box.x + box.width
            top = box.y + PASS
            arrow.points = [(right, y), (right + 24, y), (right + 24, top), (right, top)]
            continue
        start = nodes[arrow.source]
        edge = lefts[id(start)] + widths[id(start)]
        arrow.points = _along(box, target, (edge, y), way[1:-1], lefts, widths)


def _along(
    box: Box,
    target: Box,
    start: tuple[float, float],
    passing: list[_Node],
    lefts: dict[int, float],
    widths: dict[int, float],
) -> list[tuple[float, float]]:
    """From the side of one box to the side of the other, through the gaps between columns."""
    end = target.y + PADDING_TO_TITLE
    edge, y = start  # level to the edge of the column, so that no box of it is crossed
    if target.x > box.x + 1:
        points = [(box.x + box.width, y), (edge, y)]
        for node in passing:
            middle = node.y + node.height / 2
            points += [(lefts[id(node)], middle), (lefts[id(node)] + widths[id(node)], middle)]
        return [*points, (target.x, end)]
    if abs(target.x - box.x) <= 1:
        right = edge
        return [
            (box.x + box.width, y),
            (right + 18, y),
            (right + 18, end),
            (target.x + target.width, end),
        ]
    points = [(box.x, y)]
    for node in passing:
        middle = node.y + node.height / 2
        points += [(lefts[id(node)] + widths[id(node)], middle), (lefts[id(node)], middle)]
    return [*points, (target.x + target.width, end)]


PADDING_TO_TITLE = 14.0


def shelve(diagram: Diagram) -> None:
    """Boxes without arrows: side by side in columns of about the same height."""
    total = sum(box.height + GAP_Y for box in diagram.boxes)
    widest = max((box.width for box in diagram.boxes), default=1.0)
    count = max(1, min(len(diagram.boxes), round((total / (widest * 0.9)) ** 0.5)))
    heights = [float(TOP)] * count
    x = [LEFT + number * (widest + GAP_X / 2) for number in range(count)]
    for box in diagram.boxes:
        column = heights.index(min(heights))
        box.x, box.y = x[column], heights[column]
        heights[column] += box.height + GAP_Y
