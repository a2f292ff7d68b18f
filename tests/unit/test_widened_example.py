"""A widened statement of the example: refused in prod, approved there, shown by what it adds."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

from reconciler.compile import compiler, packing
from reconciler.compile.request import Request
from reconciler.model.plan import Plan, plan_to_json
from reconciler.model.policy import Policy
from reconciler.model.receipt import Receipt, ResourceRecord, Result
from reconciler.model.value import Ref, resolve
from reconciler.plan import approvals, offline, protect
from reconciler.plan.written import asked
from reconciler.render.comment import comment
from reconciler.render.formats import Context
from reconciler.render.text.plan import text
from reconciler.resources.api import load
from reconciler.specs import overlay
from reconciler.specs.source import parse

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 29)
ROLE = "AWS::IAM::Role/acme-prod-platform-authorization"
INVOKE = "- actions: [sagemaker:InvokeEndpoint]"
ALLOW = "  protection:\n    allow: []\n"
APPROVED = f"""\
  protection:
    allow: []
    approvals:
      - address: {ROLE}
        allows: access
        why: Scores may be taken back, FRAUD-901.
        by: alice
        until: 2026-11-29
"""


@cache
def _files() -> dict[str, str]:
    found = [*ROOT.glob("environments/*.yaml"), *ROOT.glob("specs/*/*.yaml")]
    return {str(each.relative_to(ROOT)): each.read_text() for each in sorted(found)}


def files() -> dict[str, str]:
    return dict(_files())


def request(texts: dict[str, str]) -> Request:
    documents = []
    for name, content in texts.items():
        parsed = parse(content, name)
        assert parsed.diagnostics == ()
        documents += parsed.documents
    view, found = overlay.resolve(documents, "prod")
    assert view is not None, found
    specs, found = compiler.read(documents, view)
    assert found == []
    specs = packing.unread(specs)
    return Request(specs, view, compiler.policy_of(view, today=TODAY))


def made(ref: Ref) -> str:
    """An id that AWS would have given."""
    return f"arn:aws:kms:eu-west-1:333344445555:key/{ref.target.name}"


@cache
def applied() -> Receipt:
    """What an apply of the example as it stands would have left."""
    first = offline.plan(request(files()), None)
    left = {
        step.address: ResourceRecord(
            asked(resolve(step.desired, made), load()[step.address.type]), "1"
        )
        for step in first.steps
    }
    place = (first.environment, first.platform, first.account, first.region)
    return Receipt("1", *place, "alice", "", "", "", Result.DONE, resources=left)


def planned(*edits: tuple[str, str], environment: str = "") -> Plan:
    """The plan after edits of the platform's keys and roles, and of its environment."""
    texts = files()
    name = "specs/security/platform.yaml"
    for old, new in edits:
        assert old in texts[name]
        texts[name] = texts[name].replace(old, new)
    if environment:
        texts["environments/prod.yaml"] = environment
    return offline.plan(request(texts), applied())


WIDER = (INVOKE, "- actions: ['sagemaker:*Endpoint']")
ENDPOINTS = "arn:aws:sagemaker:eu-west-1:333344445555:endpoint/acme-prod-*"
ATHENA = "arn:aws:iam::aws:policy/AmazonAthenaFullAccess"
FEATURES = """\
          conditions:
            "ForAnyValue:StringEquals":
              "kms:ResourceAliases": "alias/${platform}-${environment}-platform-features"
        # The function"""
BOTH = "actions: [sagemaker:DescribeModelPackage, sagemaker:ListModelPackages]"
RECORDS = "actions: [sagemaker:BatchGetRecord, sagemaker:GetRecord]"
RECORD = "actions: [sagemaker:GetRecord]"
OPENING = (
    WIDER,
    ("effect: deny", "effect: allow"),
    (ATHENA, f'{ATHENA}", "arn:aws:iam::aws:policy/PowerUserAccess'),
    ("{service: ecs-tasks.amazonaws.com}", "{service: ec2.amazonaws.com}"),
    ("cloudwatch.amazonaws.com]", "cloudwatch.amazonaws.com, events.amazonaws.com]"),
    (FEATURES, "        # The function"),
)


