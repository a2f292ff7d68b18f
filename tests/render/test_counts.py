"""One number everywhere: every form of a plan, and the exit code, tell the same counts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings, strategies as st
from sweeps import LONG

from reconciler.cli.frame.project import Exit
from reconciler.cli.verbs import plan as verb
from reconciler.model.plan import Plan, plan_to_json
from reconciler.model.step import SUFFIX
from reconciler.render import formats
from reconciler.render.comment import comment
from reconciler.render.formats import Context
from reconciler.render.html import report
from reconciler.render.text import drift, plan as text

from .plans import made, plan, replaced, updated
from .random_plans import plans, steps

every_plan = settings(
    max_examples=300 if LONG else 12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
SIGNS = ("create", "update", "replace", "delete", "adopt")


@st.composite
def knotted(draw: st.DrawFn) -> Plan:
    """A random plan in which some changes are replacements of two steps, and some are refused."""
    whole = draw(plans())
    made_ = list(whole.steps)
    for number in range(draw(st.integers(0, 3))):
        known = tuple(step.id for step in made_)
        refused = draw(st.sampled_from(["", "", "not allowed"]))
        old, new = replaced("SNS::Topic", f"t{number}", removal={"refused": refused})
        needs = draw(st.lists(st.sampled_from(known), max_size=2)) if known else []
        if draw(st.booleans()):
            old, new = replace(old, needs=(new.id, *needs)), replace(new, needs=())
        made_ += [old, replace(new, needs=(*new.needs, *needs))]
    if draw(st.booleans()):
        made_.append(draw(steps(tuple(step.id for step in made_))))
    return replace(whole, environment="prod", steps=tuple(made_), diagnostics=())


def numbers(words: str) -> dict[str, int]:
    """``2 to create, 1 refused, 1 held back`` by what is counted; what is 0 is not said."""
    found = re.findall(r"([\d,]+) (?:to (\w+)|(refused)|(held) back)", words)
    return {what or no or held: int(n.replace(",", "")) for n, what, no, held in found}


def of(counts: Mapping[str, int]) -> dict[str, int]:
    return {each: counts[each] for each in (*SIGNS, "refused", "held") if counts[each]}


def as_data(whole: Plan) -> Any:
    return json.loads(json.dumps(plan_to_json(whole)))


def embedded(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def check(whole: Plan) -> None:
    data = as_data(whole)
    counts = data["summary"]
    wanted, calls = of(counts), counts["calls_planned"]
    assert sum(wanted.values()) == counts["changes"]
    assert calls == whole.calls

    said = text.text(data, color=False).splitlines()[-1]
    assert numbers(said) == wanted
    head = comment.document(data, Context()).splitlines()[1]
    assert numbers(head) == wanted
    page = report.page(data, Context(), ())
    verdict = re.search(r'<p class="title">(.*?)</p>\s*<p>(.*?)</p>', page, re.DOTALL)
    assert verdict
    assert numbers(verdict[2]) == wanted
    if counts["changes"]:
        assert f"{calls:,} call" in said
        assert f"{calls:,} to apply" in comment.document(data, Context())
        lost = re.search(r"(\d+) changes? destroys? data", verdict[1])
        assert int(lost[1] if lost else 0) == counts["destructive"]
        assert len(embedded(page)["changes"]) == counts["changes"]
    suite = ET.fromstring(formats.document("junit", data, Context()))[0]
    tests, failures, skipped = (int(suite.attrib[k]) for k in ("tests", "failures", "skipped"))
    assert (tests, failures, skipped) == (counts["changes"], counts["refused"], counts["held"])
    (run,) = json.loads(formats.document("sarif", data, Context()))["runs"]
    assert run["properties"]["summary"] == counts
    refused = [each for each in run["results"] if each["ruleId"] == "PLAN-REFUSED"]
    assert len(refused) == counts["refused"]
    terraform = json.loads(formats.document("terraform-json", data, Context()))
    assert len(terraform["resource_changes"]) == counts["changes"]
    code = verb._code(whole, detailed=True)
    assert code == (
        Exit.BLOCKED if counts["refused"] else Exit.CHANGES if counts["changes"] else Exit.OK
    )


def check_drift(whole: Plan) -> None:
    """The same of the drift report, by why things differ."""
    data, owned = as_data(whole), as_data(whole)["steps"][:1]
    context = Context(drift=True, owned=owned)
    told = drift.as_json(data, owned)
    counts = told["origins"]
    differs = data["summary"]["changes"]
    assert sum(counts.values()) - counts["owned"] == differs == len(told["drifted"])
    assert counts["owned"] == len(owned)
    said = drift.text(data, color=False, owned=owned)
    titles = dict(re.findall(r"^([A-Z][a-z ]+): (\d+)", said, re.MULTILINE))
    by_title = {key: number for key, number in counts.items() if number}
    assert sorted(map(int, titles.values())) == sorted(by_title.values())
    assert ("No drift" in said) is (not differs)
    assert drift.differs(data) is bool(differs)
    page = report.page(data, context, ())
    assert f'<p class="title">{differs} resource' in page or not differs
    assert len(embedded(page)["changes"] if differs or owned else ()) == differs + len(owned)
    heading = comment.document(data, context).splitlines()[1]
    assert f" {differs} resource" in heading or not differs
    suite = ET.fromstring(formats.document("junit", data, context))[0]
    assert int(suite.attrib["failures"]) == differs
    (run,) = json.loads(formats.document("sarif", data, context))["runs"]
    rules = [each["ruleId"] for each in run["results"] if each["ruleId"].startswith("DRIFT-")]
    assert len(rules) == differs
    assert run["properties"]["summary"]["origins"] == counts


@every_plan
@given(knotted())
def test_every_form_of_a_plan_tells_the_same_numbers(whole):
    check(whole)


@every_plan
@given(knotted())
def test_every_form_of_a_drift_report_tells_the_same_numbers(whole):
    check_drift(whole)


def test_a_change_that_is_refused_in_one_half_is_refused_once():
    old, new = replaced("SNS::Topic", "t", refused="no", removal={"refused": "no"})
    waits = updated("SNS::Subscription", "s", needs=(new.id,))
    other = made("IAM::Role", "r", calls=3)
    whole = plan(old, new, waits, other)
    counts = as_data(whole)["summary"]
    assert of(counts) == {"create": 1, "refused": 1, "held": 1}
    assert (counts["changes"], counts["calls_planned"]) == (3, 3)
    check(whole)


def test_a_removal_that_waits_for_what_is_refused_holds_its_change_back():
    no = made("IAM::Role", "r", refused="no")
    old, new = replaced("SNS::Topic", "t")
    old, new = replace(old, needs=(new.id, no.id)), replace(new, needs=())
    whole = plan(no, new, old)
    assert old.id.endswith(SUFFIX)
    assert of(as_data(whole)["summary"]) == {"refused": 1, "held": 1}
    check(whole)
