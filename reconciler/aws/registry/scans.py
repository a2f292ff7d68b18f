"""What ECR's scan found in an image. Source: ECR API reference, DescribeImageScanFindings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reconciler.aws.errors import AwsError, Gone
from reconciler.aws.registry.versions import why
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.registry import Container, Fact, Scan, unknown
from reconciler.resources.api import Absent, absent

_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
    r"/(?P<name>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
NEVER: tuple[Absent, ...] = (absent("ScanNotFoundException"),)
DONE = frozenset({"COMPLETE", "ACTIVE"})
"""Of a basic scan, and of an enhanced one that goes on looking. Source: ECR, ScanStatus."""


def scan(session: Session, container: Container) -> Fact[Scan]:
    """What was found in the image that a container had when it was registered.

    By its digest, since a tag may be another image by now; nothing where it was never scanned.
    """
    image = _IMAGE.fullmatch(container.image)
    source = f"ecr.describe_image_scan_findings {container.image}"
    if image is None:
        return unknown("it is no image of ECR", source)
    digest = container.image_digest or image["digest"]
    if not digest:
        return unknown("the version says no digest of its image", source)
    params = {
        "registryId": image["account"],
        "repositoryName": image["name"],
        "imageId": {"imageDigest": digest},
    }
    try:
        reader = ReadOnly(session, f"ecr@{image['region']}", NEVER)
        body = reader.call("describe_image_scan_findings", params)
    except Gone:
        return Fact(None, source)
    except AwsError as error:
        return unknown(why(error), source)
    return Fact(_scan(body), source)


def _scan(body: Mapping[str, Json]) -> Scan:
    status = str((body.get("imageScanStatus") or {}).get("status") or "")
    found = body.get("imageScanFindings") or {}
    counts = found.get("findingSeverityCounts")
    complete = status in DONE and isinstance(counts, Mapping)
    return Scan(complete, {str(key): int(value) for key, value in (counts or {}).items()}, status)
