"""Everything that moto's buckets need."""

from __future__ import annotations

from reconciler.sandbox.services.s3 import (
    bucket,
    lifecycle,
    logs,
    namespace,
    notifications,
    objects,
    tags,
)


def install() -> None:
    """Put the parts into moto's classes."""
    for part in (bucket, lifecycle, logs, namespace, notifications, objects, tags):
        part.install()
