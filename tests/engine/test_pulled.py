"""Credentials by reference, from the plan to AWS and back: sent once, shown nowhere, rotated."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.cli.world import unshown
from reconciler.model import receipt as receipts
from reconciler.model.change import Action
from reconciler.model.event import StepFailed
from reconciler.model.plan import Plan, plan_from_json, plan_to_json
from reconciler.render.cloudformation.template import template
from reconciler.render.text import plan as text
from tests.secrets.canaries import MIXED
from tests.secrets.watched import leaks

from .platform import Platform, Run, codes, join, spec, steps

VALUES = ("first-" + MIXED, "second-" + MIXED)
TYPE = "AWS::Events::Connection"
REST = """
  rest:
    url: https://api.scheme.example/v1/chargebacks
    auth: {AUTH}
    items: $.data
    pages: {cursor: {next: $.next, query: after}}
    land: {source: raw, path: chargebacks}
"""
KEY = "{apiKey: {header: X-Api-Key, secretName: partners/scheme, member: token}}"
OAUTH = (
    "{oauth: {endpoint: 'https://login.scheme.example/t', clientId: us, secretName: partners/scheme,"
    " member: token}}"
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


def connection(platform: Platform) -> dict[str, Any]:
    found: dict[str, Any] = platform.client("events").describe_connection(
        Name="acme-dev-chargebacks"
    )
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
    assert codes(plan) == []
    shown = json.dumps(plan_to_json(plan)) + words(plan)
    assert "(token of secret partners/scheme" in words(plan)
    run = platform.apply(plan)
    assert run.failures == {}, [each for each in run.events if isinstance(each, StepFailed)]
    assert VALUES[0] in copy(platform, secret)
    assert leaks(shown + told(run), VALUES) == []
    assert VALUES[0] not in json.dumps(connection(platform), default=str)
    assert steps(platform.plan()) == []

    secret.put_secret_value(
        SecretId="partners/scheme", SecretString=json.dumps({"token": VALUES[1]})
    )
    plan = platform.plan()
    ((step,),) = ([each for each in plan.steps],)
    assert (step.action, step.address.type) == (Action.UPDATE, TYPE)
    assert [".".join(each.path) for each in step.fields] == [
        "AuthParameters.ApiKeyAuthParameters.ApiKeyValue"
    ]
    run = platform.apply(plan)
    assert run.calls == ["update_connection"]
    assert VALUES[1] in copy(platform, secret)
    assert connection(platform)["ConnectionState"] == "AUTHORIZED"
    assert leaks(words(plan) + told(run), VALUES) == []
    assert steps(platform.plan()) == []
