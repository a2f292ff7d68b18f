"""Addresses of SageMaker images, as AWS documents them."""

from typing import Any

import pytest

from reconciler.facts.image_tags import NoRegionError
from reconciler.facts.images import (
    ImageError,
    by_processor,
    frameworks,
    image_uri,
    made_of,
    versions,
)

ECR = "dkr.ecr"


@pytest.mark.parametrize(
    ("framework", "version", "where", "expected"),
    [
        pytest.param(*case, id=title)
        for title, case in {
            "xgboost in Virginia": (
                "xgboost", "1.7-1", {"region": "us-east-1"},
                f"683313688378.{ECR}.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"),
            "scikit-learn in Oregon": (
                "sklearn", "1.2-1", {"region": "us-west-2"},
                f"246618743249.{ECR}.us-west-2.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"),
            "a built-in algorithm needs no version": (
                "linear-learner", None, {"region": "eu-west-1"},
                f"438346466558.{ECR}.eu-west-1.amazonaws.com/linear-learner:1"),
            "k-means": (
                "kmeans", None, {"region": "us-east-1"},
                f"382416733822.{ECR}.us-east-1.amazonaws.com/kmeans:1"),
            "blazingtext in China": (
                "blazingtext", None, {"region": "cn-northwest-1"},
                f"387376663083.{ECR}.cn-northwest-1.amazonaws.com.cn/blazingtext:1"),
            "pytorch on a GPU": (
                "pytorch", "2.1.0", {"region": "us-east-1", "instance_type": "ml.g5.xlarge"},
                f"763104351884.{ECR}.us-east-1.amazonaws.com/pytorch-training:2.1.0-gpu-py310"),
            "pytorch for inference in GovCloud": (
                "pytorch", "2.1.0",
                {"region": "us-gov-west-1", "scope": "inference", "instance_type": "ml.c5.large"},
                f"442386744353.{ECR}.us-gov-west-1.amazonaws.com/pytorch-inference:2.1.0-cpu-py310"),
            "tensorflow for serverless inference": (
                "tensorflow", "2.13.0", {"region": "eu-west-1", "scope": "inference"},
                f"763104351884.{ECR}.eu-west-1.amazonaws.com/tensorflow-inference:2.13.0-cpu"),
            "hugging face above pytorch": (
                "huggingface", "4.28.1",
                {"region": "us-east-1", "instance_type": "ml.p3.2xlarge"},
                f"763104351884.{ECR}.us-east-1.amazonaws.com/huggingface-pytorch-training:2.0.0-transformers4.28.1-gpu-py310-cu118-ubuntu20.04"),
            "pytorch on Graviton": (
                "pytorch", "2.4.0",
                {"region": "us-east-1", "scope": "inference", "instance_type": "ml.c7g.xlarge"},
                f"763104351884.{ECR}.us-east-1.amazonaws.com/pytorch-inference-graviton:2.4.0-cpu-py311-ubuntu22.04-sagemaker"),
            "clarify": (
                "clarify", None, {"region": "us-east-1", "scope": "processing"},
                f"205585389593.{ECR}.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"),
            "model parallel": (
                "pytorch-smp", "2.4.1",
                {"region": "us-west-2", "instance_type": "ml.p4d.24xlarge"},
                f"658645717510.{ECR}.us-west-2.amazonaws.com/smdistributed-modelparallel:2.4.1-gpu-py311-cu121"),
            "model parallel of today": (
                "pytorch-smp", "2.5.1",
                {"region": "us-west-2", "instance_type": "ml.p5.48xlarge"},
                f"658645717510.{ECR}.us-west-2.amazonaws.com/smdistributed-modelparallel:2.5.1-gpu-py311-cu124"),
            "model parallel of before": (
                "pytorch-smp", "2.0.1",
                {"region": "us-west-2", "instance_type": "ml.p4d.24xlarge"},
                f"658645717510.{ECR}.us-west-2.amazonaws.com/smdistributed-modelparallel:2.0.1-gpu-py310-cu118"),
            "scikit-learn that processes": (
                "sklearn", "1.2-1", {"region": "us-west-2", "scope": "processing"},
                f"246618743249.{ECR}.us-west-2.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"),
            "the model monitor has no tag": (
                "model-monitor", None, {"region": "us-east-1"},
                f"156813124566.{ECR}.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"),
        }.items()
    ],
)  # fmt: skip
def test_the_address_of_an_image(
    framework: str, version: str | None, where: dict[str, Any], expected: str
) -> None:
    assert expected == image_uri(framework, version, **where)


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        (("xgbost", "1.7-1", {"region": "us-east-1"}), "xgboost"),
        (("xgboost", "99", {"region": "us-east-1"}), "1.7-1"),
        (("pytorch", "2.1.0", {"region": "us-east-1", "py_version": "py27"}), "py310"),
        (("pytorch", "2.1.0", {"region": "us-east-1", "scope": "idle"}), "training"),
        (("kmeans", "1", {"region": "us-east-1", "instance_type": "ml.c7g.large"}), "training"),
        (
            ("pytorch", "2.1.0", {"region": "us-east-1", "instance_type": "big"}),
            "ml.FAMILY.SIZE",
        ),
    ],
    ids=["framework", "version", "python", "scope", "arm", "instance type"],
)
def test_what_does_not_exist_is_answered_with_what_does(
    arguments: tuple[str, str, dict[str, Any]], known: str
) -> None:
    framework, version, where = arguments
    with pytest.raises(ImageError) as caught:
        image_uri(framework, version, **where)
    assert known in caught.value.known


@pytest.mark.scenario("T48")
def test_a_region_of_which_nobody_knows_is_another_matter() -> None:
    with pytest.raises(NoRegionError, match="mars-east-1"):
        image_uri("xgboost", "1.7-1", region="mars-east-1")


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        (("pytorch", "2.3"), ("pytorch", "2.3.0")),
        (("huggingface", "4.28"), ("pytorch", "2.0.0")),
        (("xgboost", "1.7-1"), ("xgboost", "1.7-1")),
    ],
)
def test_what_an_image_is_made_of(asked: tuple[str, str], made: tuple[str, str]) -> None:
    assert made_of(*asked) == made


def test_whether_another_processor_needs_another_image() -> None:
    assert by_processor("pytorch", "2.3")
    assert by_processor("huggingface", "4.28")
    assert not by_processor("xgboost", "1.7-1")
    assert not by_processor("linear-learner")


def test_versions_include_aliases() -> None:
    assert {"2.1.0", "2.1"} <= set(versions("pytorch"))


def test_every_version_of_every_framework_has_an_address() -> None:
    wanted = {"xgboost", "sklearn", "pytorch", "tensorflow", "huggingface", "linear-learner"}
    assert wanted <= set(frameworks())
    for name in wanted:
        for version in versions(name, "inference"):
            where = {"scope": "inference", "instance_type": "ml.m5.large", "region": "us-east-1"}
            try:
                uri = image_uri(name, version, **where)
            except ImageError as error:  # some are for GPUs only
                assert "processor" in str(error)  # noqa: PT017
            else:
                assert ".dkr.ecr.us-east-1.amazonaws.com/" in uri
