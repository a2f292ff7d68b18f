"""How every form tells an A/B test: counts, the decision on each challenger, its interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.value import Json
from reconciler.render.vocabulary.ink import harmless
from reconciler.render.vocabulary.interval import lines

Test = Mapping[str, Json]
"""As `reconciler.rollout.counting.detail` makes it."""


def head(test: Test) -> str:
    """``inconclusive; a 52 of 20000, b 61 of 20100 (Invocation5XXErrors)``."""
    counts = ", ".join(
        f"{name} {each['hits']} of {each['requests']}" for name, each in test["counts"].items()
    )
    void = "not valid: " if test["void"] else ""
    won = f"{test['winner']} wins" if test["winner"] else str(test["outcome"])
    return f"{void}{won}; {counts} ({test['metric']})"


def told(test: Test) -> Iterator[str]:
    """Each challenger, beside the control."""
    if test["void"]:
        yield str(test["said"])
    for name, each in test["challengers"].items():
        yield f"{name} beside {test['control']}: {each['outcome']}, {each['why']}"


def drawn(test: Test) -> Iterator[str]:
    """The challengers with their intervals, for a terminal."""
    if test["void"]:
        yield harmless(str(test["said"]))
    for name, each in test["challengers"].items():
        yield harmless(f"{name} beside {test['control']}: {each['outcome']}, {each['why']}")
        yield from (f"  {line}" for line in lines(each["course"]))
