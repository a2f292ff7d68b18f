"""Properties that hold a secret and that AWS gives back, under names that do not say so."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.facts.store import Facts
from reconciler.model.value import Path

READABLE: Mapping[str, frozenset[Path]] = {"AWS::ApiGateway::ApiKey": frozenset({("Value",)})}
"""By type. Source: API Gateway API reference, GetApiKey, `includeValue`."""
FORMAT = "password"
"""What a schema calls a text that nobody should see."""


def is_secret(path: Path, about: Facts) -> bool:
    """Whether a place holds a secret that AWS gives back; numbers of items are skipped."""
    bare = tuple(name for name in path if not name.isdecimal())
    if any(bare[: len(each)] == each for each in READABLE.get(about.type, ())):
        return True
    shape = about.shape_at(path)
    return shape is not None and any(it.get("format") == FORMAT for it in shape.schemas)
