"""Alarms that a rollout which a plan starts would meet at once: told there, and no refusal.

An old version that is broken never blocks its own fix, so a person decides. Alarms of ours watch
the new version alone, which has no data yet; others are expected to have some.
Source: CloudWatch API reference, DescribeAlarms.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.aws.errors import AwsError, Expired
from reconciler.aws.rollout.reading import states_of
from reconciler.kinds.rollout.analysis import ALARM, existing
from reconciler.kinds.rollout.spec import Rollout
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.rollout.signs import EMPTY, FIRING, HEALTHY

if TYPE_CHECKING:
    from reconciler.aws.session import Session
    from reconciler.compile.rollouts import Known
    from reconciler.model.plan import Plan

CODE = "CANARY009"


def firing(session: Session, known: Known, plan: Plan) -> Iterator[Diagnostic]:
    """What a plan says of the alarms of a rollout that it starts.

    Raises:
        Expired: the credentials are over.
    """
    names = known.analysis.alarms
    try:
        states = states_of(session, names)
    except Expired:
        raise
    except AwsError as error:
        text = f"how the alarms of {known.name!r} stand is not known: {error}"
        yield _said(text, "it is asked again before the first weight, which then waits")
        return
    made = {step.address.name for step in plan.steps if step.address.type == ALARM}
    others = existing(known.spec.model) if isinstance(known.spec.model, Rollout) else ()
    for name, state in sorted(states.items()):
        if state == FIRING:
            text = f"the alarm {name!r} fires already, before the new version has any traffic"
            help_ = "the rollout is held before its first weight: put right what is broken, or"
            yield _said(text, f"{help_} replace it by `moorline rollout promote --full"
                              f" {known.name}`")  # fmt: skip
        elif state not in {HEALTHY, EMPTY} and name not in made:
            text = f"the alarm {name!r} is not there, so nothing of it would stop the new version"
            yield _said(text, "the rollout is held before its first weight: make it, or leave it"
                              " out of `analysis`")  # fmt: skip
        elif state == EMPTY and name in others:
            text = f"the alarm {name!r} has no data, so it stops nothing now"
            yield _said(text, "after its first weight the rollout waits until it has some")


def _said(text: str, help_: str) -> Diagnostic:
    return Diagnostic(CODE, text, help=help_, severity=Severity.WARNING)
