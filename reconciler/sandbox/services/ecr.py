"""ECR: AWS's own registries, which have the images that it maintains, each tag with a digest.

Everybody may pull them, and so ask which digest a tag stands for. A tag that AWS is not known to
have is not there. Source: Amazon ECR API reference, BatchGetImage (failures are members of a
successful answer).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from moto.ecr.models import ECRBackend

from reconciler.facts.images import ImageError, frameworks, image_uri, owners, versions
from reconciler.facts.registry import image_in

_SCOPES = ("training", "inference", "processing")
_INSTANCES = ("ml.m5.xlarge", "ml.g5.xlarge")


def install() -> None:
    """Let AWS's registries answer."""
    backend: Any = ECRBackend
    own = backend.batch_get_image

    def batch_get_image(
        self: Any,  # noqa: ANN401  (moto's backend)
        repository_name: str,
        registry_id: str | None = None,
        image_ids: Sequence[Mapping[str, str]] | None = None,
    ) -> dict[str, Any]:
        if registry_id not in owners():
            return dict(own(self, repository_name, registry_id, image_ids))
        return _of_aws(self.region_name, str(registry_id), repository_name, image_ids or ())

    backend.batch_get_image = batch_get_image


def digest(registry: str, repository: str, tag: str) -> str:
    """The digest that a tag of AWS's stands for in the sandbox."""
    named = f"{registry}/{repository}:{tag}"
    return f"sha256:{hashlib.sha256(named.encode()).hexdigest()}"


def _of_aws(
    region: str, registry: str, repository: str, asked: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    images: list[dict[str, Any]] = []
    failures: list[dict[str, Any]] = []
    for each in asked:
        tag = each.get("imageTag", "")
        if (registry, repository, tag) not in _tags(region):
            why = "Requested image not found"
            failures.append(
                {"imageId": dict(each), "failureCode": "ImageNotFound", "failureReason": why}
            )
            continue
        images.append(
            {
                "registryId": registry,
                "repositoryName": repository,
                "imageId": {"imageDigest": digest(registry, repository, tag), "imageTag": tag},
                "imageManifest": "{}",
                "imageManifestMediaType": "application/vnd.docker.distribution.manifest.v2+json",
            }
        )
    return {"images": images, "failures": failures}


@cache
def _tags(region: str) -> frozenset[tuple[str, str, str]]:
    """The registry, repository and tag of every image that AWS has in a region."""
    found = set()
    for framework in frameworks():
        for scope in _SCOPES:
            for version in _versions(framework, scope):
                for instance in _INSTANCES:
                    image = image_in(_uri(framework, version, region, scope, instance))
                    if image is not None and image.tag:
                        found.add((image.account, image.repository, image.tag))
    return frozenset(found)


def _versions(framework: str, scope: str) -> Sequence[str]:
    try:
        return versions(framework, scope)
    except ImageError:
        return ()


def _uri(framework: str, version: str, region: str, scope: str, instance: str) -> str:
    try:
        return image_uri(framework, version, region=region, scope=scope, instance_type=instance)
    except (ImageError, KeyError):
        return ""
