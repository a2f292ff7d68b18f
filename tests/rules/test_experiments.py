"""Inference experiments that would have an endpoint beside somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.graph import Node, Origin, build_graph
from reconciler.model.value import Ref
from reconciler.policy.experiments import ENDPOINT, TYPE, check

CONFIG = "AWS::SageMaker::EndpointConfig"
AT = Address(ENDPOINT, "acme-test-scorer")


def found(spec: str, variants: list[str], **more: Any) -> list[str]:
    config = Node(
        Address(CONFIG, "c1"), {"ProductionVariants": [{"VariantName": it} for it in variants]}
    )
    endpoint = Node(
        AT,
        {"EndpointConfigName": Ref(config.address, "EndpointConfigName")},
        (),
        Origin(spec, Span("specs.yaml", 1, 1)),
    )
    experiment = Node(
        Address(TYPE, "acme-test-shadow"), {"EndpointName": Ref(AT, "EndpointName"), **more}
    )
    return [each.message for each in check(build_graph([config, endpoint, experiment])[0])]


def test_an_endpoint_of_its_own_is_fine() -> None:
    assert found("Resource/scorer", ["primary"]) == []
    assert found("Resource/scorer", ["primary"], EndpointName="somebody-elses") == []


@pytest.mark.parametrize("name", [Ref(AT, "EndpointName"), AT.name])
def test_one_of_a_rollout_has_two_owners(name: Any) -> None:
    (said,) = found("Rollout/scorer", ["primary"], EndpointName=name)
    assert "belongs to Rollout/scorer" in said


@pytest.mark.scenario("R46")
def test_a_test_of_variants_has_to_end_first() -> None:
    (said,) = found("Resource/scorer", ["a", "b"])
    assert said.endswith("has the production variants a, b")


@pytest.mark.scenario("R48")
@pytest.mark.parametrize(
    ("share", "wrong"), [(10, 0), (100, 0), (0, 1), (101, 1), (-1, 1), (2.5, 1)]
)
def test_a_share_is_whole(share: float, wrong: int) -> None:
    shadows = [{"ShadowModelVariantName": "b", "SamplingPercentage": share}]
    said = found("Resource/x", ["a"], ShadowModeConfig={"ShadowModelVariants": shadows})
    assert len(said) == wrong
