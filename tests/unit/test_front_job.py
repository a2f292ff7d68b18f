"""The function in front of an endpoint: what it hands on, what it answers, and when it serves."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.jobs.front import BALANCED, STALE, Ports, Refused, handle, of_response

ALL = {"ENDPOINT": "acme-prod-fraud"}
ONE = {**ALL, "VARIANT": "candidate"}


class Endpoint:
    """An endpoint that remembers what it was asked."""

    def __init__(self, *answers: Any, states: tuple[Any, ...] = ("InService",)) -> None:
        self.answers, self.states = [*answers], [*states]
        self.asked: list[Mapping[str, Any]] = []
        self.looks, self.now = 0, 1000.0
        self.seen: dict[str, tuple[str, float]] = {}

    def invoke(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append(asked)
        found = self.answers.pop(0)
        if isinstance(found, Refused):
            raise found
        return dict(found)

    def state(self, _: str) -> str:
        self.looks += 1
        found = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(found, Refused):
            raise found
        return str(found)

    @property
    def ports(self) -> Ports:
        return Ports(self.invoke, self.state, lambda: self.now, self.seen)


def answer(body: bytes = b'{"score": 0.9}', kind: str = "application/json") -> dict[str, Any]:
    return {"Body": body, "ContentType": kind, "InvokedProductionVariant": "primary"}


def of_api(body: Any = "{}", method: str = "POST", path: str = "/invocations", **more: Any) -> Any:
    http = {"method": method, "path": path}
    headers = {"content-type": "application/json"}
    context = {"http": http, "stage": "$default"}
    event = {"version": "2.0", "rawPath": path, "requestContext": context}
    event["routeKey"] = f"{method} {path}"
    return {**event, "headers": headers, "body": body, "isBase64Encoded": False, **more}


def of_balancer(body: str = "{}", method: str = "POST", path: str = "/invocations") -> Any:
    event = {"httpMethod": method, "path": path, "headers": {"content-type": "text/csv"}}
    return {**event, "requestContext": {"elb": {}}, "body": body, "isBase64Encoded": False}


@pytest.mark.parametrize("event", [of_api('{"a": 1}'), of_balancer('{"a": 1}')])
def test_a_request_is_handed_on_and_its_answer_back(event: Any) -> None:
    endpoint = Endpoint(answer())
    found = handle(event, ALL, endpoint.ports)
    assert (found["statusCode"], found["body"]) == (200, '{"score": 0.9}')
    assert found["headers"]["x-moorline-variant"] == "primary"
    kind = event["headers"]["content-type"]
    assert endpoint.asked == [
        {"EndpointName": "acme-prod-fraud", "Body": b'{"a": 1}', "ContentType": kind}
    ]


BESIDE = {"http": {"method": "POST", "path": "/open/invocations"}, "stage": "open"}


@pytest.mark.parametrize(
    "event",
    [
        of_api(routeKey="$default"),  # an address of the function's own, or a route for all
        of_api(routeKey="POST /{proxy+}", path="/x"),
        of_api(requestContext=BESIDE),
        of_balancer(path="/x"),
    ],
)
def test_a_way_that_somebody_opened_beside_ours_leads_nowhere(event: Any) -> None:
    endpoint = Endpoint(answer())
    assert handle(event, ALL, endpoint.ports)["statusCode"] == 404
    assert endpoint.asked == []


def test_bytes_stay_bytes_both_ways() -> None:
    endpoint = Endpoint(answer(b"\x00\xff", "application/x-npy"))
    event = of_api(base64.b64encode(b"\xff\x00").decode(), isBase64Encoded=True)
    found = handle(event, ALL, endpoint.ports)
    assert endpoint.asked[0]["Body"] == b"\xff\x00"
    assert (base64.b64decode(found["body"]), found["isBase64Encoded"]) == (b"\x00\xff", True)


def test_nobody_chooses_a_variant_from_outside() -> None:
    endpoint = Endpoint(answer())
    headers = {"X-Amzn-SageMaker-Target-Variant": "candidate", "Accept": "text/csv"}
    headers["X-Amzn-SageMaker-Inference-Id"] = "7"
    handle(of_api(headers=headers), ONE | {"VARIANT": "primary"}, endpoint.ports)
    (asked,) = endpoint.asked
    assert asked["TargetVariant"] == "primary"
    assert (asked["Accept"], asked["InferenceId"]) == ("text/csv", "7")


def test_a_variant_that_is_gone_is_asked_for_no_more() -> None:
    """A rollout has just ended: the group of the candidate gets requests a little longer."""
    endpoint = Endpoint(Refused("ValidationError", "Variant candidate not found"), answer())
    assert handle(of_balancer(), ONE, endpoint.ports)["statusCode"] == 200
    assert [each.get("TargetVariant") for each in endpoint.asked] == ["candidate", None]


@pytest.mark.parametrize("code", ["ModelError", "ThrottlingException", "AccessDeniedException"])
def test_no_other_refusal_is_asked_again(code: str) -> None:
    endpoint = Endpoint(Refused(code, "no", 500))
    assert handle(of_balancer(), ONE, endpoint.ports)["statusCode"] != 200
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize(
    ("refused", "status", "told"),
    [
        (Refused("ModelError", "no column a", 422), 422, "no column a"),
        (Refused("ModelError", "stack of the model", 500), 502, "the model did not answer"),
        (Refused("ThrottlingException", "Rate exceeded"), 429, "try again later"),
        (Refused("ServiceUnavailable", "secret"), 503, "try again later"),
        (Refused("ModelNotReadyException"), 503, "try again later"),
        (Refused("Timeout"), 504, "took too long"),
        (Refused("AccessDeniedException", "arn:aws:iam::1:role/a"), 502, "did not answer"),
        (Refused("ValidationError", "Endpoint acme not found"), 502, "did not answer"),
    ],
)
def test_a_caller_learns_of_his_own_faults_and_of_none_of_ours(
    refused: Refused, status: int, told: str
) -> None:
    found = handle(of_api(), ALL, Endpoint(refused).ports)
    said = json.loads(found["body"])["message"]
    assert (found["statusCode"], told in said) == (status, True)
    assert not refused.message or status == 422 or refused.message not in said


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", ""])
def test_only_a_post_is_handed_on(method: str) -> None:
    endpoint = Endpoint()
    assert handle(of_balancer(method=method), ALL, endpoint.ports)["statusCode"] == 405
    assert endpoint.asked == []


def test_what_is_too_large_is_said_and_not_cut() -> None:
    large = "a" * (BALANCED + 1)
    endpoint = Endpoint(answer(large.encode(), "text/csv"), answer(large.encode(), "text/csv"))
    assert handle(of_balancer(large), ALL, endpoint.ports)["statusCode"] == 413
    assert handle(of_balancer(), ALL, endpoint.ports)["statusCode"] == 502
    assert handle(of_api(large), ALL, endpoint.ports)["statusCode"] == 200


def health(endpoint: Endpoint, after: float = 0.0) -> int:
    endpoint.now += after
    event = of_balancer(method="GET", path="/health")
    return int(handle(event, ONE, endpoint.ports)["statusCode"])


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("InService", 200), ("Updating", 200), ("SystemUpdating", 200), ("RollingBack", 200),
        ("Failed", 503), ("Creating", 503), ("OutOfService", 503), ("Deleting", 503),
        ("UpdateRollbackFailed", 200), ("", 503),
        (Refused("ValidationException", "Could not find endpoint"), 503),
        (Refused("ThrottlingException"), 503),
    ],
)  # fmt: skip
def test_health_is_whether_the_endpoint_serves(state: Any, status: int) -> None:
    assert health(Endpoint(states=(state,))) == status


def test_health_is_asked_for_seldom_and_believed_for_a_while() -> None:
    endpoint = Endpoint(states=("InService", Refused("ThrottlingException")))
    assert [health(endpoint, after) for after in (0, 5, 5)] == [200, 200, 200]
    assert endpoint.looks == 1
    assert health(endpoint, 60) == 200, "AWS does not say, and said so a minute ago"
    assert health(endpoint, STALE) == 503, "nobody knows any more"


def test_what_a_model_said_is_in_the_answer_of_the_service() -> None:
    response = {"Error": {"Code": "ModelError", "Message": "Received client error (400)"}}
    found = of_response({**response, "OriginalStatusCode": 400, "OriginalMessage": "no column"})
    assert (found.code, found.status, found.message) == ("ModelError", 400, "no column")
    assert of_response({"Error": {"Code": "Throttling", "Message": "slow"}}).message == "slow"
