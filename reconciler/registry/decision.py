"""A decision on a version: its requests, what changes by them, or why it may not be. Pure.

Approval, rejection and stages are one call each, UpdateModelPackage. What people read, what is sent
and what is compared afterwards are one value; `decide` makes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from reconciler.model.value import Json, digest
from reconciler.registry import approval
from reconciler.registry.evidence import Evidence
from reconciler.registry.verdict import Verdict
from reconciler.registry.version import Version

REJECTED_BY = "moorline:rejected-by"
REJECTED_AT = "moorline:rejected-at"
STAGED_BY = "moorline:staged-by"
STAGED_AT = "moorline:staged-at"
"""Who moved a version last, and when: the update is ours, and no later approval of somebody's."""
REJECTION = (REJECTED_BY, REJECTED_AT)
MOST = 50
"""Properties that a version may have. Source: SageMaker API reference, CustomerMetadataMap."""
NOTE = 1024
"""Characters of ApprovalDescription and StageDescription."""
_NOT_IN_VALUE = re.compile(r"[^\w .:/=+\-@]")


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes different of one version."""

    version: int
    what: str
    """``approval`` or ``stage``."""
    before: str
    after: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """One UpdateModelPackage, but for the token."""

    arn: str
    version: int
    params: Mapping[str, Json]

    @property
    def removed(self) -> frozenset[str]:
        return frozenset(self.params.get("CustomerMetadataPropertiesToRemove") or ())


@dataclass(frozen=True, slots=True)
class Decision:
    """What a command would do, in order."""

    lines: tuple[Line, ...] = ()
    updates: tuple[Update, ...] = ()
    refused: tuple[str, ...] = ()
    """Why it may not be, each a sentence; then nothing is sent."""
    notes: tuple[str, ...] = ()
    """What else people should know."""
    verdict: Verdict | None = None
    evidence: str = ""
    """The digest of what it rests on."""

    @property
    def nothing(self) -> bool:
        """Whether it is so already."""
        return not self.updates and not self.refused


@dataclass(frozen=True, slots=True)
class Who:
    """Who decides: the identity that calls, and the one that took its role, if another did."""

    caller: str
    person: str = ""

    def among(self, approvers: Iterable[str]) -> str:
        """The identity that may approve; "" where neither may. Without approvers, the person."""
        known = [*approvers]
        both = [each for each in (self.person, self.caller) if each]
        if not known:
            return next(iter(both), "")
        return next((each for each in both if approval.may(each, known)), "")


def evidence_digest(evidence: Evidence, verdict: Verdict) -> str:
    """SHA-256 of what a version was seen to be, in hex: figures, files, images, judgement."""
    version, metrics = evidence.version, evidence.metrics
    files = {
        uri: [fact.value.etag, fact.value.sha256] if fact.value else fact.unknown
        for uri, fact in evidence.objects.items()
    }
    return digest(
        [
            version.arn,
            [[each.image, each.image_digest, each.data, each.etag] for each in version.containers],
            sorted(metrics.value.items()) if metrics.value else metrics.unknown,
            files,
            [row.data() for row in verdict.rows],
        ],
        64,
    )


def lost(update: Update, before: Version, after: Version) -> list[str]:
    """What an update did not do, or did besides, by what the version is now."""
    wanted, found = update.params, []
    status = wanted.get("ModelApprovalStatus")
    if status and after.approval != status:
        found.append(f"its approval is {after.approval}, not {status}")
    stage = (wanted.get("ModelLifeCycle") or {}).get("Stage")
    if stage and after.said_stage != stage:
        found.append(f"its stage is {after.said_stage or 'none'}, not {stage}")
    written = wanted.get("CustomerMetadataProperties") or {}
    for key, item in sorted(written.items()):
        if after.metadata.get(key) != item:
            found.append(f"{key} is {after.metadata.get(key, 'not there')!r}, not {item!r}")
    kept = before.metadata.keys() - written.keys() - update.removed
    gone = sorted(key for key in kept if key not in after.metadata)
    return [*found, *(f"{key} is gone from its metadata" for key in gone)]


def value(text: str) -> str:
    """A text as a value of the metadata. Source: SageMaker API reference, CustomerMetadataValue."""
    return _NOT_IN_VALUE.sub("-", text)[: approval.VALUE] or "unknown"


def line_of(note: str) -> str:
    """A note as one line, which is all that descriptions take."""
    return " ".join(note.split())[:NOTE]


def name_of(arn: str) -> str:
    """How people are called in a line: the session of a role, the user, else the ARN."""
    head, slash, last = arn.rpartition("/")
    if not slash or not head.startswith("arn:"):
        return arn
    role = head.rpartition("/")[2]
    return f"{last} as {role}" if ":assumed-role/" in head else last


def said(when: datetime) -> str:
    """A moment as the metadata has it."""
    return when.astimezone(UTC).isoformat(timespec="seconds")
