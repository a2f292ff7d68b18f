"""What changes, or what there is, as a picture that needs nothing else.

The layout is our own: layers by the longest way to a box, and a few sweeps that
bring a box near those it is tied to. Of the libraries in Python, grandalf has
had no release since 2023 and lays out connected graphs only, and the newer ones
are young or bring compiled code; for a few hundred boxes this is enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler.model.value import Json
from reconciler.render.diagram.layers import layers
from reconciler.render.diagram.net import (
    COLOURS,
    INK,
    STYLES,
    Net,
    of_graph as net_of_graph,
    of_plan,
)
from reconciler.render.formats import Context
from reconciler.render.vocabulary.ink import cells

__all__ = ["document", "graph", "of_graph"]

LIMIT = 300
"""Boxes of a picture; more of them share boxes by type."""
ARROWS = 3000
_CELL, _LINE, _PAD = 7.9, 18, 10
"""Width of a character, height of a line and room at the edge of a box, in pixels."""
_HIGH = 2 * _LINE + 10
_DOWN, _ACROSS = 14, 90
"""Room between boxes of a layer, and between layers."""
_TOP, _EDGE = 76, 20
_LEGEND = 118


@dataclass(frozen=True, slots=True)
class _Place:
    x: float
    y: float
    wide: float


def document(plan: Mapping[str, Json], context: Context) -> str:  # noqa: ARG001 - the contract
    """The picture of what changes."""
    return graph(plan)


def graph(plan: Mapping[str, Json], limit: int = LIMIT) -> str:
    """The picture of what changes."""
    return _picture(of_plan(plan, limit, ARROWS))


def of_graph(graph_json: Mapping[str, Json], limit: int = LIMIT) -> str:
    """The picture of a compiled graph."""
    return _picture(net_of_graph(graph_json, limit, ARROWS))


def _picture(net: Net) -> str:
    places = _places(net)
    legend = [style for style in net.styles if style != "resource"]
    wide = max([place.x + place.wide for place in places] + [_EDGE + _LEGEND * len(legend), 320])
    high = max([place.y + _HIGH for place in places] + [_TOP])
    return "\n".join(
        [
            *_head(net, wide + _EDGE, high + _EDGE),
            *_legend(legend),
            *(_arrow(places[source], places[target]) for source, target in net.arrows),
            *(part for index in range(len(net.boxes)) for part in _box(net, index, places[index])),
            "</svg>",
            "",
        ]
    )


def _places(net: Net) -> list[_Place]:
    found = [_Place(0, 0, 0)] * len(net.boxes)
    x: float = _EDGE
    columns = layers(len(net.boxes), net.arrows)
    tallest = max(map(len, columns), default=0)
    for column in columns:
        wide = max(_wide(net, index) for index in column)
        top = _TOP + (tallest - len(column)) * (_HIGH + _DOWN) / 2
        for row, index in enumerate(column):
            found[index] = _Place(x, top + row * (_HIGH + _DOWN), wide)
        x += wide + _ACROSS
    return found


def _wide(net: Net, index: int) -> float:
    box = net.boxes[index]
    return round(max(cells(box.title), cells(box.name)) * _CELL + 2 * _PAD, 1)


def _head(net: Net, wide: float, high: float) -> Iterator[str]:
    said = _escaped(net.title)
    size = f'width="{wide:g}" height="{high:g}" viewBox="0 0 {wide:g} {high:g}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title">'
    yield f'<title id="title">{said}</title>'
    yield "<style>"
    yield "text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:" + INK + "}"
    yield ".paper{fill:#fff}.head{font-size:16px;font-weight:600}.title{font-weight:600}"
    yield ".arrow{fill:none;stroke:#8c959f;stroke-width:1.2}"
    yield "rect.box{stroke-width:1.4}rect.refused,rect.destructive,rect.opening{stroke-width:2.6}"
    for style, (fill, line) in COLOURS.items():
        yield f"rect.{style}{{fill:{fill};stroke:{line}}}"
    yield "@media(prefers-color-scheme:dark){.paper{fill:#0d1117}text.head{fill:#e6edf3}}"
    yield "</style>"
    yield '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8"'
    yield ' markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#8c959f"/></marker></defs>'
    yield f'<rect class="paper" width="{wide:g}" height="{high:g}"/>'
    yield f'<text class="head" x="{_EDGE}" y="28">{said}</text>'


def _legend(styles: Sequence[str]) -> Iterator[str]:
    for index, style in enumerate(styles):
        x = _EDGE + index * _LEGEND
        size = f'x="{x}" y="40" width="{_LEGEND - 12}" height="22"'
        yield f'<rect class="box {style}" {size} rx="4"/>'
        yield f'<text x="{x + 8}" y="55">{STYLES[style]}</text>'


def _box(net: Net, index: int, at: _Place) -> Iterator[str]:
    box = net.boxes[index]
    yield f"<g><title>{_escaped(box.words)}</title>"
    size = f'x="{at.x:g}" y="{at.y:g}" width="{at.wide:g}" height="{_HIGH}"'
    yield f'<rect class="box {box.style}" {size} rx="6"/>'
    x, y = at.x + _PAD, at.y + _LINE
    yield f'<text class="title" x="{x:g}" y="{y:g}">{_escaped(box.title)}</text>'
    yield f'<text x="{x:g}" y="{y + _LINE:g}">{_escaped(box.name)}</text></g>'


def _arrow(source: _Place, target: _Place) -> str:
    """A curve from the right edge of one box to the left edge of another."""
    x1, y1 = source.x + source.wide, source.y + _HIGH / 2
    x2, y2 = target.x, target.y + _HIGH / 2
    bend = max(_ACROSS / 2, (x2 - x1) / 3)
    curve = f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    return f'<path class="arrow" d="{curve}" marker-end="url(#tip)"/>'


def _escaped(words: str) -> str:
    """Text for XML; control characters were made visible before."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
