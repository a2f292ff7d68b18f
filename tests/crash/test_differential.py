"""Random platforms on the sandbox: from one to another is the same as to the other from nothing."""

from __future__ import annotations

from dataclasses import dataclass

from engine.platform import join, spec
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from sweeps import LONG

from reconciler.sandbox.inprocess import Sandbox, sandbox

from .live import difference, state
from .scene import Scene, small

FEATURES = ("amount", "country", "hour", "merchant", "risk")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a platform may differ in from another of the same name."""

    features: int
    """How many features the group has; a later platform never has fewer."""
    days: int
    instance: str
    instances: int
    model: int
    alarm: bool
    amount: int
    versioned: bool

    def text(self) -> str:
        names = ", ".join(f"{name}: string" for name in FEATURES[: self.features])
        group = f"features: {{id: string, ts: string, {names}}}, offline: {{}}"
        watched = "analysis: [{metric: ModelLatency, statistic: p99, below: 250ms}]"
        return join(
            spec(
                "DataSource",
                "raw",
                f"{{s3: {{versioning: {str(self.versioned).lower()},"
                f" lifecycle: {{expireAfter: {self.days}d}}}}}}",
            ),
            spec("FeatureGroup", "customer", f"{{recordId: id, eventTime: ts, {group}}}"),
            spec(
                "Rollout",
                "scorer",
                "{model: {image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1,"
                f" artifact: s3://team-models/models/{self.model}.tar.gz}},"
                f" serve: {{realtime: {{instanceType: {self.instance},"
                f" instances: {self.instances}}}}}"
                f"{', ' + watched if self.alarm else ''}}}",
            ),
            spec(
                "Budget",
                "month",
                f"{{amount: {self.amount}, thresholds: [{{at: 80%}}],"
                " subscribers: {emails: [a@example.com]}}",
            ),
        )


CHOICES = st.builds(
    Choice,
    features=st.integers(1, len(FEATURES)),
    days=st.sampled_from([30, 90, 400]),
    instance=st.sampled_from(["ml.m5.large", "ml.c7g.xlarge"]),
    instances=st.integers(1, 4),
    model=st.integers(1, 3),
    alarm=st.booleans(),
    amount=st.sampled_from([50, 100, 2500]),
    versioned=st.booleans(),
)


def begun(aws: Sandbox, text: str) -> Scene:
    """A platform that nothing is made of."""
    scene = small(aws)
    scene.text = text
    return scene


@settings(
    max_examples=60 if LONG else 1,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(pair=st.tuples(CHOICES, CHOICES).map(lambda two: sorted(two, key=lambda c: c.features)))
def test_the_way_there_does_not_show(pair: list[Choice]) -> None:
    first, second = pair
    with sandbox() as aws:
        scene = begun(aws, first.text())
        scene.finish()
        scene.text = second.text()
        scene.finish()
        by_way = state(scene)
    with sandbox() as aws:
        scene = begun(aws, second.text())
        scene.finish()
        directly = state(scene)
    assert difference(by_way, directly) == {}
