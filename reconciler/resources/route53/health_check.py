"""AWS::Route53::HealthCheck, by AWS's own handlers.

It is one for all regions and belongs to that of its tags, which Route 53 takes only once it is
made. One that is disabled counts as healthy, and one that is inverted as what it is not: a record
with it never moves traffic, or always. The handlers do not know that one can be disabled, so drift
asks Route 53. Source: Route 53 API reference, HealthCheckConfig.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Cause, Change, Effect, FieldChange
from reconciler.model.diagnostic import Severity
from reconciler.resources.answers import absent
from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare
from reconciler.resources.review import Look, Objection, Pending, Telling

CONFIG, OFF, TURNED = "HealthCheckConfig", "Disabled", "Inverted"


def moved(change: Change) -> Telling:
    """That somebody disabled it: then it counts as healthy, whatever it watches."""
    id_ = change.observed.outputs.get("HealthCheckId") if change.observed else None
    if not id_:
        return ()
    gone = (absent("NoSuchHealthCheck"),)
    found = yield Look("route53", "get_health_check", {"HealthCheckId": id_}, absent=gone)
    config = ((found or {}).get("HealthCheck") or {}).get(CONFIG) or {}
    if not config.get(OFF):
        return ()
    return (FieldChange((CONFIG, OFF), True, False, Effect.NONE, cause=Cause.HAND),)  # noqa: FBT003


def review(change: Change) -> Iterator[Objection]:
    """That it was made to say the opposite."""
    live, wanted = change.live.get(CONFIG) or {}, change.desired.get(CONFIG) or {}
    if live.get(TURNED) and not wanted.get(TURNED):
        name = repr(str(change.address))
        text = f"{name} is inverted, so it counts as healthy while what it watches is not"
        yield Objection(
            "EXPOSE005", text, "apply turns it back", Severity.WARNING, (CONFIG, TURNED)
        )


declare(
    "AWS::Route53::HealthCheck",
    pending=Pending(review=review, moved=moved),
    aside=Aside(looks=("route53:GetHealthCheck",)),
    refers=("AWS::CloudWatch::Alarm",),
)
