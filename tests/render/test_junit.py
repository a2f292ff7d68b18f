"""JUnit's XML, against Jenkins's schema and through junitparser."""

from __future__ import annotations

import json
from typing import Any

import junitparser
from hypothesis import HealthCheck, given, settings, strategies as st
from lxml import etree
from sweeps import LONG

from reconciler.model.diagnostic import Diagnostic, Severity, Span, diagnostic_to_json
from reconciler.model.plan import Plan, plan_to_json
from reconciler.render.formats import Context
from reconciler.render.machine import junit
from reconciler.render.text.diagnostics import as_json

from . import plans as made
from .random_plans import diagnostics, plans
from .readers import junit_schema

WRONG = Diagnostic("SPEC012", "unknown <type> & 'x'", Span("a.yaml", 14, 17), 'a "string"?')
ODD = Diagnostic("SPEC013", "odd", Span("a.yaml", 2, 1), severity=Severity.WARNING)
FILES = ["a.yaml", "b.yaml"]
some = settings(
    max_examples=100 if LONG else 30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def suites(text: str) -> list[Any]:
    """The suites of a valid document."""
    root = etree.fromstring(text.encode())
    schema = junit_schema()
    assert schema.validate(root), schema.error_log
    return list(junitparser.JUnitXml.fromstring(text.encode()))


def test_each_file_is_a_case_and_each_error_a_failure():
    (suite,) = suites(junit.of(as_json([WRONG, ODD]), FILES, "prod"))
    assert (suite.name, suite.tests, suite.failures, suite.errors) == ("validate prod", 2, 1, 0)
    bad, good = suite
    assert (bad.name, good.name) == ("a.yaml", "b.yaml")
    (failure,) = bad.result
    assert failure.type == "SPEC012"
    assert failure.message == "a.yaml:14:17: unknown <type> & 'x'"
    assert failure.text == (
        "a.yaml:14:17: error[SPEC012]: unknown <type> & 'x'\n  help: a \"string\"?"
    )
    assert bad.system_out == "a.yaml:2:1: warning[SPEC013]: odd"
    assert good.is_passed


def test_each_environment_is_a_suite():
    found = {"dev": [], "prod": as_json([WRONG])}
    dev, prod = suites(junit.of_environments(found, FILES))
    assert (dev.name, dev.failures) == ("validate dev", 0)
    assert (prod.name, prod.failures) == ("validate prod", 1)


def test_a_finding_in_no_file_has_a_case():
    (suite,) = suites(junit.of(as_json([Diagnostic("ENV001", "none")]), FILES))
    assert [case.name for case in suite] == [junit.ELSEWHERE, *FILES]


def test_a_plan_has_a_case_for_each_change():
    waits = made.made("S3::Bucket", "new", needs=(made.LOST_GROUP[1].id,))
    data = made.data(*made.LOST_GROUP, waits, made.ENDPOINT, diagnostics=(made.deferred(),))
    changes, files = suites(junit.document(data, Context()))
    assert (changes.tests, changes.failures, changes.skipped) == (3, 1, 1)
    refused, held, fine = changes
    assert refused.classname == "AWS.SageMaker.FeatureGroup"
    assert refused.name == "replace acme-prod-merchant"
    assert refused.result[0].text.startswith("specs/features/merchant.yaml:2\n")
    assert held.is_skipped
    assert fine.is_passed
    assert [case.name for case in files] == ["specs/monitoring/fraud.yaml"]


def test_the_bytes_are_the_same_whatever_is_installed():
    text = junit.of(as_json([WRONG]), FILES)
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="moorline"')
    assert text == junit.of(as_json([WRONG]), FILES)


@some
@given(plans())
def test_every_plan(plan: Plan):
    data = json.loads(json.dumps(plan_to_json(plan)))
    changes, _files = suites(junit.document(data, Context()))
    assert changes.failures + changes.skipped <= changes.tests


@some
@given(st.lists(diagnostics, max_size=4))
def test_every_error_is_a_failure(found: list[Diagnostic]):
    (suite,) = suites(junit.of(map(diagnostic_to_json, found), ()))
    failures = [each for case in suite for each in case.result]
    assert len(failures) == sum(each.is_error for each in found)
