"""A new revision is told as a change of the one that it takes the place of."""

from __future__ import annotations

from reconciler.model.plan import Plan, plan_from_json, plan_to_json

from . import specs
from .platform import Platform, join, spec, step_of

CONFIG = "AWS::SageMaker::EndpointConfig"
SECOND = specs.ROLLOUT.replace("name: scorer", "name: other")


def told(plan: Plan) -> list[tuple[str, object, object]]:
    """What the new configurations change, as (path, before, after)."""
    made = [step for step in plan.steps if step.address.type == CONFIG and step.instead]
    return [(".".join(each.path), each.before, each.after) for s in made for each in s.instead]


def test_an_instance_type_is_shown_before_and_after(platform: Platform) -> None:
    platform.converge(specs.SERVING)
    platform.text = specs.SERVING.replace("c7g.xlarge", "c7g.2xlarge")
    plan = platform.plan()
    assert told(plan) == [
        ("ProductionVariants.primary.InstanceType", "ml.c7g.xlarge", "ml.c7g.2xlarge")
    ]
    again = plan_from_json(plan_to_json(plan))
    assert plan_to_json(again)["steps"] == plan_to_json(plan)["steps"]
    (made,) = [step for step in plan.steps if step.instead]
    assert made.instead[0].at is not None
    assert made.fields == ()  # what is done is a creation


def test_it_is_no_part_of_what_is_done(platform: Platform) -> None:
    platform.converge(specs.SERVING)
    platform.text = specs.SERVING.replace("c7g.xlarge", "c7g.2xlarge")
    data = plan_to_json(platform.plan())
    for step in data["steps"]:
        step["instead"] = []
    assert plan_from_json(data).digest == data["digest"]


def test_the_first_revision_takes_nobodys_place(platform: Platform) -> None:
    platform.text = specs.SERVING
    assert told(platform.plan()) == []


def test_the_newest_of_several_revisions_is_the_one_before(platform: Platform) -> None:
    text = join(specs.RAW, spec("Rollout", "scorer", _body("ml.c7g.xlarge")))
    platform.converge(text)
    platform.converge(text.replace("c7g.xlarge", "c7g.2xlarge"))
    platform.text = text.replace("c7g.xlarge", "c7g.4xlarge")
    assert [before for _, before, _ in told(platform.plan())] == ["ml.c7g.2xlarge"]


def _body(instance: str) -> str:
    return f"""
  model:
    image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1
    artifact: s3://team-models/models/1.tar.gz
  serve: {{realtime: {{instanceType: {instance}, instances: 2}}}}
  keepRevisions: 3
"""


def test_another_rollout_is_not_compared_with(platform: Platform) -> None:
    platform.converge(specs.SERVING)
    platform.text = join(specs.SERVING, SECOND)
    assert told(platform.plan()) == []


def test_the_endpoint_is_still_only_updated(platform: Platform) -> None:
    platform.converge(specs.SERVING)
    platform.text = specs.SERVING.replace("c7g.xlarge", "c7g.2xlarge")
    assert step_of(platform.plan(), specs.ENDPOINT).instead == ()
