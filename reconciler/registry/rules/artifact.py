"""The model file is the one that was registered, and signed where that is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.registry.evidence import NOT_READ, Evidence, unknown
from reconciler.registry.verdict import Outcome, Row
from reconciler.registry.version import Container

if TYPE_CHECKING:
    from reconciler.registry.evidence import Fact, Object, Signature
    from reconciler.registry.judge import Case

ORDER = 60
SHA256 = "moorline:sha256"
"""The metadata that holds the SHA-256 of a version's only model file, in hex."""


def rows(case: Case) -> Iterator[Row]:
    version = case.evidence.version
    files = [each for each in version.containers if each.data]
    recorded = version.metadata.get(SHA256, "") if len(files) == 1 else ""
    for each in files:
        if each.etag or recorded:
            yield _same(each, recorded, case.evidence)
        if case.policy.signed:
            yield _signed(each, case)
    if case.policy.signed and not files:
        yield Row("signature", "signed", "the version names no model file", Outcome.FAILED)


def _same(each: Container, recorded: str, evidence: Evidence) -> Row:
    """A checksum of the full object says more than an ETag, which S3 makes in several ways."""
    fact: Fact[Object] = evidence.objects.get(each.data) or unknown(NOT_READ)
    by_sum = bool(recorded and fact.value is not None and fact.value.sha256)
    wanted = f"SHA-256 {recorded}" if by_sum or not each.etag else f"ETag {each.etag}"
    if fact.unknown:
        found, outcome = fact.unknown, Outcome.UNKNOWN
    elif fact.value is None:
        found, outcome = "the file is not there", Outcome.FAILED
    elif by_sum:
        found = f"SHA-256 {fact.value.sha256}"
        outcome = Outcome.PASSED if fact.value.sha256 == recorded else Outcome.FAILED
    elif each.etag:
        found = f"ETag {fact.value.etag}"
        outcome = Outcome.PASSED if fact.value.etag == each.etag else Outcome.FAILED
    else:
        found, outcome = "S3 keeps no SHA-256 of it", Outcome.UNKNOWN
    return Row(f"model file {each.data}", wanted, found, outcome, fact.source)


def _signed(each: Container, case: Case) -> Row:
    fact: Fact[Signature] = case.evidence.signatures.get(each.data) or unknown(NOT_READ)
    wanted = f"signed by {' or '.join(case.policy.signed_by)}"
    if fact.unknown:
        found, outcome = fact.unknown, Outcome.UNKNOWN
    elif fact.value is None:
        found, outcome = "not signed", Outcome.FAILED
    elif not fact.value.valid:
        found, outcome = fact.value.why or "the signature does not hold", Outcome.FAILED
    elif fact.value.key not in case.policy.signed_by:
        found, outcome = f"signed by {fact.value.key}", Outcome.FAILED
    else:
        found, outcome = f"SHA-256 {fact.value.signed}", Outcome.PASSED
    return Row(f"signature {each.data}", wanted, found, outcome, fact.source)
