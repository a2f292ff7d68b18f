"""Instances that answer, whatever asks them: what every mode with instances says of them.

Limits: AWS_FACTS 1.2; SageMaker API reference, ProductionVariant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.facts.instances import local_storage
from reconciler.kinds.api import Duration, Maybe, Problem, Scope, Section, Size, gibibytes, seconds
from reconciler.kinds.terms.image import InstanceType
from reconciler.model.value import Json, Path

VariantName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")]
_VOLUME = (1, 512)
_STARTUP = (60, 3600)


class Fleet(Section):
    """Instances that answer."""

    instance_type: InstanceType
    """The instance type of each of them."""
    instances: Annotated[int, Field(ge=1)]
    """How many. With 'autoscale' what it begins with."""
    variant: VariantName = "primary"
    """The name of the variant. Guardrails need it to stay the same from version to version."""
    volume: Maybe[Size] = None
    """Disk of each instance, 1 to 512 GiB. By default what the instance type has. Types with
    disks of their own take none."""
    download_timeout: Maybe[Duration] = None
    """How long the download of the model may take. 1m to 1h."""
    startup_timeout: Maybe[Duration] = None
    """How long the container may take until it is healthy. 1m to 1h."""


def problems(fleet: Fleet, path: Path) -> Iterator[Problem]:
    """Sizes and times that SageMaker refuses."""
    if fleet.volume and not _VOLUME[0] <= gibibytes(fleet.volume) <= _VOLUME[1]:
        yield Problem((*path, "volume"), "a disk has 1 to 512 GiB", "use 512GiB or less")
    timeouts = {"downloadTimeout": fleet.download_timeout, "startupTimeout": fleet.startup_timeout}
    for name, limit in timeouts.items():
        if limit and not _STARTUP[0] <= seconds(limit) <= _STARTUP[1]:
            yield Problem((*path, name), "this timeout is 1m to 1h", "use 1m to 1h")


def report_volume(fleet: Fleet, path: Path, scope: Scope) -> None:
    """SageMaker refuses a size for instances that have disks of their own.

    Source: SageMaker Python SDK, `volume_size_supported`.
    """
    if fleet.volume is not None and local_storage(fleet.instance_type):
        text = f"{fleet.instance_type} has disks of its own and takes no other"
        scope.problem((*path, "volume"), text, help="remove 'volume'")


def variant(fleet: Fleet) -> dict[str, Json]:
    """The instances of a variant, in CloudFormation's names."""
    props: dict[str, Json] = {
        "InstanceType": fleet.instance_type,
        "InitialInstanceCount": fleet.instances,
    }
    if fleet.volume is not None:
        props["VolumeSizeInGB"] = gibibytes(fleet.volume)
    if fleet.download_timeout is not None:
        props["ModelDataDownloadTimeoutInSeconds"] = seconds(fleet.download_timeout)
    if fleet.startup_timeout is not None:
        props["ContainerStartupHealthCheckTimeoutInSeconds"] = seconds(fleet.startup_timeout)
    return props


def lines(path: Path) -> dict[Path, Path]:
    """Which field is behind which property of a variant."""
    names = {
        "VariantName": "variant",
        "InstanceType": "instanceType",
        "InitialInstanceCount": "instances",
        "VolumeSizeInGB": "volume",
        "ModelDataDownloadTimeoutInSeconds": "downloadTimeout",
        "ContainerStartupHealthCheckTimeoutInSeconds": "startupTimeout",
    }
    return {("ProductionVariants", "0", prop): (*path, name) for prop, name in names.items()}
