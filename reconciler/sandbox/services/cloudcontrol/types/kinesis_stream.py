"""AWS::Kinesis::Stream: what it takes where nothing is said, and how far a number of shards moves.

A target may not be "more than double your current shard count" nor "below half" of it, is for
provisioned streams alone, and changes ten times in 24 hours; the mode changes by a call of its own
(Kinesis API reference, CreateStream, UpdateShardCount, UpdateStreamMode).
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(defaults={"RetentionPeriodHours": 24, "MaxRecordSizeInKiB": 1024})
SHARDS, MODE = "ShardCount", "StreamModeDetails"
FIRST = 4
"""Shards of a new stream on demand. Source: Kinesis guide, "Choose the right mode"."""


def begun(desired: dict[str, Any]) -> dict[str, Any]:
    """A stream on demand has shards too, which reads show.

    Raises:
        Broken: InvalidRequest, where their number is asked for.
    """
    if _mode(desired) != "ON_DEMAND":
        return desired
    if SHARDS in desired:
        raise Broken("InvalidRequest", "ShardCount must not be specified for ON_DEMAND streams")
    return {**desired, SHARDS: FIRST}


def kept(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """On demand, the number is what it was until the load moves it."""
    on = _mode(after) == "ON_DEMAND" and SHARDS not in after and SHARDS in before
    return {**after, SHARDS: before[SHARDS]} if on else after


def _mode(model: dict[str, Any]) -> str:
    return str((model.get(MODE) or {}).get("StreamMode", "PROVISIONED"))


def refuse(before: dict[str, Any], after: dict[str, Any]) -> None:
    """What Kinesis refuses of an update.

    Raises:
        Broken: ServiceLimitExceeded or InvalidRequest, with words of Kinesis.
    """
    have, want = before.get(SHARDS), after.get(SHARDS)
    if have == want or not isinstance(have, int) or not isinstance(want, int):
        return
    modes = [_mode(each) for each in (before, after)]
    if modes[0] != modes[1]:
        raise Broken(
            "InvalidRequest", "The mode and the number of shards cannot change in one update"
        )
    if modes[0] == "PROVISIONED" and not have <= 2 * want <= 4 * have:
        raise Broken(
            "ServiceLimitExceeded",
            f"UpdateShardCount cannot scale up over double your current open shard count, or down"
            f" below half of it. Current open shard count: {have} Target shard count: {want}",
        )
