"""Container images: one of AWS's own by framework and version, or any other by address."""

from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from reconciler.facts.images import ImageError, NoRegionError, image_uri
from reconciler.facts.partitions import is_known, partition_of
from reconciler.kinds.api import Maybe, Scope, Section
from reconciler.model.value import Path

ImageUri = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+(\.[a-z0-9-]+)+/[a-z0-9._/-]+"
        r"(:[A-Za-z0-9._-]+(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$",
        examples=["123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud@sha256:" + 64 * "0"],
    ),
]
InstanceType = Annotated[
    str, Field(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$", examples=["ml.m5.xlarge"])
]
PythonVersion = Annotated[str, Field(pattern=r"^py[0-9]{1,3}$", examples=["py310"])]


class Framework(Section):
    """An image that AWS maintains."""

    framework: str = Field(examples=["xgboost", "pytorch"])
    """The framework or built-in algorithm."""
    version: str = Field(examples=["1.7-1", "2.3"])
    """Its version, in quotes."""
    python: Maybe[PythonVersion] = None
    """The Python version, where there is a choice. By default the newest."""


class Custom(Section):
    """An image of your own."""

    image: ImageUri
    """Its address in ECR, best with a digest."""


class FrameworkImage(NamedTuple):
    """What names an image of AWS."""

    framework: str
    version: str | None
    python: str | None


class Wanted(NamedTuple):
    """What an image of AWS is for."""

    use: Literal["training", "inference", "processing"]
    instance_type: str


def framework_image(image: FrameworkImage, wanted: Wanted, scope: Scope, path: Path) -> str:
    """The address of an image of AWS; a problem is reported when there is none."""
    try:
        return image_uri(
            image.framework,
            image.version,
            region=scope.place.region,
            scope=wanted.use,
            instance_type=wanted.instance_type,
            py_version=image.python,
        )
    except ImageError as error:
        region = scope.place.region
        if is_known(region) or not isinstance(error, NoRegionError):
            scope.problem(path, str(error), help="choose another version, or give an 'image'")
        else:  # whether the region is right is a question for the environment, not for the version
            scope.imageless.append(f"{image.framework} {image.version or ''}".strip())
        return (
            f"{12 * '0'}.dkr.ecr.{region}.{partition_of(region).suffix}/unknown@sha256:{64 * '0'}"
        )


def algorithm_image(image: Framework | Custom, wanted: Wanted, scope: Scope, path: Path) -> str:
    """The address of the image that a section asks for."""
    if isinstance(image, Custom):
        return image.image
    asked = FrameworkImage(image.framework, image.version, image.python)
    return framework_image(asked, wanted, scope, path)
