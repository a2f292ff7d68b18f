"""Our addresses of images are those of AWS's own SDK."""

import pytest

from reconciler.facts.images import ImageError, image_uri, versions

pytestmark = pytest.mark.sagemaker_sdk
CASES = [
    (framework, scope, version)
    for framework in ("xgboost", "sklearn", "pytorch", "tensorflow", "kmeans", "blazingtext")
    for scope in ("training", "inference")
    for version in versions(framework, scope)
]


@pytest.mark.parametrize(("framework", "scope", "version"), CASES)
@pytest.mark.parametrize("instance_type", ["ml.m5.large", "ml.g5.xlarge"])
def test_the_sdk_says_the_same(
    framework: str, scope: str, version: str, instance_type: str
) -> None:
    sdk = pytest.importorskip("sagemaker.core.image_uris")
    try:
        ours = image_uri(framework, version, region="eu-west-1", scope=scope,
                         instance_type=instance_type)  # fmt: skip
    except ImageError:
        with pytest.raises(ValueError, match="Unsupported"):
            sdk.retrieve(framework, "eu-west-1", version=version, image_scope=scope,
                         instance_type=instance_type)  # fmt: skip
        return
    # The SDK has no default where there are several versions of Python; ours is in the tag.
    parts = ours.split("-") if framework in ("pytorch", "tensorflow") else []
    python = next((it for it in parts if it.startswith("py3")), None)
    theirs = sdk.retrieve(framework, "eu-west-1", version=version, image_scope=scope,
                          instance_type=instance_type, py_version=python)  # fmt: skip
    assert theirs == ours
