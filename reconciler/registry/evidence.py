"""What is known of a version when it is judged: facts, each with where it was read.

A fact that could not be read is unknown and says why. It is neither absent nor anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from reconciler.registry.version import Version

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """A value, or nothing where AWS says that there is none; or why it is not known."""

    value: T | None = None
    source: str = ""
    """Where it was read: a call, or an object in S3."""
    unknown: str = ""
    """Why it is not known; empty where it is."""


def unknown(why: str, source: str = "") -> Fact[T]:
    """A fact that nobody could read."""
    return Fact(None, source, why)


NOT_READ = "nobody looked"


@dataclass(frozen=True, slots=True)
class Scan:
    """What ECR found in one image. Source: ECR API reference, DescribeImageScanFindings."""

    complete: bool
    counts: Mapping[str, int] = field(default_factory=dict)
    """Findings by severity: CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, UNDEFINED."""
    said: str = ""
    """The scan's status in AWS's word."""


@dataclass(frozen=True, slots=True)
class Object:
    """A model file as S3 has it now. Source: S3 API reference, HeadObject."""

    etag: str
    sha256: str = ""
    """Hex, of the full object; nothing where S3 keeps none."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Whether the signature over the digest of a model file holds, by which key."""

    valid: bool
    key: str = ""
    """The ARN of the KMS key."""
    signed: str = ""
    """The SHA-256 that was signed, in hex."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Granted:
    """Who approved a version, and when; the approver is an ARN or a word for a person."""

    by: str
    at: str = ""
    """ISO 8601, in UTC."""
    expires: str = ""
    """ISO 8601; nothing for an approval that does not end by itself."""
    evidence: str = ""
    """The digest of the verdict that it rested on."""


def _not_read() -> Fact[T]:
    return unknown(NOT_READ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a judgement rests on. What nobody looked at is unknown."""

    version: Version
    metrics: Fact[Mapping[str, float]] = field(default_factory=_not_read)
    production: Fact[Version] = field(default_factory=_not_read)
    """The version that is in Production; nothing where there is none."""
    production_metrics: Fact[Mapping[str, float]] = field(default_factory=_not_read)
    baselines: Mapping[str, Fact[str]] = field(default_factory=dict)
    """For each place that the version names as a baseline, what is there: its ETag, or nothing."""
    scans: Mapping[str, Fact[Scan]] = field(default_factory=dict)
    """By image, as the version names it."""
    objects: Mapping[str, Fact[Object]] = field(default_factory=dict)
    """By ``s3://…`` of each container's model file."""
    signatures: Mapping[str, Fact[Signature]] = field(default_factory=dict)
    """By ``s3://…`` too."""
    granted: Fact[Granted] = field(default_factory=_not_read)
    """Who approved it: from CloudTrail, else from its metadata; nothing for "by unknown"."""
