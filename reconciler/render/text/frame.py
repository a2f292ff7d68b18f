"""What every report on a plan begins and ends with: where and when, and the findings."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity, span_from_json
from reconciler.model.value import Json
from reconciler.render.text import diagnostics
from reconciler.render.vocabulary.ink import Ink, harmless, spread
from reconciler.render.vocabulary.words import count, duration


def header(
    plan_json: Mapping[str, Json], ink: Ink, width: int, seconds: float | None = None
) -> str:
    """``prod · 123456789012 · eu-west-1 · commit 4f2c9e1``, and what it took to find out."""
    parts = [harmless(plan_json[key]) for key in ("environment", "account", "region")]
    if plan_json["commit"]:
        parts.append(f"commit {harmless(plan_json['commit'][:7])}")
    left = " · ".join(filter(None, parts))
    right = count(plan_json["summary"]["calls_made"], "AWS call")
    if seconds is not None:
        right += f", {duration(seconds)}"
    return f"{ink(left, 'bold')}{spread(left, right, width)}{ink(right, 'dim')}"


def findings(plan_json: Mapping[str, Json], *, color: bool) -> list[str]:
    """The diagnostics of a plan as lines, an empty one first."""
    found = [_diagnostic(each) for each in plan_json["diagnostics"]]
    if not found:
        return []
    return ["", *diagnostics.alone(found, color=color)]


def _diagnostic(found: Mapping[str, Json]) -> Diagnostic:
    return Diagnostic(
        harmless(found["code"]),
        found["message"],
        span_from_json(found["at"]),
        found["help"] or "",
        Severity(found["severity"]),
        Address.parse(found["address"]) if found["address"] else None,
    )
