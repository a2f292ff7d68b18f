"""What a new version may be held to, what is refused, and the values and alarms that come of it."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds.rollout.analysis import alarm_name, called
from reconciler.kinds.rollout.expectation import Expectation
from reconciler.kinds.rollout.judged import check
from reconciler.model.graph import Node
from reconciler.rollout.checks import Check, read

from .rules import said
from .specs import world
from .world import good, named, problems

ALARM = "AWS::CloudWatch::Alarm"
BASE = """
model: {{image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/s:1", artifact: s3://models/a.tar.gz}}
serve: {{realtime: {{instanceType: ml.m5.xlarge, instances: 4}}}}
strategy: {strategy}
analysis: [{rule}]
{rest}
"""
CANARY = "{canary: {steps: [5%, 50%, 100%], bake: 10m}}"
ONCE = "{allAtOnce: {}}"
RATE = "{metric: Invocation5XXErrors, atMost: 1%}"
P99 = "metric: ModelLatency, statistic: p99"
SHOP = "namespace: Shop, metric: Orders"
BY = "dimensions: {V: '{variant}'}"
MATH = (
    "expression: errors / requests, metrics: {errors: {metric: Invocation5XXErrors},"
    " requests: {metric: Invocations}}"
)


def text(rule: str, strategy: str = CANARY, rest: str = "") -> str:
    return BASE.format(strategy=strategy, rule=rule, rest=rest)


def faults(rule: str, strategy: str = CANARY) -> list[tuple[str, str]]:
    """The place and the code of each fault."""
    return [
        (".".join(each.path[2:]), each.code)
        for each in problems("Rollout", text(rule, strategy))
        if each.path[:1] == ("analysis",)
    ]


GOOD = [
    RATE,
    f"{{{P99}, below: 250ms}}",
    "{metric: CPUUtilization, below: 90%}",
    "{metric: GPUMemoryUtilization, below: 90%, minimumRequests: 0}",
    "{metric: Invocations, atLeast: 10, every: 5m}",
    f"{{{P99}, against: {{stable: ratio}}, atMost: 110%}}",
    f"{{{P99}, against: {{stable: difference}}, atMost: 20ms}}",
    f"{{{P99}, against: {{past: ratio, ago: 7d}}, atMost: 110%}}",
    "{metric: Invocation5XXErrors, against: {stable: ratio}, atMost: 150%, otherwise: 1%}",
    "{metric: Invocation5XXErrors, against: {stable: difference}, atMost: 0.5%}",
    f"{{{SHOP}, dimensions: {{V: '{{variant}}'}}, statistic: sum, atLeast: 3}}",
    f"{{{SHOP}, {BY}, against: {{stable: ratio}}, atLeast: 95%, otherwise: 1}}",
    f"{{{MATH}, atMost: 1%}}",
    f"{{{MATH}, against: {{stable: ratio}}, atMost: 120%, otherwise: 1%}}",
    f"{{{P99}, below: 250ms, failsAt: 400ms, for: 3m, maxFailed: 2, successes: 5}}",
    f"{{{P99}, below: 250ms, for: 15m, when: background}}",
    "{existingAlarm: upstream-payments}",
]


@pytest.mark.parametrize("rule", GOOD)
def test_it_may_be_asked_for(rule: str) -> None:
    assert faults(rule) == []


BAD = [
    # about one thing, with one limit
    ("{atMost: 1}", [("", "SPEC020")]),
    (f"{{{P99}, existingAlarm: a, below: 1s}}", [("", "SPEC020")]),
    (f"{{{P99}}}", [("", "SPEC020")]),
    (f"{{{P99}, below: 1s, above: 1ms}}", [("", "SPEC020")]),
    ("{existingAlarm: a, atMost: 1, for: 2m}", [("atMost", "SPEC020"), ("for", "SPEC020")]),
    # metrics that there are
    ("{metric: ModelLatencies, below: 1s}", [("metric", "SPEC020")]),
    ("{metric: Orders, atLeast: 1}", [("metric", "SPEC020")]),
    ("{metric: Invocations, dimensions: {V: a}, atLeast: 1}", [("dimensions", "SPEC020")]),
    ("{metric: Invocations, namespace: AWS/SageMaker, atLeast: 1}", [("namespace", "SPEC020")]),
    ("{expression: a / b, atMost: 1}", [("expression", "SPEC020")]),
    (f"{{{MATH}, statistic: sum, atMost: 1%}}", [("statistic", "SPEC020")]),
    ("{expression: a, metrics: {b: {metric: Invocations}}, atMost: 1}",
     [("metrics.b", "SPEC020")]),
    ("{metric: Invocations, metrics: {b: {metric: Invocations}}, atMost: 1}",
     [("metrics", "SPEC020")]),
    # units: CloudWatch counts latencies in microseconds, and hosts in per cent
    ("{metric: ModelLatency, below: 250}", [("below", "SPEC020")]),
    ("{metric: CPUUtilization, below: 90}", [("below", "SPEC020")]),
    ("{metric: Invocations, atLeast: 1%}", [("atLeast", "SPEC020")]),
    (f"{{{SHOP}, atLeast: 3ms}}", [("atLeast", "SPEC020")]),
    # periods
    (f"{{{P99}, below: 1s, every: 90s}}", [("every", "SPEC020")]),
    (f"{{{P99}, below: 1s, every: 7m}}", [("every", "SPEC020")]),
    (f"{{{P99}, below: 1s, every: 2m, for: 3m}}", [("for", "SPEC020")]),
    (f"{{{P99}, below: 1s, for: 90s}}", [("for", "SPEC020")]),
    # comparisons
    (f"{{{P99}, below: 1s, otherwise: 1s}}", [("otherwise", "SPEC020")]),
    (f"{{{P99}, against: {{}}, atMost: 110%}}", [("against", "SPEC020")]),
    (f"{{{P99}, against: {{stable: ratio, past: ratio, ago: 1d}}, atMost: 110%}}",
     [("against", "SPEC020")]),
    (f"{{{P99}, against: {{stable: ratio, ago: 1d}}, atMost: 110%}}",
     [("against.ago", "SPEC020")]),
    (f"{{{P99}, against: {{past: ratio}}, atMost: 110%}}", [("against", "SPEC020")]),
    (f"{{{P99}, against: {{past: ratio, ago: 30s}}, atMost: 110%}}",
     [("against.ago", "SPEC020")]),
    (f"{{{P99}, against: {{past: ratio, ago: 30d}}, atMost: 110%}}",
     [("against.ago", "ANALYSIS001")]),
    (f"{{{P99}, against: {{past: ratio, ago: 500d}}, atMost: 110%, every: 1h}}",
     [("against.ago", "ANALYSIS001"), ("every", "ANALYSIS003")]),
    (f"{{{P99}, against: {{stable: ratio}}, atMost: 20ms}}", [("atMost", "SPEC020")]),
    (f"{{{P99}, against: {{stable: difference}}, atMost: 110%}}", [("atMost", "SPEC020")]),
    (f"{{{P99}, against: {{stable: ratio}}, atMost: 110%, otherwise: 3}}",
     [("otherwise", "SPEC020")]),
    ("{metric: Invocation5XXErrors, against: {stable: difference}, atMost: 5}",
     [("atMost", "SPEC020")]),
    ("{metric: Invocation5XXErrors, statistic: sum, against: {stable: difference}, atMost: 1%}",
     [("statistic", "SPEC020")]),
    ("{metric: Invocations, against: {stable: ratio}, atLeast: 90%, otherwise: 1}",
     [("against", "SPEC020")]),
    ("{metric: Invocation5XXErrors, against: {stable: ratio}, atMost: 150%}",
     [("", "ANALYSIS001")]),
    (f"{{{SHOP}, against: {{stable: ratio}}, atLeast: 95%, otherwise: 1}}",
     [("against", "ANALYSIS001")]),
    # where it fails is beyond the limit
    (f"{{{P99}, below: 250ms, failsAt: 200ms}}", [("failsAt", "SPEC020")]),
    (f"{{{P99}, below: 250ms, failsAt: 5%}}", [("failsAt", "SPEC020")]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "wrong"), BAD)
def test_it_is_refused(rule: str, wrong: list[tuple[str, str]]) -> None:
    found = [each for each in faults(rule) if each != ("every", "ANALYSIS003")]
    assert found == [each for each in wrong if each != ("every", "ANALYSIS003")]


@pytest.mark.scenario("R30")
@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        (f"{{{P99}, below: 1s, every: 2m, successes: 6, for: 2m}}", "successes"),
        (f"{{{P99}, below: 1s, every: 15m, for: 15m}}", "every"),
        (f"{{{P99}, below: 1s, for: 12m}}", "for"),
        (f"{{{P99}, below: 1s, every: 2m, successes: 5, for: 2m}}", ""),
        (f"{{{P99}, below: 1s, every: 15m, for: 15m, when: background}}", ""),
    ],
)
def test_a_check_that_takes_longer_than_its_step_is_refused(rule: str, wrong: str) -> None:
    assert faults(rule) == ([(wrong, "ANALYSIS003")] if wrong else [])


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ("minimumRequests: 50", "minimumRequests"),
        ("successes: 2", "successes"),
        ("maxFailed: 2", "maxFailed"),
        ("failsAt: 2s", "failsAt"),
        ("when: background", "when"),
    ],
)
def test_what_an_alarm_cannot_say_is_refused_where_sagemaker_moves_traffic(
    more: str, place: str
) -> None:
    rule = f"{{{P99}, below: 1s, {more}}}"
    assert faults(rule, ONCE) == [(place, "ANALYSIS002")]
    assert faults(rule) == []


def test_freeze_windows_are_for_weights_that_moorline_moves() -> None:
    rest = "freeze: [{why: holidays, since: 2026-12-20}]"
    found = problems("Rollout", text(RATE, ONCE, rest))
    assert [(each.path, each.code) for each in found] == [(("freeze",), "ANALYSIS002")]
    assert problems("Rollout", text(RATE, CANARY, rest)) == []


@pytest.mark.parametrize(
    ("window", "place"),
    [
        ("why: x", ""),
        ("why: x, since: 2026-02-30", "since"),
        ("why: x, since: 2026-12-20, until: 2026-12-19", "until"),
        ("why: x, days: [sat], timezone: Mars/Base", "timezone"),
        ("why: x, hours: 17:00-17:00", "hours"),
        ("why: x, hours: 17:00-25:00", "hours"),
        ("why: x, hours: 17:60-18:00", "hours"),
    ],
)
def test_a_window_that_is_none_is_refused(window: str, place: str) -> None:
    found = problems("Rollout", text(RATE, CANARY, f"freeze: [{{{window}}}]"))
    assert [".".join(each.path[2:]) for each in found] == [place]


def checked(rule: str) -> Check:
    spec: Any = good("Rollout", text(rule))
    (one,) = spec.analysis
    return check(one)


@pytest.mark.parametrize(
    ("rule", "level", "per_request", "statistics"),
    [
        (RATE, 0.01, True, ["Sum"]),
        ("{metric: Invocation5XXErrors, atMost: 3}", 3, False, ["Sum"]),
        (f"{{{P99}, below: 250ms}}", 250_000, False, ["p99"]),
        ("{metric: CPUUtilization, below: 90%}", 90, False, ["Average"]),
        (f"{{{P99}, against: {{stable: ratio}}, atMost: 110%}}", 1.1, False, ["p99"]),
        (f"{{{P99}, against: {{stable: difference}}, atMost: 20ms}}", 20_000, False, ["p99"]),
        ("{metric: Invocation5XXErrors, against: {stable: difference}, atMost: 0.5%}", 0.005, True,
         ["Sum"]),
        (f"{{{SHOP}, atLeast: 3}}", 3, False, ["Average"]),
        (f"{{{SHOP}, atLeast: 5%}}", 0.05, False, ["Average"]),
        (f"{{{MATH}, atMost: 1%}}", 0.01, False, ["Sum", "Sum"]),
    ],
)  # fmt: skip
def test_limits_are_in_the_units_of_cloudwatch(
    rule: str, level: float, per_request: bool, statistics: list[str]
) -> None:
    found = checked(rule)
    assert (found.level, found.per_request) == (pytest.approx(level), per_request)
    assert [each.statistic for each in found.series.values()] == statistics


def test_times_and_numbers_of_measurements() -> None:
    rule = f"{{{P99}, below: 250ms, failsAt: 400ms, every: 5m, for: 10m, maxFailed: 2}}"
    found = checked(rule)
    assert (found.period, found.run, found.most_failed, found.fails_at) == (300, 2, 2, 400_000)
    assert (found.minimum, found.successes, found.background) == (20, 1, False)
    past = checked(f"{{{P99}, against: {{past: ratio, ago: 7d}}, atMost: 110%}}")
    assert (past.against, past.by, past.ago) == ("past", "ratio", 604_800)
    rate = "{metric: Invocation5XXErrors, against: {stable: ratio}, atMost: 150%, otherwise: 1%}"
    assert checked(rate).otherwise == 0.01


@pytest.mark.parametrize("rule", [each for each in GOOD if "existing" not in each])
def test_each_expectation_becomes_a_check_with_a_name(rule: str) -> None:
    assert checked(rule).name == called(_rule(rule))


def _rule(rule: str) -> Expectation:
    spec: Any = good("Rollout", text(rule))
    found: Expectation = spec.analysis[0]
    return found


def test_names_tell_expectations_apart() -> None:
    rules = [*GOOD, "{metric: Invocation5XXErrors, atMost: 3}"]
    assert len({called(_rule(rule)) for rule in rules}) >= len(rules) - 4
    assert alarm_name(_rule(RATE)) == "rollback-invocation-5xx-errors-average"
    twice = problems("Rollout", text(f"{RATE}, {RATE}"))
    assert [each.path for each in twice] == [("analysis", "1")]


def built(rule: str, strategy: str = CANARY) -> list[Node]:
    return [
        *named(world({("Rollout", "own"): text(rule, strategy)}).build("Rollout", "own"), ALARM)
    ]


@pytest.mark.scenario("R23")
def test_alarms_watch_the_candidate_and_not_the_endpoint() -> None:
    (alarm,) = built(RATE)
    *stats, figure = alarm.props["Metrics"]
    for each in (each["MetricStat"]["Metric"]["Dimensions"] for each in stats):
        dimensions = {one["Name"]: one["Value"] for one in each}
        assert dimensions == {"EndpointName": "acme-test-own", "VariantName": "candidate"}
    assert figure["Expression"] == "IF(requests >= 20, FILL(value, 0) / requests, 0)"
    assert alarm.props["TreatMissingData"] == "notBreaching"


@pytest.mark.parametrize(
    ("rule", "figure"),
    [
        (f"{{{P99}, below: 250ms, minimumRequests: 7}}", "IF(requests >= 7, value, 0)"),
        (f"{{{P99}, below: 250ms, minimumRequests: 0}}", ""),
        (f"{{{P99}, above: 1ms}}", ""),
        ("{metric: Invocation5XXErrors, atMost: 3}", ""),
        ("{metric: CPUUtilization, below: 90%}", ""),
    ],
)
def test_a_minute_with_few_requests_does_not_count(rule: str, figure: str) -> None:
    (alarm,) = built(rule)
    found = alarm.props.get("Metrics", [{}])[-1].get("Expression", "")
    assert found == figure
    assert bool(found) is ("MetricName" not in alarm.props)


def test_where_sagemaker_moves_traffic_alarms_watch_the_new_fleet() -> None:
    (alarm,) = built(RATE, ONCE)
    assert [each["Name"] for each in alarm.props["Dimensions"]] == [
        "EndpointName",
        "VariantName",
        "EndpointConfigName",
    ]
    (host,) = built("{metric: CPUUtilization, below: 90%}", ONCE)
    assert len(host.props["Dimensions"]) == 2


def test_an_alarm_of_a_metric_of_ones_own_and_of_an_expression() -> None:
    (own,) = built(f"{{{SHOP}, dimensions: {{V: '{{endpoint}}/{{variant}}'}}, atLeast: 3}}")
    assert own.props["Namespace"] == "Shop"
    assert own.props["Dimensions"] == [{"Name": "V", "Value": "acme-test-own/candidate"}]
    (math,) = built(f"{{{MATH}, atMost: 1%, every: 5m, for: 10m}}")
    assert "MetricName" not in math.props
    assert [each["Id"] for each in math.props["Metrics"]] == ["errors", "requests", "figure"]
    assert [each["ReturnData"] for each in math.props["Metrics"]] == [False, False, True]
    assert math.props["Metrics"][0]["MetricStat"]["Period"] == 300
    assert (math.props["Threshold"], math.props["EvaluationPeriods"]) == (0.01, 2)


def test_a_comparison_has_no_alarm_and_an_existing_one_is_not_made() -> None:
    assert built(f"{{{P99}, against: {{stable: ratio}}, atMost: 110%}}") == []
    assert built("{existingAlarm: upstream-payments}") == []


def test_whoever_drives_reads_the_analysis_from_what_the_spec_exports() -> None:
    rules = f"{RATE}, {{existingAlarm: upstream}}"
    rest = "freeze: [{why: nights, days: [fri], hours: 22:00-06:00, timezone: Europe/Berlin}]"
    platform = world({("Rollout", "own"): text(rules, CANARY, rest)})
    found = read(platform.scope("Rollout", "own").peer("Rollout", "own")["analysis"])
    assert found.alarms == ("acme-test-own-rollback-invocation-5xx-errors-average", "upstream")
    assert [each.name for each in found.checks] == ["invocation-5xx-errors-average"]
    assert (found.freeze[0].days, found.freeze[0].hours) == ((4,), (1320, 360))


def test_a_candidates_alarm_is_held_against_the_instances_that_it_will_have() -> None:
    def rule(metric: str) -> dict[tuple[str, str], str]:
        return {("Rollout", "own"): text(f"{{metric: {metric}, below: 90%}}")}

    assert [each for each in said(rule("CPUUtilization"), "GRAPH034") if "/own" in each[1]] == []
    gpu = [each for each in said(rule("GPUUtilization"), "GRAPH034") if "/own" in each[1]]
    assert [severity for severity, _ in gpu] == ["error"]


@pytest.mark.parametrize(
    ("rule", "code", "severity"),
    [
        ("{metric: Invocation5XXErrors, below: 0%}", "GRAPH033", "error"),
        ("{metric: ModelLatency, below: 90s}", "GRAPH033", "warning"),
        ("{metric: ModelLatency, below: 250ms}", "GRAPH033", ""),
        (RATE, "GRAPH033", ""),
        ("{metric: Invocations, atLeast: 10}", "GRAPH035", ""),
        ("{metric: CPUUtilization, below: 90%}", "GRAPH036", ""),
        (f"{{{SHOP}, {BY}, atLeast: 3}}", "GRAPH036", ""),
    ],
)
def test_limits_of_calculated_alarms_are_held_against_what_there_may_be(
    rule: str, code: str, severity: str
) -> None:
    found = said({("Rollout", "own"): text(rule)}, code)
    assert [bad for bad, at in found if "/own" in at] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("strategy", "rest", "told"),
    [
        ("{blueGreen: {twoStep: {size: 25%, bake: 10m}}}", "", True),
        ("{linear: {size: 25%, bake: 10m}}", "", True),
        ("{rolling: {size: 1, bake: 5m}}", "", True),
        ("{allAtOnce: {bake: 2m}}", "", True),
        ("{allAtOnce: {}}", "", False),
        ("{rolling: {size: 1, bake: 5m}}", "onFailure: none", False),
        ("{linear: {size: 25%, bake: 10m, existingAlarms: [upstream]}}", "", False),
        (CANARY, "", True),
    ],
)
def test_a_bake_that_nothing_watches_is_told(strategy: str, rest: str, told: bool) -> None:
    found = problems("Rollout", text("", strategy, rest))
    warned = [each for each in found if "nothing watches" in each.message]
    assert len(warned) == len(found) == told
    assert len(problems("Rollout", text(RATE, strategy, ""))) == 0
