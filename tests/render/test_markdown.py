"""The comment on a pull request and the drift report: what a reader and a forge see."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reconciler.model.change import Action, Cause, Reason
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.loss import Approval, Loss
from reconciler.render import formats
from reconciler.render.comment import comment
from reconciler.render.formats import Context

from . import plans
from .page import OURS, Page, squeezed
from .plans import changed, data, made, removed, span, step, updated

GOLDEN = Path(__file__).parents[1] / "golden" / "comments"
LINK = "https://ci.example.com/runs/12"
REFUSED = "the environment neither allows a loss of 'records' nor approves it here"
RECORDS = Loss("records", "its records are lost")
BUCKET = removed(
    "S3::Bucket",
    "acme-prod-archive-123456789012",
    destroys="records",
    refused=REFUSED,
    losses=(RECORDS,),
    spec="DataSource/archive",
    cause=Cause.SPEC,
)
APPROVAL = Approval(
    "AWS::S3::Bucket/acme-prod-*", "records", "moved, FRAUD-812", "@alice", date(2026, 12, 31)
)
APPROVED = replace(BUCKET, refused="", losses=(replace(RECORDS, approval=APPROVAL),))
CONFIG = made(
    "SageMaker::EndpointConfig",
    "acme-prod-fraud-51ab07",
    at=span("rollout/fraud", 9),
    spec="Rollout/fraud",
    desired={
        "EndpointConfigName": "acme-prod-fraud-51ab07",
        "ProductionVariants": [
            {
                "VariantName": "blue",
                "ModelName": "acme-prod-fraud-9c8d2f",
                "InstanceType": "ml.m5.2xlarge",
                "InitialInstanceCount": 2,
            }
        ],
        "Tags": [{"Key": "owner", "Value": "fraud-team"}],
    },
)
HAND = replace(
    plans.ALARM, fields=tuple(replace(each, cause=Cause.HAND) for each in plans.ALARM.fields)
)
ENDPOINT = replace(plans.ENDPOINT, needs=(CONFIG.id,))
OLD = replace(plans.SUPERSEDED, needs=(ENDPOINT.id,))
PULL = (CONFIG, ENDPOINT, plans.APPENDED, OLD, BUCKET)
SCALED = step(
    "SageMaker::Endpoint",
    "acme-prod-fraud",
    Action.NONE,
    Reason.DIFFERS,
    replace(changed("Variants/blue/Count", 4, 2), cause=Cause.AUTOSCALER),
    at=span("rollout/fraud", 9),
)
ERRORS = (
    Diagnostic(
        "SPEC012", "unknown feature type 'strng'", span("features/customer", 2), "use string"
    ),
    Diagnostic("PLAN001", "not ours", None, "tag it, or name it otherwise"),
    Diagnostic("PROTECT002", "matches nothing", None, "remove it", Severity.NOTE),
)
SOURCES = {"specs/features/customer.yaml": "kind: FeatureGroup\n  country: strng # @bob\n"}
ACTOR = {"class": "human", "name": "alice@acme.io", "via": "console", "at": "2026-11-20 14:02Z"}


def drifted() -> object:
    """A plan whose alarm has an actor, and a topic that somebody deleted."""
    gone = replace(
        made("SNS::Topic", "acme-prod-pages", at=span("monitoring/fraud", 4)), cause=Cause.HAND
    )
    found = data(HAND, gone, plans.SUPERSEDED, BUCKET)
    found["steps"][0]["by"] = ACTOR
    found["steps"][1]["by"] = {
        **ACTOR,
        "class": "unknown",
        "name": "",
        "why": "no permission to look",
    }
    return found


CASES = {
    "pull-request": (data(*PULL), Context(link=LINK)),
    "every-action": (
        data(*plans.LOST_GROUP, plans.MODEL, plans.PIPELINE, plans.ADOPTED, HAND, APPROVED,
             diagnostics=(plans.deferred(),)),
        Context(),
    ),
    "nothing-to-do": (data(unchanged=60), Context(link=LINK)),
    "errors-only": (data(diagnostics=ERRORS, unchanged=0), Context(SOURCES)),
    "drift": (drifted(), Context(drift=True, owned=data(SCALED)["steps"], link=LINK)),
    "no-drift": (data(unchanged=60), Context(drift=True)),
}  # fmt: skip


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)
def test_it_reads_as_in_the_golden_file(name, case):
    text = comment.document(*case)
    file = GOLDEN / f"{name}.md"
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("write", [comment.document, comment.full], ids=["comment", "full"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_has_only_elements_that_are_meant(case, write):
    page = Page(write(*case))
    assert set(page.tags) - {"a"} <= OURS
    assert set(page.links) <= {LINK}
    assert not page.open
    assert "```" not in page.text


def body(*steps, context=Context(), **more) -> str:  # noqa: B008 - frozen
    return comment.document(data(*steps, **more), context)


def test_the_marker_is_the_first_line_and_tells_environments_apart():
    assert body().startswith("<!-- moorline:plan:prod -->\n## ")
    assert body(context=Context(drift=True)).startswith("<!-- moorline:drift:prod -->\n## ")
    marks = {comment.marker(name, "plan") for name in ("prod", "prod-eu", "a--b", "a-%2Db", "-->")}
    assert len(marks) == 5
    assert all(Page(f"{mark}\nx").tags == ["p"] or Page(mark).comments for mark in marks)


def test_the_verdict_is_the_first_heading():
    page = Page(body(*PULL))
    assert page.headings[0] == "🛑 prod: 1 to create, 2 to update, 1 to delete; 1 refused"
    assert page.text.index("Blocked") < page.text.index("Destructive")


def test_a_warning_is_in_the_verdict_even_when_nothing_changes():
    context = Context(drift=True)
    plan = Page(body(diagnostics=(plans.deferred(),)))
    report = Page(body(diagnostics=(plans.deferred(),), context=context))
    assert plan.headings == ["⚠️ prod: nothing to do", "Findings: 1 warning"]
    assert report.headings[0] == "⚠️ prod: nothing that an apply would change, 1 warning"
    assert Page(body(context=context)).headings == ["✅ prod: no drift"]


def test_destruction_comes_before_every_other_change():
    text = body(*PULL)
    assert text.index(BUCKET.address.name) < text.index(CONFIG.address.name)


def test_what_is_refused_says_why_and_how_to_approve_it():
    page = Page(body(BUCKET))
    assert "its records are lost" in page.text
    assert "refused: the environment neither allows a loss of 'records'" in page.text
    assert page.languages == ["yaml"]
    asked = 'address: "AWS::S3::Bucket/acme-prod-archive-123456789012"'
    assert any(asked in code for code in page.codes)


def test_what_is_approved_says_by_whom_and_until_when():
    page = Page(body(APPROVED))
    assert "approved: by @alice until 2026-12-31: moved, FRAUD-812" in page.text
    assert "@alice" in page.codes
    assert "refused" not in page.text


def test_changes_stand_under_their_file_with_the_line_that_causes_them():
    page = Page(body(*PULL))
    assert "specs/features/customer.yaml" in page.headings
    (block,) = [each for each in page.codes if "country" in each]
    assert "country: String  # specs/features/customer.yaml:14" in block


def test_a_new_resource_says_what_it_will_be_while_changes_are_few():
    (block,) = [each for each in Page(body(CONFIG)).codes if "create" in each]
    assert "+     ProductionVariants[VariantName=blue].InstanceType  ml.m5.2xlarge\n" in block
    assert "Tags" not in block
    assert "EndpointConfigName" not in block
    many = [made("SNS::Topic", f"t{n}", at=span("f", n)) for n in range(1, 20)]
    assert "InstanceType" not in body(CONFIG, *many)
    assert "Tags.owner" in comment.full(data(CONFIG, *many), Context())


def test_many_changes_are_folded_file_by_file():
    steps = [made("SNS::Topic", f"t{n}", at=span(f"f{n % 3}", n)) for n in range(1, 20)]
    assert Page(body(*steps)).tags.count("summary") == 3 + 1
    assert Page(body(*steps[:3])).tags.count("summary") == 1


def test_drift_in_a_plan_says_who_and_what_an_apply_does():
    told = data(HAND)
    told["steps"][0]["by"] = ACTOR
    page = Page(comment.document(told, Context()))
    items = [squeezed(each) for each in page.items]
    assert any("by alice@acme.io via console, 2026-11-20 14:02Z" in each for each in items)
    cause = "Threshold 400000 → 250000 · changed by hand · an apply restores it"
    assert any(each.startswith(cause) for each in items)
    assert "alice@acme.io" in page.codes


@pytest.mark.parametrize(
    ("actor", "said"),
    [
        ({}, "by `alice@acme.io` via console, `2026-11-20 14:02Z`"),
        ({"class": "tool", "name": "Terraform", "via": ""}, "by `Terraform` (another tool), `"),
        ({"class": "pipeline", "name": ""}, "by our pipeline via console"),
        ({"class": "unknown", "name": "", "why": "too old"}, "(by whom is not known: too old)"),
    ],
    ids=["a person", "a tool", "no name", "nobody"],
)
def test_an_actor_is_named_as_far_as_it_is_known(actor, said):
    told = data(HAND)
    told["steps"][0]["by"] = {**ACTOR, **actor}
    assert said in comment.document(told, Context())
    assert said in comment.document(told, Context(drift=True))


def test_a_plan_from_before_there_were_causes_is_shown():
    told = data(HAND, *plans.LOST_GROUP)
    for each in told["steps"]:
        del each["cause"], each["losses"]
        for field in each["fields"]:
            del field["cause"]
    assert "1 to update; 1 refused" in comment.document(told, Context())


def test_a_step_without_an_actor_says_the_cause_alone():
    assert "**changed by hand** · an apply restores it" in body(HAND)


def test_what_is_owned_by_others_stands_apart():
    page = Page(body(HAND, context=Context(drift=True, owned=data(SCALED)["steps"])))
    assert page.headings[-1] == "Owned by another: 1"
    assert "4 → 2 · owned by autoscaler · an apply leaves it" in page.items[-1]


def test_a_text_of_many_lines_is_folded_and_compared_by_line():
    one = updated("Glue::Job", "job", changed("Script", "a\n```\nb", "a\n```\nc"))
    page = Page(body(one))
    (found,) = [each for each in page.codes if "-b\n+c" in each]
    assert found == "@@ -1,3 +1,3 @@\n a\n ```\n-b\n+c\n"
    assert page.tags.count("details") == 1


def test_long_values_are_shortened_in_the_comment_only():
    long = updated("Glue::Job", "job", changed("Name", "a" * 500, "b" * 500))
    assert "…" in body(long)
    assert "b" * 500 in comment.full(data(long), Context())


def test_a_resource_with_many_changes_shows_the_first_ones():
    many = updated("Glue::Job", "job", *(changed(f"P{i}", 0, i) for i in range(1, 31)))
    assert "… and 18 more differences" in body(many)
    assert "P30" in comment.full(data(many), Context())


def test_the_foot_has_digest_commit_calls_and_link():
    found = data(*PULL)
    page = Page(comment.document(found, Context(link=LINK)))
    assert page.text.rstrip().endswith(
        f"plan {found['digest'][:16]} · commit 4f2c9e1d00ff · 123456789012 · eu-west-1"
        " · 31 AWS calls made, 4 to apply · complete plan"
    )
    assert page.links == [LINK]


def test_an_error_shows_the_line_that_is_meant():
    page = Page(body(diagnostics=ERRORS, context=Context(SOURCES)))
    assert "country: strng # @bob" in page.codes
    assert page.headings[0] == "🛑 prod: no plan, 2 errors"


@pytest.mark.parametrize(
    ("found", "quiet"),
    [
        (data(), True),
        (data(diagnostics=ERRORS[2:]), True),
        (data(diagnostics=(plans.deferred(),)), False),
        (data(diagnostics=ERRORS), False),
        (data(plans.MODEL), False),
    ],
    ids=["nothing", "a note", "a warning", "errors", "a change"],
)
def test_it_is_quiet_when_nothing_changes(found, quiet):
    assert comment.quiet(found) is quiet


def test_the_form_is_found_by_its_name():
    assert formats.document("markdown", data(), Context()) == body()
