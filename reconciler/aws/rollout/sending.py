"""Sending one action: its marks, then at most one call that moves the endpoint.

Marks are looked at again before anything moves: whoever wrote last goes on, and whoever finds
another's marks stops. The endpoint is looked at again right before the call as well, with the
names of its variants; what is not as it was when the action was decided is not touched. AWS
refuses a second change while one is under way (AWS_FACTS 1.4), which is no failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.aws.errors import AwsError, Rejected
from reconciler.aws.rollout.reading import Reading, described, live_of, tags_of
from reconciler.aws.session import Session
from reconciler.model.change import Call
from reconciler.model.value import Json
from reconciler.rollout.phase import near, share
from reconciler.rollout.values import Live, RolloutAction

ROLLOUT = ("moorline:rollout", "moorline:test")
"""How the keys of marks begin."""
LOOKS = (0.0, 1.0, 2.0, 4.0, 8.0, 8.0)
"""Seconds before each look at marks that were written: AWS may show them a little later."""
IN_PROGRESS = "Cannot update in-progress endpoint"
"""How AWS refuses a change while another one is under way (AWS_FACTS 1.4)."""
NOT_YET = "not present within endpoint configuration"
"""How it refuses a variant that a description has shown just before: it shows its own work late."""
WHOLE = 100
"""The sum of weights: whole numbers stay what they are as 32 bits (AWS_FACTS 1.4)."""
_NEAR = 1e-6
WEIGH, MOVE, MARK = "update_endpoint_weights_and_capacities", "update_endpoint", "add_tags"


class MovedError(Exception):
    """What is live is not what the action was decided on; nothing was sent after that was seen."""


class BusyError(Exception):
    """AWS is at another change of the endpoint; it is asked again later."""


@dataclass(frozen=True, slots=True)
class Told:
    """One call that AWS answered, or refused with a code. Times are of the run's clock."""

    call: Call
    at: float
    seconds: float
    attempts: int
    error: str = ""


Hear = Callable[[Told], object]


def calls_of(reading: Reading, action: RolloutAction) -> list[Call]:
    """The calls of an action, in order. Pure.

    Raises:
        MovedError: it names variants that the endpoint does not have, or not all of them.
    """
    found: list[Call] = []
    if action.marks:
        tags: Json = [{"Key": key, "Value": value} for key, value in sorted(action.marks.items())]
        found.append(Call("sagemaker", MARK, {"ResourceArn": reading.arn, "Tags": tags}))
    params: dict[str, Json] = {"EndpointName": reading.name}
    if action.shares or action.counts:
        _check(reading, action)
        params["DesiredWeightsAndCapacities"] = [*_wanted(action)]
        found.append(Call("sagemaker", WEIGH, params))
    elif action.config:
        params |= {
            "EndpointConfigName": action.config,
            "RetainAllVariantProperties": action.retains,
        }
        if action.retains:  # the weight is the configuration's
            params["ExcludeRetainedVariantProperties"] = [{"VariantPropertyType": "DesiredWeight"}]
        found.append(Call("sagemaker", MOVE, params))
    return found


def _check(reading: Reading, action: RolloutAction) -> None:
    """Weights are of all variants, or of none; a capacity is of one that is there."""
    asked = {*action.shares, *action.counts}
    strange = sorted(asked - reading.names)
    lacking = sorted(reading.names - action.shares.keys()) if action.shares else []
    if strange or lacking:
        which = ", ".join(strange or lacking)
        has = ", ".join(sorted(reading.names)) or "none"
        text = f"the variants of {reading.name} are {has}; the rollout"
        raise MovedError(f"{text} {'knows' if strange else 'says nothing of'} {which}")
    if len(action.counts) > 1:
        raise ValueError("AWS takes the capacity of one variant a call")


def _wanted(action: RolloutAction) -> Iterator[dict[str, Json]]:
    """Weights of all variants, a weight of 0 included; the capacity of one."""
    for name in dict.fromkeys([*action.shares, *action.counts]):
        entry: dict[str, Json] = {"VariantName": name}
        if name in action.shares:
            entry["DesiredWeight"] = weight(action.shares[name])
        if name in action.counts:
            entry["DesiredInstanceCount"] = action.counts[name]
        yield entry


def weight(part: float) -> float:
    """A share of 1 as a weight of 100, whole where it is."""
    exact = part * WHOLE
    return float(round(exact)) if abs(exact - round(exact)) < _NEAR else round(exact, 6)


