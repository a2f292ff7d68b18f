"""What differs from the specs, as findings of the drift report: one rule for each origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Severity
from reconciler.model.origin import Origin, origin
from reconciler.render.markdown.view import View
from reconciler.render.section import Report, Section, register
from reconciler.render.sections.drift import word
from reconciler.render.vocabulary.place import Finding

_RULES: Mapping[Origin, Code] = {
    Origin.HAND: Code(
        "DRIFT-BY-HAND",
        "changed by hand",
        "A live resource is not as the specs say, and a person has changed it.",
        "Apply to take it back, or keep it with `moorline drift --write`.",
    ),
    Origin.OTHER: Code(
        "DRIFT-BY-ANOTHER",
        "changed by another",
        "A live resource is not as the specs say: another tool or AWS has changed it.",
        "Let one tool own it, or take it out of the specs.",
    ),
    Origin.UNKNOWN: Code(
        "DRIFT-UNKNOWN",
        "unknown who",
        "A live resource is not as the specs say, and nothing tells who changed what.",
        "Keep receipts, and allow the plan role cloudtrail:LookupEvents.",
    ),
    Origin.PENDING: Code(
        "DRIFT-NOT-YET-APPLIED",
        "not yet applied",
        "The specs have changed since the last apply; nobody touched what is live.",
        "Apply.",
    ),
}
"""The rules of SARIF; no finding of ours has these codes."""


def found(view: View) -> Iterator[Finding]:
    """What differs, each by the rule of its origin. What an apply would do alone is a note."""
    for entry in view.entries:
        step, group = entry.step, origin(entry.step)
        at = step["at"] or {"file": "", "line": 0, "column": 0}
        id_, rule = f"{step['type']}/{step['name']}", _RULES[group]
        severity = Severity.NOTE if group is Origin.PENDING else Severity.WARNING
        message = f"{id_} is not as the specs say: {word(entry)}"
        place = at["file"], at["line"], at["column"]
        yield Finding(rule.code, severity, message, rule.fix, *place, 0, id_)


register(
    Section(
        name="origin",
        report=Report.DRIFT,
        order=50,
        sarif=found,
        codes=tuple(_RULES.values()),
    )
)
