"""How an interval came about, look by look: lines of text, and a picture.

The points are of `reconciler.rollout.counting`: a moment, a difference of two shares, and the ends
of its interval, which holds at every look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import escape

from reconciler.model.value import Json
from reconciler.render.vocabulary.ink import harmless

Point = Mapping[str, Json]
_WIDE, _MOST = 41, 8
"""Characters of a line, and lines."""
_X, _Y, _LEFT, _DOWN = 640, 180, 64, 24
"""The picture in pixels, with room for the words at its left and at its foot."""
_HUNDRED = 100


def bounds(points: Sequence[Point]) -> tuple[float, float]:
    """From where to where; none is always inside, and a wild start is cut off.

    The first intervals are wide: half of the looks, the later ones, say how far it goes.
    """
    late = [*points][len(points) // 2 :]
    low = min(0.0, *(float(each["low"]) for each in late))
    high = max(0.0, *(float(each["high"]) for each in late))
    room = (high - low or 0.01) * 0.1
    return low - room, high + room


def lines(points: Sequence[Point]) -> Iterator[str]:
    """``08:15 ├────●────┤   ┊`` for some of the looks, the last one among them."""
    if not points:
        return
    low, high = bounds(points)
    zero = _at(0.0, low, high)
    for each in _some(points):
        row = [" "] * _WIDE
        first, last = _at(each["low"], low, high), _at(each["high"], low, high)
        row[first : last + 1] = "─" * (last - first + 1)
        row[first], row[last] = "├", "┤"
        row[zero] = "┼" if first <= zero <= last else "┊"
        row[_at(each["difference"], low, high)] = "●"
        yield f"{moment(each['at'])} {''.join(row)} {share(each['low'])} to {share(each['high'])}"


def _some(points: Sequence[Point]) -> list[Point]:
    step = -(-len(points) // _MOST)
    return [*reversed([*reversed(points)][::step])]


def _at(value: float, low: float, high: float) -> int:
    return max(0, min(_WIDE - 1, round((float(value) - low) / (high - low) * (_WIDE - 1))))


def share(value: float) -> str:
    """A difference of shares: ``+0.52 %``."""
    return f"{float(value) * _HUNDRED:+.3g} %"


def moment(seconds: float) -> str:
    """A moment in UTC: ``11-30 08:15``."""
    return f"{datetime.fromtimestamp(float(seconds), UTC):%m-%d %H:%M}"


def picture(title: str, points: Sequence[Point]) -> str:
    """The interval as a band, the difference as a line, and where there is none; an SVG.

    It has no style of its own, so it is drawn in the colours of the page that it stands in.
    """
    if not points:
        return ""
    low, high = bounds(points)
    first, last = float(points[0]["at"]), float(points[-1]["at"])

    def x(at: float) -> float:
        return _LEFT + (float(at) - first) / ((last - first) or 1) * (_X - _LEFT - 8)

    def y(value: float) -> float:
        inside = max(low, min(high, float(value)))
        return 8 + (high - inside) / (high - low) * (_Y - _DOWN - 8)

    upper = [f"{x(it['at']):.1f},{y(it['high']):.1f}" for it in points]
    lower = [f"{x(it['at']):.1f},{y(it['low']):.1f}" for it in reversed(points)]
    middle = " ".join(f"{x(it['at']):.1f},{y(it['difference']):.1f}" for it in points)
    name, none = escape(harmless(title)), y(0.0)
    band = f'<polygon points="{" ".join([*upper, *lower])}" fill="currentColor" opacity="0.18"/>'
    zero = (
        f'<line x1="{_LEFT}" x2="{_X - 8}" y1="{none:.1f}" y2="{none:.1f}" stroke="currentColor"'
        ' stroke-dasharray="4 4"/>'
    )
    line = f'<polyline points="{middle}" fill="none" stroke="currentColor" stroke-width="2"/>'
    words = "".join(
        f'<text x="{at:.0f}" y="{height:.0f}" text-anchor="{anchor}">{escape(text)}</text>'
        for at, height, anchor, text in (
            (_LEFT - 6, y(high) + 8, "end", share(high)),
            (_LEFT - 6, none + 4, "end", "0 %"),
            (_LEFT - 6, y(low), "end", share(low)),
            (_LEFT, _Y - 6, "start", moment(first)),
            (_X - 8, _Y - 6, "end", moment(last)),
        )
    )
    size = f'viewBox="0 0 {_X} {_Y}" width="{_X}" height="{_Y}"'
    font = 'font-size="11" fill="currentColor"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{name}">'
        f"<title>{name}</title>{band}{zero}{line}<g {font}>{words}</g></svg>"
    )
