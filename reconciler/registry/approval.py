"""An approval: who may give one, what is written of it, and when it ends.

Approver, time, end and evidence stand in ``CustomerMetadataProperties`` and are set by the call
that approves, for ``LastModifiedBy`` and ``LastModifiedTime`` move with any update.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from reconciler.registry.evidence import Granted
from reconciler.registry.policy import Policy
from reconciler.registry.version import time_of

BY = "moorline:approved-by"
AT = "moorline:approved-at"
EXPIRES = "moorline:approval-expires"
EVIDENCE = "moorline:approval-evidence"
KEYS = (BY, AT, EXPIRES, EVIDENCE)
"""What an approval writes, and what a rejection takes away."""
VALUE = 256
"""Characters of a value. Source: SageMaker API reference, CustomerMetadataValue."""

_SESSION = re.compile(r"^arn:([^:]+):sts::(\d{12}):assumed-role/([^/]+)/.+$")
_ROLE = re.compile(r"^arn:([^:]+):iam::(\d{12}):role/(?:.+/)?([^/]+)$")


def metadata(by: str, now: datetime, policy: Policy, evidence: str) -> dict[str, str]:
    """What UpdateModelPackage is given beside the status; `evidence` is `Verdict.digest`."""
    found = {BY: by[:VALUE], AT: _said(now), EVIDENCE: evidence}
    if policy.lasts:
        found[EXPIRES] = _said(now + timedelta(seconds=policy.lasts))
    return found


def granted(metadata: Mapping[str, str]) -> Granted | None:
    """What a version's metadata says of its approval; nothing where it says not who gave it."""
    if not metadata.get(BY):
        return None
    said = (metadata.get(key, "") for key in (AT, EXPIRES, EVIDENCE))
    return Granted(metadata[BY], *said)


def end(given: Granted, policy: Policy) -> datetime | None:
    """When an approval ends: by what was written, or by the policy of today, what is earlier.

    Nothing for one that does not end.

    Raises:
        ValueError: what is written is no time, or the policy ends it and nobody knows its time.
    """
    written = time_of(given.expires)
    if not policy.lasts:
        return written
    if (start := time_of(given.at)) is None:
        msg = "nobody knows when it was given"
        raise ValueError(msg)
    counted = start + timedelta(seconds=policy.lasts)
    return min(written, counted) if written else counted


def principal(arn: str) -> str:
    """The identity behind an ARN: a session of a role is the role, whatever its path.

    Source: IAM user guide, "IAM identifiers": the ARN of a session has no path.
    """
    for pattern in (_SESSION, _ROLE):
        if found := pattern.match(arn):
            partition, account, name = found.groups()
            return f"arn:{partition}:iam::{account}:role/{name}"
    return arn


def may(arn: str, approvers: Iterable[str]) -> bool:
    """Whether a principal is among those who may approve."""
    return principal(arn) in {principal(each) for each in approvers}


def _said(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")
