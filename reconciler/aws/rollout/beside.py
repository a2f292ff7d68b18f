"""One look at versions beside each other: an A/B test, or a shadow.

What follows is decided by `reconciler.rollout.abtest` and `reconciler.rollout.mirror`. Everything
is read anew at each look: weights and marks of the endpoint, and counts of CloudWatch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from reconciler.aws.errors import AwsError, Expired
from reconciler.aws.measuring import answers
from reconciler.aws.rollout.reading import Reading
from reconciler.aws.session import Session
from reconciler.kinds.rollout import ab, preview, shadow
from reconciler.kinds.rollout.spec import Rollout
from reconciler.model.value import Json
from reconciler.rollout import counting, trialmarks
from reconciler.rollout.abtest import next_trial
from reconciler.rollout.counting import Counted, Tally
from reconciler.rollout.measures import Points
from reconciler.rollout.mirror import (
    Mirror,
    Side,
    began,
    compared,
    concluded,
    good,
    passed,
    spoken,
    starting,
    waiting,
    well,
)
from reconciler.rollout.queries import Question
from reconciler.rollout.trialmarks import TrialMarks
from reconciler.rollout.values import (
    Act,
    Finding,
    Phase,
    RolloutAction,
    Signals,
    Verdict,
)
from reconciler.rollout.verdict import overall

Decided = tuple[Signals, RolloutAction]
Beside = Callable[[Session, Reading, str], Decided | None]
"""What is found of an endpoint at one look, with the word of a person; nothing where the endpoint
is at a canary, which is decided elsewhere."""
_LATENCY = "p99"
_LONG = 15 * 86_400
"""Seconds of a shadow that is compared: CloudWatch keeps points of a minute for 15 days."""


def beside(spec: object) -> Beside | None:
    """How a spec with a test or a shadow is looked at; nothing of another one."""
    if not isinstance(spec, Rollout):
        return None
    if ab.test_of(spec) is not None:
        return lambda session, reading, word: _test(spec, session, reading, word)
    mirror = shadow.asked(spec) or preview.asked(spec)
    if mirror is not None:
        return lambda session, reading, word: _shadow(mirror, session, reading, word)
    return None


def _test(spec: Rollout, session: Session, reading: Reading, word: str) -> Decided:
    now, live = session.wall(), reading.live
    marks = trialmarks.read(reading.tags, [each.name for each in live.variants])
    trial = ab.asked(spec, live, reading.tags)
    if isinstance(trial, str):
        action = RolloutAction(act=Act.NOTHING, phase=Phase.IDLE, why=trial)
        return Signals(word=word), action
    known = marks if marks is not None and marks.digest == trial.digest else None
    metric = counting.metric_of(*ab.counted(spec))
    tally = Tally(trial, metric, known or TrialMarks(digest=trial.digest))
    found = _counts(session, reading.name, tally, now)
    action = next_trial(trial, live, marks, counting.look_at(found, now, word))
    told = counting.detail(tally, found, now)
    return Signals(findings=(*_findings(told),), word=word), replace(action, detail={"test": told})


def _counts(session: Session, endpoint: str, tally: Tally, now: float) -> Counted:
    """What CloudWatch has counted; a fault where it does not say all of it.

    Raises:
        Expired: the credentials are over.
    """
    asked = counting.question(tally, endpoint, now)
    if asked is None:
        names, parts = tally.trial.weights, (counting.HITS, counting.CALLS)
        return counting.counted(
            tally, {(it, part): Points() for it in names for part in parts}, now
        )
    points = _asked(session, asked)
    if isinstance(points, str):
        return Counted(fault=points)
    return counting.counted(tally, points, now)


def _asked(session: Session, asked: Question) -> dict[tuple[str, str], Points] | str:
    try:
        found = answers(session, asked)
    except Expired:
        raise
    except AwsError as error:
        return str(error)
    return {(name, part): found[id_] for (name, _, part), id_ in asked.where.items()}


def _findings(told: Mapping[str, Json]) -> Iterator[Finding]:
    """Each challenger as a finding, with the differences as a line."""
    for name, each in told["challengers"].items():
        better = each["outcome"] in {"B wins", "A wins"}
        yield Finding(
            name=f"{name} beside {told['control']}: {told['metric']}",
            verdict=Verdict.PASSED if better else Verdict.WAITING,
            said=f"{each['outcome']}: {each['why']}",
            points=tuple(point["difference"] for point in each["course"]),
        )


def _shadow(mirror: Mirror, session: Session, reading: Reading, word: str) -> Decided | None:
    """A shadow is only looked at: what it leads to is another spec, or the next apply."""
    now, live = session.wall(), reading.live
    if mirror.first and mirror.shadow not in reading.shadows:
        return None
    if word:
        return Signals(word=word), spoken(mirror)
    early = waiting(mirror, live, reading.shadows, now)
    if early is not None:
        return Signals(word=word), early
    since = began(reading.tags, live.config)
    if since is None:
        return Signals(word=word), starting(live, now)
    sides = _sides(session, reading.name, mirror, since, now)
    if isinstance(sides, str):
        found: tuple[Finding, ...] = (
            Finding(name="copies", verdict=Verdict.WAITING, said=f"nothing is known: {sides}"),
        )
    else:
        found = compared(mirror, *sides, now - since)
    known = passed(reading.tags, live.config)
    if mirror.first and (known or good(found)):
        return Signals(findings=found, verdict=overall(found), word=word), well(
            live, found, known=known
        )
    return Signals(findings=found, verdict=overall(found), word=word), concluded(mirror, found, now)


def _sides(
    session: Session, endpoint: str, mirror: Mirror, since: float, now: float
) -> tuple[Side, Side] | str:
    """What CloudWatch says of both since the shadow began; why not, where it does not say."""
    asked = _mirrored(endpoint, mirror, max(since, now - _LONG), now)
    if asked is None:
        return "no whole minute has passed yet"
    points = _asked(session, asked)
    if isinstance(points, str):
        return points
    faults = [each.fault for each in points.values() if each.fault]
    if faults:
        return faults[0]
    return _side(points, mirror.production), _side(points, mirror.shadow)


def _mirrored(endpoint: str, mirror: Mirror, since: float, now: float) -> Question | None:
    start, end = since - since % 60 + 60, now - counting.SETTLE - now % 60
    if end <= start:
        return None
    whole = max(60, int((end - start) // 60 * 60))
    queries: list[Mapping[str, Json]] = []
    where: dict[tuple[str, str, str], str] = {}
    for name in (mirror.production, mirror.shadow):
        for metric, stat in _METRICS:
            id_ = f"q{len(queries)}"
            where[name, "", metric] = id_
            queries.append(
                _query(id_, endpoint, name, metric, stat, 60 if stat == "Sum" else whole)
            )
    return Question(start=start, end=start + whole, queries=tuple(queries), where=where)


_METRICS = (
    ("Invocations", "Sum"),
    ("Invocation4XXErrors", "Sum"),
    ("Invocation5XXErrors", "Sum"),
    ("ModelLatency", _LATENCY),
)


def _query(  # noqa: PLR0913 - a series and its statistic
    id_: str, endpoint: str, variant: str, metric: str, stat: str, period: int
) -> Mapping[str, Json]:
    named = (("EndpointName", endpoint), ("VariantName", variant))
    said = {
        "Namespace": "AWS/SageMaker",
        "MetricName": metric,
        "Dimensions": [{"Name": key, "Value": value} for key, value in named],
    }
    return {
        "Id": id_,
        "MetricStat": {"Metric": said, "Period": period, "Stat": stat},
        "ReturnData": True,
    }


def _side(points: Mapping[tuple[str, str], Points], name: str) -> Side:
    def total(metric: str) -> float:
        return sum(points[name, metric].values.values())

    latencies = [*points[name, "ModelLatency"].values.values()]
    return Side(
        requests=total("Invocations"),
        errors=total("Invocation4XXErrors") + total("Invocation5XXErrors"),
        latency=max(latencies) if latencies else None,
    )