def test_a_widened_statement_is_refused_in_prod_and_shown_as_what_it_adds() -> None:
    plan = planned(*OPENING)
    said = {step.address.name: step.widens for step in plan.steps}
    assert said.pop("acme-prod-platform-authorization") == (
        "widens access: it allows sts:AssumeRole to ec2.amazonaws.com;"
        f" widens access: it allows sagemaker:*Endpoint on {ENDPOINTS}"
    )
    assert said == {
        "acme-prod-platform-analyst": "may widen access: attaches"
        " arn:aws:iam::aws:policy/PowerUserAccess, and what that allows is not known here;"
        " widens access: it allows sagemaker:UpdateModelPackage on everything; it no longer denies"
        " sagemaker:UpdateModelPackage on everything",
        "acme-prod-platform-feature-ingest": "widens access: it allows kms:Decrypt on"
        " arn:aws:kms:eu-west-1:333344445555:key/* without the condition on kms:resourcealiases"
        " that it had",
        "acme-prod-platform-alerts": "widens access: it allows kms:Decrypt on everything to"
        " events.amazonaws.com; it allows kms:GenerateDataKey* on everything to"
        " events.amazonaws.com",
    }
    assert {step.refused for step in plan.steps} == {
        "the environment neither allows wider access ('access') nor approves it here"
    }
    step = next(step for step in plan.steps if str(step.address) == ROLE)
    shown = [(each.action, each.resource) for each in step.losses[-1].opens]
    example = ENDPOINTS.replace("*", "example")
    assert shown == [("sagemaker:DeleteEndpoint", example), ("sagemaker:CreateEndpoint", example)]
    told = json.loads(json.dumps(plan_to_json(plan)))
    for report in (text(told, color=False, width=100), comment.document(told, Context())):
        assert "sagemaker:DeleteEndpoint" in report
        assert "allows: access" in report


def test_it_is_accepted_with_an_approval_until_its_day_has_ended() -> None:
    environment = files()["environments/prod.yaml"]
    assert ALLOW in environment
    plan = planned(WIDER, environment=environment.replace(ALLOW, APPROVED))
    (step,) = plan.steps
    assert (step.refused, step.approval and step.approval.by) == ("", "alice")
    assert not any(each.code.startswith("PROTECT") for each in plan.diagnostics)
    (approval,) = {each.approval for each in step.losses if each.approval}
    assert approval.until == TODAY
    policy = Policy(approvals=(approval,), today=date(2026, 11, 30))
    judged = protect.judge(step, policy)
    assert judged.refused.endswith("; the approval by 'alice' ended on 2026-11-29")
    found = [*approvals.review(policy, [judged])]
    assert [(each.code, str(each.severity)) for each in found] == [("PROTECT001", "warning")]


def test_what_only_narrows_or_moves_needs_nobody() -> None:
    split = """\
        - actions: [sagemaker:ListModelPackages]
          resources: ["*"]
        - actions: [sagemaker:DescribeModelPackage]
"""
    plan = planned((f"        - {BOTH}\n", split), (f"- {RECORDS}", f"- {RECORD}"))
    assert {step.address.name: step.losses for step in plan.steps} == {
        "acme-prod-platform-analyst": (),
        "acme-prod-platform-authorization": (),
    }


def test_of_the_examples_environments_prod_alone_asks_first() -> None:
    allowed = {}
    for name in ("dev", "local", "staging", "prod"):
        documents = [it for file, text_ in files().items() for it in parse(text_, file).documents]
        view, found = overlay.resolve(documents, name)
        assert view is not None, found
        allowed[name] = "access" in compiler.policy_of(view, today=TODAY).allow
    assert allowed == {"dev": True, "local": True, "staging": True, "prod": False}
