"""What a rollout serves: a version of a registry, or a model file and an image."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from reconciler.kinds.api import Maybe, Reference, Section, Shorthand
from reconciler.kinds.terms.image import ImageUri, PythonVersion
from reconciler.kinds.terms.location import Location

LATEST = "latest-approved"
_ENVIRONMENT = 100


class Registered(Section):
    """A version from a model registry."""

    registry: Annotated[str, Reference("ModelRegistry")]
    """The registry that has the version."""
    version: Annotated[int, Field(ge=1)] | Literal["latest-approved"] = "latest-approved"
    """A version number, or the newest one that is approved."""
    environment: Annotated[dict[str, str], Field(max_length=_ENVIRONMENT)] = Field(
        default_factory=dict
    )
    """Environment variables of the container, over those of the version. No secrets."""


class Packaged(Section):
    """A model file, and the image that serves it."""

    needs: ClassVar[tuple[str, ...]] = ("framework", "image")

    artifact: Maybe[Annotated[Location, Shorthand("uri")]] = None
    """The model.tar.gz: a URI, or a DataSource and a path. By default the image brings its model,
    or fetches it."""
    etag: Maybe[Annotated[str, Field(pattern=r"^[0-9a-f]{32}(-[0-9]{1,5})?$")]] = None
    """The ETag that the file must have, as S3 shows it without quotes. By default the model
    follows the file: another one under the same key is another model."""
    framework: Maybe[str] = Field(None, examples=["xgboost", "pytorch"])
    """The framework of an image that AWS maintains."""
    version: Maybe[str] = Field(None, examples=["1.7-1"])
    """Its version, in quotes."""
    python: Maybe[PythonVersion] = None
    """Its Python version, where there is a choice."""
    image: Maybe[ImageUri] = None
    """An image of your own, instead of a framework."""
    environment: Annotated[dict[str, str], Field(max_length=_ENVIRONMENT)] = Field(
        default_factory=dict
    )
    """Environment variables of the container. No secrets."""
