"""Looks at buckets that specs name and nobody makes here: absent, elsewhere, or not to be seen.

One HeadBucket for each. What S3 answers says where a bucket is even when it refuses the rest:
404 absent, 403 somebody else's or not allowed, 301 and 400 another region, with
``x-amz-bucket-region`` in each but the first. Source: S3 API reference, HeadBucket.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from reconciler.aws.errors import AwsError, Gone
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph, Node
from reconciler.model.texts import texts
from reconciler.model.value import Path
from reconciler.resources.api import absent

BUCKET = "AWS::S3::Bucket"
AT_ONCE = frozenset({BUCKET, "AWS::SageMaker::FeatureGroup", "AWS::SageMaker::Model"})
"""What AWS refuses to make for a bucket that is not right. Others meet it when they run, so that
it may still be made: of them it is a warning. Source: AWS_FACTS 2; CreateModel."""
ABSENT = (absent("404"), absent("NoSuchBucket"), absent("NotFound"))
_URI = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/|$)")
_NAMED = "DestinationBucketName"
"""A member that holds the name of a bucket alone; it too has to be of the same region."""


class Named(NamedTuple):
    """Where a bucket is named first."""

    node: Node
    path: Path


def look(session: Session, graph: Graph) -> list[Diagnostic]:
    """What is wrong with the buckets that a graph names and does not make."""
    found = (_asked(session, bucket, at, graph.region) for bucket, at in named(graph).items())
    return [each for each in found if each is not None]


def named(graph: Graph) -> dict[str, Named]:
    """The buckets that are named in plain text, each where it is first, or is needed at once."""
    found: dict[str, Named] = {}
    for node in graph:
        for path, bucket in _in(node):
            if Address(BUCKET, bucket) not in graph:
                first = found.setdefault(bucket, Named(node, path))
                if node.address.type in AT_ONCE and first.node.address.type not in AT_ONCE:
                    found[bucket] = Named(node, path)
    return found


def _in(node: Node) -> Iterator[tuple[Path, str]]:
    for path, text in texts(node.props):
        if found := _URI.match(text):
            yield path, found[1]
        elif path and path[-1] == _NAMED and text:
            yield path, text


def _asked(session: Session, bucket: str, where: Named, here: str) -> Diagnostic | None:
    try:
        body = ReadOnly(session, "s3", ABSENT).call("head_bucket", {"Bucket": bucket})
    except Gone:
        text = f"there is no bucket {bucket!r}"
        return _finding("PLACE003", text, "correct the name, or make the bucket first", where)
    except AwsError as error:
        if error.region and error.region != here:
            return _elsewhere(bucket, error.region, here, where)
        text = f"cannot tell whether the bucket {bucket!r} is there: {error}"
        help_ = "allow s3:ListBucket on it to the role that plans; it may be another account's"
        return _finding("PLACE005", text, help_, where, Severity.WARNING)
    region = body.get("BucketRegion")
    return _elsewhere(bucket, region, here, where) if region and region != here else None


def _elsewhere(bucket: str, region: str, here: str, where: Named) -> Diagnostic:
    text = f"the bucket {bucket!r} is in {region!r}, and SageMaker takes buckets of {here!r} only"
    return _finding("PLACE004", text, f"name a bucket in {here!r}", where)


def _finding(
    code: str, text: str, help_: str, where: Named, severity: Severity | None = None
) -> Diagnostic:
    origin = where.node.origin
    if severity is None:
        severity = Severity.ERROR if where.node.address.type in AT_ONCE else Severity.WARNING
    at = origin.line_of(where.path) if origin else None
    return Diagnostic(code, text, at, help_, severity, where.node.address)
