"""What is due of an execution: steps that have ended, steps that can begin, and its own end.

A step waits for those it depends on; one in a branch that was not taken is never run, and what
waits for it is not either. Once a step has failed no other one begins, those under way go on: that
is the harder reading of the guide, which does not say. Sources: SageMaker developer guide,
"Pipelines steps", "Pipeline parallelism"; SageMaker API, PipelineExecutionStep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.access.workloads.site import takes
from reconciler.sandbox.iam import working
from reconciler.sandbox.services.sagemaker.jobs import life, rights
from reconciler.sandbox.services.sagemaker.runs import (
    caching,
    context,
    definition,
    retrying,
    steps,
    telling,
)
from reconciler.sandbox.services.sagemaker.runs.context import (
    EXECUTING,
    FAILED,
    LEFT,
    STATUS,
    STOPPED,
    SUCCEEDED,
    WAITING,
    Doing,
    Going,
    StepError,
)
from reconciler.sandbox.services.sagemaker.runs.values import UnresolvedError

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND = "pipeline-execution"
STEPS_FAILED = "Step failure: One or multiple steps failed."
REASON = 1024
"""Characters of a FailureReason (SageMaker API)."""
MOST = 50
"""Steps at once where nothing says how many: no default of it is documented."""


def go_on(call: Call, record: Record, at: float) -> None:
    """Do what is due."""
    going = Going(call, record, at)
    record.extra[life.AT] = None
    if not record.extra.get("taken"):
        record.extra["taken"] = True
        if why := _untaken(going):
            _over(going, FAILED, f"ClientError: {why}")
            return
    for step in going.with_status(EXECUTING):
        _look(going, step)
    if record.data[STATUS] == "Stopping":
        if not any(going.with_status(EXECUTING)):
            _over(going, STOPPED, "")
        return
    while not _bad(going) and _begun(going):
        pass
    _rest(going)


def _untaken(going: Going) -> str:
    """Why SageMaker cannot take the pipeline's role; empty where it can, or does not know it."""
    role = str(going.record.extra[context.ROLE])
    site = rights.site(going.call)
    work = takes(site, role, rights.SOURCE, going.record.arn)
    return working.refusal(site, [role], vital=working.TAKEN, told=lambda _: iter([work]))


def _bad(going: Going) -> bool:
    return any(going.with_status(FAILED, STOPPED))


def _rest(going: Going) -> None:
    """Wait for the next thing, or end."""
    pauses = [each.due for each in going.with_status(WAITING) if each.due is not None]
    if pauses and not _bad(going):
        life.wake(going.call, going.record, min(pauses))
    elif any(going.with_status(EXECUTING)):
        going.record.extra[life.AT] = None
    elif _bad(going):
        _over(going, FAILED, STEPS_FAILED)
    else:
        _over(going, SUCCEEDED, "")


def _over(going: Going, status: str, why: str) -> None:
    record = going.record
    before = record.data[STATUS]
    record.data[STATUS] = status
    if why:
        record.data["FailureReason"] = why[:REASON]
    record.modified = going.at
    life.rest(going.call, record)
    telling.execution(going, before)


def _begun(going: Going) -> bool:
    """Begin the steps that can; whether something changed by it."""
    changed = False
    for step in [*going.with_status(WAITING)]:
        if _bad(going) or sum(1 for _ in going.with_status(EXECUTING)) >= _most(going):
            return False
        if step.due is not None and step.due > going.at:
            continue
        ready = _ready(going, step)
        if ready is None:
            step.status, changed = LEFT, True
        elif ready:
            _begin(going, step)
            changed = True
    return changed


def _most(going: Going) -> int:
    kept = going.record.data.get("ParallelismConfiguration") or {}
    return int(kept.get("MaxParallelExecutionSteps") or MOST)


def _ready(going: Going, step: Doing) -> bool | None:
    """Whether a step can begin; nothing where it never can."""
    wanted = definition.depends(step.definition)
    if step.within is not None:
        condition = going.steps[step.within[0]]
        if condition.status == LEFT or condition.outcome not in {None, step.within[1]}:
            return None
        if condition.status != SUCCEEDED:
            return False
    before = [going.steps[name] for name in wanted if name in going.steps]
    if any(each.status == LEFT and not each.reused for each in before):
        return None
    return all(each.status == SUCCEEDED or each.reused for each in before)


def _begin(going: Going, step: Doing) -> None:
    step.status, step.due = EXECUTING, None
    step.began = going.at if step.began is None or step.tries > 1 else step.began
    step.order = step.order or max((each.order for each in going.steps.values()), default=0) + 1
    telling.step(going, step, "Starting")
    try:
        given: Any = step.definition.get("Arguments") or {}
        given = given if step.kind == "Condition" else going.scope().value(given)
        if _cached(going, step, given):
            return
        steps.begin(going, step, given)
    except UnresolvedError as mistake:
        _failed(going, step, StepError(f"ClientError: {mistake}"))
        return
    except StepError as failure:
        _failed(going, step, failure)
        return
    if step.job is None:
        _succeeded(going, step)


def _cached(going: Going, step: Doing, given: Any) -> bool:  # noqa: ANN401  (any JSON value)
    """Whether an earlier execution of the pipeline had the result, not long ago."""
    step.cache = caching.key(step.kind, given)
    lasts = caching.lasts(step.definition)
    if lasts is None or not step.cache:
        return False
    best: tuple[float, Record, Doing] | None = None
    for record in going.call.records(KIND).values():
        if record.data["PipelineArn"] != going.record.data["PipelineArn"]:
            continue
        other: Doing | None = record.extra[context.STEPS].get(step.name)
        fits = other is not None and other.status == SUCCEEDED and other.cache == step.cache
        if other is None or not fits or other.hit or other is step:
            continue
        ended = float(other.ended or 0.0)
        if going.at - ended <= lasts and (best is None or ended > best[0]):
            best = (ended, record, other)
    if best is None:
        return False
    _, source, found = best
    step.hit, step.outputs, step.metadata = source.arn, found.outputs, dict(found.metadata)
    _succeeded(going, step)
    return True


def _look(going: Going, step: Doing) -> None:
    try:
        if step.job is not None and steps.look(going, step):
            _succeeded(going, step)
    except StepError as failure:
        if going.record.data[STATUS] == "Stopping":
            _ended(going, step, STOPPED)
        else:
            _failed(going, step, failure)


def _succeeded(going: Going, step: Doing) -> None:
    _ended(going, step, SUCCEEDED)


def _failed(going: Going, step: Doing, failure: StepError) -> None:
    """A step has failed: it is tried again where a policy says so."""
    step.failed_at = step.failed_at or going.at
    policies = step.definition.get("RetryPolicies") or ()
    wait = retrying.pause(policies, failure.kind, step.used, going.at - step.failed_at)
    if wait is not None:
        step.status, step.due, step.job = WAITING, going.at + wait, None
        step.tries += 1
        return
    step.reason = failure.reason[:REASON]
    _ended(going, step, FAILED)


def _ended(going: Going, step: Doing, status: str) -> None:
    step.status, step.ended = status, going.at
    telling.step(going, step, EXECUTING)
