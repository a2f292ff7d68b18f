"""Applies every repair, once."""

from __future__ import annotations

from reconciler.sandbox.repairs import (
    budgets,
    cloudwatch,
    iam,
    kms,
    s3,
    s3_lifecycle,
    s3_logging,
    s3_tags,
    sns,
    tagging,
)


def install() -> None:
    """Put the repairs into moto's classes."""
    s3_parts = (s3, s3_lifecycle, s3_logging, s3_tags)
    for service in (budgets, cloudwatch, iam, kms, *s3_parts, sns, tagging):
        service.install()
