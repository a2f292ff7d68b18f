"""An endpoint goes from one way to serve to another: in one apply, once its role may do it."""

from __future__ import annotations

import pytest
from sweeps import sample

from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .canary import World
from .platform import Platform, join, spec, step_of, steps

ROLE = "AWS::IAM::Role/acme-dev-scorer-hosting"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1"
FLEET = "instanceType: ml.c7g.xlarge, instances: 2"
MODES = {
    "realtime": f"{{realtime: {{{FLEET}}}}}",
    "components": f"{{realtime: {{{FLEET}, components: {{main: {{memory: 2GiB}}}}}}}}",
    "async": f"{{async: {{{FLEET}, output: {{to: raw}}}}}}",
    "multiModel": f"{{multiModel: {{{FLEET}}}}}",
}
PAIRS = [(one, other) for one in MODES for other in MODES if one != other]


def text(mode: str) -> str:
    at = "models/" if mode == "multiModel" else "models/1.tar.gz"
    body = f"""
  model: {{image: "{IMAGE}", artifact: "s3://team-models/{at}"}}
  serve: {MODES[mode]}
  strategy: {{allAtOnce: {{}}}}
"""
    return join(specs.RAW, spec("Rollout", "scorer", body))


@pytest.mark.parametrize(("before", "after"), sample([("async", "multiModel"), *PAIRS], 4))
def test_the_role_may_what_the_new_way_needs_before_the_endpoint_goes_there(
    before: str, after: str, platform: Platform, aws: Sandbox
) -> None:
    platform.allow = "access, traffic"
    platform.converge(text(before))
    world = World(platform, aws)
    plan = world.plan(text(after))
    assert plan.refused == ()
    moved = step_of(plan, specs.ENDPOINT)
    assert ROLE in moved.needs
    assert platform.apply(plan).outcome.ok
    assert steps(world.plan(text(after))) == []
