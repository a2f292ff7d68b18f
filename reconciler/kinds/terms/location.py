"""A place in S3: a path in a DataSource, or a plain URI."""

from typing import Annotated, NamedTuple

from pydantic import Field

from reconciler.kinds.api import Maybe, Problem, Reference, Scope, Section
from reconciler.kinds.terms.text import text
from reconciler.model.value import Join, Json, Path, Ref

S3Uri = Annotated[
    str,
    Field(
        pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^*?$\r\n]*)?$",
        examples=["s3://b/model.tar.gz"],
    ),
]
S3Path = Annotated[
    str,
    Field(
        pattern=r"^[^/*?$\x00-\x1f\x7f][^*?$\x00-\x1f\x7f]*$",
        max_length=900,
        examples=["fraud/model.tar.gz"],
    ),
]
"""A key or prefix in a bucket, without a slash in front.

It gets into policies, where ``*`` and ``?`` would allow more than it, and ``${…}`` is a variable.
Source: IAM user guide, "IAM JSON policy elements: Resource", "Policy variables".
"""


class Location(Section):
    """An object in S3: `source` and `path`, or `uri`."""

    source: Maybe[Annotated[str, Reference("DataSource")]] = None
    """The DataSource that holds the object."""
    path: Maybe[S3Path] = None
    """Where it is under the prefix of the DataSource."""
    uri: Maybe[S3Uri] = None
    """The full address, for a bucket that no spec describes."""

    def problems(self, path: Path) -> list[Problem]:
        """Faults between the members."""
        if (self.uri is None) == (self.source is None):
            return [Problem(path, "give 'uri', or 'source' and 'path'")]
        if self.source is not None and self.path is None:
            return [Problem(path, "'source' needs a 'path'", "write the path of the object")]
        return []


class Spot(NamedTuple):
    """Where something is in S3: all that a permission or an API field needs."""

    uri: Json
    bucket: Json
    """The ARN of the bucket."""
    objects: Json
    """The ARN pattern of the object, or of everything under a prefix."""
    key: Json
    """The ARN of the KMS key, or nothing."""


def at(location: Location, scope: Scope) -> Spot:
    """The place a location stands for."""
    if location.uri is not None:
        bucket, _, path = location.uri.removeprefix("s3://").partition("/")
        arn = f"arn:{scope.place.partition}:s3:::{bucket}"
        return Spot(location.uri, arn, f"{arn}/{path}", None)
    return inside(scope, "DataSource", location.source or "", location.path or "")


def family(location: Location, scope: Scope) -> Spot:
    """The first folder of a location, with everything in it.

    A live endpoint goes on reading the model it has, so what its role may read must
    not shrink when the next version of the model lies in another folder beside it.
    """
    if location.uri is not None:
        bucket, _, path = location.uri.removeprefix("s3://").partition("/")
        arn = f"arn:{scope.place.partition}:s3:::{bucket}"
        return Spot(f"s3://{bucket}/{_first(path)}", arn, f"{arn}/{_first(path)}*", None)
    path = location.path or ""
    return inside(scope, "DataSource", location.source or "", _first(path).rstrip("/"), tree=True)


def named(uri: Json) -> tuple[str, str]:
    """The bucket and the key of a URI; a bucket that a spec makes by the name it will have."""
    parts = uri.parts if isinstance(uri, Join) else (uri,)
    text_ = "".join(it.target.name if isinstance(it, Ref) else str(it) for it in parts)
    bucket, _, key = text_.removeprefix("s3://").partition("/")
    return bucket, key


def _first(path: str) -> str:
    folder, slash, _ = path.partition("/")
    return f"{folder}/" if slash else ""


def inside(scope: Scope, kind: str, name: str, path: str = "", *, tree: bool = False) -> Spot:
    """A path in what another spec keeps in S3; with `tree`, everything under it."""

    def get(what: str) -> Json:
        return scope.export(kind, name, what)

    slash = "/" if path else ""
    uri = text(get("uri"), slash, path)
    prefix = "/".join(filter(None, (get("prefix"), path)))
    prefix = prefix.rstrip("/") if tree else prefix
    objects = text(get("bucketArn"), "/", prefix, ("/*" if prefix else "*") if tree else "")
    return Spot(uri, get("bucketArn"), objects, get("keyArn"))
