"""Wider access in every report, and the lines that approve: what is shown can be pasted."""

from __future__ import annotations

import html as entities
import json
import re
import textwrap
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from reconciler.compile import compiler
from reconciler.model.change import Reason
from reconciler.model.loss import Loss, Opened
from reconciler.model.unsaid import ASKS
from reconciler.render.comment import comment
from reconciler.render.diagram import net
from reconciler.render.formats import Context
from reconciler.render.html import report
from reconciler.render.machine import junit, sarif
from reconciler.render.text.plan import text
from reconciler.render.vocabulary.fold import fold
from reconciler.render.vocabulary.ink import cells
from reconciler.specs import overlay
from reconciler.specs.source import parse

from .page import Page
from .plans import changed, data, removed, span, updated

HEAD = """\
apiVersion: moorline/v1
kind: Environment
metadata: {name: prod}
"""
BODY = """\
  platform: acme
  account: "123456789012"
  region: eu-west-1
"""
REFUSED = "the environment neither allows a loss of 'records' nor approves it here"
SAYS = "widens access: it allows s3:* on arn:aws:s3:::raw/*"
REQUEST = Opened("s3:PutObject", "arn:aws:s3:::raw/example", "", (("aws:sourceip", "10.0.0.1"),))
OPENS = Loss("access", SAYS, ("Policies",), opens=(REQUEST,))
NAMES = (
    "acme-prod-raw", "acme-prod-transactions-of-all-countries-123456789012", "a" * 90,
    "back\\slash" * 9, "two words " * 8 + "x", "\x1b[31m" * 12,
    "a b", "a'b", 'a"b', "a#b", "a: b", "a|b", "a\\b", "a\\u0041", "ünï-日本",
    "x`y```z",
    "[a](b)", "{a}", "- a", "&a", "!t", "%a", "@a", "a,b", "<b>a</b>", "a\u200bb", "a\x85b",
    "a\u202eb",
    "a/b/c", "${a}", "~", "null", "1", "a" * 200, "tab\tname", "$$",
)  # fmt: skip


def lost(name: str, *losses: Loss, **more: Any) -> Any:
    found = losses or (Loss("records", "its records are lost"),)
    return removed(
        "S3::Bucket", name, Reason.NOT_DECLARED, losses=found, destroys="records",
        refused=REFUSED, spec="DataSource/raw", **more,
    )  # fmt: skip


def of_text(plan: Any) -> str:
    lines = fold(text(plan, color=False, width=60), 60).split("\n")
    assert max(map(cells, lines)) <= 60
    start = next(at for at, line in enumerate(lines) if line.strip() == "spec:")
    indent = len(lines[start]) - len(lines[start].lstrip())
    body = []
    for line in lines[start:]:
        if len(line) - len(line.lstrip()) < indent or not line.strip():
            break
        body.append(line)
    return textwrap.dedent("\n".join(body))


def of_markdown(plan: Any) -> str:
    shown = Page(comment.document(plan, Context())).html
    found = re.search(r"<pre[^>]*><code[^>]*>(spec:.*?)</code>", shown, re.DOTALL)
    assert found is not None, shown
    return entities.unescape(found.group(1))


def of_html(plan: Any) -> str:
    return str(change_of(plan)["snippet"])


