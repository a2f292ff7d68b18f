"""The address of a container image in ECR, taken apart.

Source: Amazon ECR user guide, "Private registry concepts", "Making requests to Amazon ECR
registries over IPv6"; AWS General Reference, "FIPS endpoints of Amazon ECR".
"""

from __future__ import annotations

import re
from typing import NamedTuple

_IMAGE = re.compile(
    r"(?P<account>\d{12})\.(?P<way>dkr\.ecr|dkr-ecr)(?:-fips)?\.(?P<region>[a-z0-9-]+)"
    r"\.(?P<suffix>[a-z0-9.-]+)/(?P<repository>[^:@\s]+)"
    r"(?::(?P<tag>[\w.-]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


class Image(NamedTuple):
    """An image in a private registry."""

    account: str
    region: str
    suffix: str
    """How the host ends: ``amazonaws.com``."""
    dual: bool
    """Whether it is the dual-stack host."""
    repository: str
    tag: str
    digest: str


def image_in(text: str) -> Image | None:
    """The image that a text is the address of; nothing for any other text."""
    found = _IMAGE.fullmatch(text)
    if found is None:
        return None
    return Image(
        found["account"],
        found["region"],
        found["suffix"],
        found["way"] == "dkr-ecr",
        found["repository"],
        found["tag"] or "",
        found["digest"] or "",
    )
