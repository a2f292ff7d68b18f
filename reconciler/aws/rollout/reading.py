"""One whole reading of an endpoint: how it stands, its tags, the alarms that guard it.

The endpoint is read before its tags. Marks are written before what they announce, so tags that
are newer than the weights tell of something that has not happened yet, and never the other way
round. An answer that is not whole is no reading: nothing is guessed from half of one.
Sources: SageMaker API reference, DescribeEndpoint, ListTags; CloudWatch, DescribeAlarms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.aws.errors import AwsError, Expired, Gone, incomplete
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.resources.api import absent
from reconciler.rollout import marks
from reconciler.rollout.phase import BACK
from reconciler.rollout.values import Live, Variant

MISSING = (absent("ValidationException", r"^Could not find endpoint\b(?! config)"),)
WITHOUT = frozenset({"Creating", "Deleting", "Failed"})
"""States in which an endpoint may have no variants to tell of."""
_SERVES = {"ProductionVariants": "variants", "EndpointConfigName": "configuration"}
"""What an endpoint in any other state has."""
_METHOD = "sagemaker.describe_endpoint"
_AT_ONCE = 100
"""Names of alarms that one request takes. Source: CloudWatch, DescribeAlarms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An endpoint as it was at one moment."""

    name: str
    arn: str
    live: Live
    tags: Mapping[str, str]
    at: float
    """Seconds since the epoch, by whoever read."""
    unread: AwsError | None = None
    """Why nobody knows the state of the alarms."""
    shadows: frozenset[str] = frozenset()
    """Its shadow variants."""

    @property
    def on_trial(self) -> bool:
        """Whether a rollout by weights has the endpoint, by its marks and by what is live."""
        live, marks = self.live, self.live.marks
        if marks is None or marks.ended or marks.fault:
            return False
        return bool({marks.middle, marks.over} & {live.config, live.pending} - {""})

    @property
    def names(self) -> frozenset[str]:
        """Its variants."""
        return frozenset(each.name for each in self.live.variants)


def read(session: Session, endpoint: str, alarms: Iterable[str] = ()) -> Reading | None:
    """The endpoint, its tags and the state of these alarms; nothing where there is none.

    On the way back nobody asks for alarms: nothing is decided by them. Alarms that cannot be read
    are told beside the rest, as they must not stop what goes back.

    Raises:
        AwsError: AWS did not say all of the endpoint and its tags.
    """
    at = session.wall()
    body = described(session, endpoint)
    if body is None:
        return None
    arn = str(body["EndpointArn"])
    tags = tags_of(session, arn)
    live = live_of(body, tags, {})
    unread: AwsError | None = None
    if live.marks is None or live.marks.doing not in BACK:
        try:
            live = replace(live, alarms=states_of(session, alarms))
        except Expired:
            raise
        except AwsError as error:
            unread = error
    shadows = frozenset(
        str(each.get("VariantName")) for each in body.get("ShadowProductionVariants") or ()
    )
    return Reading(
        name=endpoint, arn=arn, live=live, tags=tags, at=at, unread=unread, shadows=shadows
    )


def described(session: Session, endpoint: str) -> Mapping[str, Json] | None:
    """The whole description of an endpoint; nothing where there is none.

    Raises:
        AwsError: AWS did not say all of it.
    """
    params = {"EndpointName": endpoint}
    try:
        body = ReadOnly(session, "sagemaker", MISSING).call("describe_endpoint", params)
    except Gone:
        return None
    if not isinstance(body.get("EndpointStatus"), str) or not body.get("EndpointArn"):
        raise incomplete(f"{_METHOD} {endpoint}", "it has no status or no ARN")
    if body["EndpointStatus"] not in WITHOUT:
        for member, what in _SERVES.items():
            if not body.get(member):
                raise incomplete(f"{_METHOD} {endpoint}", f"it has no {what}")
    return body


def tags_of(session: Session, arn: str) -> dict[str, str]:
    """All tags of an endpoint.

    Raises:
        AwsError: AWS did not say all of them.
    """
    found = ReadOnly(session, "sagemaker").pages("list_tags", {"ResourceArn": arn}, "Tags")
    if any("Key" not in each or "Value" not in each for each in found):
        raise incomplete("sagemaker.list_tags", "a tag has no key or no value")
    return {str(each["Key"]): str(each["Value"]) for each in found}


def states_of(session: Session, names: Iterable[str]) -> dict[str, str]:
    """The state of each alarm by its name, "" of one that is not there.

    Raises:
        AwsError: AWS did not say.
    """
    wanted = [*dict.fromkeys(names)]
    states = dict.fromkeys(wanted, "")
    reader = ReadOnly(session, "cloudwatch")
    for start in range(0, len(wanted), _AT_ONCE):
        asked = {
            "AlarmNames": wanted[start : start + _AT_ONCE],
            "AlarmTypes": ["MetricAlarm", "CompositeAlarm"],
        }
        for at in ("MetricAlarms", "CompositeAlarms"):
            for each in reader.pages("describe_alarms", asked, at):
                states[str(each["AlarmName"])] = str(each["StateValue"])
    return states


def live_of(body: Mapping[str, Json], tags: Mapping[str, str], alarms: Mapping[str, str]) -> Live:
    """What is live, from AWS's answers. Pure.

    Raises:
        AwsError: a variant has no name.
    """
    summary = body.get("PendingDeploymentSummary") or {}
    return Live(
        endpoint=str(body.get("EndpointName") or ""),
        status=str(body["EndpointStatus"]),
        config=str(body.get("EndpointConfigName") or ""),
        pending=str(summary.get("EndpointConfigName") or ""),
        reason=str(body.get("FailureReason") or ""),
        variants=tuple(_variants(body)),
        marks=marks.read(tags),
        alarms=alarms,
    )


def _variants(body: Mapping[str, Json]) -> Iterator[Variant]:
    for each in body.get("ProductionVariants") or ():
        if not each.get("VariantName"):
            raise incomplete(f"{_METHOD} {body.get('EndpointName')}", "a variant has no name")
        stages = each.get("VariantStatus") or ()
        yield Variant(
            name=str(each["VariantName"]),
            weight=_number(each.get("CurrentWeight")),
            asked_weight=_number(each.get("DesiredWeight")),
            count=_count(each.get("CurrentInstanceCount")),
            asked_count=_count(each.get("DesiredInstanceCount")),
            status=str(stages[-1]["Status"]) if stages else "",
        )


def _number(value: Json) -> float | None:
    """A weight; 0 is one, and what is not said is none (AWS_FACTS 1.4)."""
    return float(value) if isinstance(value, int | float) else None


def _count(value: Json) -> int | None:
    return value if isinstance(value, int) else None
