"""How long AWS may not show what it was just told, as data, and what its refusals then say.

AWS is eventually consistent. Within these times, and only inside a step that itself has just
written, or that needs what this run has just written, an answer from before the write is no
knowledge of absence or failure. Nothing here waits; see `reconciler.aws.fresh`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reconciler.aws.errors import AwsError, Denied, Rejected
from reconciler.resources.api import Resource


class Budget(NamedTuple):
    """Seconds that a kind of lag is waited for, and who says that it may take so long."""

    seconds: float
    source: str


ANY = ""
SHOWS: Mapping[str, Budget] = {
    "iam": Budget(120.0, "IAM User Guide, Troubleshoot IAM: changes are not always immediately"
                  " visible; Terraform waits two minutes (AWS_FACTS 6.4)"),
    "kms": Budget(300.0, "KMS Developer Guide, Eventual consistency: usually seconds, in some"
                  " cases several minutes"),
    "s3": Budget(120.0, "S3 User Guide, Data consistency model: bucket configurations are"
                 " eventually consistent; Terraform waits two minutes (AWS_FACTS 6.4)"),
    "sagemaker": Budget(120.0, "API reference, CreateEndpoint: eventually consistent reads of"
                        " models and configurations (AWS_FACTS 1.5, 6.4)"),
    ANY: Budget(120.0, "no number is published: as for IAM"),
}  # fmt: skip
"""Until a service shows what it was told, by boto3 client: to its own reads, and to others."""

ALLOWS: Mapping[str, Budget] = {
    "kms": Budget(300.0, "KMS Developer Guide, ABAC for KMS: tag and alias changes may take five"
                  " minutes to affect authorisation; Eventual consistency, for key policies"),
    ANY: Budget(120.0, "IAM User Guide, Troubleshoot IAM; Terraform waits two minutes for roles"
                " and policies (AWS_FACTS 6.4); for tags of other services nothing is published"),
}  # fmt: skip
"""Until a changed policy, role or tag decides on calls, by the client it was changed with."""

UNNAMED = Budget(30.0, "as SHOWS, for what usually takes seconds: a whole life of a run's start")
"""Since a run began, before it makes what has no name yet: nothing would refuse a second one."""

AGAIN = Budget(30.0, "as UNNAMED; what AWS shows after it is taken as it is")
"""While a look that contradicts an apply of minutes ago is repeated: a person waits for it."""

FIRST, LONGEST = 1.0, 5.0


def pauses() -> Iterator[float]:
    """Seconds between two looks: growing, and never longer than `LONGEST`."""
    pause = FIRST
    while True:
        yield pause
        pause = min(LONGEST, pause * 2)


def budget(table: Mapping[str, Budget], service: str) -> float:
    """Seconds of a kind of lag for a boto3 client."""
    return table.get(service, table[ANY]).seconds


_UNSEEN = re.compile(
    r"(?i)not ?found|no ?such|does(n't| not) exist|(could|can) ?not (find|be found)|"
    r"invalid principal|assume (the )?role|role.* is invalid|invalid s3uri|no pipeline"
)
_EXISTS = re.compile(r"(?i)already|exists?\b|duplicate|in ?use|conflict")
_WORKING = re.compile(r"(?i)in[- ]progress|being (updated|created)|is (updating|creating)")
_FORBIDDEN = frozenset(
    {"403", "AccessDenied", "AccessDeniedException", "AuthorizationError",
     "AuthorizationErrorException", "NotAuthorized", "UnauthorizedOperation"}
)  # fmt: skip
"""Refused by a policy, and not for want of good credentials."""


def unseen(error: AwsError, resource: Resource) -> bool:
    """Whether AWS refuses because it does not see something."""
    if not isinstance(error, Rejected):
        return False
    known = (*resource.absent, *resource.transient)
    told = any(matcher.matches(error.code, error.message) for matcher in known)
    return told or missing(error)


def missing(error: AwsError) -> bool:
    """Whether a refusal reads as if something were not there, whatever it is about."""
    text = f"{error.code} {error.message}"
    return isinstance(error, Rejected) and bool(_UNSEEN.search(text))


def exists(error: AwsError) -> bool:
    """Whether AWS refuses because something is there, or is used, or was done already."""
    text = f"{error.code} {error.message}"
    return isinstance(error, Rejected) and bool(_EXISTS.search(text)) and not _UNSEEN.search(text)


def working(error: AwsError, resource: Resource) -> bool:
    """Whether AWS refuses because it is still at something, in its words or in the type's own."""
    if _WORKING.search(f"{error.code} {error.message}"):
        return True
    told = any(matcher.matches(error.code, error.message) for matcher in resource.transient)
    return told and not _UNSEEN.search(f"{error.code} {error.message}")


def forbidden(error: AwsError) -> bool:
    """Whether a policy refuses it."""
    return isinstance(error, Denied) and error.code in _FORBIDDEN


def authorises(method: str, resource: Resource) -> bool:
    """Whether a call changes what may be done: a policy, a role, or a tag that one may ask for."""
    tagging = resource.tags
    if method == resource.create.method:
        return bool(resource.policies or (tagging and tagging.create))
    tags = {op.method for op in (tagging.add, tagging.remove) if op} if tagging else set()
    if method in tags:
        return True
    with_policy = {path.partition(".")[0] for path in resource.policies}
    part = next((part for part in resource.parts if method in part.writes), None)
    if part is None:
        return bool(resource.policies)
    return part.prop in with_policy or resource.service == "iam"
