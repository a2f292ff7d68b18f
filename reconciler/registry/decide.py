"""Decisions on versions: approve, reject, promote, archive, and the way back. Pure.

Each says what it would do, or every reason why it may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from reconciler.model.value import Json
from reconciler.registry import approval
from reconciler.registry.decision import (
    MOST,
    REJECTED_AT,
    REJECTED_BY,
    REJECTION,
    STAGED_AT,
    STAGED_BY,
    Decision,
    Line,
    Update,
    Who,
    evidence_digest,
    line_of,
    name_of,
    said,
    value,
)
from reconciler.registry.evidence import Evidence, Fact, Granted
from reconciler.registry.policy import Policy
from reconciler.registry.stage import Move, Stage, moves
from reconciler.registry.verdict import Verdict
from reconciler.registry.version import APPROVED, REJECTED, Version


def approve(  # noqa: PLR0913 - what is known, and who decides when
    evidence: Evidence,
    policy: Policy,
    verdict: Verdict,
    who: Who,
    now: datetime,
    note: str = "",
) -> Decision:
    """Approve a version. One that is approved and not over stays as it is."""
    version, digest = evidence.version, evidence_digest(evidence, verdict)
    refused = _held(verdict)
    by = who.among(policy.approvers)
    if not by:
        names = " or ".join(policy.approvers)
        refused.append(f"{who.person or who.caller} may not approve; who may is {names}")
    if version.stage is Stage.ARCHIVED:
        refused.append(f"version {version.number} is archived: promote it to Staging first")
    if refused:
        return Decision(refused=tuple(refused), verdict=verdict, evidence=digest)
    stands = _stands(version, policy, evidence.granted, now)
    if stands:
        return Decision(notes=(stands,), verdict=verdict, evidence=digest)
    written = approval.metadata(value(by), now, policy, digest)
    stale = {*REJECTION, *approval.KEYS} - written.keys()
    update = _update(version, {"ModelApprovalStatus": APPROVED}, written, stale, note)
    again = "its approval is over or says not who gave it" if version.approval == APPROVED else ""
    line = Line(version.number, "approval", version.approval, APPROVED, again)
    whole = Decision((line,), (update,), verdict=verdict, evidence=digest)
    return _fitting(whole, version, written)


def _held(verdict: Verdict) -> list[str]:
    """What keeps a version from passing, each a sentence."""
    return [f"{row.rule}: wanted {row.wanted}, found {row.found}" for row in verdict.held()]


def _stands(version: Version, policy: Policy, given: Fact[Granted], now: datetime) -> str:
    """The approval that a version has and that is good still; "" where it has none."""
    known = given.value
    if version.approval != APPROVED or known is None:
        return ""
    if policy.approvers and not approval.may(known.by, policy.approvers):
        return ""
    try:
        ends = approval.end(known, policy)
    except ValueError:
        return ""
    if ends is not None and ends <= now:
        return ""
    until = f" until {ends:%Y-%m-%d %H:%M}Z" if ends else ""
    return f"version {version.number} is approved by {name_of(known.by)}{until}"


def reject(
    version: Version, who: Who, now: datetime, note: str = "", served: Iterable[str] = ()
) -> Decision:
    """Reject a version: nothing new serves it. What serves it goes on until the next apply."""
    notes = tuple(f"{each} serves it until an apply brings another version" for each in served)
    if version.approval == REJECTED:
        return Decision(notes=(f"version {version.number} is rejected already", *notes))
    by = value(who.person or who.caller)
    written = {REJECTED_BY: by, REJECTED_AT: said(now)}
    update = _update(version, {"ModelApprovalStatus": REJECTED}, written, approval.KEYS, note)
    line = Line(version.number, "approval", version.approval, REJECTED)
    return _fitting(Decision((line,), (update,), notes=notes), version, written)


def promote(  # noqa: PLR0913 - what is known, and who decides when
    versions: Iterable[Version],
    number: int,
    to: Stage,
    verdict: Verdict,
    who: Who,
    now: datetime,
    note: str = "",
) -> Decision:
    """Bring a version to a stage; whoever leaves an exclusive one for it is archived."""
    return _moved([*versions], [(number, to)], verdict, who, now, note)


def resting(decision: Decision, evidence: Evidence) -> Decision:
    """A decision with the digest of what its verdict was made of."""
    verdict = decision.verdict or Verdict(())
    return replace(decision, evidence=evidence_digest(evidence, verdict))


def revert(  # noqa: PLR0913 - what is known, and who decides when
    versions: Iterable[Version],
    number: int,
    verdict: Verdict,
    who: Who,
    now: datetime,
    note: str = "",
) -> Decision:
    """Bring an earlier version back to Production, through the stages that lie between."""
    known = [*versions]
    chosen = next((each for each in known if each.number == number), None)
    near = chosen is not None and chosen.stage in {Stage.STAGING, Stage.PRODUCTION}
    way = [(number, Stage.PRODUCTION)]
    if not near:
        way = [(number, Stage.STAGING), *way]
    return _moved(known, way, verdict, who, now, note or f"back to version {number}")


def archive(  # noqa: PLR0913 - what is known, and who decides when
    versions: Iterable[Version],
    number: int,
    served: Iterable[str] | None,
    who: Who,
    now: datetime,
    note: str = "",
) -> Decision:
    """Take a version out of use. `served` are the endpoints that serve it; nothing if unknown."""
    if served is None:
        return Decision(refused=("nobody knows which endpoints serve it",))
    if names := [*served]:
        return Decision(refused=tuple(f"endpoint {each} serves it" for each in names))
    return _moved([*versions], [(number, Stage.ARCHIVED)], Verdict(()), who, now, note)


def _moved(  # noqa: PLR0913 - what is known, and who decides when
    known: list[Version],
    way: list[tuple[int, Stage]],
    verdict: Verdict,
    who: Who,
    now: datetime,
    note: str,
) -> Decision:
    refused = _held(verdict)
    found: list[Move] = []
    for number, to in way:
        step = moves(known, number, to)
        if step.refused:
            refused.append(step.refused)
            break
        found += step.moves
        after = {move.version: move.after for move in step.moves}
        known = [
            replace(each, said_stage=after[each.number].value) if each.number in after else each
            for each in known
        ]
    if refused:
        return Decision(refused=tuple(refused), verdict=verdict)
    written = {STAGED_BY: value(who.person or who.caller), STAGED_AT: said(now)}
    updates = tuple(
        Update(
            move.arn,
            move.version,
            {
                "ModelPackageArn": move.arn,
                "ModelLifeCycle": move.request(line_of(move.why or note)),
                "CustomerMetadataProperties": written,
            },
        )
        for move in found
    )
    lines = tuple(
        Line(move.version, "stage", move.before.value, move.after.value, move.why) for move in found
    )
    whole = Decision(lines, updates, verdict=verdict)
    for each in known:
        if any(update.version == each.number for update in updates):
            whole = _fitting(whole, each, written)
    return whole


def _update(
    version: Version,
    sets: Mapping[str, Json],
    written: Mapping[str, str],
    stale: Iterable[str],
    note: str,
) -> Update:
    """The decision and its record in one call; of what is stale, what the version has."""
    gone = sorted({*stale} & version.metadata.keys())
    return Update(
        version.arn,
        version.number,
        {
            "ModelPackageArn": version.arn,
            **sets,
            "CustomerMetadataProperties": dict(written),
            **({"CustomerMetadataPropertiesToRemove": gone} if gone else {}),
            **({"ApprovalDescription": line_of(note)} if note else {}),
        },
    )


def _fitting(decision: Decision, version: Version, written: Mapping[str, str]) -> Decision:
    """The decision, unless the version has no room for its record."""
    update = next(each for each in decision.updates if each.version == version.number)
    count = len({*version.metadata, *written} - update.removed)
    if count <= MOST:
        return decision
    text = f"version {version.number} would have {count} metadata properties, and may have {MOST}"
    return Decision(refused=(text,), verdict=decision.verdict)
