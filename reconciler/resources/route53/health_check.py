"""AWS::Route53::HealthCheck, by AWS's own handlers.

It is one for all regions and belongs to that of its tags, which Route 53 takes only once it is
made. One that is disabled counts as healthy, and one that is inverted as what it is not: a record
with it never moves traffic, or always. Source: Route 53 API reference, HealthCheckConfig.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Change
from reconciler.model.diagnostic import Severity
from reconciler.resources.cloudcontrol import declare
from reconciler.resources.review import Objection, Pending

CONFIG = "HealthCheckConfig"
INERT = {
    "Disabled": "it is disabled, so it counts as healthy and no traffic would ever move",
    "Inverted": "it is inverted, so it counts as healthy while what it watches is not",
}


def review(change: Change) -> Iterator[Objection]:
    """That it was made to say nothing, whoever did it."""
    live, wanted = change.live.get(CONFIG) or {}, change.desired.get(CONFIG) or {}
    for member, why in INERT.items():
        if live.get(member) and not wanted.get(member):
            text = f"{str(change.address)!r} does not guard what it should: {why}"
            help_ = "apply turns it back"
            yield Objection("EXPOSE005", text, help_, Severity.WARNING, (CONFIG, member))


declare(
    "AWS::Route53::HealthCheck",
    pending=Pending(review=review),
    refers=("AWS::CloudWatch::Alarm",),
)
