"""The alarms that stop a new version, one for each expectation that an alarm can say.

They watch the new version alone. SageMaker's guardrails exchange the fleet of a variant, so there
an alarm has the name of the new configuration: without it the old fleet counts too, whose errors
would stop the version that repairs them, and hide in their average those of a first step.
CloudWatch has the metrics with this dimension from the first request on. Where Moorline moves
weights the new version is a variant of its own, and the alarm has its name; there a minute with
few requests does not count, since one error in three of them says nothing.
Source: SageMaker developer guide, Auto-rollback configuration and monitoring (new fleet).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Scope, seconds
from reconciler.kinds.rollout.expectation import (
    MINIMUM,
    Expectation,
    Term,
    bound,
    level,
    named,
    of_endpoint,
    of_requests,
    period,
    run,
)
from reconciler.kinds.rollout.expected import number
from reconciler.kinds.rollout.serve import fleet_of
from reconciler.kinds.rollout.spec import Rollout
from reconciler.kinds.rollout.standing import weighed
from reconciler.kinds.terms.alarm import (
    HOST,
    LATENCIES,
    Fleet,
    Watch,
    alarm_props,
    in_words,
    metric_of,
    statistic_of,
    usual,
)
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Ref
from reconciler.rollout.checks import ENDPOINT as ITS_ENDPOINT, VARIANT as ITS_VARIANT

ALARM = "AWS::CloudWatch::Alarm"
ENDPOINT = "AWS::SageMaker::Endpoint"
CANDIDATE = "candidate"
"""The variant of a new version where Moorline moves weights: its metrics have the same dimensions
in each rollout."""
_METRIC = "MetricName"
_FIRES = {
    "below": "GreaterThanOrEqualTo",
    "above": "LessThanOrEqualTo",
    "atMost": "GreaterThan",
    "atLeast": "LessThan",
}
"""The comparison that fires when a limit is not kept."""


def watch(rule: Expectation) -> Watch:
    """The alarm that fires when an expectation is violated."""
    side, value = level(rule)
    given = value if of_endpoint(rule) else number(rule, value)
    statistic = statistic_of(bound(rule)) or (None if of_endpoint(rule) else "average")
    return Watch(str(rule.metric), statistic, _FIRES[side], given, seconds(rule.for_))


def called(rule: Expectation) -> str:
    """What an expectation is called; each of a rollout has another name."""
    if rule.existing_alarm is not None:
        return rule.existing_alarm
    return named(rule, watch(rule).name if of_endpoint(rule) else "")


def alarm_name(rule: Expectation) -> str:
    """What its alarm is called, after the name of the rollout."""
    return f"rollback-{called(rule)}"


def alarming(spec: Rollout) -> Iterator[tuple[int, Expectation]]:
    """The expectations that an alarm of ours can say, with their places."""
    if spec.on_failure == "rollback":
        for index, rule in enumerate(spec.analysis):
            if rule.existing_alarm is None and rule.against is None:
                yield index, rule


def existing(spec: Rollout) -> tuple[str, ...]:
    """Alarms of others that must not fire."""
    if spec.on_failure != "rollback":
        return ()
    return tuple(rule.existing_alarm for rule in spec.analysis if rule.existing_alarm is not None)


def guards(spec: Rollout, scope: Scope) -> tuple[str, ...]:
    """The names of all alarms that stop it."""
    ours = [scope.address(ALARM, alarm_name(rule)).name for _, rule in alarming(spec)]
    return (*ours, *existing(spec))


def alarms(spec: Rollout, config: Address, scope: Scope) -> Iterator[Node]:
    """They exist before the endpoint changes, and send no messages: that is a Monitor's part."""
    endpoint, variant = scope.address(ENDPOINT).name, fleet_of(spec).variant
    judged = weighed(spec)
    for index, rule in alarming(spec):
        path = ("analysis", str(index))
        new = Ref(config, "EndpointConfigName")
        if judged:
            fleet = Fleet(endpoint, CANDIDATE)
        else:  # CloudWatch has the metrics of hosts by variant alone
            fleet = Fleet(endpoint, variant, None if rule.metric in HOST else new)
        address = scope.address(ALARM, alarm_name(rule))
        props = _props(rule, fleet, scope)
        if judged and _needs_requests(rule):
            props = _calculated(props, [*_enough(rule, fleet)])
        yield scope.node(address, props, lines=_lines(rule, path, props))


