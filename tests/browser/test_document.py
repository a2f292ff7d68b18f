"""The report as text: what needs no browser to be seen."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from render.random_plans import plans as every_plan
from sweeps import LONG

from reconciler.model.plan import plan_to_json
from reconciler.render.formats import Context, document as in_form
from reconciler.render.html import fetch, vendor
from reconciler.render.html.report import document, embedded
from reconciler.render.html.text import actor, block

from . import pages

SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)


def made(context: Context | None = None) -> str:
    return document(plan_to_json(pages.day()), context or Context(sources=pages.SOURCES))


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert made() == made()
    assert made() == in_form("html", plan_to_json(pages.day()), Context(sources=pages.SOURCES))


def test_the_policy_names_every_script_and_style_by_its_digest() -> None:
    text = made()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    said = policy[1].replace("&#39;", "'")
    assert said.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in said
    for body in SCRIPT.findall(text) + STYLE.findall(text):
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in said


def test_a_typical_report_is_small() -> None:
    assert len(made().encode()) < 1_500_000


def test_excerpts_are_only_of_what_is_pointed_at() -> None:
    data = json.loads(DATA.findall(made())[0])
    assert set(data["sources"]) < set(pages.SOURCES)
    assert "max_depth" not in json.dumps(data["sources"])
    assert json.loads(DATA.findall(made(Context()))[0])["sources"] == {}


def test_embedded_json_ends_no_element() -> None:
    value = ["</script>", "<!--", "\u2028\u2029", "&lt;", "]]>"]
    text = embedded(value)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == value


@settings(
    max_examples=60 if LONG else 20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(every_plan())
def test_any_plan_has_a_report(plan: pages.Plan) -> None:
    data = plan_to_json(plan)
    for context in (Context(), Context(drift=True, owned=data["steps"])):
        found = json.loads(DATA.findall(document(data, context))[0])
        assert len(found["changes"]) >= bool(plan.steps)


def test_values_stand_on_one_line_or_in_lines() -> None:
    assert block({"a": 1, "b": ["x"]}) == "{a: 1, b: [x]}"
    long = {"Statement": [{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::" + "x" * 60}]}
    assert block(long).splitlines() == [
        "Statement:",
        "  - Action: s3:GetObject",
        "    Resource: arn:aws:s3:::" + "x" * 60,
    ]
    assert block('{"a": {"$ref": ["T", "n", "Arn"]}}') == "{a: (Arn of n)}"
    assert block(["y" * 70] * 300).splitlines()[-1] == "…"


def test_who_did_it_is_said_as_far_as_it_is_known() -> None:
    assert actor(None) == actor({}) == ""
    assert actor(pages.HANDS) == "alice (human) through console, 2026-11-20 14:02Z"
    assert actor({"class": "unknown"}) == "unknown"


def test_without_the_library_there_is_everything_but_the_drawing(tmp_path: Path) -> None:
    assert vendor.libraries(tmp_path) == ()


def test_the_licences_are_shown() -> None:
    if not vendor.libraries():
        pytest.skip("the graph library was not fetched: python -m reconciler.render.html.fetch")
    text = made()
    assert "Cytoscape Consortium" in text
    assert all(f"{pin.package} {pin.version}" in text for pin in vendor.PINS)


def test_an_archive_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(fetch.CannotFetchError, match="not the pinned one"):
        fetch.fetch(tmp_path / "vendor", lambda _pin, _place: b"something else")
    assert list((tmp_path / "vendor").iterdir()) == []


def test_what_is_there_is_not_fetched_again_and_old_versions_go(tmp_path: Path) -> None:
    for pin in vendor.PINS:
        for file in vendor.files(tmp_path, pin):
            file.write_text("x")
    (tmp_path / "cytoscape-1.0.0.js").write_text("old")
    assert fetch.fetch(tmp_path, lambda _pin, _place: b"") == []
    assert sorted(tmp_path.iterdir()) == sorted(
        file for pin in vendor.PINS for file in vendor.files(tmp_path, pin)
    )
