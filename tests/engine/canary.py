"""A platform with a rollout by weights, and a stand-in for whoever drives it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from reconciler.model.plan import Plan
from reconciler.rollout import marks
from reconciler.rollout.values import Doing, Marks

from . import specs
from .platform import Run, join, spec
from .seen import NAME, Seen

STEPS = "{canary: {steps: [5%, 50%, 100%], bake: 10m}}"
ALL_AT_ONCE = "{allAtOnce: {}}"
BODY = """
  model:
    image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:{image}
    artifact: s3://team-models/models/1.tar.gz
  serve: {{realtime: {{instanceType: {type}, instances: {instances}}}}}
  strategy: {strategy}
  analysis: [{{metric: Invocation5XXErrors, atMost: 1%}}]
"""


def text(
    image: int = 1,
    strategy: str = STEPS,
    type_: str = "ml.c7g.xlarge",
    *,
    instances: int = 4,
    more: str = "",
) -> str:
    """The specs; each number of an image is another version of the model."""
    body = BODY.format(image=image, strategy=strategy, type=type_, instances=instances)
    return join(specs.RAW, spec("Rollout", "scorer", body + more))


@dataclass(slots=True)
class World(Seen):
    """What can be seen of the endpoint without Moorline, and what a driver does to it."""

    @property
    def weights(self) -> dict[str, float]:
        found = self.endpoint["ProductionVariants"]
        return {each["VariantName"]: each["CurrentWeight"] for each in found}

    @property
    def counts(self) -> dict[str, int]:
        found = self.endpoint["ProductionVariants"]
        return {each["VariantName"]: each["CurrentInstanceCount"] for each in found}

    @property
    def tags(self) -> dict[str, str]:
        found = self.sagemaker.list_tags(ResourceArn=self.endpoint["EndpointArn"])["Tags"]
        return {each["Key"]: each["Value"] for each in found}

    @property
    def marks(self) -> Marks:
        found = marks.read(self.tags)
        assert found is not None
        return found

    @property
    def configs(self) -> set[str]:
        found = self.sagemaker.list_endpoint_configs()["EndpointConfigs"]
        return {each["EndpointConfigName"] for each in found}

    @property
    def models(self) -> set[str]:
        return {each["ModelName"] for each in self.sagemaker.list_models()["Models"]}

    def plan(self, wanted: str, **asked: Any) -> Plan:
        self.platform.text = wanted
        return self.platform.plan(**asked)

    def apply(self, wanted: str, **asked: Any) -> Run:
        return self.platform.apply(self.plan(wanted, **asked))

    # -- as a driver does

    def mark(self, **changes: Any) -> None:
        wanted = marks.encode(replace(self.marks, **changes)).items()
        tags = [{"Key": key, "Value": value} for key, value in wanted]
        self.sagemaker.add_tags(ResourceArn=self.endpoint["EndpointArn"], Tags=tags)

    def weigh(self, candidate: int) -> None:
        wanted = {"candidate": candidate, "primary": 100 - candidate}
        self.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=NAME,
            DesiredWeightsAndCapacities=[
                {"VariantName": name, "DesiredWeight": weight} for name, weight in wanted.items()
            ],
        )
        self.aws.clock.advance(600)

    def step(self, number: int, share: int) -> None:
        """It is at a step and bakes there."""
        now = self.platform.session.wall()
        self.mark(step=number, doing=Doing.BAKE, since=now, confirmed=now)
        self.weigh(share)

    def move(self, config: str) -> None:
        self.sagemaker.update_endpoint(EndpointName=NAME, EndpointConfigName=config)
        self.aws.clock.advance(1200)

    def finish(self) -> None:
        self.mark(step=3, doing=Doing.FINISH)
        self.move(self.marks.target)
        self.mark(ended="completed")

    def abort(self) -> None:
        self.mark(word="abort", doing=Doing.SETTLE)
        self.weigh(0)
        self.move(self.marks.base)
        self.mark(ended="aborted errors were 3 %")


def noted(plan: Plan) -> dict[str, str]:
    """What a plan says of rollouts, by code."""
    return {each.code: each.message for each in plan.diagnostics if each.code.startswith("CANARY")}
