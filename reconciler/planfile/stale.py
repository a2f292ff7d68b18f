"""When a plan file must not be applied: another place, another commit, too late, not signed. Pure.

Whether what the plan touches is still as it was is `plan.moved`'s question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan
from reconciler.model.policy import Policy
from reconciler.model.step import Step, step_to_json
from reconciler.plan import protect
from reconciler.planfile.file import AGAIN, HEAD, TIME, PlanFile
from reconciler.planfile.signature import Key
from reconciler.resources.api import Place

BLOCKED = "STALE006"
"""The one finding about a file that is not stale: its plan was never to be applied."""
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")


def check(
    file: PlanFile,
    place: Place,
    *,
    now: datetime,
    key: Key,
    commit: str | None = None,
) -> list[Diagnostic]:
    """Why a file must not be applied in a place now; whether a KMS key signed it is left open.

    `commit` is the one to apply, "" when one is demanded and not known, and absent when
    any will do.
    """
    found = [*elsewhere(file, place), *_expired(file, now), *_commit(file, commit)]
    return [*found, *_signature(file, key), *_blocked(file.plan, now)]


def elsewhere(file: PlanFile, place: Place) -> Iterator[Diagnostic]:
    """The ways in which a plan is of another place."""
    for what in HEAD:
        ours, theirs = getattr(place, what), getattr(file.plan, what)
        if ours != theirs:
            text = f"the plan is of {what} {theirs!r}, not of {ours!r}"
            help_ = "apply it where it was made for, or make a plan for here"
            yield Diagnostic("STALE004", text, help=help_)


def _expired(file: PlanFile, now: datetime) -> Iterator[Diagnostic]:
    if now >= file.expires:
        text = f"the plan of {file.created:{TIME}} expired at {file.expires:{TIME}}"
        yield Diagnostic("STALE003", text, help=AGAIN)


def _commit(file: PlanFile, commit: str | None) -> Iterator[Diagnostic]:
    if commit is None:
        return
    help_ = "make the plan at the commit that is applied"
    if not commit:
        text = "there is no commit to compare the plan's with"
        yield Diagnostic("STALE005", text, help="name it with `--commit SHA`")
    elif not _COMMIT.fullmatch(commit):
        text = f"{commit!r} is not the id of a commit"
        yield Diagnostic("STALE005", text, help="give at least 7 hexadecimal digits")
    elif not file.commit:
        text = f"the plan names no commit, and {commit!r} is to be applied"
        yield Diagnostic("STALE005", text, help=help_)
    elif not _same(file.commit.lower(), commit.lower()):
        text = f"the plan is of commit {file.commit!r}, not of {commit!r}"
        yield Diagnostic("STALE005", text, help=help_)


def _same(one: str, other: str) -> bool:
    """Whether two ids name one commit; either may be short."""
    return one.startswith(other) or other.startswith(one)


def _signature(file: PlanFile, key: Key) -> Iterator[Diagnostic]:
    if file.signature is None:
        if key:
            text = f"the plan is not signed, and here it must be signed with {key}"
            yield Diagnostic("STALE007", text, help="sign it where it is made: `moorline plan -o`")
    elif not key:
        text = "the plan is signed, and there is no key here to check that with"
        help_ = (
            "give the key: `--sign-key FILE`, MOORLINE_PLAN_KEY, or `signing` in the environment"
        )
        yield Diagnostic("STALE008", text, help=help_)
    elif objection := key.objection(file.digest, file.signature):
        yield forged(objection)


def forged(objection: str) -> Diagnostic:
    """The finding about a signature that is not the right one."""
    return Diagnostic("STALE008", f"the plan is not to be trusted: {objection}", help=AGAIN)


def _blocked(plan: Plan, now: datetime) -> Iterator[Diagnostic]:
    """What was refused when the plan was made, or was approved then and is not any more."""
    for found in plan.errors:
        text = f"the plan has an error, {found.code}: {found.message}"
        yield Diagnostic(BLOCKED, text, help=found.help, address=found.address)
    for step in plan.refused:
        text = f"the plan refuses to {step.action} {str(step.address)!r}: {step.refused}"
        yield Diagnostic(BLOCKED, text, help=AGAIN, address=step.address)
    for step in plan.steps:
        for approval in filter(None, (loss.approval for loss in step.losses)):
            if approval.until < now.astimezone(UTC).date():
                text = f"the approval of {approval.by!r} for {str(step.address)!r} has ended"
                help_ = "renew the approval, plan again and review it"
                yield Diagnostic(BLOCKED, text, help=help_, address=step.address)


def unpermitted(plan: Plan, policy: Policy) -> Iterator[Diagnostic]:
    """What the environment does not permit now, whatever the file says that it did."""
    for step in plan.steps:
        refused = "" if step.refused else protect.judge(step, policy).refused
        if refused:
            text = f"{str(step.address)!r} is refused here: {refused}"
            yield Diagnostic(BLOCKED, text, help=AGAIN, address=step.address)


def another(plan: Plan, made: Plan) -> Diagnostic:
    """The finding about an unsigned file whose plan is not what planning again gives."""
    told, now = ({step.id: step for step in each.steps} for each in (plan, made))
    ids = sorted(id_ for id_ in told.keys() | now.keys() if not _alike(told.get(id_), now.get(id_)))
    named = ", ".join(ids[:3]) or "the order of its steps"
    text = f"the plan is not signed, and planning again gives another one: {named}"
    return Diagnostic("STALE012", text, help=f"nothing was changed; {AGAIN}, or sign plan files")


def _alike(one: Step | None, other: Step | None) -> bool:
    if one is None or other is None:
        return False
    return bool(step_to_json(one, causes=False) == step_to_json(other, causes=False))
