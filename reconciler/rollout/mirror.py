"""Whether a shadow was good: what it got, how fast it was, how often it failed. Pure.

A shadow that got nothing, or far less than its share, has shown nothing: it is never good. Answers
are no metric; they are compared by the rows that a capture keeps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.rollout.trialmarks import DRIVEN
from reconciler.rollout.values import Act, Finding, Live, Phase, RolloutAction, Verdict

MARK = f"{DRIVEN}shadow"
"""Since when a shadow is counted: ``CONFIG SECONDS``, written when it is first seen live."""
GOOD = f"{DRIVEN}shadow-good"
"""The configuration whose shadow was good, written by who drives it."""
FIRST = "moorline:shadow"
"""Of a shadow before a canary, the spec's: ``BASE TARGET``, the two that it is between."""
LOOK = 300.0
"""Seconds until it is looked at again."""

_SIGMAS = 4.0
"""How far from its share the number of copies may be: more is seen once in 30,000 times."""
_SLACK = 0.1
"""Part of the expected copies that may be lacking beside that: SageMaker drops copies where the
shadow is slower than it is fed. Source: SageMaker developer guide, "Shadow variants"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """What is asked of a shadow."""

    production: str
    shadow: str
    sampling: float
    """The share of requests that are copied, 0 to 1."""
    requests: int
    """Copies that it has to have got at least."""
    longest: float
    """Seconds that it has to have run."""
    slower: float = 1.2
    """How much slower than the other it may be, at the same percentile."""
    worse: float = 0.01
    """How much larger its share of failed requests may be."""
    first: bool = False
    """Whether a canary follows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What CloudWatch says of one variant since the shadow began. None where it did not say."""

    requests: float | None
    errors: float | None = None
    latency: float | None = None
    """Microseconds at the 99th percentile of `ModelLatency`."""


def compared(mirror: Mirror, production: Side, shadow: Side, elapsed: float) -> tuple[Finding, ...]:
    """One finding for each thing that is compared. What is not known never passes."""
    copies = _copies(mirror, production, shadow, elapsed)
    if copies.verdict in {Verdict.INCONCLUSIVE, Verdict.FAILED}:
        return (copies,)
    return (copies, *_measured(mirror, production, shadow))


def good(findings: tuple[Finding, ...]) -> bool:
    """Whether a shadow may be offered for promotion."""
    return bool(findings) and all(each.verdict is Verdict.PASSED for each in findings)


def _copies(mirror: Mirror, production: Side, shadow: Side, elapsed: float) -> Finding:
    name, late = "copies", elapsed >= mirror.longest
    unsure = Verdict.INCONCLUSIVE if late else Verdict.WAITING
    if production.requests is None or shadow.requests is None:
        return Finding(name=name, verdict=Verdict.INCONCLUSIVE, said="requests were not read")
    expected = mirror.sampling * production.requests
    said = f"received {shadow.requests:g} of {expected:.0f} expected copies"
    if not production.requests:
        return Finding(name=name, verdict=unsure, said=f"no data: {said}, nobody calls")
    if not shadow.requests and expected >= 1:
        return Finding(name=name, verdict=Verdict.INCONCLUSIVE, said=f"no data: {said}")
    spread = math.sqrt(max(expected * (1 - mirror.sampling), 1.0))
    if shadow.requests < expected * (1 - _SLACK) - _SIGMAS * spread:
        return Finding(name=name, verdict=Verdict.INCONCLUSIVE, said=f"far too few: {said}")
    if shadow.requests > expected + _SLACK * expected + _SIGMAS * spread:
        return Finding(name=name, verdict=Verdict.INCONCLUSIVE, said=f"far too many: {said}")
    if shadow.requests < mirror.requests:
        return Finding(name=name, verdict=unsure, said=f"{said}, {mirror.requests} are needed")
    if not late:
        left = mirror.longest - elapsed
        return Finding(name=name, verdict=Verdict.WAITING, said=f"{said}; {left:.0f} s to go")
    return Finding(name=name, verdict=Verdict.PASSED, said=said)


def _measured(mirror: Mirror, production: Side, shadow: Side) -> Iterator[Finding]:
    if production.latency is None or shadow.latency is None or not production.latency:
        said = "the latency of one variant is not known"
        yield Finding(name="ModelLatency p99", verdict=Verdict.INCONCLUSIVE, said=said)
    else:
        ratio = shadow.latency / production.latency
        said = f"{shadow.latency / 1000:.4g} ms beside {production.latency / 1000:.4g} ms"
        yield _finding("ModelLatency p99", said, kept=ratio <= mirror.slower)
    if production.errors is None or shadow.errors is None:
        said = "the errors of one variant are not known"
        yield Finding(name="errors", verdict=Verdict.INCONCLUSIVE, said=said)
    else:
        one = production.errors / (production.requests or 1)
        other = shadow.errors / (shadow.requests or 1)
        said = f"{other:.3%} of the copies failed beside {one:.3%}"
        yield _finding("errors", said, kept=other - one <= mirror.worse)


def _finding(name: str, said: str, *, kept: bool) -> Finding:
    return Finding(name=name, verdict=Verdict.PASSED if kept else Verdict.FAILED, said=said)


def began(tags: Mapping[str, str], config: str) -> float | None:
    """Since when the shadow of this configuration is counted; None where nobody has seen it yet."""
    name, _, since = tags.get(MARK, "").partition(" ")
    if name != config or not since.isdecimal():
        return None
    return float(since)


def passed(tags: Mapping[str, str], config: str) -> bool:
    """Whether the shadow of this configuration was good."""
    return bool(config) and tags.get(GOOD) == config


def waiting(
    mirror: Mirror, live: Live, shadows: frozenset[str], now: float
) -> RolloutAction | None:
    """What has to come before anything is compared; None where nothing has."""
    if live.status != "InService" or live.pending:
        why = f"the endpoint is {live.status}"
        return RolloutAction(act=Act.WAIT, phase=Phase.STARTING, why=why, until=now + LOOK)
    if mirror.shadow not in shadows:
        why = f"the endpoint has no shadow variant {mirror.shadow!r}: apply it first"
        return RolloutAction(act=Act.NOTHING, phase=Phase.IDLE, why=why)
    return None


def spoken(mirror: Mirror) -> RolloutAction:
    """What a word of a person does to a shadow: nothing, as no request waits for its answer."""
    then = "a canary follows it" if mirror.first else "it stays as long as the spec has it"
    why = (
        f"{mirror.shadow} gets copies and its answers go to nobody; {then}: to end it, take it out"
        " of the spec and apply"
    )
    return RolloutAction(act=Act.NOTHING, phase=Phase.IDLE, why=why)


def starting(live: Live, now: float) -> RolloutAction:
    """The mark from which on a shadow is counted."""
    why = "the shadow is there: counting begins"
    marks = {MARK: f"{live.config} {now:.0f}"}
    return RolloutAction(act=Act.MARK, phase=Phase.BAKING, why=why, marks=marks)


def well(live: Live, findings: tuple[Finding, ...], *, known: bool) -> RolloutAction:
    """What follows from a good shadow before a canary: a mark, and then the next apply."""
    said = "; ".join(f"{each.name}: {each.said}" for each in findings)
    if known:
        why = "the shadow was good: the next `apply` begins the canary"
        return RolloutAction(act=Act.HOLD, phase=Phase.BAKING, why=why)
    why = f"the shadow was good ({said}): the next `apply` begins the canary"
    return RolloutAction(act=Act.MARK, phase=Phase.BAKING, why=why, marks={GOOD: live.config})


def concluded(mirror: Mirror, findings: tuple[Finding, ...], now: float) -> RolloutAction:
    """What a comparison leads to. A shadow is only looked at: going on is another spec."""
    said = "; ".join(f"{each.name}: {each.said}" for each in findings)
    found = {each.verdict for each in findings}
    if good(findings):
        why = (
            f"{mirror.shadow} is as good as {mirror.production} ({said}): make its model that of"
            " the rollout, with a canary for its strategy"
        )
        return RolloutAction(act=Act.HOLD, phase=Phase.BAKING, why=why)
    if Verdict.FAILED in found:
        why = f"{mirror.shadow} is worse than {mirror.production}: {said}"
        return RolloutAction(act=Act.HOLD, phase=Phase.PAUSED, why=why)
    if Verdict.INCONCLUSIVE in found:
        return RolloutAction(act=Act.HOLD, phase=Phase.PAUSED, why=f"not to be promoted: {said}")
    return RolloutAction(act=Act.WAIT, phase=Phase.BAKING, why=said, until=now + LOOK)
