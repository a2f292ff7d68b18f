"""What AWS Lambda runs: one look at a rollout, and the one next thing.

The state machine around it waits until the moment that is answered and looks again. An answer has
`state`: ``going``, ``over`` where no rollout runs any more, or ``stopped`` where a person has to
look, with why. The endpoint and the analysis are what the machine says in each look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

from reconciler.aws.function.errors import error
from reconciler.aws.function.session import Session
from reconciler.aws.judging import judge
from reconciler.aws.rollout.driving import About, Look, carry_out, look
from reconciler.aws.rollout.sending import BusyError, MovedError
from reconciler.resources.answers import Absent
from reconciler.rollout.checks import read
from reconciler.rollout.values import Act

SOON, OFTEN, SELDOM = 15.0, 120.0, 300.0
"""Seconds until the next look: after a call, at most while something goes on (a candidate that
fails is seen before its bake is over), and at most while a person is waited for."""
GOING, OVER, STOPPED = "going", "over", "stopped"


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """What Lambda calls: an event has `endpoint` and `analysis`."""
    return step(event, Session(_ask))


def step(event: Mapping[str, Any], session: Session) -> dict[str, Any]:
    """Look, send the one next thing, and say when to look again.

    Raises:
        AwsError: AWS refused, or did not say all of it.
    """
    ours = cast("Any", session)  # the session of the function stands for that of a command
    analysis = read(event["analysis"])
    endpoint = str(event["endpoint"])
    about = About(endpoint=endpoint, judge=judge(ours, analysis), alarms=analysis.alarms)
    found = look(ours, about)
    try:
        left = carry_out(ours, found, lambda _: None)
    except (BusyError, MovedError) as met:
        return _answer(found, GOING, str(met), found.now + SOON)
    said = _said(found)
    return {**said, "why": "; ".join((said["why"], left))[:1000]} if left else said


def _said(found: Look) -> dict[str, Any]:
    action = found.action
    if found.reading is None:
        return _answer(found, OVER, "there is no such endpoint")
    if action is None or found.ended or action.act is Act.NOTHING:
        return _answer(found, OVER, "no rollout runs" if action is None else action.why)
    if action.act is Act.STOP:
        return _answer(found, STOPPED, action.why)
    if found.sends:
        return _answer(found, GOING, action.why, found.now + SOON)
    most = found.now + (SELDOM if action.act is Act.HOLD else OFTEN)
    until = min(max(action.until or most, found.now + SOON), most)
    return _answer(found, GOING, action.why, until)


def _answer(found: Look, state: str, why: str, until: float = 0.0) -> dict[str, Any]:
    action = found.action
    moment = datetime.fromtimestamp(until or found.now, UTC)
    return {
        "state": state,
        "act": action.act.value if action else "",
        "phase": action.phase.value if action else "",
        "step": action.step if action else 0,
        "why": why[:1000],
        "until": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


@cache
def _client(service: str) -> Any:  # noqa: ANN401  (any client)
    import boto3  # noqa: PLC0415  (the runtime's; elsewhere it is not loaded)
    from botocore.config import Config  # noqa: PLC0415

    settings = Config(retries={"mode": "standard", "total_max_attempts": 3}, read_timeout=20)
    return boto3.Session().client(cast("Any", service), config=settings)


def _ask(
    service: str, method: str, params: Mapping[str, Any], absent: Iterable[Absent]
) -> Mapping[str, Any]:
    from botocore.exceptions import ClientError  # noqa: PLC0415  (the runtime's)

    try:
        answer: Mapping[str, Any] = getattr(_client(service), method)(**params)
    except ClientError as refused:
        told = refused.response.get("Error", {})
        status = refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
        code, message = str(told.get("Code", "")), str(told.get("Message", ""))
        raise error(f"{service}.{method}", code, message, int(status), absent) from refused
    return answer
