"""Specs of kind Resource live their whole life, whichever adapter serves their type."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler import engine
from reconciler.cli.world import unshown
from reconciler.compile import compiler
from reconciler.model import receipt as receipts
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.plan import Plan, plan_from_json, plan_to_json
from reconciler.model.receipt import Receipt
from reconciler.planfile import file as planfile
from reconciler.receipts import intent
from reconciler.receipts.collect import Collector, Run
from reconciler.render.cloudformation.template import template
from reconciler.render.formats import FORMS, Context, document
from reconciler.render.text import drift, plan as text
from reconciler.resources import api as resources
from reconciler.sandbox.door.faults import Fault
from reconciler.secret.sent import VARIABLE, Sent

from .platform import FAULTS, Platform, codes, join, paths, spec, step_of, steps

MIXED = join(
    spec("Resource", "events", "\n  type: AWS::Kinesis::Stream\n  properties: {ShardCount: 1}\n"),
    spec(
        "Resource",
        "news",
        "\n  type: AWS::SNS::Topic\n  holds: nothing\n"
        "  properties: {DisplayName: 'of ${ref:Resource/events}'}\n",
    ),
    spec(
        "Resource", "outbox", "\n  type: AWS::S3::Bucket\n  properties: {BucketName: my-own-name}\n"
    ),
    spec("Resource", "key", "\n  type: AWS::KMS::Key\n  properties: {Description: x}\n"),
    spec(
        "Resource",
        "place",
        "\n  type: AWS::SSM::Parameter\n  properties:\n    Type: String\n    Name: /a/b\n"
        "    Value: '${ref:Resource/events.Arn}'\n    Tags: {a: b}\n",
    ),
    spec(
        "Resource",
        "slow",
        "\n  type: AWS::CloudWatch::Alarm\n  properties:\n"
        "    ComparisonOperator: GreaterThanThreshold\n    EvaluationPeriods: 1\n"
        "    MetricName: GetRecords.Latency\n    Namespace: AWS/Kinesis\n    Period: 60\n"
        "    Statistic: Maximum\n    Threshold: 1000\n"
        "    Dimensions: [{Name: StreamName, Value: '${ref:Resource/events}'}]\n"
        "    AlarmActions: ['${ref:Resource/news}']\n",
    ),
)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
CANARY, OTHER = "canary-of-the-first-kind", "canary-of-the-second-kind"
FUNCTION = Address("AWS::Lambda::Function", "acme-dev-work")


def function(code: str, memory: int = 128) -> str:
    """A spec with a value that AWS never gives back."""
    return spec(
        "Resource",
        "work",
        "\n  type: AWS::Lambda::Function\n  properties:\n    Handler: index.main\n"
        f"    Runtime: python3.12\n    Code: {{ZipFile: '{code}'}}\n    MemorySize: {memory}\n"
        "    Role: arn:aws:iam::123456789012:role/work\n",
    )


def test_types_of_both_adapters_live_and_go(platform: Platform) -> None:
    platform.converge(MIXED)
    changed = MIXED.replace("ShardCount: 1", "ShardCount: 2").replace("{a: b}", "{a: c}")
    assert paths(platform.converge(changed)) == {
        "acme-dev-events": ["ShardCount"],
        "/a/b": ["Tags.a"],
    }
    platform.text = ""
    plan = platform.plan()
    kept = {step.address.name: step.destroys for step in plan.steps if step.refused}
    assert kept == {
        "acme-dev-events": "records",
        "my-own-name": "records",
        "acme-dev-key": "keys",
        "/a/b": "records",
    }
    platform.allow = "records, keys"
    platform.converge("")


def test_a_mark_that_protects_is_not_taken_off_silently(platform: Platform) -> None:
    alone = "\n  type: AWS::Athena::DataCatalog\n  properties: {Type: GLUE, Description: ours}\n"
    platform.converge(spec("Resource", "events", alone))
    platform.text = spec("Resource", "events", f"{alone}  holds: nothing\n")
    (step,) = platform.plan().steps
    assert (step.action, step.destroys, bool(step.refused)) == (Action.UPDATE, "records", True)


# -- values that nobody is shown


class Sealed:
    """A platform with receipts and the key of hidden values."""

    def __init__(self, platform: Platform, key: bytes = b"key of the tests") -> None:
        self.platform = platform
        self.key = key
        self.last: Receipt | None = None
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
        trust |= {"Principal": {"Service": "lambda.amazonaws.com"}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        platform.client("iam").create_role(RoleName="work", AssumeRolePolicyDocument=document)

    @property
    def sent(self) -> Sent:
        known = {at: left.sent for at, left in self.last.resources.items()} if self.last else {}
        return Sent(self.key, known)

    def plan(self, text: str) -> Plan:
        self.platform.text = text
        known = self.last.resources if self.last else {}
        beside = {at: left.beside for at, left in known.items() if left.beside is not None}
        request = replace(self.platform.request(), sent=self.sent, beside=beside)
        return engine.make_plan(request, self.platform.session, lambda *_: None)

    def apply(self, plan: Plan) -> list[str]:
        run = Run("r", "somebody", "2026-11-23T00:00:00Z")
        heard = Collector(plan, run, resources.load(), self.last)
        gone = self.platform.apply(plan, sink=heard)
        assert gone.failures == {}
        self.last = heard.receipt("2026-11-23T00:01:00Z")
        return gone.calls

    def converge(self, text: str) -> Plan:
        plan = self.plan(text)
        self.apply(plan)
        return plan


def test_a_change_of_what_aws_never_gives_back_is_seen_and_sent(platform: Platform) -> None:
    sealed = Sealed(platform)
    sealed.converge(function(CANARY))
    same = sealed.plan(function(CANARY))
    assert (steps(same), codes(same)) == ([], [])
    other = sealed.plan(function(OTHER))
    assert paths(other) == {"acme-dev-work": ["Code.ZipFile"]}
    assert sealed.apply(other) == ["update_resource"]
    assert (steps(sealed.plan(function(OTHER))), codes(sealed.plan(function(OTHER)))) == ([], [])


def test_an_unchanged_resource_keeps_what_was_sent(platform: Platform) -> None:
    sealed = Sealed(platform)
    sealed.converge(function(CANARY))
    sealed.converge(join(function(CANARY), spec("Resource", "x", "\n  type: AWS::SNS::Topic\n")))
    assert codes(sealed.plan(function(CANARY))) == []


@pytest.mark.parametrize("case", ["no key", "no receipt", "another key"])
def test_where_nobody_can_tell_it_is_said_and_nothing_is_done(
    platform: Platform, case: str
) -> None:
    sealed = Sealed(platform)
    sealed.converge(function(CANARY))
    if case == "no receipt":
        sealed.last = None
    else:
        sealed.key = b"" if case == "no key" else b"another"
    plan = sealed.plan(function(OTHER))
    first = ["CLOUD010"] if case == "no receipt" else []
    assert (steps(plan), codes(plan)) == ([], [*first, "RES010"])
    says = {"no key": VARIABLE, "no receipt": "no receipt", "another key": "another"}[case]
    assert says in plan.diagnostics[-1].message


def test_nothing_that_is_written_holds_the_value_or_a_bare_digest(platform: Platform) -> None:
    sealed = Sealed(platform)
    created = sealed.plan(function(CANARY))
    sealed.apply(created)
    changed = sealed.plan(function(OTHER, 256))
    sealed.apply(changed)
    assert sealed.last is not None
    written = [receipts.to_bytes(sealed.last).decode(), repr(sealed.last)]
    request = platform.request()
    for plan in (created, changed):
        data = json.loads(json.dumps(plan_to_json(plan)))
        written += [document(form, data, Context()) for form in FORMS]
        written += [document(form, data, Context(drift=True)) for form in FORMS]
        written += [text.text(data, color=False, verbose=True), drift.as_json(data), repr(plan)]
        file = planfile.make(plan, now=NOW, lifetime=60)
        written += [planfile.pack(file).decode(), json.dumps(data)]
    graph, _ = compiler.build(request.specs, request.view)
    place = compiler.place_of(request.view)
    written.append(json.dumps(template(graph, resources.load(), place)[0]))
    found = [each for each in written if CANARY in each or OTHER in each]
    assert found == []
    assert any("(sensitive)" in each for each in written)
    one = intent.digests(request.specs, request.view)
    platform.text = function(CANARY, 256)
    again = platform.request()
    assert intent.digests(again.specs, again.view) == one


def reviewed(plan: Plan) -> Plan:
    return plan_from_json(json.loads(json.dumps(plan_to_json(plan))))


def test_a_reviewed_plan_gets_its_values_from_the_specs(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = Sealed(platform)
    monkeypatch.setenv(VARIABLE, sealed.key.decode())
    file = reviewed(sealed.plan(function(CANARY)))
    whole, found = unshown.filled(file, platform.request())
    assert (unshown.needed(file), found) == (True, [])
    assert plan_to_json(whole) == plan_to_json(file)
    sealed.apply(whole)
    assert steps(sealed.plan(function(CANARY))) == []


@pytest.mark.parametrize("case", ["another value", "another key", "no key here", "no key there"])
def test_a_reviewed_plan_is_not_applied_with_other_values(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    sealed = Sealed(platform)
    key = {"another key": "another", "no key here": ""}.get(case, sealed.key.decode())
    monkeypatch.setenv(VARIABLE, key)
    sealed.key = b"" if case == "no key there" else sealed.key
    file = reviewed(sealed.plan(function(CANARY)))
    platform.text = function(OTHER if case == "another value" else CANARY)
    _, found = unshown.filled(file, platform.request())
    assert [each.code for each in found] == ["RES009"]


def test_an_update_that_may_not_have_arrived_is_planned_again(platform: Platform) -> None:
    sealed = Sealed(platform)
    sealed.converge(function(CANARY))
    lost = Fault("cloudcontrol", "UpdateResource", kind="read-timeout", times=None)
    FAULTS.add(lost)
    plan = sealed.plan(function(OTHER))
    failed = platform.apply(plan)
    assert (lost.fired > 0, failed.failures.keys()) == (True, {str(FUNCTION)})
    FAULTS.clear()
    assert paths(sealed.plan(function(OTHER))) == {"acme-dev-work": ["Code.ZipFile"]}


@pytest.mark.parametrize("operation", ["CreateResource", "UpdateResource"])
def test_a_message_of_aws_that_repeats_the_value_is_shown_without_it(
    platform: Platform, operation: str
) -> None:
    sealed = Sealed(platform)
    value = CANARY
    if operation == "UpdateResource":
        sealed.converge(function(CANARY))
        value = OTHER
    refused = Fault("cloudcontrol", operation, code="ValidationException", status=400, times=None)
    refused.message = f"Model validation failed: {value!r} is no archive"
    FAULTS.add(refused)
    events: list[object] = []
    plan = sealed.plan(function(value))
    run = platform.apply(plan, sink=events.append)
    assert (refused.fired > 0, run.failures.keys()) == (True, {str(FUNCTION)})
    assert value not in repr(events)
    assert "is no archive" in repr(events)


def test_a_value_that_is_not_at_hand_is_never_sent(platform: Platform) -> None:
    sealed = Sealed(platform)
    file = reviewed(sealed.plan(function(CANARY)))
    run = platform.apply(file)
    assert run.failures == {str(FUNCTION): "RES009"}
    assert run.calls == []
    assert step_of(file, str(FUNCTION)).sent.keys() == {"Code.ZipFile"}
