"""The sandbox inside a test process: `with sandbox() as aws:` and plain boto3 clients.

Every use starts empty, with seeded ids, fake credentials and a clock at the wall's time. One
sandbox is active at a time per process, since moto's state is global.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from moto.core.model_instances import reset_model_data
from moto.core.models import MockAWS, botocore_stubber, responses_mock
from moto.moto_api._internal import mock_random
from moto.sagemaker.models import sagemaker_backends

from reconciler.sandbox.door.faults import Faults
from reconciler.sandbox.door.install import install
from reconciler.sandbox.protocol.sessions import core, signed
from reconciler.sandbox.services.cloudtrail import trail as cloudtrail
from reconciler.sandbox.services.sagemaker import autoscaling, steering, store
from reconciler.sandbox.state.rules import Rule
from reconciler.sandbox.state.traffic import Answer, Behaviour, Point
from reconciler.sandbox.state.world import WORLD, Durations

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator, Mapping

    from reconciler.sandbox.state.clock import Clock
    from reconciler.sandbox.state.machines import Machines
from reconciler.sandbox.state.trainings import Trainings

REGION = "eu-west-1"
ACCOUNT = "123456789012"
MOTO_CONFIG: Any = {
    "iam": {"load_aws_managed_policies": True},
    "lambda": {"use_docker": False},
    "batch": {"use_docker": False},
}


FAULTS = Faults()  # one set per process, as there is one world; every sandbox starts with none


class _Mock(MockAWS):
    """moto's for boto3 alone: for `requests` it makes 1,300 matchers each time, 20 ms of them.

    Whatever else this process asks for by `requests` is refused.
    """

    def _enable_patching(self, reset: bool = True) -> None:  # noqa: FBT002  (moto's)
        botocore_stubber.enabled = True
        if reset:
            self.reset()
        responses_mock.start()


class Sandbox:
    """What a test steers; the resources themselves are reached through boto3."""

    region = REGION
    account = ACCOUNT

    def __init__(self, seed: int, mock: Any) -> None:  # noqa: ANN401  (moto's mock)
        """Made by `sandbox`."""
        self._seed = seed
        self._mock = mock
        self.faults = FAULTS

    def client(self, service: str, region: str = REGION) -> Any:  # noqa: ANN401  (any client)
        """The process's one boto3 client of a service and region, with the faults attached.

        Clients are costly to make and hold no state of the account; for one of your own, to
        configure or to hang hooks on, use boto3.
        """
        return _client(service, region)

    @property
    def clock(self) -> Clock:
        """Virtual time: `now`, `advance`, `configure(mode=..., speed=..., poll_step=...)`."""
        return WORLD.clock

    @property
    def durations(self) -> Durations:
        """How long SageMaker's asynchronous operations take, in virtual seconds."""
        return WORLD.durations

    @property
    def machines(self) -> Machines:
        """Failures and results by state, and the local servers that stand for hosts of APIs."""
        return WORLD.machines

    @property
    def trainings(self) -> Trainings:
        """What jobs of SageMaker meet: results and failures by the name of a step or a job."""
        return WORLD.trainings

    @property
    def calls(self) -> Counter[str]:
        """Requests answered so far, by service.Operation."""
        return WORLD.calls

    def outcome(self, name: str, mode: str, reason: str = "") -> None:
        """Script the end of the next create or update of an endpoint (or feature group)."""
        WORLD.outcomes.script(name, mode, reason)

    def scale(self, endpoint: str, variant: str, count: int) -> None:
        """Set a variant's live count as its autoscaler would, also during an update."""
        with WORLD.lock:
            backend = sagemaker_backends[self.account][self.region]
            autoscaling.scale(store.records(backend, "endpoint"), endpoint, variant, count)
            cloudtrail.scaled(endpoint, variant, count, self.region)

    def maintain(self, endpoint: str, seconds: float = 60.0) -> None:
        """AWS patches an endpoint (SystemUpdating) for so many virtual seconds."""
        with WORLD.lock:
            steering.maintain(self.account, self.region, endpoint, seconds)

    def stop_serving(self, endpoint: str, *, out: bool = True) -> None:
        """Take an endpoint out of service, or back into it."""
        with WORLD.lock:
            steering.stop(self.account, self.region, endpoint, out=out)

    def vanish(self, kind: str, name: str) -> None:
        """Let a model or an endpoint configuration be gone, also one that is in use."""
        with WORLD.lock:
            steering.vanish(self.account, self.region, kind, name)

    def traffic(self, endpoint: str, rate: float) -> None:
        """From now on an endpoint gets so many requests a second; its metrics show them."""
        with WORLD.lock:
            WORLD.traffic.send(endpoint, rate, WORLD.clock.now())

    def behave(self, of: str, **how: float) -> None:
        """From now on a model, or ENDPOINT/VARIANT, answers so; see `state.traffic.Behaviour`."""
        with WORLD.lock:
            told: Any = how
            behaviour = Behaviour(of, **told, since=WORLD.clock.now())
            WORLD.traffic.behaviours.append(behaviour)

    def measure(
        self, namespace: str, name: str, dimensions: Mapping[str, str], value: float, **when: float
    ) -> None:
        """A value of any metric, AWS's own ones included, `ago` seconds, measured `count` times."""
        with WORLD.lock:
            at, count = WORLD.clock.now() - when.get("ago", 0.0), when.get("count", 1.0)
            point = Point(namespace, name, dict(dimensions), at, value, count)
            WORLD.traffic.points.append(point)

    def metrics(self, **how: float) -> None:
        """How CloudWatch reads: seconds of `delay`, a `page`'s size, the seed of `noise`."""
        with WORLD.lock:
            steering.reading(how)

    def unwhole(self, status: str, of: str = "*", times: int = 1) -> None:
        """The next readings of queries (a pattern of ids) answer with another StatusCode."""
        with WORLD.lock:
            WORLD.traffic.answers.append(Answer(status, of, times))

    def alarm(self, name: str, state: str) -> None:
        """Hold an alarm in a state whatever is measured; "" lets it go."""
        with WORLD.lock:
            steering.alarm(self.account, self.region, name, state)

    def throttle(self, share: float, seconds: Callable[[], float] | None = None) -> None:
        """Let no more through than this share of AWS's rates, by the time that `seconds` says."""
        WORLD.buckets.set(share, seconds)

    @property
    def refused(self) -> Counter[str]:
        """Calls that were throttled so far, by service.Operation."""
        return WORLD.buckets.refused

    def fail(
        self, service: str, operation: str, code: str, *, times: int = 1, status: int = 0
    ) -> None:
        """Answer the next `times` calls of an operation (shell patterns) with an error code."""
        WORLD.rules.add(Rule(service, operation, code, times, status))

    def expire(self, access_key: str = "sandbox", after: float = 0.0) -> None:
        """End a key's credentials in so many virtual seconds, as a session that is over."""
        with WORLD.lock:
            WORLD.ended[access_key] = WORLD.clock.now() + after

    def log_in(self, access_key: str = "sandbox") -> None:
        """Let a key work again that was ended."""
        with WORLD.lock:
            WORLD.ended.pop(access_key, None)

    def lag(self, reads: int | Mapping[str, int]) -> None:
        """Answer the first `reads` reads after a write as before it; see `state.lag`."""
        WORLD.lag.clear()
        WORLD.lag.configure(reads)

    def reset(self) -> None:
        """Empty the account and forget scripts, rules, faults and counters."""
        with WORLD.lock:
            self._mock.reset()
            reset_model_data()  # else moto keeps every object there ever was
            WORLD.reset()
            self.faults.clear()
            mock_random.seed(self._seed)


