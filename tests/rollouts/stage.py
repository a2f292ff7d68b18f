"""An endpoint in the sandbox whose rollout has just started, and drivers that are processes anew.

It is put there by plain calls, as an apply leaves it, so that what is tried here is the driver
alone. The clock is moved by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from engine.platform import Clients

from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.rollout.driving import About, Look, carry_out, look
from reconciler.aws.rollout.sending import Told
from reconciler.aws.session import Session
from reconciler.rollout.marks import encode
from reconciler.rollout.state import started
from reconciler.rollout.values import Act, Live, Rollout, Signals, Step, Verdict
from reconciler.sandbox.inprocess import Sandbox

from .made import BASE, MIDDLE, NAME, TARGET

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1"
ROLE = "arn:aws:iam::123456789012:role/acme-dev-hosting"
OURS = {"moorline:platform": "acme", "moorline:environment": "dev", "moorline:spec": "Rollout/x"}
STEPS = tuple(
    Step(share, count, 600) for share, count in ((0.05, 1), (0.25, 1), (0.5, 2), (1.0, 4))
)
MOVES = {"update_endpoint", "update_endpoint_weights_and_capacities"}


def rollout(**more: Any) -> Rollout:
    known: dict[str, Any] = {
        "endpoint": NAME, "stable": "primary", "candidate": "candidate", "base": BASE,
        "middle": MIDDLE, "target": TARGET, "stable_count": 4, "steps": STEPS, "deadline": 7200,
        "version": "13", "digest": "d1",
    }  # fmt: skip
    return Rollout(**{**known, **more})


def passed(_rollout: Rollout, _live: Live, _now: float) -> Signals:
    return Signals(verdict=Verdict.PASSED)


@dataclass(slots=True)
class Stage:
    """An account with one endpoint, and whoever drives it."""

    aws: Sandbox
    judge: Callable[[Rollout, Live, float], Signals] = passed
    alarms: tuple[str, ...] = ()
    files: bool = True
    told: list[Told] = field(default_factory=list)
    session: Session = field(init=False)

    def __post_init__(self) -> None:
        self.aws.clock.configure(mode="manual")
        self.session = self.process()

    def process(self) -> Session:
        """Somebody who knows nothing but the account."""
        clock = FakeClock()
        found = Session(Clients(), clock=clock, limiter=Limiter(clock, unlimited=True))
        found.wall = self.aws.clock.now
        return found

    @property
    def sagemaker(self) -> Any:
        return self.aws.client("sagemaker")

    def set(self, asked: Rollout | None = None) -> Stage:
        """The endpoint with all that an apply makes, on the way to its middle configuration."""
        asked = asked or rollout()
        for model in ("m1", "m2"):
            self.sagemaker.create_model(
                ModelName=model, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE}
            )
        first = asked.steps[0].count
        self._config(asked.base, ("primary", "m1", asked.stable_count, 1))
        both = ("primary", "m1", asked.stable_count, 100), ("candidate", "m2", first, 0)
        self._config(asked.middle, *both)
        self._config(asked.target, ("primary", "m2", asked.steps[-1].count, 1))
        tags = [{"Key": key, "Value": value} for key, value in OURS.items()]
        made = {"EndpointName": NAME, "EndpointConfigName": asked.base}
        arn = self.sagemaker.create_endpoint(**made, Tags=tags)["EndpointArn"]
        self.settle()
        self.write(encode(started(asked, self.aws.clock.now())), arn)
        self.sagemaker.update_endpoint(EndpointName=NAME, EndpointConfigName=asked.middle)
        return self

    def _config(self, name: str, *variants: tuple[str, str, int, float]) -> None:
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[
                {
                    "VariantName": each,
                    "ModelName": model,
                    "InstanceType": "ml.c7g.xlarge",
                    "InitialInstanceCount": count,
                    "InitialVariantWeight": weight,
                }
                for each, model, count, weight in variants
            ],
        )

    def write(self, tags: dict[str, str], arn: str = "") -> None:
        arn = arn or self.endpoint["EndpointArn"]
        said = [{"Key": key, "Value": value} for key, value in tags.items()]
        self.sagemaker.add_tags(ResourceArn=arn, Tags=said)

    # -- what can be seen without a driver

    @property
    def endpoint(self) -> dict[str, Any]:
        found: dict[str, Any] = self.sagemaker.describe_endpoint(EndpointName=NAME)
        return found

    @property
    def weights(self) -> dict[str, float]:
        return {
            each["VariantName"]: each["CurrentWeight"]
            for each in self.endpoint["ProductionVariants"]
        }

    @property
    def counts(self) -> dict[str, int]:
        return {
            each["VariantName"]: each["CurrentInstanceCount"]
            for each in self.endpoint["ProductionVariants"]
        }

    # -- time

    def settle(self, seconds: float = 1200) -> None:
        """Let AWS end what it is at."""
        self.aws.clock.advance(seconds)

    # -- driving

    @property
    def about(self) -> About:
        return About(endpoint=NAME, judge=self.judge, alarms=self.alarms,
                     files=self.files)  # fmt: skip

    def look(self, word: str = "") -> Look:
        return look(self.session, self.about, word)

    def advance(self, word: str = "") -> Look:
        """One look, and what it leads to."""
        found = self.look(word)
        carry_out(self.session, found, self.told.append)
        return found

    def run(self, *, most: int = 200) -> Iterator[Look]:
        """Drive it to its end: time goes by as it is told to wait."""
        for _ in range(most):
            found = self.advance()
            yield found
            action = found.action
            if action is None or action.act in {Act.NOTHING, Act.STOP, Act.HOLD}:
                return
            if action.act is Act.WAIT:
                self.aws.clock.advance(max(30.0, (action.until or 0) - self.aws.clock.now()))
        raise AssertionError("it does not end")

    @property
    def moves(self) -> list[str]:
        """What was sent that moves the endpoint."""
        return [each.call.method for each in self.told if each.call.method in MOVES]

    @property
    def ladder(self) -> list[float]:
        """The candidate's weights that were sent, in order."""
        entries = [
            entry
            for each in self.told
            for entry in each.call.params.get("DesiredWeightsAndCapacities", ())
            if not each.error
        ]
        return [e["DesiredWeight"] for e in entries if e["VariantName"] == "candidate"
                and "DesiredWeight" in e]  # fmt: skip


def named(found: Rollout, **more: Any) -> Rollout:
    return replace(found, **more)
