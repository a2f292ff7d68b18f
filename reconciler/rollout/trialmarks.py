"""The marks of an A/B test in tags of its endpoint, and back.

`moorline:test` is the spec's: which test, and its weights. `moorline:test-…` are of whoever drives,
written before what they announce. Values keep to AWS's alphabet of tags and 256 characters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TAG = "moorline:test"
"""What the spec asks for: ``DIGEST WEIGHT WEIGHT…``, per cent, by the sorted names of variants."""
DRIVEN = f"{TAG}-"
"""Begins the keys of what a driver has written: neither drift nor staleness."""
STATE = f"{DRIVEN}state"
MOST = 8
"""Periods that are remembered; of more weights than that the oldest do not count any more."""
_NONE = "-"


@dataclass(frozen=True, slots=True)
class Period:
    """A time of unchanged weights."""

    since: float
    """When these weights were first seen live, in seconds since the epoch; 0 until then."""
    weights: Mapping[str, float]
    """Shares, 0 to 1."""
    until: float = 0.0
    """When others took their place; 0 as long as none have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialMarks:
    """How far a test is."""

    digest: str
    periods: tuple[Period, ...] = ()
    began: float = 0.0
    """When counting began, of the first period."""
    paused: bool = False
    control: str = ""
    """The variant that an abort gives all traffic."""
    won: str = ""
    """The variant that a look has found to be better."""
    ended: str = ""
    """``completed NAME`` or ``aborted NAME``, with the variant that has all traffic."""
    at: float = 0.0
    """When it ended."""
    fault: str = ""
    """Why the tags could not be read; then nothing else here counts."""


def asked(digest: str, weights: Mapping[str, float]) -> dict[str, str]:
    """The tag of a spec."""
    return {TAG: " ".join([digest, *(f"{weights[name] * 100:.6g}" for name in sorted(weights))])}


_PARTS = 8
"""Of the state."""


def wanted(tags: Mapping[str, str], names: Sequence[str]) -> tuple[str, dict[str, float]] | None:
    """The digest and the shares that the spec's tag asks for; None without one that can be read."""
    digest, *parts = tags.get(TAG, "").split(" ")
    if not digest or len(parts) != len(names):
        return None
    try:
        shares = [float(each) / 100 for each in parts]
    except ValueError:
        return None
    return digest, dict(zip(sorted(names), shares, strict=True))


def written(marks: TrialMarks) -> dict[str, str]:
    """The tags that say so. Those of periods that are no more say nothing."""
    names = sorted(marks.periods[0].weights) if marks.periods else []
    how, _, name = marks.ended.partition(" ")
    state = (
        marks.digest,
        "paused" if marks.paused else "runs",
        f"{marks.began:.0f}",
        f"{marks.at:.0f}",
        str(len(marks.periods)),
        how or _NONE,
        name or marks.won or _NONE,
        marks.control or _NONE,
    )
    found = {STATE: " ".join(state)}
    for number in range(MOST):
        text = _NONE
        if number < len(marks.periods):
            period = marks.periods[number]
            shares = [f"{period.weights[name]:.8g}" for name in names]
            text = " ".join([f"{period.since:.0f}", f"{period.until:.0f}", *shares])
        found[f"{DRIVEN}period-{number + 1}"] = text
    return found


def read(tags: Mapping[str, str], names: Sequence[str]) -> TrialMarks | None:
    """The marks in an endpoint's tags, for variants of these names; None where there are none.

    Those of a test before the wanted one say which it was, as it may have had other variants.
    """
    if STATE not in tags:
        return None
    before, asked = tags[STATE].partition(" ")[0], tags.get(TAG, "").partition(" ")[0]
    if asked and before != asked and tags[STATE].count(" ") == _PARTS - 1:
        return TrialMarks(digest=before)
    try:
        return _read(tags, sorted(names))
    except (ValueError, KeyError) as error:
        return TrialMarks(digest="", fault=f"{STATE} or a period is not of its form ({error})")


def _read(tags: Mapping[str, str], names: Sequence[str]) -> TrialMarks:
    digest, paused, began, at, count, how, name, control = tags[STATE].split(" ")
    if paused not in {"paused", "runs"} or how not in {_NONE, "completed", "aborted"}:
        raise ValueError(tags[STATE])
    periods = []
    for number in range(int(count)):
        since, until, *shares = tags[f"{DRIVEN}period-{number + 1}"].split(" ")
        weights = dict(zip(names, map(_number, shares), strict=True))
        periods.append(Period(_number(since), weights, _number(until)))
    return TrialMarks(
        digest=digest,
        periods=tuple(periods),
        began=_number(began),
        paused=paused == "paused",
        control="" if control == _NONE else control,
        won="" if name == _NONE else name,
        ended="" if how == _NONE else f"{how} {name}",
        at=_number(at),
    )


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or value < 0:
        raise ValueError(text)
    return value
