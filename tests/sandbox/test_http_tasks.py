"""HTTP tasks of machines: a connection's credentials, AWS's limits, no network but this machine."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from reconciler.sandbox.inprocess import Sandbox

from .flows import SFN, Answer, machine, role, run, served

ACTIONS = (
    "states:InvokeHTTPEndpoint", "events:RetrieveConnectionCredentials",
    "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret",
)  # fmt: skip
KEY: dict[str, Any] = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "hidden"}}
JSON = "application/json; charset=utf-8"


@pytest.fixture(autouse=True)
def _still(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")


def connection(aws: Sandbox, auth: dict[str, Any], kind: str = "API_KEY") -> str:
    made = aws.client("events").create_connection(
        Name="api", AuthorizationType=kind, AuthParameters=auth
    )
    aws.clock.advance(30)
    return str(made["ConnectionArn"])


def task(arn: str, **more: Any) -> dict[str, Any]:
    given = {"ApiEndpoint": "https://api.example.com/v1/rows", "Method": "GET",
             "InvocationConfig": {"ConnectionArn": arn}, **more}  # fmt: skip
    return {"Type": "Task", "Resource": f"{SFN}http:invoke", "Parameters": given, "End": True}


def asked(aws: Sandbox, state: dict[str, Any], *actions: str, name: str = "flow") -> dict[str, Any]:
    return run(aws, machine(aws, {"t": state}, role(aws, name, *actions), name=name), {"n": 2})


def test_a_request_has_the_connections_key_and_what_the_state_gives(aws: Sandbox) -> None:
    seen: list[tuple[str, dict[str, str], bytes]] = []

    def answer(path: str, headers: dict[str, str], body: bytes) -> Answer:
        seen.append((path, headers, body))
        return 200, JSON, b'{"rows": [1]}'

    auth = {**KEY, "InvocationHttpParameters": {
        "QueryStringParameters": [{"Key": "tenant", "Value": "a b", "IsValueSecret": False}],
        "BodyParameters": [{"Key": "by", "Value": "us", "IsValueSecret": False}]}}  # fmt: skip
    with served(answer) as home:
        aws.machines.hosts["api.example.com"] = home
        state = task(connection(aws, auth), Method="POST", RequestBody={"n.$": "$.n"},
                     QueryParameters={"page.$": "$.n"}, Headers={"X-Own": "1"})  # fmt: skip
        found = asked(aws, state, *ACTIONS)
    assert found["output"]["ResponseBody"] == {"rows": [1]}
    assert found["output"]["StatusCode"] == 200
    assert found["output"]["Headers"]["content-type"] == [JSON]
    ((path, headers, body),) = seen
    assert path == "/v1/rows?page=2&tenant=a+b"
    assert (headers["x-key"], headers["x-own"], headers["host"]) == (
        "hidden",
        "1",
        "api.example.com",
    )
    assert headers["user-agent"].startswith("Amazon|StepFunctions|HttpInvoke|")
    assert json.loads(body) == {"n": 2, "by": "us"}
    assert "hidden" not in str(found)


def test_basic_and_oauth_sign_as_they_do(aws: Sandbox) -> None:
    seen: list[str] = []

    def answer(path: str, headers: dict[str, str], body: bytes) -> Answer:
        if path == "/token":
            assert b"client_credentials" in body
            return 200, JSON, b'{"access_token": "t0k"}'
        seen.append(headers["authorization"])
        return 200, JSON, b"{}"

    with served(answer) as home:
        aws.machines.hosts |= {"api.example.com": home, "login.example.com": home}
        basic = {"BasicAuthParameters": {"Username": "u", "Password": "p"}}
        state = task(connection(aws, basic, "BASIC"))
        assert asked(aws, state, *ACTIONS)["status"] == "SUCCEEDED"
        aws.client("events").delete_connection(Name="api")
        aws.clock.advance(30)
        oauth = {"OAuthParameters": {
            "ClientParameters": {"ClientID": "id", "ClientSecret": "s"}, "HttpMethod": "POST",
            "AuthorizationEndpoint": "https://login.example.com/token"}}  # fmt: skip
        state = task(connection(aws, oauth, "OAUTH_CLIENT_CREDENTIALS"))
        assert asked(aws, state, *ACTIONS, name="two")["status"] == "SUCCEEDED"
    assert seen == [f"Basic {base64.b64encode(b'u:p').decode()}", "Bearer t0k"]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ((429, "text/plain", b"slow down"), "States.Http.StatusCode.429"),
        ((503, JSON, b"{}"), "States.Http.StatusCode.503"),
        ((302, "text/plain", b""), "States.Http.StatusCode.302"),
        ((200, JSON, b'"' + b"x" * 262_144 + b'"'), "States.DataLimitExceeded"),
        ((200, "application/octet-stream", b"abc"), "States.Runtime"),
        ((200, "image/png", b"abc"), "States.Runtime"),
        ((200, "text/plain", b"\xff\xfe"), "States.Runtime"),
    ],
)
def test_an_answer_that_is_none_fails_with_its_name(
    aws: Sandbox, reply: Answer, error: str
) -> None:
    with served(lambda *_: reply) as home:
        aws.machines.hosts["api.example.com"] = home
        found = asked(aws, task(connection(aws, KEY)), *ACTIONS)
    assert found["error"] == error


def test_json_that_is_none_stays_a_text(aws: Sandbox) -> None:
    with served(lambda *_: (200, JSON, b'{"rows": [')) as home:
        aws.machines.hosts["api.example.com"] = home
        found = asked(aws, task(connection(aws, KEY)), *ACTIONS)
    assert found["output"]["ResponseBody"] == '{"rows": ['


def test_a_server_that_says_nothing_is_given_up(aws: Sandbox) -> None:
    def answer(*_: object) -> Answer:
        import time

        time.sleep(0.3)
        return 200, JSON, b"{}"

    aws.machines.http_seconds = 0.05
    with served(answer) as home:
        aws.machines.hosts["api.example.com"] = home
        assert asked(aws, task(connection(aws, KEY)), *ACTIONS)["error"] == "States.Http.Socket"


def test_no_host_is_reached_that_nobody_stands_for(aws: Sandbox) -> None:
    arn = connection(aws, KEY)
    found = asked(aws, task(arn), *ACTIONS)
    assert found["error"] == "States.Http.Socket"
    assert "no local server" in found["cause"]
    aws.machines.hosts["api.example.com"] = "http://192.0.2.1:80"
    assert asked(aws, task(arn), *ACTIONS, name="two")["error"] == "States.Http.Socket"


@pytest.mark.parametrize("missing", ACTIONS)
def test_each_right_is_needed(aws: Sandbox, missing: str) -> None:
    with served(lambda *_: (200, JSON, b"{}")) as home:
        aws.machines.hosts["api.example.com"] = home
        actions = [each for each in ACTIONS if each != missing]
        found = asked(aws, task(connection(aws, KEY)), *actions)
    assert found["status"] == "FAILED"
    assert missing in found["cause"]


def test_a_connection_that_is_not_there_is_named(aws: Sandbox) -> None:
    arn = connection(aws, KEY)
    aws.client("events").delete_connection(Name="api")
    aws.clock.advance(30)
    found = asked(aws, task(arn), *ACTIONS)
    assert found["error"] == "Events.ConnectionResource.InvalidConnectionState"