def change_of(plan: Any) -> Any:
    """The one change that the page has."""
    page = report.document(plan, Context())
    found = re.search(r'<script[^>]*id="data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    (change,) = json.loads(found.group(1))["changes"]
    return change


FORMS = {"text": of_text, "Markdown": of_markdown, "HTML": of_html}


def pasted(snippet: str) -> tuple[Any, Any]:
    """The approvals of an environment that the lines were pasted into, and what is wrong."""
    documents = parse(f"{HEAD}{snippet.rstrip()}\n{BODY}", "environments/prod.yaml")
    assert documents.diagnostics == (), snippet
    view, found = overlay.resolve(documents.documents, "prod")
    policy = compiler.policy_of(view, today=date(2026, 11, 29)) if view else None
    return policy, found


def filled(snippet: str) -> str:
    words = ("Replaced since FRAUD-812.", "alice", "2026-12-31")
    for ask, word in zip(ASKS, words, strict=True):
        snippet = snippet.replace(ask, word)
    return snippet


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_what_is_shown_can_be_pasted(form: Any, name: str) -> None:
    step = lost(name)
    policy, found = pasted(filled(form(data(step))))
    assert policy is not None, found
    (approval,) = policy.approvals
    assert approval.covers(step.address, "records")
    assert (approval.address, approval.by) == (str(step.address), "alice")


def test_all_reports_offer_the_same_lines() -> None:
    plan = data(lost("acme-prod-raw", Loss("records", "a"), Loss("access", "widens access: b")))
    shown = {name: form(plan).strip() for name, form in FORMS.items()}
    assert len({*shown.values()}) == 1
    assert shown["text"] == textwrap.dedent("""\
        spec:
          protection:
            approvals:
              - address: "AWS::S3::Bucket/acme-prod-raw"
                allows: records
                why: <why>
                by: <who>
                until: <last day, YYYY-MM-DD>
              - address: "AWS::S3::Bucket/acme-prod-raw"
                allows: access
                why: <why>
                by: <who>
                until: <last day, YYYY-MM-DD>""")


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_what_is_pasted_and_not_filled_in_is_an_error_at_its_line(form: Any) -> None:
    policy, found = pasted(form(data(lost("acme-prod-raw"))))
    assert policy is None
    assert sorted((each.code, each.at.line) for each in found if each.at) == [
        ("SPEC016", 11), ("SPEC019", 9), ("SPEC019", 10),
    ]  # fmt: skip


# -- wider access


def widened(*, refused: bool) -> Any:
    why = "the environment neither allows wider access ('access') nor approves it here"
    return updated(
        "IAM::Role",
        "acme-prod-train",
        changed("Policies", "before", "after", at=span("security/platform", 31)),
        losses=(
            OPENS if refused else Loss("access", SAYS, ("Policies",), True, None, OPENS.opens),
        ),
        refused=why if refused else "",
        at=span("security/platform", 2),
    )


NEWLY = "newly allowed: s3:PutObject on arn:aws:s3:::raw/example, with aws:sourceip 10.0.0.1"


@pytest.mark.parametrize("refused", [True, False])
def test_wider_access_is_told_by_every_report(refused: bool) -> None:
    plan = data(widened(refused=refused))
    (told,) = plan["steps"]
    assert (told["destroys"], told["loses"], told["widens"]) == ("", "", SAYS)
    assert told["losses"][0]["opens"][0]["action"] == "s3:PutObject"

    shown = text(plan, color=False, width=100)
    assert "! WIDENS ACCESS  AWS::IAM::Role acme-prod-train" in shown
    assert f"{SAYS} (in Policies)" in shown
    assert NEWLY in shown
    assert ("allowed: protection.allow lists 'access'" in shown) != refused

    page = Page(comment.document(plan, Context()))
    assert "1 change widens access." in page.text
    assert "Wider access" in page.headings
    assert NEWLY in page.text

    change = change_of(plan)
    assert change["opens"] == [f"{SAYS} (in Policies)", NEWLY]
    assert "loses" not in change

    cases = [*ET.fromstring(junit.document(plan, Context())).iter("testcase")]
    said = "".join(cases[0].itertext())
    assert (NEWLY in said, SAYS in said) == (True, True)
    assert bool(cases[0].findall("failure")) == refused

    results = json.loads(sarif.document(plan, Context()))["runs"][0]["results"]
    assert [SAYS in each["message"]["text"] for each in results] == [True] * refused
    assert net.STYLES["opening"] == "widens access"


def test_a_change_that_only_opens_destroys_nothing() -> None:
    plan = data(widened(refused=False))
    assert plan["summary"]["destructive"] == 0
    assert "DESTRUCTIVE" not in text(plan, color=False, width=100)
    assert "loses" not in comment.document(plan, Context()).split("###")[0]


def test_drift_says_that_an_apply_would_widen() -> None:
    plan = data(widened(refused=True))
    page = Page(comment.document(plan, Context(drift=True)))
    assert f"an apply {SAYS}" in page.text
