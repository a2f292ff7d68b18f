"""kind: Monitor. Alarms on a live endpoint, and who is told."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reconciler.facts.principals import vouched
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
from reconciler.kinds.terms.account import Email
from reconciler.kinds.terms.alarm import (
    Fleet,
    Level,
    Metric,
    Statistic,
    Watch,
    alarm_props,
    in_words,
    limit,
    limit_problems,
    statistic_of,
)
from reconciler.kinds.terms.key import KeyUse, key_arn, report_missing
from reconciler.kinds.terms.name import TopicName, named
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

ALARM, TOPIC = "AWS::CloudWatch::Alarm", "AWS::SNS::Topic"
Queue = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:sqs:[a-z0-9-]+:[0-9]{12}:[^:/*?{}\s]+$")]
Function = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[^*?{}\s]+$")
]
ALARMS, BUDGETS = "cloudwatch.amazonaws.com", "budgets.amazonaws.com"
"""Who publishes to a topic: its alarms, and a Budget that names it."""
_FIRES = {
    "above": "GreaterThan",
    "below": "LessThan",
    "atLeast": "GreaterThanOrEqualTo",
    "atMost": "LessThanOrEqualTo",
}


class Alarm(Section):
    """When to wake somebody: a metric above or below a level for a while."""

    metric: Metric
    """A metric of the endpoint or of its hosts."""
    statistic: Maybe[Statistic] = None
    """By default p99 for latencies, the average for hosts, and the sum for counts."""
    above: Maybe[Level] = None
    """The alarm fires above this: a number, a time such as 250ms for latencies, a share such as
    85% for hosts, and either a number or a share of the requests for errors."""
    below: Maybe[Level] = None
    """The alarm fires below this."""
    at_least: Maybe[Level] = None
    """The alarm fires from this on."""
    at_most: Maybe[Level] = None
    """The alarm fires up to this."""
    for_: Duration = Field("5m", alias="for")
    """How long it has to last, in whole minutes."""
    missing_data: Literal["notBreaching", "breaching", "ignore", "missing"] = "notBreaching"
    """What a minute without data counts as; an idle endpoint has no latency."""


class Subscribers(Section):
    """Who gets the messages."""

    emails: tuple[Email, ...] = ()
    """Addresses; each has to confirm once."""
    queues: tuple[Queue, ...] = ()
    """Queues, no FIFO ones: those take no messages of alarms."""
    functions: tuple[Function, ...] = ()
    """Functions."""
    webhooks: tuple[Annotated[str, Field(pattern=r"^https://[^\s]+$")], ...] = ()
    """Web hooks; each has to confirm once."""


class Monitor(Section):
    """Alarms on a live endpoint, and who is told."""

    rollout: Annotated[str, Reference("Rollout")]
    """The Rollout whose endpoint is watched."""
    aws_name: Maybe[TopicName] = None
    """The name of the topic in AWS. By default it is made of platform, environment and spec."""
    alarms: Annotated[tuple[Alarm, ...], Field(min_length=1)]
    """What is watched on each variant."""
    subscribers: Subscribers = Field(default_factory=Subscribers)
    """Who gets the messages."""
    key: Maybe[KeyUse] = None
    """A key for messages at rest. Its users must include the service cloudwatch.amazonaws.com,
    and budgets.amazonaws.com if a Budget names this Monitor."""
    requires_capture: bool = False
    """Whether it is an error that the Rollout captures no requests."""


def check(spec: Monitor) -> Iterator[Problem]:
    for index, queue in enumerate(spec.subscribers.queues):
        if queue.endswith(".fifo"):
            text = "a FIFO queue cannot be subscribed to a standard topic"
            yield Problem(("subscribers", "queues", str(index)), text, "name a standard queue")
    names: set[str] = set()
    for index, alarm in enumerate(spec.alarms):
        path = ("alarms", str(index))
        wrong = [*limit_problems(alarm, path)]
        yield from wrong
        if wrong:
            continue
        if (name := _watch(alarm).name) in names:
            yield Problem(path, "this alarm is here twice", "change metric, statistic or direction")
        names.add(name)


def exports(spec: Monitor, scope: Scope) -> Mapping[str, Json]:
    topic = scope.address(TOPIC)
    return {
        "topicArn": Ref(topic, "TopicArn"),
        "topic": Ref(topic, "TopicName"),
        "keyArn": key_arn(spec.key, scope),
    }


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
            name = _watch(alarm).name
            suffix = name if len(variants) == 1 else f"{name}-{variant}"
            yield _alarm(spec, index, variant, scope.address(ALARM, suffix), scope)


def _topic(spec: Monitor, topic: Address, scope: Scope) -> Node:
    return scope.node(
        topic,
        {
            "KmsMasterKeyId": key_arn(spec.key, scope) or "",
            "TopicPolicy": _topic_policy(topic, scope),
            "Subscription": [*_subscriptions(spec.subscribers)],
        },
        lines={("KmsMasterKeyId",): ("key",), ("Subscription",): ("subscribers",)},
    )


def topic_node(
    subscribers: Subscribers,
    scope: Scope,
    publish: Iterable[Props] = (),
    at: Path = ("subscribers",),
) -> Node:
    """A topic of a spec's own, to which its workloads publish by what their roles allow.

    What has no role there publishes by the statements in `publish`.
    """
    topic = scope.address(TOPIC)
    props = {
        "KmsMasterKeyId": "",
        "TopicPolicy": _policy(*publish, _tls_only(scope.arn("sns", topic.name))),
        "Subscription": [*_subscriptions(subscribers)],
    }
    return scope.node(topic, props, lines={("Subscription",): at})


def _topic_policy(topic: Address, scope: Scope) -> Props:
    arn = scope.arn("sns", topic.name)
    publish = {
        "Sid": "Publish",
        "Effect": "Allow",
        "Principal": {"Service": [BUDGETS, ALARMS]},
        "Action": "sns:Publish",
        "Resource": arn,
        **vouched(ALARMS, scope.place.account),
    }
    return _policy(publish, _tls_only(arn))


def _tls_only(arn: str) -> Props:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _policy(*statements: Props) -> Props:
    return {"Version": "2012-10-17", "Statement": [*statements]}


def _subscriptions(subscribers: Subscribers) -> Iterator[Props]:
    for protocol, endpoints in (
        ("email", subscribers.emails),
        ("sqs", subscribers.queues),
        ("lambda", subscribers.functions),
        ("https", subscribers.webhooks),
    ):
        for endpoint in endpoints:
            yield {"Protocol": protocol, "Endpoint": endpoint}


def _watch(alarm: Alarm) -> Watch:
    side, level = limit(alarm)
    length = seconds(alarm.for_)
    return Watch(alarm.metric, statistic_of(alarm), _FIRES[side], level, length, alarm.missing_data)


def _alarm(spec: Monitor, index: int, variant: str, address: Address, scope: Scope) -> Node:
    alarm, path = spec.alarms[index], ("alarms", str(index))
    side, _ = limit(alarm)
    props = alarm_props(
        _watch(alarm),
        Fleet(scope.export("Rollout", spec.rollout, "endpointName"), variant),
        description=f"{spec.rollout}: {alarm.metric} {in_words(alarm)} for {alarm.for_}",
        notify=[Ref(scope.address(TOPIC), "TopicArn")],
    )
    return scope.node(
        address,
        props,
        lines={
            (): path,
            ("MetricName",): (*path, "metric"),
            ("Threshold",): (*path, side),
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
        named=lambda spec: named(TOPIC, spec.aws_name),
        exports=exports,
        example="""\
rollout: fraud-detector
alarms:
  - {metric: ModelLatency, statistic: p99, above: 400ms, for: 10m}
  - {metric: Invocation5XXErrors, above: 1%, for: 5m}
  - {metric: Invocations, below: 1, for: 15m, missingData: breaching}
subscribers: {emails: [fraud-oncall@example.com]}
""",
    )
)