def _lines(rule: Expectation, path: Path, props: Mapping[str, Json]) -> Mapping[Path, Path]:
    side, _ = level(rule)
    return {
        (): path,
        (_METRIC if _METRIC in props else "Metrics",): (
            *path,
            "metric" if rule.expression is None else "expression",
        ),
        ("Threshold",): (*path, side),
        ("EvaluationPeriods",): (*path, "for"),
    }


def _props(rule: Expectation, fleet: Fleet, scope: Scope) -> dict[str, Json]:
    said = bound(rule)
    what = rule.expression or rule.metric
    text = f"Rolls {scope.name} back unless {what} {in_words(said)}"
    props = alarm_props(watch(rule), fleet, description=text[:1024], notify=[])
    if rule.every is not None:
        props |= {"Period": period(rule), "EvaluationPeriods": run(rule)}
        props["DatapointsToAlarm"] = run(rule)
    if rule.expression is not None:
        return _calculated(props, [*_terms(rule, fleet)])
    if rule.namespace is not None:
        props |= {"Namespace": rule.namespace, "Dimensions": own(rule.dimensions, fleet)}
    return props


def _calculated(props: Mapping[str, Json], metrics: list[dict[str, Json]]) -> dict[str, Json]:
    """An alarm on the last of some metrics, which is calculated from the others."""
    alone = {"Namespace", "MetricName", "Dimensions", "Statistic", "ExtendedStatistic", "Period"}
    found = {name: value for name, value in props.items() if name not in alone}
    for each in metrics[:-1]:
        each["MetricStat"]["Period"] = props["Period"]
        each["ReturnData"] = False
    return {**found, "Metrics": [*metrics[:-1], {**metrics[-1], "ReturnData": True}]}


def _terms(rule: Expectation, fleet: Fleet) -> Iterator[dict[str, Json]]:
    """The metrics of an expression, and the expression, which alone is compared."""
    for key, term in rule.metrics.items():
        yield {"Id": key, "MetricStat": {"Metric": _metric(term, fleet), "Stat": stat(term)}}
    figure = "figure"
    while figure in rule.metrics:
        figure += "_"
    yield {"Id": figure, "Expression": rule.expression}


def _needs_requests(rule: Expectation) -> bool:
    """Whether few requests say nothing: of shares and latencies, which are not to be too high."""
    if not of_endpoint(rule) or rule.minimum_requests == 0:
        return False
    high = rule.below is not None or rule.at_most is not None
    return high and (of_requests(rule) or rule.metric in LATENCIES)


def _enough(rule: Expectation, fleet: Fleet) -> Iterator[dict[str, Json]]:
    """The figure of minutes with enough requests; 0 keeps a limit that is not to be passed."""
    share, least = of_requests(rule), rule.minimum_requests or MINIMUM
    own_stat = "Sum" if share else stat(rule)
    yield {"Id": "value", "MetricStat": {"Metric": _metric(rule, fleet), "Stat": own_stat}}
    requests = _metric(Term(metric="Invocations"), fleet)
    yield {"Id": "requests", "MetricStat": {"Metric": requests, "Stat": "Sum"}}
    figure = "FILL(value, 0) / requests" if share else "value"
    yield {"Id": "figure", "Expression": f"IF(requests >= {least}, {figure}, 0)"}


def _metric(term: Expectation | Term, fleet: Fleet) -> Json:
    if term.namespace is not None:
        return {
            "Namespace": term.namespace,
            "MetricName": term.metric,
            "Dimensions": own(term.dimensions, fleet),
        }
    alone = Fleet(fleet.endpoint, fleet.variant) if term.metric in HOST else fleet
    return {**metric_of(str(term.metric)), "Dimensions": alone.dimensions()}


def stat(term: Expectation | Term) -> str:
    """The statistic of a metric in CloudWatch's words."""
    name = term.statistic or ("average" if term.namespace is not None else usual(str(term.metric)))
    return name if name.startswith("p") else name[0].upper() + name[1:]


def own(dimensions: Mapping[str, str], fleet: Fleet) -> list[Json]:
    """The dimensions of a metric of somebody's own, for one variant."""
    return [
        {
            "Name": name,
            "Value": value.replace(ITS_ENDPOINT, fleet.endpoint).replace(
                ITS_VARIANT, fleet.variant
            ),
        }
        for name, value in dimensions.items()
    ]
