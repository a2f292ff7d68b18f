"""Everything that moto's databases need."""

from __future__ import annotations

from reconciler.sandbox.services.rds import clusters, instances, subnets


def install() -> None:
    """Put the parts into moto's classes."""
    for part in (clusters, instances, subnets):
        part.install()
