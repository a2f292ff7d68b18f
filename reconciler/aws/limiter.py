"""A rate limit per AWS service, shared by all workers, that adapts to throttling.

AWS does not publish the limits of SageMaker's control plane (AWS_FACTS 6.1), so
every service starts at its documented rate or a cautious guess, halves when
AWS throttles, and recovers slowly while calls succeed.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from reconciler.aws.clock import Clock

DEFAULT = 100.0
RATES = {
    "budgets": 10.0,
    "cloudtrail": 2.0,
    "cloudwatch": 9.0,
    "lambda": 15.0,
    "resourcegroupstaggingapi": 10.0,
}
"""Calls per second at the start. CloudTrail (LookupEvents, by account and region): its API
reference; CloudWatch, Lambda: AWS_FACTS 6.1; the others are guesses."""
FLOOR = 0.5
RECOVERY = 1.02
BURST_SECONDS = 2.0
STEADY = {"cloudtrail": 0.5}
"""Services that take no burst: seconds of their rate that may be saved up."""


@dataclass(slots=True)
class _Bucket:
    rate: float
    ceiling: float
    tokens: float
    at: float
    burst: float = BURST_SECONDS
    lock: threading.Lock = field(default_factory=threading.Lock)


class Limiter:
    """Token buckets, one for each service; ``SERVICE@REGION`` is one in another region."""

    def __init__(self, clock: Clock, *, unlimited: bool = False) -> None:
        self._clock = clock
        self._unlimited = unlimited
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def acquire(self, service: str) -> None:
        """Wait until the service may be called once more."""
        if self._unlimited:
            return
        bucket = self._bucket(service)
        with bucket.lock:
            now = self._clock.now()
            ceiling = bucket.rate * bucket.burst
            bucket.tokens = min(ceiling, bucket.tokens + (now - bucket.at) * bucket.rate)
            bucket.at = now
            bucket.tokens -= 1
            wait = -bucket.tokens / bucket.rate if bucket.tokens < 0 else 0.0
        if wait:
            self._clock.sleep(wait)

    def throttled(self, service: str) -> None:
        """AWS asked to slow down."""
        bucket = self._bucket(service)
        with bucket.lock:
            bucket.rate = max(FLOOR, bucket.rate / 2)
            bucket.tokens = min(bucket.tokens, 0.0)

    def succeeded(self, service: str) -> None:
        """A call went through."""
        bucket = self._buckets.get(service)
        if bucket and bucket.rate < bucket.ceiling:
            with bucket.lock:
                bucket.rate = min(bucket.ceiling, bucket.rate * RECOVERY)

    def _bucket(self, service: str) -> _Bucket:
        with self._lock:
            if service not in self._buckets:
                name = service.partition("@")[0]
                rate, burst = RATES.get(name, DEFAULT), STEADY.get(name, BURST_SECONDS)
                now = self._clock.now()
                self._buckets[service] = _Bucket(rate, rate, rate * burst, now, burst)
            return self._buckets[service]
