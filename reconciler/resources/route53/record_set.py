"""AWS::Route53::RecordSet, by AWS's own handlers.

A record is one of several under its name and type, told by its set identifier; it takes no tags,
so it is ours where it leads to what is ours. All under one name have one routing policy: Route 53
refuses another beside them, and a plan looks at them before. Sources: Route 53 API reference,
ChangeResourceRecordSets, ResourceRecordSet; developer guide, "Choosing a routing policy".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.change import Action, Change
from reconciler.model.graph import Graph
from reconciler.model.step import Step
from reconciler.model.value import Json, Props
from reconciler.resources.answers import absent
from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare
from reconciler.resources.review import Foreseeing, Look, Objection, Pending

POLICIES = (
    "CidrRoutingConfig",
    "Failover",
    "GeoLocation",
    "GeoProximityLocation",
    "MultiValueAnswer",
    "Region",
    "Weight",
)
_MOST = 100
_GONE = (absent("NoSuchHostedZone"),)


def policy(record: Props) -> str:
    """The routing policy of a record, by the member that has it; "" for a simple one."""
    return next((each for each in POLICIES if record.get(each) not in (None, "", {})), "")


def spelt(name: Json) -> str:
    """A name as Route 53 has it: in lower case, with a dot at its end."""
    return str(name).lower().rstrip(".") + "."


def named(wanted: Json, live: Json, _: Props) -> Json:
    """A declared name as it is live, where only the notation differs."""
    return live if spelt(wanted) == spelt(live) else wanted


def aimed(wanted: Json, live: Json, _: Props) -> Json:
    """A declared alias as it is live, where only the notation of its host differs."""
    if not isinstance(wanted, Mapping) or not isinstance(live, Mapping):
        return wanted
    host, there = wanted.get("DNSName"), live.get("DNSName")
    same = isinstance(host, str) and _host(host) == _host(there)
    return {**wanted, "DNSName": there} if same else wanted


def _host(name: Json) -> str:
    """Consoles put `dualstack.` before the host of a load balancer, which is the same one."""
    return spelt(name).removeprefix("dualstack.")


def foresee(step: Step, _: Graph) -> Foreseeing:
    """Whether others are under the name that Route 53 would not take it beside."""
    wanted = step.desired or {}
    zone, name, type_ = (wanted.get(key) for key in ("HostedZoneId", "Name", "Type"))
    if step.action is not Action.CREATE or not isinstance(zone, str) or not isinstance(name, str):
        return ()
    asked = {"HostedZoneId": zone, "StartRecordName": name, "StartRecordType": type_}
    found = yield Look(
        "route53", "list_resource_record_sets", asked, "ResourceRecordSets", absent=_GONE
    )
    under = [
        each
        for each in (found or ())[:_MOST]
        if spelt(each.get("Name")) == spelt(name) and each.get("Type") == type_
    ]
    others = [each for each in under if policy(each) != policy(wanted)]
    if not others:
        return ()
    told = ", ".join(sorted(repr(each.get("SetIdentifier") or "a simple one") for each in others))
    text = (
        f"Route 53 takes no record with {policy(wanted) or 'no policy'} for {name} beside"
        f" {told}: all records of a name and type have one routing policy"
    )
    help_ = (
        "use another name; or change all of them in one batch (DELETE and CREATE in one"
        " ChangeResourceRecordSets, so that no answer is missing in between), then `--adopt` ours"
    )
    return (Objection("EXPOSE001", text, help_, path=("Name",)),)


def review(change: Change) -> Iterator[Objection]:
    """Another routing policy: Route 53 takes none while others are under the name."""
    before, after = policy(change.live), policy(change.desired)
    if change.action is Action.UPDATE and before != after:
        text = f"{str(change.address)!r} would go from {before or 'no policy'} to {after}"
        help_ = (
            "a name keeps its routing policy while it has records in several regions: use another"
            " name, move the clients, then remove this one"
        )
        yield Objection("EXPOSE001", text, help_, path=(after,))


declare(
    "AWS::Route53::RecordSet",
    name="",
    holds="traffic",
    adapts={"Name": named, "AliasTarget": aimed},
    pending=Pending(review=review, foresee=foresee),
    aside=Aside(looks=("route53:ListResourceRecordSets",)),
    refers=(
        "AWS::ApiGatewayV2::DomainName",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::Route53::HealthCheck",
    ),
)