@cache
def _default() -> boto3.Session:
    return boto3.Session(botocore_session=core())


@cache
def _session() -> Any:  # noqa: ANN401  (boto3's stubs want the service as a literal)
    return signed("sandbox")


@cache
def _client(service: str, region: str) -> Any:  # noqa: ANN401  (any client)
    config = Config(user_agent=f"Boto3/{boto3.__version__}")  # else made anew for each request
    return FAULTS.attach(_session().client(service, region_name=region, config=config))


@contextmanager
def sandbox(seed: int = 42) -> Iterator[Sandbox]:
    """An empty AWS account, in this process, until the block ends."""
    install()
    before = dict(os.environ)
    os.environ |= {
        "AWS_DEFAULT_REGION": before.get("AWS_DEFAULT_REGION", REGION),
        "AWS_SESSION_TOKEN": "sandbox",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        os.environ.pop(name, None)
    mock = _Mock(config=MOTO_CONFIG)
    mock.start()
    boto3.DEFAULT_SESSION = _default()  # what `boto3.client` uses
    found = Sandbox(seed, mock)
    WORLD.reset()
    FAULTS.clear()
    mock_random.seed(seed)
    try:
        yield found
    finally:
        mock.stop()
        WORLD.reset()
        FAULTS.clear()
        for name in ("AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN", "AWS_EC2_METADATA_DISABLED"):
            os.environ.pop(name, None)
        os.environ |= before
