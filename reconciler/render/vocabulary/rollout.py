"""How every form shows a rollout: its steps, its traffic, and a metric as a small line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.model.value import Json
from reconciler.render.vocabulary.ink import harmless

Row = Mapping[str, Json]
MARKS = {"done": "✓", "now": "●", "next": "○"}
_BARS = "▁▂▃▄▅▆▇█"
_GAP = "·"
_MOST = 24
"""Measurements that a line shows, the newest ones."""
_HOUR, _MINUTE = 3600, 60


def share(value: Json) -> str:
    """``25 %``, or ``?`` where nobody said."""
    return "?" if value is None else f"{value * 100:.4g} %"


def steps(rows: Sequence[Row]) -> str:
    """``✓ 5 % · ● 25 % ‖ · ○ 50 %``: what was, is and comes; at a ‖ a person says promote."""
    return " · ".join(
        f"{MARKS[each['state']]} {share(each['share'])}{' ‖' if each.get('gate') else ''}"
        for each in rows
    )


def timeline(rows: Sequence[Row]) -> str:
    """``5 % for 10 min, then waits for promote, 25 % for 10 min, …``: how long each is watched."""
    return ", ".join(
        f"{share(each['share'])} for {spent(each['bake'])}"
        f"{', then waits for promote' if each.get('gate') else ''}"
        for each in rows
    )


def told(found: Row) -> str:
    """The phase in one line: ``step 2 of 5, baking``."""
    return ", ".join(filter(None, (_where(found), harmless(str(found["phase"])))))


def beside(found: Row) -> str:
    """The same beside the status, whose word is not said twice; "" where that says all."""
    said = {found["status"], "completed"}
    return _where(found) if found["phase"] in said else told(found)


def _where(found: Row) -> str:
    at, every = found["step"], found["steps"]
    if not every or found["status"] not in {"in-progress", "paused", "held"}:
        return ""
    return f"step {at} of {len(every)}" if at else "before the first step"


def verb(act: str) -> str:
    """What is done, in a word for people."""
    return {"mark": "note"}.get(act, harmless(act))


def word_of(word: str) -> str:
    """What a person typed, of a word as marks have it."""
    return {"full": "promote --full"}.get(word, harmless(word))


def ending(text: str) -> str:
    """How it ended: ``aborted: a person aborted it``."""
    how, _, why = harmless(text).partition(" ")
    return f"{how}: {why}" if why else how


def traffic(found: Row) -> str:
    """``primary 75 %, candidate 25 %``."""
    return ", ".join(
        f"{harmless(each['name'])} {share(each['share'])}" for each in found["variants"]
    )


def spark(points: Sequence[Json]) -> str:
    """Measurements as a small line, the last ones; a gap where there was none."""
    shown = [*points][-_MOST:]
    known = [each for each in shown if each is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    width = high - low
    top = len(_BARS) - 1

    def bar(value: Json) -> str:
        if value is None:
            return _GAP
        return _BARS[round((value - low) / width * top) if width else top // 2]

    return "".join(bar(each) for each in shown)


def finding(each: Row) -> str:
    """``ModelLatency p99 ▂▃▂▃ 182 ms, below 250 ms``."""
    line = spark(each["points"])
    shown = f" {line}" if line else ""
    return f"{harmless(each['name'])}{shown} {harmless(each['said'])}"


def spent(seconds: Json) -> str:
    """``10 min``, ``1 h 30 min``, ``90 s``."""
    whole = round(seconds or 0)
    hours, rest = divmod(whole, _HOUR)
    minutes, left = divmod(rest, _MINUTE)
    if left or not whole:
        return f"{whole} s"
    return " ".join(
        text for number, text in ((hours, f"{hours} h"), (minutes, f"{minutes} min")) if number
    )
