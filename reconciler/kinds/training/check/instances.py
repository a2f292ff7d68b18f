"""Instances, their spare capacity, and how long they stay."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Problem, seconds
from reconciler.kinds.training.check.names import builtin
from reconciler.kinds.training.spec import Training

_DAY = 86_400
_LONGEST = 28 * _DAY
_WARM = 6 * 3600
_WAITING = 3600


def check(spec: Training) -> Iterator[Problem]:
    """Problems of the instances."""
    compute, path = spec.compute, ("compute",)
    runtime = seconds(compute.max_runtime)
    if runtime > _LONGEST:
        yield Problem((*path, "maxRuntime"), "a job runs 28 days at most", "use 28d or less")
    if compute.spot is not None and seconds(compute.spot.max_wait) < runtime:
        text = "a spot job cannot wait for less time than it may run"
        help_ = f"use {compute.max_runtime} or more"
        yield Problem((*path, "spot", "maxWait"), text, help_)
    known = builtin(spec)
    if compute.spot is not None and known is not None and not known.checkpoints:
        name = known.name
        if seconds(compute.spot.max_wait) > _WAITING:
            text = f"{name} keeps no checkpoints, so its spot jobs may take an hour at most"
            yield Problem((*path, "spot", "maxWait"), text, "use 1h, or remove 'spot'")
        if spec.checkpoints:
            yield Problem(("checkpoints",), f"{name} keeps no checkpoints", "remove it")
    if compute.spot is not None and compute.keep_alive is not None:
        help_ = "remove 'spot' or 'keepAlive'"
        yield Problem((*path, "keepAlive"), "spot instances cannot be kept warm", help_)
    if compute.keep_alive is not None and seconds(compute.keep_alive) > _WARM:
        yield Problem((*path, "keepAlive"), "instances stay warm for 6 hours at most", "use 6h")
    if spec.encrypt_traffic and compute.instances == 1:
        text = "one instance has no traffic to encrypt"
        yield Problem(("encryptTraffic",), text, "raise 'instances', or remove it")
