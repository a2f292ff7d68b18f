"""What the verbs of `moorline registry` print: values as JSON, for machines and for the texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.cli.registry.scene import Scene
from reconciler.model.value import Json
from reconciler.registry import Evidence, Verdict, Version, approval
from reconciler.registry.decision import Decision, name_of
from reconciler.registry.version import APPROVED

BY_UNKNOWN = "by unknown"


def verdict(found: Verdict, evidence: str) -> dict[str, Json]:
    """A judgement, and the digest of what it rests on."""
    return {
        "outcome": found.outcome.value,
        "evidence": evidence,
        "rows": [row.data() for row in found.rows],
    }


def place(scene: Scene) -> dict[str, Json]:
    """Where something is decided."""
    return {
        "registry": scene.registry.name,
        "group": scene.registry.group,
        "environment": scene.view.name,
    }


def decision(
    scene: Scene, action: str, number: int, found: Decision, pins: Iterable[str] = ()
) -> dict[str, Json]:
    """What a decision would do."""
    who = scene.who
    return {
        **place(scene),
        "action": action,
        "version": number,
        "by": name_of(who.person or who.caller),
        "verdict": verdict(found.verdict, found.evidence) if found.verdict is not None else None,
        "changes": [
            {
                "version": line.version,
                "what": line.what,
                "before": line.before,
                "after": line.after,
                "why": line.why,
            }
            for line in found.lines
        ],
        "pins": list(pins),
        "refused": list(found.refused),
        "notes": list(found.notes),
    }


def version(
    scene: Scene,
    known: Version,
    found: Evidence | None,
    serves: Mapping[str, list[str]] | None,
) -> dict[str, Json]:
    """A version as a row; without its evidence only what a listing has."""
    given = found.granted.value if found is not None else approval.granted(known.metadata)
    by, until, over = "", "", False
    if known.approval == APPROVED:
        doubt = found.granted.unknown if found is not None else ""
        by = name_of(given.by) if given else "" if doubt or found is None else BY_UNKNOWN
        try:
            ends = approval.end(given, scene.policy) if given else None
        except ValueError:
            ends = None
        until = ends.isoformat(timespec="seconds") if ends else ""
        over = ends is not None and ends <= scene.now
    metrics = found.metrics if found is not None else None
    return {
        "version": known.number,
        "arn": known.arn,
        "status": known.status,
        "approval": known.approval,
        "by": by,
        "until": until,
        "over": over,
        "stage": known.said_stage or (known.stage.value if known.stage else ""),
        "serves": None if serves is None else serves.get(known.arn, []),
        "metrics": dict(metrics.value) if metrics is not None and metrics.value else {},
        "unknown": metrics.unknown if metrics is not None else "",
    }
