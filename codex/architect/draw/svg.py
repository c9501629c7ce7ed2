"""Draws a placed diagram as SVG, with nothing from elsewhere in it."""

from __future__ import annotations

from itertools import pairwise
from xml.sax.saxutils import escape

from codex.architect.draw.diagram import LINE, PADDING, SIZE, Arrow, Box, Diagram

SVG = "http://www.w3.org/2000/svg"  # the name of the language, no address
FONT = "'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace"
TONES = {
    "table": ("#ffffff", "#2f5d8a"),
    "link": ("#ffffff", "#8a8f98"),
    "account": ("#ffffff", "#7a4a9e"),
    "module": ("#ffffff", "#2f6f5e"),
    "main": ("#ffffff", "#2f5d8a"),
    "stub": ("#ffffff", "#b06a1f"),
    "shared": ("#ffffff", "#7a4a9e"),
    "library": ("#f7f7f7", "#8a8f98"),
}
INKS = {
    "title": "#ffffff",
    "plain": "#1d2430",
    "quiet": "#667080",
    "key": "#2f5d8a",
    "good": "#2f6f5e",
}


def as_svg(diagram: Diagram, *, curved: bool = False) -> str:
    """The picture; `curved` where the arrows' points are those of Bézier curves."""
    width, height = diagram.size
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    marker = 'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"'
    head = '<path d="M0 0 L8 4 L0 8 z" fill="#55606e"/>'
    title = escape(diagram.title)
    words = 'x="30" y="34" font-size="18" font-weight="bold" fill="#1d2430"'
    parts = [
        f'<svg xmlns="{SVG}" {size} font-family="{FONT}" font-size="{SIZE}">',
        f"<title>{title}</title>",
        '<rect width="100%" height="100%" fill="#f4f6f9"/>',
        f'<defs><marker id="end" {marker}>{head}</marker></defs>',
        f"<text {words}>{title}</text>",
    ]
    parts += [_arrow(arrow, curved=curved) for arrow in diagram.arrows]
    parts += [_box(box) for box in diagram.boxes]
    return "\n".join([*parts, "</svg>", ""])


def _box(box: Box) -> str:
    fill, ink = TONES.get(box.tone, TONES["table"])
    titles = sum(1 for line in box.lines if line.kind == "title")
    head = titles * LINE + PADDING / 2
    place = f'x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}"'
    parts = [
        f'<rect {place} height="{box.height:.1f}" rx="4" fill="{fill}" stroke="{ink}"/>',
        f'<rect {place} height="{head:.1f}" rx="4" fill="{ink}"/>' if titles else "",
    ]
    for number, line in enumerate(box.lines):
        if line.kind == "rule":
            y = box.line_y(number)
            right = box.x + box.width
            parts.append(f'<path d="M{box.x:.1f} {y:.1f} H{right:.1f}" stroke="#d5dae2"/>')
            continue
        bold = ' font-weight="bold"' if line.kind == "title" else ""
        baseline = box.line_y(number) + SIZE * 0.35 - (2 if line.kind == "title" else 0)
        parts.append(
            f'<text x="{box.x + PADDING:.1f}" y="{baseline:.1f}" xml:space="preserve" '
            f'fill="{INKS.get(line.kind, INKS["plain"])}"{bold}>{escape(line.text)}</text>'
        )
    return "\n".join(part for part in parts if part)


def _arrow(arrow: Arrow, *, curved: bool) -> str:
    if not arrow.points:
        return ""
    (x, y), *rest = arrow.points
    path = f"M{x:.1f} {y:.1f} "
    if curved and len(rest) % 3 == 0:
        path += "C" + " ".join(f"{a:.1f} {b:.1f}" for a, b in rest)
    else:
        path += _smooth(arrow.points)
    dash = ' stroke-dasharray="5 4"' if arrow.dashed else ""
    return (
        f'<path d="{path}" fill="none" stroke="#55606e" stroke-width="1.2"{dash} '
        'marker-end="url(#end)"/>'
    )


def _smooth(points: list[tuple[float, float]]) -> str:
    """Level where it meets boxes and columns, bent in the gaps between them."""
    path = ""
    for (x, y), (to_x, to_y) in pairwise(points):
        if abs(y - to_y) < 0.5 or abs(x - to_x) < 0.5:
            path += f"L{to_x:.1f} {to_y:.1f} "
        else:
            middle = (x + to_x) / 2
            path += f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f} "
    return path.rstrip()
