"""Requests that a drained candidate still gets: callers may name a variant (`TargetVariant`).

CloudWatch is asked only when the next thing would take the candidate away, and says nothing about
the last two minutes. So the minutes before those have to be quiet: five, as what is called seldom
is called too. Requests from before the weight was taken are among them at first, and pass.
Sources: SageMaker API reference, InvokeEndpoint; developer guide, "Metrics for monitoring".
"""

from __future__ import annotations

import math

from reconciler.aws.errors import AwsError, Expired
from reconciler.aws.measuring import answers
from reconciler.aws.session import Session
from reconciler.model.value import Json
from reconciler.rollout.checks import REQUESTS, SETTLE
from reconciler.rollout.phase import near, share
from reconciler.rollout.queries import Question
from reconciler.rollout.values import Act, Live, RolloutAction

QUIET, MINUTE = 300, 60
"""Seconds without a request after which the candidate is gone without loss, and of a datapoint."""
_ID = "requests"


def matters(live: Live, action: RolloutAction) -> bool:
    """Whether an action takes a candidate away that has no weight any more."""
    marks = live.marks
    if marks is None or action.act is not Act.SETTLE or live.config != marks.middle:
        return False
    left = share(live, marks.candidate)
    return left is not None and near(left, 0)


def pinned(session: Session, endpoint: str, variant: str, now: float) -> tuple[float | None, str]:
    """The requests of the last minutes that CloudWatch has; none and why, where it does not say.

    Raises:
        Expired: the credentials are over.
    """
    end = math.floor((now - SETTLE) / MINUTE) * MINUTE
    try:
        found = answers(session, _question(endpoint, variant, end))[_ID]
    except Expired:
        raise
    except AwsError as error:
        return None, str(error)
    if found.fault:
        return None, f"cloudwatch.get_metric_data: {found.fault}"
    return sum(found.values.values()), ""


def _question(endpoint: str, variant: str, end: float) -> Question:
    series = REQUESTS.of(endpoint, variant)
    named: Json = [{"Name": key, "Value": text} for key, text in sorted(series.dimensions.items())]
    metric = {"Namespace": series.namespace, "MetricName": series.metric, "Dimensions": named}
    stat = {"Metric": metric, "Period": MINUTE, "Stat": series.statistic}
    query = {"Id": _ID, "MetricStat": stat, "ReturnData": True}
    return Question(start=end - QUIET, end=end, queries=(query,), where={})
