"""A platform that needs a service which AWS closed to new accounts, from its lines to its apply."""

from __future__ import annotations

import pytest

from reconciler.model.address import Address
from reconciler.sandbox.door.faults import Fault

from . import specs
from .platform import FAULTS, Platform, codes, join, spec

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-clarify-processing:1.0"
CLARIFY = specs.ROLLOUT.replace("123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1", IMAGE)
NEEDS = join(specs.RAW, CLARIFY)
OURS = spec(
    "Availability",
    "aws",
    """
  services:
    registries:
      title: Model registries
      status: maintenance
      since: "2026-01-01"
      reference: AWS
      replacement: a table
      touches: [{type: "AWS::SageMaker::ModelPackageGroup"}]
""",
)
GROUP = "AWS::SageMaker::ModelPackageGroup/acme-dev-fraud"


def test_what_needs_it_is_an_error_of_the_plan(platform: Platform) -> None:
    platform.text = NEEDS
    plan = platform.plan()
    (found,) = plan.errors
    assert (found.code, str(found.address).startswith("AWS::SageMaker::Model/")) == (
        "CLOSED001",
        True,
    )
    assert found.at is not None
    assert "image" in platform_line(platform, found.at.line)


def platform_line(platform: Platform, line: int) -> str:
    """A line of the one file that the platform is parsed from."""
    from .platform import environment

    return join(environment(), platform.text).splitlines()[line - 1]


def test_evidence_makes_it_a_warning(platform: Platform) -> None:
    platform.converge(join(specs.RAW, specs.REGISTRY))
    platform.text = join(specs.RAW, specs.REGISTRY, OURS)
    plan = platform.plan()
    assert (plan.errors, codes(plan)) == ((), ["CLOSED001"])


def test_without_evidence_a_row_of_the_platform_is_an_error(platform: Platform) -> None:
    platform.text = join(specs.RAW, specs.REGISTRY, OURS)
    assert [each.code for each in platform.plan().errors] == ["CLOSED001"]


def test_the_last_one_is_kept_until_its_loss_is_permitted(platform: Platform) -> None:
    platform.converge(join(specs.RAW, specs.REGISTRY))
    platform.text = join(specs.RAW, OURS)
    platform.allow = "history"
    (step,) = platform.plan().refused
    assert (str(step.address), step.destroys) == (GROUP, "serviceAccess")
    platform.allow = "history, serviceAccess"
    assert platform.plan().refused == ()


def test_what_no_listing_counts_may_be_the_last(platform: Platform) -> None:
    """The listing of this type has what has our prefix alone."""
    platform.converge(join(specs.RAW, specs.REGISTRY))
    client = platform.client("sagemaker")
    client.create_model_package_group(ModelPackageGroupName="somebody-elses")
    platform.text = join(specs.RAW, OURS)
    platform.allow = "history"
    (step,) = platform.plan().refused
    assert (str(step.address), "it may be the last" in step.loses) == (GROUP, True)


def test_a_refusal_of_apply_stops_its_branch_only(platform: Platform) -> None:
    platform.text = join(specs.SERVING, specs.REGISTRY)
    message = "Model registries are no longer open to new customers."
    fault = Fault("sagemaker", "CreateModelPackageGroup", code="AccessDeniedException",
                  message=message, times=None)  # fmt: skip
    FAULTS.add(fault)
    try:
        run = platform.apply(platform.plan())
    finally:
        FAULTS.clear()
    assert run.failures == {GROUP: "CLOSED004"}
    assert run.skipped == {}
    assert fault.fired == 1
    assert platform.plan().steps[0].address == Address.parse(GROUP)


@pytest.mark.parametrize("destroy", [False, True])
def test_nothing_else_is_touched_by_it(platform: Platform, destroy: bool) -> None:
    platform.converge(specs.SERVING)
    plan = platform.plan(destroy=destroy)
    assert codes(plan) == []
    assert all(step.destroys != "serviceAccess" for step in plan.steps)
