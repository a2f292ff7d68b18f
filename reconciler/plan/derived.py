"""What a step's calls and losses are by its own change and what is live now. Pure.

A plan file says what was reviewed; it permits nothing. Whoever can write one could add calls to a
step or take its losses out, so both are derived again and compared before the first write.
"""

from __future__ import annotations

from reconciler.model.change import Action, Call, Change, Observed
from reconciler.model.loss import Loss
from reconciler.model.plan import Step
from reconciler.model.value import canonical, to_json
from reconciler.plan import calls, protect
from reconciler.plan.diff import guard, removed
from reconciler.plan.widen import lifted, widenings
from reconciler.resources.api import Place, Resource


def forged(
    step: Step, live: Observed | None, resource: Resource, place: Place, made: Step | None = None
) -> str:
    """What a step has that does not follow from its change, as in ``has other calls``; else "".

    `made` is the other half of a replacement. Where the resource is not as the plan saw it any
    more, `moved` has decided; nothing can be derived then.
    """
    change = Change(step.address, step.action, step.reason, step.desired, live, step.fields)
    if step.action is Action.CREATE:
        opens = widenings(change, resource, place)
        return _calls(step, calls.create(change, resource, place)) or _losses(step, opens)
    if made and (said := _made(made, live, resource, place)):
        return said
    if live is None or not _as_seen(step, live, resource):
        return ""
    if step.action is Action.DELETE:
        said = _calls(step, calls.delete(change, resource, place))
        opens = () if made else lifted(change)
        return said or _losses(step, (*protect.removal(change, resource), *opens))
    targeted = any(each.whole for each in resource.narrows)  # judged by what the file lacks
    narrows = () if targeted else protect.narrowings(change, resource)
    opens = widenings(change, resource, place)
    said = _calls(step, calls.update(change, resource, place))
    return said or _losses(step, (*narrows, *opens))


def _made(made: Step, live: Observed | None, resource: Resource, place: Place) -> str:
    change = Change(made.address, made.action, made.reason, made.desired, live, made.fields)
    said = _calls(made, calls.create(change, resource, place))
    return said or _losses(made, widenings(change, resource, place))


def _as_seen(step: Step, live: Observed, resource: Resource) -> bool:
    seen = removed(live, resource) if step.action is Action.DELETE else live
    return bool(step.guard) and guard(seen, resource) == step.guard


def _calls(step: Step, derived: tuple[Call, ...]) -> str:
    return "" if _bytes(step.calls) == _bytes(derived) else "has other calls than its change needs"


def _bytes(sent: tuple[Call, ...]) -> list[bytes]:
    return [canonical([call.service, call.method, to_json(call.params)]) for call in sent]


def _losses(step: Step, derived: tuple[Loss, ...]) -> str:
    told = {loss.destroys for loss in step.losses}
    hidden = sorted({loss.destroys for loss in derived} - told)
    return f"loses {' and '.join(hidden)} and does not say so" if hidden else ""
