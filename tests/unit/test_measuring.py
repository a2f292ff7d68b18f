"""What CloudWatch says of a candidate, where its answers are not whole, or there are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.errors import Denied, Expired
from reconciler.aws.judging import signals
from reconciler.aws.measuring import answers, existing
from reconciler.aws.session import Session
from reconciler.rollout.checks import REQUESTS, Analysis, Check, Series, Window
from reconciler.rollout.measures import Known
from reconciler.rollout.queries import Question
from reconciler.rollout.values import (
    Doing,
    Live,
    Marks,
    Rollout,
    Signals,
    Step,
    Variant,
    Verdict,
)

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
AT = NOON.timestamp()
STEPS = (Step(0.05, 1, 600), Step(1.0, 4, 600))
ERRORS = replace(REQUESTS, metric="Invocation5XXErrors")
RATE = Check(
    name="errors", series={"m": ERRORS}, per_request=True, side="atMost", level=0.01, unit="share"
)
ORDERS = Series(
    namespace="Shop", metric="Orders", statistic="Sum", dimensions={"Variant": "{variant}"}
)
SOLD = Check(name="orders", series={"m": ORDERS}, side="atLeast", level=1)
ASKED = Rollout(
    endpoint="e",
    stable="primary",
    candidate="candidate",
    base="c1",
    middle="cm",
    target="c2",
    stable_count=4,
    steps=STEPS,
    deadline=7200,
)
MARKS = Marks(
    digest="d",
    step=1,
    since=AT,
    base="c1",
    middle="cm",
    target="c2",
    version="2",
    steps=STEPS,
    stable_count=4,
    doing=Doing.BAKE,
    confirmed=AT,
)
Told = Mapping[str, Any]


class Scripted(Session):
    """A session whose calls are answered by functions of their parameters."""

    def __init__(self, **answer: Any) -> None:
        super().__init__(clients=None, clock=FakeClock())  # type: ignore[arg-type]
        self.answer = answer
        self.asked: list[tuple[str, Told]] = []

    def send(self, service: str, method: str, params: Any, **_: Any) -> Told:
        assert service == "cloudwatch"
        self.asked.append((method, dict(params)))
        told: Told = self.answer[method](params)
        return told


@dataclass
class Metrics:
    """Values of metrics by name and variant, the same in each minute."""

    values: Mapping[tuple[str, str], float]
    status: list[str] = field(default_factory=list)
    pages: int = 1

    def __call__(self, params: Told) -> Told:
        status = self.status.pop(0) if self.status else "Complete"
        page = int(params.get("NextToken", "0"))
        results = [*self._results(params, status, page)]
        more = {"NextToken": str(page + 1)} if page + 1 < self.pages else {}
        return {"MetricDataResults": results, **more}

    def _results(self, params: Told, status: str, page: int) -> Iterator[Told]:
        for each in params["MetricDataQueries"]:
            metric = each["MetricStat"]["Metric"]
            (variant,) = [
                one["Value"] for one in metric["Dimensions"] if one["Name"].startswith("Variant")
            ]
            value = self.values.get((metric["MetricName"], variant))
            starts = range(int(params["StartTime"]), int(params["EndTime"]), 60)
            mine = [] if value is None else [*starts][page :: self.pages]
            yield {
                "Id": each["Id"],
                "StatusCode": status,
                "Timestamps": [datetime.fromtimestamp(at, UTC) for at in mine],
                "Values": [value] * len(mine),
                "Messages": [{"Code": "C", "Value": "slow"}] if status != "Complete" else [],
            }


def live(share: float | None = 0.05, **alarms: str) -> Live:
    weights = {"primary": None if share is None else 1 - share, "candidate": share}
    variants = [
        Variant(name=name, weight=weight, asked_weight=weight, count=1, asked_count=1)
        for name, weight in weights.items()
    ]
    return Live(
        status="InService", config="cm", variants=tuple(variants), marks=MARKS, alarms=alarms
    )


HEALTHY = {
    ("Invocations", "candidate"): 100.0,
    ("Invocations", "primary"): 1900.0,
    ("Invocation5XXErrors", "candidate"): 0.0,
}
BROKEN = {**HEALTHY, ("Invocation5XXErrors", "candidate"): 40.0}


def judge(
    metrics: Metrics, *checks: Check, after: float = 720, share: float | None = 0.05, **more: Any
) -> tuple[Signals, Scripted]:
    session = Scripted(get_metric_data=metrics, list_metrics=lambda _: {"Metrics": []}, **more)
    found = signals(session, ASKED, Analysis(checks=checks), live(share), AT + after)
    return found, session


def test_a_good_candidate_passes_by_one_call() -> None:
    found, session = judge(Metrics(HEALTHY), RATE)
    assert found.verdict is Verdict.PASSED
    assert [method for method, _ in session.asked] == ["get_metric_data"]
    (finding,) = found.findings
    assert (
        finding.said == "0%, at most 1%, in 100 requests, 12:09-12:10Z; 10 of 10 measurements good"
    )
    assert finding.points == (0.0,) * 10


def test_a_bad_candidate_fails_with_the_figure_and_its_limit() -> None:
    found, _ = judge(Metrics(BROKEN), RATE, after=180)
    assert found.verdict is Verdict.FAILED
    assert found.findings[0].said.startswith("40%, not at most 1%, in 100 requests, 12:00-12:01Z")


@pytest.mark.scenario("R28")
def test_an_answer_that_is_not_whole_is_asked_for_again() -> None:
    for status in ("PartialData", "InternalError"):
        found, session = judge(Metrics(HEALTHY, [status]), RATE)
        assert found.verdict is Verdict.PASSED
        assert len(session.asked) == 2


@pytest.mark.scenario("R28")
@pytest.mark.parametrize("status", ["PartialData", "InternalError", "Forbidden"])
def test_an_answer_that_never_is_whole_is_no_verdict_and_says_why(status: str) -> None:
    metrics = Metrics(HEALTHY, [status] * 9)
    found, _ = judge(metrics, RATE)
    assert found.verdict is Verdict.WAITING
    assert found.findings[0].said == f"no verdict: {status}: C: slow"
    late, _ = judge(Metrics(BROKEN, [status] * 9), RATE, after=1200)
    assert late.verdict is Verdict.WAITING  # until the deadline of the rollout


@pytest.mark.scenario("R28")
def test_all_pages_are_read() -> None:
    found, session = judge(Metrics(BROKEN, pages=3), RATE)
    assert len(session.asked) == 3
    assert len(found.findings[0].points) == 10
    endless = Metrics(HEALTHY, pages=10_000)
    found, _ = judge(endless, RATE)
    assert found.findings[0].said == "no verdict: its pages have no end"


def test_a_query_without_an_answer_and_a_message_for_all_are_no_verdict() -> None:
    empty = Scripted(get_metric_data=lambda _: {"MetricDataResults": []})
    question = Question(start=0, end=60, queries=({"Id": "q0"},), where={})
    assert answers(empty, question)["q0"].fault == "no answer"
    told = {"MetricDataResults": [], "Messages": [{"Code": "MaxMetricsExceeded", "Value": "500"}]}
    warned = Scripted(get_metric_data=lambda _: told)
    assert answers(warned, question)["q0"].fault == "MaxMetricsExceeded: 500"
    cut = {"Id": "q0", "StatusCode": "Complete", "Timestamps": [NOON], "Values": []}
    uneven = Scripted(get_metric_data=lambda _: {"MetricDataResults": [cut]})
    assert answers(uneven, question)["q0"].fault == "it has 1 times and 0 values"


def test_a_refusal_is_no_verdict_and_says_why() -> None:
    def refuse(_: Told) -> Told:
        raise Denied("cloudwatch.get_metric_data", "AccessDenied", "no")

    session = Scripted(get_metric_data=refuse)
    found = signals(session, ASKED, Analysis(checks=(RATE,)), live(), AT + 720)
    assert found.verdict is Verdict.WAITING
    assert "AccessDenied" in found.findings[0].said


def test_credentials_that_are_over_are_for_whoever_drives() -> None:
    def end(_: Told) -> Told:
        raise Expired("cloudwatch.get_metric_data", "ExpiredToken", "")

    with pytest.raises(Expired):
        signals(Scripted(get_metric_data=end), ASKED, Analysis(checks=(RATE,)), live(), AT + 720)


def test_a_metric_that_never_was_is_misconfigured() -> None:
    found, session = judge(Metrics(HEALTHY), SOLD)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.findings[0].said.startswith("misconfigured: no metric 'Orders'")
    assert [method for method, _ in session.asked[1:]] == ["list_metrics"] * 2


def listed(*metrics: dict[str, str]) -> Scripted:
    found = [
        {"Dimensions": [{"Name": name, "Value": value} for name, value in each.items()]}
        for each in metrics
    ]

    def answer(params: Told) -> Told:
        wanted = {each["Name"]: each["Value"] for each in params.get("Dimensions", ())}
        fits = [
            each
            for each, dims in zip(found, metrics, strict=True)
            if wanted.items() <= dims.items()
        ]
        return {"Metrics": fits}

    return Scripted(list_metrics=answer)


@pytest.mark.parametrize(
    ("metrics", "known", "where"),
    [
        ([{"Variant": "candidate"}], Known.THERE, ""),
        ([{"Variant": "primary"}], Known.THERE, ""),  # the candidate's is still to come
        ([{"Shop": "a"}], Known.ELSEWHERE, "Shop=a"),
        ([{"Variant": "candidate", "Shop": "a"}], Known.ELSEWHERE, "Shop=a, Variant=candidate"),
        ([{}], Known.ELSEWHERE, "no dimensions"),
        ([], Known.NEVER, ""),
    ],
)
def test_whether_a_metric_exists(metrics: list[dict[str, str]], known: Known, where: str) -> None:
    series = ORDERS.of("e", "candidate")
    assert existing(listed(*metrics), series, ORDERS) == (known, where)


def test_weights_that_are_not_known_are_no_verdict() -> None:
    for share in (None, 0.0):
        found, session = judge(Metrics(HEALTHY), RATE, share=share)
        assert found.verdict is Verdict.WAITING
        assert session.asked == []


def test_at_all_of_the_traffic_there_is_no_stable_variant() -> None:
    alone = {("Invocations", "candidate"): 2000.0, ("Invocation5XXErrors", "candidate"): 4.0}
    relative = replace(RATE, against="stable", level=1.5, otherwise=0.01)
    found, _ = judge(Metrics(alone), relative, share=1.0)
    assert found.verdict is Verdict.PASSED
    unlimited, _ = judge(Metrics(alone), replace(relative, otherwise=None), share=1.0)
    assert unlimited.findings == ()


def test_an_alarm_that_fires_fails_it_before_any_step() -> None:
    before = replace(live(0.0, **{"acme-errors": "ALARM"}), marks=replace(MARKS, confirmed=0))
    found = signals(Scripted(), ASKED, Analysis(checks=(RATE,)), before, AT)
    assert found.verdict is Verdict.FAILED
    assert found.findings[0].name == "alarm acme-errors"


def test_a_freeze_window_is_a_signal_and_no_verdict() -> None:
    analysis = Analysis(checks=(RATE,), freeze=(Window(why="holidays"),))
    session = Scripted(get_metric_data=Metrics(HEALTHY))
    found = signals(session, ASKED, analysis, live(), AT + 720, word="promote")
    assert (found.verdict, found.frozen, found.word) == (Verdict.PASSED, "holidays", "promote")
