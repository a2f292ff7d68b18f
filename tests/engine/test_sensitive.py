"""What a spec calls sensitive, and AWS gives back: compared with what is live, shown to nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from reconciler import engine
from reconciler.compile import compiler
from reconciler.model import receipt as receipts
from reconciler.model.change import Action
from reconciler.model.given import marked
from reconciler.model.plan import plan_from_json, plan_to_json
from reconciler.model.value import resolve, reveal, to_json
from reconciler.planfile import file as planfile
from reconciler.receipts.collect import Collector, Run
from reconciler.render.cloudformation.template import template
from reconciler.render.formats import FORMS, Context, document
from reconciler.render.text import drift, plan as text
from reconciler.resources import api as resources
from reconciler.sandbox.services.cloudcontrol.store import all_records
from reconciler.secret.sent import VARIABLE

from .platform import Platform, codes, join, paths, spec
from .test_resource_specs import Sealed

CANARY, OTHER, THEIRS = "canary-one-value", "canary-two-value", "canary-by-hand"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def parameter(value: str, more: str = "") -> str:
    body = f"\n  type: AWS::SSM::Parameter\n  secrets: [Value]\n  properties:\n    Value: {value}\n"
    return spec("Resource", "word", f"{body}    Type: String\n{more}")


def test_it_is_compared_with_what_is_live_and_shown_nowhere(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = Sealed(platform)
    monkeypatch.setenv(VARIABLE, sealed.key.decode())
    created = sealed.plan(parameter(CANARY))
    sealed.apply(created)
    assert codes(sealed.plan(parameter(CANARY))) == []
    (record,) = all_records("AWS::SSM::Parameter")
    record.model["Value"] = THEIRS
    drifted = sealed.plan(parameter(CANARY))
    assert [step.action for step in drifted.steps] == [Action.UPDATE]
    assert paths(drifted) == {"acme-dev-word": ["Value"]}
    sealed.apply(drifted)
    assert record.model["Value"] == CANARY
    changed = sealed.plan(parameter(OTHER))
    whole = plan_from_json(json.loads(json.dumps(plan_to_json(changed))))
    assert plan_to_json(whole) == plan_to_json(changed)
    sealed.apply(changed)
    assert record.model["Value"] == OTHER
    assert sealed.last is not None
    written = [receipts.to_bytes(sealed.last).decode(), repr(sealed.last)]
    for plan in (created, drifted, changed):
        data = json.loads(json.dumps(plan_to_json(plan)))
        written += [document(form, data, Context()) for form in FORMS]
        written += [document(form, data, Context(drift=True)) for form in FORMS]
        written += [text.text(data, color=False, verbose=True), drift.as_json(data), repr(plan)]
        written += [planfile.pack(planfile.make(plan, now=NOW, lifetime=60)).decode()]
    request = platform.request()
    graph, _ = compiler.build(request.specs, request.view)
    place = compiler.place_of(request.view)
    written.append(json.dumps(template(graph, resources.load(), place)[0]))
    assert [each for each in written if "canary-" in each] == []
    assert any("(sensitive)" in each for each in written)


def test_in_members_of_a_list_that_move_it_is_shown_nowhere(platform: Platform) -> None:
    """People read a list by its members; both sides of it are without what is hidden."""

    def rule(*targets: tuple[str, str]) -> str:
        body = "\n  type: AWS::Events::Rule\n  secrets: [Targets.Input]\n  properties:\n"
        body += "    ScheduleExpression: rate(1 day)\n    Targets:\n"
        arn = "arn:aws:sqs:eu-west-1:123456789012:a"
        lines = (f"      - {{Id: {id_}, Arn: {arn}, Input: {word}}}\n" for id_, word in targets)
        return spec("Resource", "rule", body + "".join(lines))

    platform.converge(rule(("one", CANARY), ("two", OTHER)))
    platform.text = rule(("three", THEIRS), ("two", "canary-new"), ("one", CANARY))
    plan = platform.plan()
    assert [step.action for step in plan.steps] == [Action.UPDATE]
    data = json.loads(json.dumps(plan_to_json(plan)))
    written = [document(form, data, Context()) for form in FORMS]
    written += [text.text(data, color=False, verbose=True), json.dumps(data), repr(plan)]
    assert [each for each in written if "canary-" in each] == []
    assert any("three" in each for each in written)


def test_a_reference_in_it_is_filled_before_it_is_compared(platform: Platform) -> None:
    events = spec(
        "Resource", "events", "\n  type: AWS::Kinesis::Stream\n  properties: {ShardCount: 1}\n"
    )
    both = f"{events}---\n{parameter(repr('of ${ref:Resource/events.Arn}'))}"
    platform.converge(both)
    assert platform.plan().steps == ()


def test_a_secret_output_of_another_resource_is_shown_nowhere(platform: Platform) -> None:
    """Under a name that says nothing: the name of the output does."""
    client = "AWS::Cognito::UserPoolClient"
    pool = spec("Resource", "pool", "\n  type: AWS::Cognito::UserPool\n  properties: {}\n")
    body = f"\n  type: {client}\n  properties:\n    GenerateSecret: true\n"
    body += "    UserPoolId: ${ref:Resource/pool.UserPoolId}\n"
    both = join(pool, spec("Resource", "client", body))
    secret = "${ref:Resource/client.ClientSecret}"
    platform.text = f"{both}\n---\n{parameter(repr(secret)).replace('  secrets: [Value]', '')}"
    graph, found = compiler.build(platform.request().specs, platform.request().view)
    assert [each for each in found if each.is_error] == []
    (node,) = [each for each in graph if each.address.type == "AWS::SSM::Parameter"]
    assert marked(node.props) == {("Value",)}
    live = resolve(node.props, lambda _: CANARY)
    assert CANARY not in repr(live)
    assert CANARY not in json.dumps(to_json(live))
    assert reveal(live)["Value"] == CANARY


def test_without_the_key_it_works_as_well(platform: Platform) -> None:
    platform.converge(parameter(CANARY))
    plan = platform.plan()
    assert (plan.steps, codes(plan)) == ((), [])


def test_a_plan_without_aws_cannot_tell_and_says_so(platform: Platform) -> None:
    sealed = Sealed(platform)
    sealed.apply(sealed.plan(parameter(CANARY)))
    plan = engine.plan_offline(platform.request(), sealed.last)
    assert plan.steps == ()
    (told,) = [each for each in plan.diagnostics if each.code == "CLOUD001"]
    assert "Value" in told.message
    assert CANARY not in told.message


def test_receipts_of_an_older_form_are_read(platform: Platform) -> None:
    """One that knows nothing of what was beside, and of no digests."""
    platform.text = parameter(CANARY)
    plan = platform.plan()
    run = Run("r", "somebody", "2026-11-23T00:00:00Z")
    heard = Collector(plan, run, resources.load(), None)
    platform.apply(plan, sink=heard)
    data = receipts.to_json(heard.receipt("2026-11-23T00:01:00Z"))
    for left in data["resources"].values():
        left.pop("beside", None)
        left.pop("sent", None)
    old = receipts.from_json(json.loads(json.dumps(data)))
    (record,) = old.resources.values()
    assert (record.beside, record.sent) == (None, {})
    assert record.applied["Value"] == {"$mark": "sensitive"}
