"""Carrying a decision out: each update, and whether the version is then as was asked.

UpdateModelPackage has no condition, so whoever decides at the same time is found by looking again.
Source: SageMaker API reference, UpdateModelPackage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from reconciler.aws.registry.versions import MISSING, described
from reconciler.aws.session import Session
from reconciler.model.value import canonical
from reconciler.registry.decision import Decision, Update, lost

LOOKS = (0.0, 1.0, 3.0, 6.0)
"""Seconds before each look at what became of an update: AWS may show it a little later."""
Told = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one update; `lost` is empty where it is as was asked."""

    update: Update
    lost: tuple[str, ...] = ()


def carry_out(session: Session, decision: Decision, told: Told = lambda *_: None) -> list[Done]:
    """Send the updates in order; the first that is not then as was asked is the last.

    Raises:
        Gone: the version was deleted meanwhile.
        AwsError: AWS refused, or did not say.
    """
    done: list[Done] = []
    for number, update in enumerate(decision.updates, 1):
        before, _ = described(session, update.arn)
        params = {**update.params, "ClientToken": _token(update)}
        session.send(
            "sagemaker", "update_model_package", params, subject=update.arn, absent=MISSING
        )
        wrong: list[str] = []
        for pause in LOOKS:
            if pause:
                session.clock.sleep(pause)
            after, _ = described(session, update.arn)
            if not (wrong := lost(update, before, after)):
                break
        done.append(Done(update, tuple(wrong)))
        told("updates", number, len(decision.updates))
        if wrong:
            break
    return done


def _token(update: Update) -> str:
    """The same update is the same request: a repeated one changes nothing. At most 36 characters.

    What it writes has its moment in it, so a later decision is another one.
    """
    return hashlib.sha256(canonical(dict(update.params))).hexdigest()[:36]
