"""Which endpoints serve which versions, from what is live.

An endpoint names a configuration, that its models, and a model the version that it was made of.
Source: SageMaker API reference, DescribeEndpoint, DescribeEndpointConfig, DescribeModel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from reconciler.aws.errors import Gone
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.resources.api import Absent, absent

Told = Callable[[str, int, int], None]
MISSING: tuple[Absent, ...] = (absent("ValidationException", r"^Could not find"),)
_VARIANTS = ("ProductionVariants", "ShadowProductionVariants")


def every(session: Session, told: Told = lambda *_: None) -> dict[str, list[str]]:
    """The endpoints of the region by the ARN of each version that they serve.

    Raises:
        AwsError: AWS did not say all of it, so nobody knows what else is served.
    """
    reader = ReadOnly(session, "sagemaker", MISSING)
    names = [each["EndpointName"] for each in reader.pages("list_endpoints", {"MaxResults": 100},
             "Endpoints")]  # fmt: skip
    return _by_version(reader, names, told)


def of(
    session: Session, endpoints: Iterable[str], told: Told = lambda *_: None
) -> dict[str, list[str]]:
    """The same of some endpoints; one that is not there serves nothing.

    Raises:
        AwsError: AWS did not say.
    """
    return _by_version(ReadOnly(session, "sagemaker", MISSING), [*endpoints], told)


def _by_version(reader: ReadOnly, names: list[str], told: Told) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for done, name in enumerate(names, 1):
        for arn in _served(reader, name):
            if name not in found.setdefault(arn, []):
                found[arn].append(name)
        told("endpoints", done, len(names))
    return found


def _served(reader: ReadOnly, endpoint: str) -> Iterator[str]:
    """What it serves, and what it goes to: while it changes both need their versions."""
    try:
        body = reader.call("describe_endpoint", {"EndpointName": endpoint})
        named = body.get("EndpointConfigName")
        pending = (body.get("PendingDeploymentSummary") or {}).get("EndpointConfigName")
        configs = {each for each in (named, pending) if each}
        for config in sorted(configs):
            yield from _of_config(reader, str(config))
    except Gone:
        return


def _of_config(reader: ReadOnly, config: str) -> Iterator[str]:
    try:
        body = reader.call("describe_endpoint_config", {"EndpointConfigName": config})
    except Gone:
        return
    variants = [each for key in _VARIANTS for each in body.get(key) or ()]
    for model in dict.fromkeys(each.get("ModelName") for each in variants):
        if model:
            yield from _of_model(reader, str(model))


def _of_model(reader: ReadOnly, model: str) -> Iterator[str]:
    try:
        body = reader.call("describe_model", {"ModelName": model})
    except Gone:
        return
    for each in _containers(body):
        if arn := each.get("ModelPackageName"):
            yield str(arn)


def _containers(body: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    if primary := body.get("PrimaryContainer"):
        yield primary
    yield from body.get("Containers") or ()
