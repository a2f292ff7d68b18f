"""What a spec asks of its rollout now, for whoever drives it: as `apply` would find it.

Asked only while the way up goes on, of what names the model: the registry (two calls: which version
it is, and how that stands), or the file (one). The way back asks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reconciler.aws.lookups import answer
from reconciler.aws.rollout.driving import Asked
from reconciler.aws.rollout.reading import Reading
from reconciler.aws.session import Session
from reconciler.compile.alone import scope_of
from reconciler.compile.rollouts import Known
from reconciler.compile.spec import Spec
from reconciler.kinds.api import LackingError, Lookup
from reconciler.kinds.rollout import standing, target
from reconciler.kinds.rollout.asked import Wanted, asked
from reconciler.kinds.rollout.spec import Rollout as Spec_
from reconciler.model.value import Json
from reconciler.rollout.phase import BACK
from reconciler.rollout.state import from_marks
from reconciler.rollout.values import Doing, Live, Marks, Rollout
from reconciler.specs.overlay import EnvironmentView

UNKNOWN = "what its spec asks for is not known"


def plainly(known: Known) -> Asked:
    """What a spec says without a look-up: its target is that of the marks."""
    model = known.spec.model

    def wanted(found: Reading) -> Rollout | None:
        marks = found.live.marks
        if marks is None or not isinstance(model, Spec_):
            return None
        return asked(model, known.endpoint, marks, found.tags)

    return wanted


def asking(session: Session, specs: Iterable[Spec], view: EnvironmentView, known: Known) -> Asked:
    """What it says now, looked up in AWS where its rollout goes on."""
    model, all_ = known.spec.model, tuple(specs)

    def wanted(found: Reading) -> Rollout | None:
        marks = found.live.marks
        if marks is None or not isinstance(model, Spec_):
            return None
        if not standing.weighed(model):
            return without(known)(found)
        if not _goes_up(marks):
            return asked(model, known.endpoint, marks, found.tags)
        try:
            now = _now(session, all_, view, known, found)
        except (LackingError, KeyError) as error:
            now = Wanted(unsure=f"{UNKNOWN}: it cannot be compiled: {error}")
        return asked(model, known.endpoint, marks, found.tags, now)

    return wanted


def without(known: Known, note: str = "") -> Asked:
    """What is said of a rollout whose spec has another strategy by now, if it has the endpoint."""
    why = f"the spec of {known.name!r} has no canary any more{note}"

    def wanted(found: Reading) -> Rollout | None:
        marks = found.live.marks
        return left(marks, found.live, why) if marks is not None and found.on_trial else None

    return wanted


def gone(name: str, view: EnvironmentView, note: str = "") -> Asked:
    """What is said of a rollout whose spec is not there."""
    why = f"no spec of {view.name} makes {name!r} any more{note}"

    def wanted(found: Reading) -> Rollout | None:
        marks = found.live.marks
        return left(marks, found.live, why) if marks is not None else None

    return wanted


def left(marks: Marks, live: Live, why: str) -> Rollout:
    """The rollout of the marks, that nothing asks for."""
    return replace(from_marks(marks, live), left=why)


def _goes_up(marks: Marks) -> bool:
    """Whether it is of interest what the spec asks for: what ends is ended first."""
    over = bool(marks.ended or marks.fault)
    return not over and marks.doing not in BACK and marks.doing is not Doing.FINISH


def _now(
    session: Session, specs: Iterable[Spec], view: EnvironmentView, known: Known, found: Reading
) -> Wanted:
    """What the spec asks for, or why nobody knows."""
    model, id_ = known.spec.model, known.spec.id
    assert isinstance(model, Spec_)  # noqa: S101 - it moves weights
    facts: dict[Lookup, Json] = {}
    scope = scope_of(specs, view, id_, facts)
    facts[standing.lookup(model, scope)] = standing.as_read(found.live, found.tags)
    answers, problems = answer(session, [*target.on_trial(model, scope)])
    if problems:
        return Wanted(unsure=f"{UNKNOWN}: {problems[0].message} ({problems[0].code})")
    facts |= answers
    served = target.served(model, scope)
    made = target.configured(model, served, scope) if served is not None else None
    wrong = next((each for each in scope.problems if each.is_error), None)
    if wrong is not None:
        return Wanted(unsure=f"its spec cannot be applied as it is: {wrong.message} ({wrong.code})")
    if served is None or made is None:
        why = scope.deferred.why if scope.deferred else "it has to wait"
        return Wanted(unsure=f"{UNKNOWN}: {why}")
    return Wanted(made.config.name, served.version)
