"""A role that asks for records under a key has to be able to use the key."""

from __future__ import annotations

import pytest

from reconciler.model.graph import build_graph
from reconciler.policy.records import check

from . import specs
from .specs import world

GROUP = "arn:aws:sagemaker:eu-west-1:123456789012:feature-group"
LAMBDA = """
    assumedBy: {service: lambda.amazonaws.com}
    statements:
"""


def found(more: str) -> list[str]:
    """What the rule finds when the function of the world may do more."""
    spec = specs.SECURITY.replace(LAMBDA, LAMBDA + more)
    assert spec != specs.SECURITY or not more
    graph, _ = build_graph(world({("Security", "platform"): spec}).build_all())
    return [f"{each.code} {each.address}" for each in check(graph)]


def may(actions: str, resource: str) -> str:
    return f'      - {{actions: [{actions}], resources: ["{resource}"]}}\n'


FINDING = ["GRAPH007 AWS::IAM::Role/acme-test-platform-ingest"]
NOT_FOUND = [
    may("sagemaker:PutRecord", f"{GROUP}/acme-test-velocity-v1"),
    may("sagemaker:DescribeFeatureGroup", "*"),
    may("sagemaker:PutRecord", "*") + may("kms:Decrypt", "*"),
    may("sagemaker:PutRecord", "*") + may('"kms:*"', "*"),
    "",
]


@pytest.mark.parametrize("action", ["sagemaker:PutRecord", "sagemaker:getrecord", '"sagemaker:*"'])
@pytest.mark.parametrize(
    "resource", ["*", f"{GROUP}/acme-test-*", f"{GROUP}/acme-test-customer-v2"]
)
def test_a_role_without_the_key_is_found(action: str, resource: str) -> None:
    assert found(may(action, resource)) == FINDING


@pytest.mark.parametrize("more", NOT_FOUND)
def test_nothing_is_said_where_it_is_not_certain(more: str) -> None:
    assert found(more) == []


def test_policies_kept_elsewhere_may_allow_it() -> None:
    policy = '    managedPolicies: ["arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"]'
    more = LAMBDA.replace("    statements:\n", f"{policy}\n    statements:\n")
    spec = specs.SECURITY.replace(LAMBDA, more + may("sagemaker:PutRecord", "*"))
    graph, _ = build_graph(world({("Security", "platform"): spec}).build_all())
    assert [*check(graph)] == []
