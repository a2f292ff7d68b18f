"""Steps that make a version of a model, or a model.

CreateModelPackage reads the artefact and asks for the image as who calls it: it fills in
ModelDataETag and ImageDigest. Source: SageMaker API, ModelPackageContainerDefinition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.access.workloads.site import pull
from reconciler.sandbox.services.sagemaker.jobs import files, rights
from reconciler.sandbox.services.sagemaker.runs import steps
from reconciler.sandbox.services.sagemaker.runs.context import ROLE, Doing, Going, StepError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.access.workloads.site import Work

TYPES = ("Model", "RegisterModel")


def begin(going: Going, step: Doing, arguments: Mapping[str, Any]) -> None:
    """Make it, as the pipeline's role, and read it back."""
    if step.kind == "Model":
        name = str(arguments.get("ModelName") or going.named(step))
        given = {**arguments, "ModelName": name, "Tags": going.tags(arguments)}
        made = steps.sent(going, step, "sagemaker", "CreateModel", given)
        step.metadata = {"Model": {"Arn": made["ModelArn"]}}
        step.outputs = steps.sent(going, step, "sagemaker", "DescribeModel", {"ModelName": name})
        return
    _readable(going, arguments)
    made = steps.sent(going, step, "sagemaker", "CreateModelPackage", arguments)
    arn = made["ModelPackageArn"]
    step.metadata = {"RegisterModel": {"Arn": arn}}
    asked = {"ModelPackageName": arn}
    step.outputs = steps.sent(going, step, "sagemaker", "DescribeModelPackage", asked)


def _readable(going: Going, arguments: Mapping[str, Any]) -> None:
    role = str(going.record.extra[ROLE])
    said = "ClientError: Failed to invoke sagemaker:CreateModelPackage. Error Details:"
    places = [*_places(arguments)]
    works = [*_works(going, role, places, arguments)]
    if why := rights.refused(going.call, role, works):
        raise StepError(f"{said} {why.removeprefix('ClientError: ')}")
    for uri in places:
        if not files.below(going.call, uri):
            raise StepError(f"{said} Could not find model data at {uri}.")


def _places(arguments: Mapping[str, Any]) -> Iterator[str]:
    for container in (arguments.get("InferenceSpecification") or {}).get("Containers") or ():
        source = (container.get("ModelDataSource") or {}).get("S3DataSource") or {}
        uri = container.get("ModelDataUrl") or source.get("S3Uri")
        if uri:
            yield str(uri)


def _works(
    going: Going, role: str, places: list[str], arguments: Mapping[str, Any]
) -> Iterator[Work]:
    site = rights.site(going.call)
    for uri in places:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        yield site.does(role, rights.SOURCE, "s3.GetObject", Bucket=bucket, Key=key)
    for container in (arguments.get("InferenceSpecification") or {}).get("Containers") or ():
        yield from pull(site, role, str(container.get("Image") or ""))
