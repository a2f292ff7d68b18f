"""AWS's own managed policies: 1,600 constant objects for each account, made once for a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

if TYPE_CHECKING:
    from collections.abc import Mapping

PARSED: dict[str, dict[str, Any]] = {}
"""By account and ARN; making an account's IAM fills it (`services.iam`)."""


def managed(account: str) -> Mapping[str, Any]:
    """AWS's own policies as an account has them, by ARN."""
    if account not in PARSED:
        _ = iam_backends[account]["aws"]
    return PARSED[account]
