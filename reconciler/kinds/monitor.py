"""kind: Monitor. Alarms on a live endpoint, and who is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import (
    Duration,
    Kind,
    Maybe,
    Problem,
    Reference,
    Scope,
    Section,
    register,
    seconds,
)
from reconciler.kinds.terms.alarm import (
    ERRORS,
    Level,
    Metric,
    Share,
    Statistic,
    Watch,
    alarm_props,
    duration_problems,
    level_problems,
    share,
)
from reconciler.kinds.terms.key import KeyUse, key_arn, report_missing
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref

ALARM, TOPIC = "AWS::CloudWatch::Alarm", "AWS::SNS::Topic"
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", examples=["oncall@example.com"])]
Arn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$")]
_PUBLISHERS = ("budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com")


class Alarm(Section):
    """When to wake somebody: a metric above or below a level for a while."""

    metric: Metric
    """A metric of the endpoint or of its hosts."""
    statistic: Maybe[Statistic] = None
    """By default p99 for latencies, the average for hosts, and the sum for counts."""
    above: Maybe[Level] = None
    """The alarm fires above this: a number, or a time such as 250ms for latencies."""
    below: Maybe[Level] = None
    """The alarm fires below this."""
    rate: Maybe[Share] = None
    """The alarm fires above this share of requests, for error metrics."""
    for_: Duration = Field("5m", alias="for")
    """How long it has to last, in whole minutes."""
    missing_data: Literal["notBreaching", "breaching", "ignore", "missing"] = "notBreaching"
    """What a minute without data counts as; an idle endpoint has no latency."""


class Subscriptions(Section):
    """Who gets the messages."""

    email: list[Email] = []
    """Addresses; each has to confirm once."""
    sqs: list[Arn] = []
    """Queues."""
    lambda_: list[Arn] = Field([], alias="lambda")
    """Functions."""
    https: list[Annotated[str, Field(pattern=r"^https://[^\s]+$")]] = []
    """Web hooks; each has to confirm once."""


class Monitor(Section):
    """Alarms on a live endpoint, and who is told."""

    rollout: Annotated[str, Reference("Rollout")]
    """The Rollout whose endpoint is watched."""
    alarms: Annotated[list[Alarm], Field(min_length=1)]
    """What is watched on each variant."""
    subscriptions: Subscriptions = Field(default_factory=Subscriptions)
    """Who gets the messages."""
    key: Maybe[KeyUse] = None
    """A key for messages at rest. Its users must include the service cloudwatch.amazonaws.com."""
    requires_capture: bool = False
    """Whether it is an error that the Rollout captures no requests."""


def check(spec: Monitor) -> Iterator[Problem]:
    names: set[str] = set()
    for index, alarm in enumerate(spec.alarms):
        path = ("alarms", str(index))
        limits = [("above", alarm.above), ("below", alarm.below), ("rate", alarm.rate)]
        given = [name for name, value in limits if value is not None]
        if len(given) != 1:
            yield Problem(path, "an alarm has one limit", "give one of 'above', 'below', 'rate'")
            continue
        if alarm.rate is not None and alarm.metric not in ERRORS:
            help_ = f"use it with one of {', '.join(sorted(ERRORS))}"
            yield Problem((*path, "rate"), f"{alarm.metric} has no rate", help_)
        if alarm.rate is not None and alarm.statistic is not None:
            yield Problem((*path, "statistic"), "a rate is an average", "remove 'statistic'")
        for name, level in (("above", alarm.above), ("below", alarm.below)):
            if level is not None:
                yield from level_problems(alarm.metric, level, (*path, name))
        yield from duration_problems(seconds(alarm.for_), (*path, "for"))
        if (name := _name(alarm)) in names:
            yield Problem(path, "this alarm is here twice", "change metric, statistic or direction")
        names.add(name)


def exports(_: Monitor, scope: Scope) -> Mapping[str, Json]:
    topic = scope.address(TOPIC)
    return {"topicArn": Ref(topic, "TopicArn"), "topic": Ref(topic, "TopicName")}


def build(spec: Monitor, scope: Scope) -> Iterator[Node]:
    report_missing(spec.key, scope, ("key",))
    if spec.requires_capture and not scope.export("Rollout", spec.rollout, "captures"):
        scope.problem(
            ("requiresCapture",),
            f"Rollout {spec.rollout!r} captures no requests",
            help=f"add 'capture' to Rollout {spec.rollout!r}",
        )
    topic = scope.address(TOPIC)
    yield _topic(spec, topic, scope)
    variants = scope.export("Rollout", spec.rollout, "variants")
    for index, alarm in enumerate(spec.alarms):
        for variant in variants:
            suffix = _name(alarm) if len(variants) == 1 else f"{_name(alarm)}-{variant}"
            yield _alarm(spec, index, variant, scope.address(ALARM, suffix), scope)


def _topic(spec: Monitor, topic: Address, scope: Scope) -> Node:
    return scope.node(
        topic,
        {
            "DisplayName": "",
            "KmsMasterKeyId": key_arn(spec.key, scope) or "",
            "TopicPolicy": _topic_policy(topic, scope),
            "Subscription": [*_subscriptions(spec.subscriptions)],
        },
        lines={("KmsMasterKeyId",): ("key",), ("Subscription",): ("subscriptions",)},
    )


def _topic_policy(topic: Address, scope: Scope) -> Props:
    arn = scope.arn("sns", topic.name)
    publish = {
        "Sid": "Publish",
        "Effect": "Allow",
        "Principal": {"Service": list(_PUBLISHERS)},
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": scope.place.account}},
    }
    tls_only = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [publish, tls_only]}


def _subscriptions(subscriptions: Subscriptions) -> Iterator[Props]:
    for protocol, endpoints in (
        ("email", subscriptions.email),
        ("sqs", subscriptions.sqs),
        ("lambda", subscriptions.lambda_),
        ("https", subscriptions.https),
    ):
        for endpoint in endpoints:
            yield {"Protocol": protocol, "Endpoint": endpoint}


def _watch(alarm: Alarm) -> Watch:
    length = seconds(alarm.for_)
    if alarm.rate is not None:
        level = share(alarm.rate)
        return Watch(alarm.metric, "average", "GreaterThan", level, length, alarm.missing_data)
    comparison = "GreaterThan" if alarm.above is not None else "LessThan"
    level = alarm.above if alarm.above is not None else alarm.below
    if level is None:  # `check` reports an alarm without a limit; the compiler stops there
        raise AssertionError
    return Watch(alarm.metric, alarm.statistic, comparison, level, length, alarm.missing_data)


def _name(alarm: Alarm) -> str:
    watch = _watch(alarm)
    return f"{watch.name}-low" if watch.comparison == "LessThan" else watch.name


def _alarm(spec: Monitor, index: int, variant: str, address: Address, scope: Scope) -> Node:
    alarm, path = spec.alarms[index], ("alarms", str(index))
    limit = f"{alarm.rate} of requests" if alarm.rate else alarm.above or alarm.below or 0
    side = "below" if alarm.below is not None else "above"
    props = alarm_props(
        _watch(alarm),
        endpoint=scope.export("Rollout", spec.rollout, "endpointName"),
        variant=variant,
        description=f"{spec.rollout}: {alarm.metric} {side} {limit} for {alarm.for_}",
        notify=[Ref(scope.address(TOPIC), "TopicArn")],
    )
    level = next(name for name in ("above", "below", "rate") if getattr(alarm, name) is not None)
    return scope.node(
        address,
        props,
        lines={
            (): path,
            ("Threshold",): (*path, level),
            ("Statistic",): (*path, "statistic"),
            ("ExtendedStatistic",): (*path, "statistic"),
            ("EvaluationPeriods",): (*path, "for"),
            ("DatapointsToAlarm",): (*path, "for"),
            ("TreatMissingData",): (*path, "missingData"),
        },
    )


register(
    Kind(
        name="Monitor",
        model=Monitor,
        summary="Alarms on a live endpoint, and who is told.",
        check=check,
        build=build,
        exports=exports,
        example="""\
rollout: fraud-detector
alarms:
  - {metric: ModelLatency, statistic: p99, above: 400ms, for: 10m}
  - {metric: Invocation5XXErrors, rate: 1%, for: 5m}
  - {metric: Invocations, below: 1, for: 15m, missingData: breaching}
subscriptions: {email: [fraud-oncall@example.com]}
""",
    )
)
