"""AWS's registries in the sandbox: a tag that AWS has stands for one digest, another for none."""

from __future__ import annotations

from typing import Any

from reconciler.facts.images import image_uri
from reconciler.facts.registry import image_in
from reconciler.sandbox.inprocess import Sandbox


def asked(ecr: Any, registry: str, repository: str, tag: str) -> Any:
    return ecr.batch_get_image(
        registryId=registry, repositoryName=repository, imageIds=[{"imageTag": tag}]
    )


def test_a_tag_of_awss_stands_for_a_digest(aws: Sandbox) -> None:
    ecr = aws.client("ecr")
    image = image_in(image_uri("sklearn", "1.9-0", region="eu-west-1"))
    assert image is not None
    found = asked(ecr, image.account, image.repository, image.tag)
    again = asked(ecr, image.account, image.repository, image.tag)
    digest = found["images"][0]["imageId"]["imageDigest"]
    assert digest == again["images"][0]["imageId"]["imageDigest"]
    assert len(digest) == 71
    other = asked(ecr, image.account, image.repository, "9.9-cpu-py3")
    assert (other["images"], other["failures"][0]["failureCode"]) == ([], "ImageNotFound")


def test_a_repository_of_ones_own_is_asked_of_moto(aws: Sandbox) -> None:
    ecr = aws.client("ecr")
    ecr.create_repository(repositoryName="mine")
    found = ecr.batch_get_image(repositoryName="mine", imageIds=[{"imageTag": "1"}])
    assert found["failures"][0]["failureCode"] == "ImageNotFound"
