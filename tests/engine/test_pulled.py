"""Credentials by reference, from the plan to AWS and back: sent once, shown nowhere, rotated."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.cli.world import unshown
from reconciler.compile import compiler
from reconciler.model.change import Action
from reconciler.model.event import StepFailed
from reconciler.model.plan import Plan, plan_from_json, plan_to_json
from reconciler.render.cloudformation.template import template
from reconciler.render.text import plan as text
from reconciler.resources import api as resources
from reconciler.sandbox.door.faults import Fault
from reconciler.sandbox.inprocess import Sandbox
from tests.secret.canaries import MIXED
from tests.secret.watched import leaks

from .platform import Platform, Run, codes, join, paths, spec, steps

VALUES = ("first-" + MIXED, "second-" + MIXED)
TYPE = "AWS::Events::Connection"
REST = """
  rest:
    url: https://api.scheme.example/v1/chargebacks
    auth: {AUTH}
    items: $.data
    pages: {cursor: {next: $.next, query: after}}
    trigger: {schedule: rate(1 hour)}
    land: {to: raw, path: chargebacks}
"""
KEY = "{apiKey: {header: X-Api-Key, secretName: partners/scheme, member: token}}"
OAUTH = (
    "{oauth: {endpoint: 'https://login.scheme.example/t', clientId: us, member: token,"
    " secretName: partners/scheme}}"
)


def specs(auth: str = KEY) -> str:
    return join(
        spec("DataSource", "raw", "{s3: {}}"),
        spec("DataSource", "chargebacks", REST.replace("AUTH", auth[1:-1])),
    )


@pytest.fixture
def secret(platform: Platform) -> Any:
    platform.text = specs()
    client = platform.client("secretsmanager")
    client.create_secret(Name="partners/scheme", SecretString=json.dumps({"token": VALUES[0]}))
    return client


NAME = "acme-dev-chargebacks"


def rotate(client: Any, value: str) -> None:
    client.put_secret_value(SecretId="partners/scheme", SecretString=json.dumps({"token": value}))


def connection(platform: Platform) -> dict[str, Any]:
    found: dict[str, Any] = platform.client("events").describe_connection(Name=NAME)
    return found


def copy(platform: Platform, client: Any) -> str:
    """What AWS keeps."""
    text = client.get_secret_value(SecretId=connection(platform)["SecretArn"])["SecretString"]
    return str(text)


def words(plan: Plan) -> str:
    return text.text(plan_to_json(plan), color=False, width=200, verbose=True)


def told(run: Run) -> str:
    return repr(run.events) + repr(run.outcome)


@pytest.mark.scenario("D41")
def test_a_credential_is_sent_once_and_a_rotation_is_a_change(
    platform: Platform, secret: Any
) -> None:
    plan = platform.plan()
    assert codes(plan) == ["SECRET005"]
    shown = json.dumps(plan_to_json(plan)) + words(plan)
    assert "(token of secret partners/scheme" in words(plan)
    plan = plan_from_json(json.loads(json.dumps(plan_to_json(plan))))
    assert not unshown.needed(plan)
    run = platform.apply(plan)
    assert run.failures == {}, [each for each in run.events if isinstance(each, StepFailed)]
    assert VALUES[0] in copy(platform, secret)
    assert leaks(shown + told(run), VALUES) == []
    assert VALUES[0] not in json.dumps(connection(platform), default=str)
    assert steps(platform.plan()) == []

    rotate(secret, VALUES[1])
    plan = platform.plan()
    (step,) = plan.steps
    assert (step.action, step.address.type) == (Action.UPDATE, TYPE)
    assert paths(plan) == {NAME: ["AuthParameters.ApiKeyAuthParameters.ApiKeyValue"]}
    run = platform.apply(plan)
    assert run.calls == ["update_connection"]
    assert VALUES[1] in copy(platform, secret)
    assert connection(platform)["ConnectionState"] == "AUTHORIZED"
    assert leaks(words(plan) + json.dumps(plan_to_json(plan)) + told(run), VALUES) == []
    assert steps(platform.plan()) == []

    # a pull waits for its secret, and leaves what is there
    secret.delete_secret(SecretId="partners/scheme")
    plan = platform.plan()
    assert steps(plan) == []
    assert "the secret 'partners/scheme' is about to be deleted" in words(plan)
    platform.text = platform.text.replace("partners/scheme", "partners/other")
    assert "the secret 'partners/other' is not there" in words(platform.plan())
    secret.create_secret(Name="partners/other")
    assert "the secret 'partners/other' holds nothing" in words(platform.plan())


def test_what_is_not_as_planned_is_not_sent_and_what_aws_repeats_is_not_shown(
    platform: Platform, secret: Any
) -> None:
    plan = platform.plan()
    rotate(secret, VALUES[1])
    run = platform.apply(plan)
    assert run.failures[f"{TYPE}/{NAME}"] == "SECRET004"
    assert platform.client("events").list_connections()["Connections"] == []
    assert leaks(told(run), VALUES) == []
    platform.faults.add(
        Fault("events", "CreateConnection", code="ValidationException", message=f"bad: {VALUES[1]}")
    )
    run = platform.apply(platform.plan())
    assert run.failures[f"{TYPE}/{NAME}"] == "APPLY002"
    assert "bad:" in told(run)
    assert leaks(told(run), VALUES) == []


def test_credentials_that_are_not_accepted_fail_and_are_sent_again(
    platform: Platform, secret: Any, aws: Sandbox
) -> None:
    platform.text = specs(OAUTH)
    aws.outcome(NAME, "failed", "invalid_client")
    run = platform.apply(platform.plan())
    assert run.failures[f"{TYPE}/{NAME}"] == "APPLY007"
    assert "DEAUTHORIZED: invalid_client" in told(run)
    assert leaks(told(run), VALUES) == []
    plan = platform.plan()
    assert ("update", NAME) in steps(plan)
    run = platform.apply(plan)
    assert run.failures == {}
    assert steps(platform.plan()) == []
    platform.client("events").deauthorize_connection(Name=NAME)
    aws.clock.advance(60)
    assert paths(platform.plan())[NAME] == [
        "AuthParameters.OAuthParameters.ClientParameters.ClientSecret"
    ]
    platform.converge()


def test_an_export_refers_to_the_secret(platform: Platform, secret: Any) -> None:
    request = platform.request()
    made, found = compiler.build(request.specs, request.view)
    assert [each for each in found if each.is_error] == []
    out = json.dumps(template(made, resources.load(), compiler.place_of(request.view))[0])
    assert "{{resolve:secretsmanager:partners/scheme:SecretString:token::}}" in out
