"""SARIF, against the committee's schema."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sweeps import LONG

from reconciler.model.codes import CODES
from reconciler.model.diagnostic import Diagnostic, Severity, Span, diagnostic_to_json
from reconciler.model.plan import Plan, plan_to_json
from reconciler.policy import api as policy
from reconciler.render.formats import Context
from reconciler.render.machine import sarif
from reconciler.render.sections import destruction
from reconciler.render.text import diagnostics as findings

from . import plans as made
from .random_plans import diagnostics, plans
from .readers import sarif_schema

AT = Span("specs/a b/größe.yaml", 14, 17, 5)
FOUND = Diagnostic("SPEC012", "unknown feature type 'strng'", AT, "did you mean 'string'?")
some = settings(
    max_examples=100 if LONG else 30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def run(*found: Diagnostic, **more: Any) -> Any:
    return log(sarif.of(findings.as_json(found), "1.2.3", **more))


def log(text: str) -> Any:
    """The one run of a valid log."""
    data = json.loads(text)
    assert [error.message for error in sarif_schema().iter_errors(data)] == []
    assert data["version"] == "2.1.0"
    (only,) = data["runs"]
    return only


def region(result: Any) -> Any:
    return result["locations"][0]["physicalLocation"]["region"]


def artifact(result: Any) -> Any:
    return result["locations"][0]["physicalLocation"]["artifactLocation"]


def test_a_finding_has_its_place_and_its_rule():
    only = run(FOUND)
    (result,) = only["results"]
    assert result["ruleId"] == "SPEC012"
    assert result["level"] == "error"
    assert result["message"]["text"] == "unknown feature type 'strng'\ndid you mean 'string'?"
    assert region(result) == {"startLine": 14, "startColumn": 17, "endColumn": 22}
    assert artifact(result) == {
        "uri": "specs/a%20b/gr%C3%B6%C3%9Fe.yaml",
        "uriBaseId": "%SRCROOT%",
    }
    (rule,) = only["tool"]["driver"]["rules"]
    assert rule["help"]["text"] == CODES["SPEC012"].fix
    assert rule["helpUri"].endswith("/docs/reference/codes.md#spec012")
    assert only["columnKind"] == "unicodeCodePoints"


def test_both_json_forms_of_a_finding_are_read():
    (one,) = run(FOUND)["results"]
    (other,) = log(sarif.of([diagnostic_to_json(FOUND)], "1"))["results"]
    assert region(other) == {"startLine": 14, "startColumn": 17}
    assert one["partialFingerprints"] == other["partialFingerprints"]


@pytest.mark.parametrize("severity", Severity)
def test_severity(severity: Severity):
    (result,) = run(Diagnostic("X1", "x", AT, severity=severity))["results"]
    assert result["level"] == {"error": "error", "warning": "warning", "note": "note"}[severity]


def test_a_fingerprint_does_not_depend_on_the_line_but_on_the_rest():
    def mark(*found: Diagnostic) -> list[str]:
        return [each["partialFingerprints"]["moorline/v1"] for each in run(*found)["results"]]

    moved = Diagnostic(FOUND.code, FOUND.message, Span(AT.file, 99, 1), FOUND.help)
    other = Diagnostic(FOUND.code, FOUND.message, Span("other.yaml", 14, 17), FOUND.help)
    assert mark(FOUND) == mark(moved)
    assert mark(FOUND) != mark(other)
    assert len(set(mark(FOUND, moved, other))) == 3


def test_a_finding_in_no_file_is_put_where_the_caller_says():
    (result,) = run(Diagnostic("ENV001", "no environment"), nowhere="environments")["results"]
    assert artifact(result)["uri"] == "environments"
    assert region(result) == {"startLine": 1}


def test_an_absolute_path_is_a_file_uri():
    (result,) = run(Diagnostic("X1", "x", Span("/tmp/a b.yaml", 1, 1)))["results"]
    assert artifact(result) == {"uri": "file:///tmp/a%20b.yaml"}


def test_a_message_is_plain_text():
    (result,) = run(Diagnostic("X1", "see [here](javascript:x) {0} a\\b \x1b[31m", AT))["results"]
    assert result["message"]["text"] == ("see \\[here\\](javascript:x) {{0}} a\\\\b \\\\x1b\\[31m")


def test_a_refused_change_is_a_finding_of_the_plan():
    only = log(sarif.document(made.data(*made.LOST_GROUP), Context()))
    (result,) = only["results"]
    assert result["ruleId"] == destruction.REFUSED
    assert artifact(result)["uri"] == "specs/features/merchant.yaml"
    assert "acme-prod-merchant" in result["message"]["text"]
    assert destruction.REFUSED not in CODES


def test_the_rules_of_all_codes_are_valid():
    known = {**CODES, **policy.codes()}
    only = run(*(Diagnostic(code, "x", Span(f"{code}.yaml", 1, 1)) for code in known))
    rules = only["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(known)
    assert all("helpUri" in rule for rule in rules)
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in only["results"])


def test_no_finding_is_a_run_without_results():
    assert run()["results"] == []


@some
@given(plans())
def test_every_plan(plan: Plan):
    data = json.loads(json.dumps(plan_to_json(plan)))
    only = log(sarif.document(data, Context()))
    assert len(only["results"]) >= len(data["diagnostics"])


@some
@given(st.lists(diagnostics, max_size=4))
def test_every_finding_is_at_its_file(found: list[Diagnostic]):
    only = log(sarif.of(map(diagnostic_to_json, found), "1"))
    for each, result in zip(found, only["results"], strict=True):
        if each.at and each.at.file.isascii() and each.at.file.isalnum():
            assert unquote(artifact(result)["uri"]) == each.at.file
