"""S3: lifecycle rules read back as they were put.

moto checks them, and then forgets what it does not act upon: object sizes and the number of
noncurrent versions to keep.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import xmltodict  # type: ignore[import-untyped]  # has no stubs
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from reconciler.sandbox.services.s3.replication import refused

INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
EARLIEST = 30
RULES = "moorline_lifecycle"
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def check(rule: dict[str, Any]) -> None:
    """Refuse days that S3 refuses. Source: S3 user guide, "Transitioning objects"; API errors."""
    for moves, ends, unit in (
        ("Transition", "Expiration", "Days"),
        ("NoncurrentVersionTransition", "NoncurrentVersionExpiration", "NoncurrentDays"),
    ):
        found = rule.get(moves) or []
        steps = found if isinstance(found, list) else [found]
        last = int((rule.get(ends) or {}).get(unit) or 0)
        for step in steps:
            age, kind = int(step.get(unit) or 0), step.get("StorageClass")
            if kind in INFREQUENT and age < EARLIEST:
                text = f"'{unit}' in {moves} action must be greater than or equal to {EARLIEST}"
                raise refused(f"{text} for storageClass '{kind}'", "InvalidArgument")
            if last and last <= age:
                text = f"'{unit}' in the {ends} action must be greater than '{unit}' in the"
                raise refused(f"{text} {moves} action", "InvalidArgument")


def install() -> None:
    """Repair PutBucketLifecycleConfiguration and its counterpart."""
    bucket: Any = FakeBucket
    response: Any = S3Response
    put, get = bucket.set_lifecycle, response.get_bucket_lifecycle

    def set_lifecycle(self: Any, rules: list[dict[str, Any]]) -> None:  # noqa: ANN401
        given = deepcopy(rules)
        for rule in given:
            check(rule)
        put(self, rules)
        for rule, checked in zip(given, self.rules, strict=True):
            rule.setdefault("ID", checked.id)
        setattr(self, RULES, given)

    def get_bucket_lifecycle(self: Any) -> Any:  # noqa: ANN401  (moto's response)
        answer = get(self)  # raises when there is none
        rules = getattr(self.backend.get_bucket(self.bucket_name), RULES, None)
        if not rules:
            return answer
        document = {"LifecycleConfiguration": {"@xmlns": NAMESPACE, "Rule": rules}}
        return 200, {"content-type": "application/xml"}, xmltodict.unparse(document)

    bucket.set_lifecycle = set_lifecycle
    response.get_bucket_lifecycle = get_bucket_lifecycle