def send(session: Session, reading: Reading, action: RolloutAction, hear: Hear) -> None:
    """Send an action; `hear` is told each call.

    Raises:
        MovedError: somebody else has changed the endpoint or its marks.
        BusyError: AWS is at another change.
        AwsError: AWS refused, or did not say.
    """
    for call in calls_of(reading, action):
        if call.method == MARK:
            unwritten(session, reading)
        else:
            _unmoved(session, reading, action)
        _sent(session, reading, call, hear)
        if call.method == MARK:
            _marked(session, reading, action.marks)


def heard(session: Session, call: Call, hear: Hear, subject: str = "") -> None:
    """Send one call, and let `hear` know how it went.

    Raises:
        AwsError: AWS refused, or did not say.
    """
    before, error = session.clock.now(), ""
    try:
        session.send(call.service, call.method, call.params, subject=subject)
    except AwsError as refused:
        error = refused.code
        raise
    finally:
        hear(Told(call, before, session.clock.now() - before, session.tried, error))


def _sent(session: Session, reading: Reading, call: Call, hear: Hear) -> None:
    try:
        heard(session, call, hear, reading.name)
    except Rejected as error:
        if error.message.startswith(IN_PROGRESS):
            raise BusyError(f"AWS is at another change of {reading.name}") from error
        if NOT_YET in error.message:
            text = f"AWS shows variants of {reading.name}, and does not take their weights yet"
            raise BusyError(f"{text}: {error.message}") from error
        raise


def unwritten(session: Session, reading: Reading) -> None:
    """See that nobody has written marks since they were read: a word of a person, another step.

    Raises:
        MovedError: somebody has.
    """
    now = tags_of(session, reading.arn)
    keys = sorted(key for key in {*now, *reading.tags} if key.startswith(ROLLOUT))
    moved = [key for key in keys if now.get(key) != reading.tags.get(key)]
    if moved:
        text = f"somebody else has written marks of {reading.name} since they were read"
        raise MovedError(f"{text}: {', '.join(moved)}")


def _marked(session: Session, reading: Reading, wrote: Mapping[str, str]) -> None:
    """See that the marks are the ones that were written."""
    lost: list[str] = []
    for pause in LOOKS:
        if pause:
            session.clock.sleep(pause)
        found = tags_of(session, reading.arn)
        lost = sorted(key for key, value in wrote.items() if found.get(key) != value)
        if not lost:
            return
        if any(found.get(key) != reading.tags.get(key) for key in lost):
            text = f"the marks of {reading.name} are not the ones that were just written"
            raise MovedError(f"{text} ({', '.join(lost)}): somebody else drives it too")
    raise BusyError(f"AWS does not show the marks of {reading.name} yet that were just written")


def _unmoved(session: Session, reading: Reading, action: RolloutAction) -> None:
    """See that the endpoint is as it was when the action was decided."""
    body = described(session, reading.name)
    if body is None:
        raise MovedError(f"{reading.name} was deleted meanwhile")
    before, now = reading.live, live_of(body, {}, {})
    if how := _difference(before, now):
        if _under_way(action, now):
            text = f"{reading.name} is on its way by now, as an earlier call has asked for"
            raise BusyError(f"{text}: {how}")
        raise MovedError(f"{reading.name} has changed since it was read: {how}")


def _under_way(action: RolloutAction, now: Live) -> bool:
    """Whether AWS has been asked for just this before, and the reading was an older one.

    The marks announce it, and are the ones that were just written.
    """
    if not action.marks:
        return False
    if action.config:
        return action.config in {now.config, now.pending}
    counts = {each.name: each.asked_count for each in now.variants}
    weighed = ((share(now, name, asked=True), part) for name, part in action.shares.items())
    return all(found is not None and near(found, part) for found, part in weighed) and all(
        counts.get(name) == count for name, count in action.counts.items()
    )


def _difference(before: Live, now: Live) -> str:
    """What is another than it was, in words; "" where nothing is.

    A count that an autoscaler sets is its own, and is no move of somebody else.
    """
    pairs = (
        ("its state", before.status, now.status),
        ("its configuration", before.config, now.config),
        ("where it goes", before.pending, now.pending),
        ("its variants", _names(before), _names(now)),
        ("its weights", _weights(before), _weights(now)),
    )
    return "; ".join(f"{what} {old!s} → {new!s}" for what, old, new in pairs if old != new)


def _names(live: Live) -> str:
    return ", ".join(sorted(each.name for each in live.variants))


def _weights(live: Live) -> str:
    shown = sorted((each.name, each.asked_weight, each.weight) for each in live.variants)
    return ", ".join(f"{name} {asked}/{now}" for name, asked, now in shown)
