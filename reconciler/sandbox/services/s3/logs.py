"""S3: which bucket policies let S3 deliver access logs.

moto reads only policies of one form and crashes on a `*` principal; a policy may
hold several statements, with text or lists wherever IAM takes both.
"""

from __future__ import annotations

import json
from typing import Any

from moto.s3.models import FakeBucket

DELIVERY = "logging.s3.amazonaws.com"


def install() -> None:
    """Repair the check behind PutBucketLogging."""
    bucket: Any = FakeBucket
    bucket._log_permissions_enabled_policy = staticmethod(_may_deliver)  # noqa: SLF001  (no hook)


def _may_deliver(target_bucket: Any, target_prefix: str | None) -> bool:  # noqa: ANN401
    if not target_bucket.policy:
        return False
    statements = json.loads(target_bucket.policy)["Statement"]
    here = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}"
    places = {here, f"{here}/*", f"{here}/{target_prefix or ''}*"}
    return any(
        statement.get("Effect") == "Allow"
        and DELIVERY in _services(statement.get("Principal"))
        and {"s3:PutObject", "s3:*", "*"} & _many(statement.get("Action"))
        and places & _many(statement.get("Resource"))
        for statement in (statements if isinstance(statements, list) else [statements])
    )


def _services(principal: Any) -> set[str]:  # noqa: ANN401  (parsed JSON)
    return _many(principal.get("Service")) if isinstance(principal, dict) else set()


def _many(value: Any) -> set[str]:  # noqa: ANN401  (parsed JSON)
    if value is None:
        return set()
    return set(value) if isinstance(value, list) else {value}
