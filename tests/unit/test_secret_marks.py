"""Where a value is kept: its forms, what is told of it, and that one call alone is given it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.ending import StepError
from reconciler.aws.errors import Denied
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import Session
from reconciler.aws.vault import unlocked
from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Observed, Reason
from reconciler.model.secret import Secret
from reconciler.model.value import SENSITIVE, Hidden, Join, JsonText, canonical, from_json, to_json
from reconciler.plan import calls
from reconciler.plan.diff import compare
from reconciler.render.vocabulary.value import brief
from reconciler.resources.api import lookup
from reconciler.secret.redact import redact_value
from reconciler.secret.veil import veiled

from .fakes import PLACE, Clients, refusal

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:partner-AbCdEf"
KEPT = Secret(ARN, "token", "3f2a91bc-0000-4000-8000-000000000000")
VALUE = "canary-of-a-secret-1234567890"


def test_its_form_says_where_it_is_and_goes_round() -> None:
    tree = {"a": [KEPT], "b": JsonText({"c": KEPT})}
    again = json.loads(json.dumps(to_json(tree)))
    assert again["a"] == [{"$secret": [ARN, "token", KEPT.version]}]
    assert from_json(again) == tree
    assert canonical(tree) == canonical(from_json(again))
    users = {"$secret": ["a", "b", "c"]}
    assert from_json(to_json(users)) == users
    assert str(KEPT).startswith(
        "{{resolve:secretsmanager:" + ARN + ":SecretString:token::3f2a91bc-"
    )


def test_whatever_hides_secrets_shows_where_they_are() -> None:
    assert redact_value({"password": KEPT}) == {"password": KEPT}
    path = ("AuthParameters", "ApiKeyAuthParameters", "ApiKeyValue")
    assert veiled(path, path, KEPT, frozenset({path})) is KEPT
    assert brief(to_json(KEPT)) == "(token of secret partner-AbCdEf, version 3f2a91bc)"
    assert brief(to_json(Secret("partner"))) == "(secret partner)"
    assert brief(to_json(KEPT.seen)) == f"(secret at {KEPT.token})"


def test_its_token_differs_with_secret_member_and_version_and_holds_none_of_them_whole() -> None:
    others = (
        Secret(ARN + "x", KEPT.member, KEPT.version),
        Secret(ARN, "other", KEPT.version),
        Secret(ARN, KEPT.member, KEPT.version + "1"),
    )
    assert len({KEPT.token, *(each.token for each in others)}) == 4
    assert KEPT.seen.token == KEPT.token
    assert KEPT.seen.seen == KEPT.seen


def session(*script: Any) -> Session:
    clock = FakeClock()
    return Session(Clients(*script), clock=clock, limiter=Limiter(clock, unlimited=True))


def answer(text: Any, version: str = KEPT.version) -> dict[str, Any]:
    return {"ARN": ARN, "Name": "partner", "VersionId": version, "SecretString": text}


def test_it_is_opened_in_a_copy_of_the_parameters() -> None:
    params = {"a": KEPT, "b": [Hidden(Address("T", "n"), ("b",), KEPT)], "c": JsonText([KEPT])}
    found, kept = unlocked(session(answer(json.dumps({"token": VALUE}))), params)
    assert found["a"] == VALUE
    assert found["b"][0].value == VALUE
    assert found["c"] == JsonText([VALUE])
    assert VALUE in kept
    assert params["a"] is KEPT


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (answer(json.dumps({"token": VALUE}), "another"), "SECRET004"),
        (answer("{}"), "SECRET003"),
        (answer(json.dumps({"token": ""})), "SECRET003"),
        (answer(json.dumps({"token": 5})), "SECRET003"),
        (
            {"ARN": ARN, "Name": "partner", "VersionId": KEPT.version, "SecretBinary": b"x"},
            "SECRET003",
        ),
        (refusal("ResourceNotFoundException"), "SECRET003"),
        (
            refusal("InvalidRequestException", "You provided a VersionStage that is not"),
            "SECRET004",
        ),
    ],
)
def test_what_is_not_as_planned_is_not_sent(said: Any, code: str) -> None:
    with pytest.raises(StepError) as caught:
        unlocked(session(said), {"a": KEPT})
    assert caught.value.code == code
    assert VALUE not in str(caught.value)


def test_who_may_not_read_it_is_told_so() -> None:
    with pytest.raises(Denied):
        unlocked(session(refusal("AccessDeniedException")), {"a": KEPT})


CONNECTION = lookup("AWS::Events::Connection")
HERE = Address("AWS::Events::Connection", "acme-dev-x")
PLAIN = {"Key": "Accept", "Value": "a", "IsValueSecret": False}


def desired(secret: Secret, **more: Any) -> dict[str, Any]:
    auth = {
        "ApiKeyAuthParameters": {"ApiKeyName": "X", "ApiKeyValue": secret},
        "InvocationHttpParameters": {"HeaderParameters": [PLAIN]},
    }
    return {"AuthorizationType": "API_KEY", "AuthParameters": auth, "Description": "Ours.", **more}


def shown(params: dict[str, Any], state: str = "AUTHORIZED", **more: Any) -> dict[str, Any]:
    """What AWS gives back of what it was sent."""
    auth = {
        "ApiKeyAuthParameters": {"ApiKeyName": "X"},
        "InvocationHttpParameters": {"HeaderParameters": [PLAIN]},
    }
    return {**params, "AuthParameters": auth, "ConnectionState": state, **more}


def live(secret: Secret, **more: Any) -> Observed:
    assert CONNECTION is not None
    change = Change(HERE, Action.CREATE, Reason.ABSENT, desired(secret), None)
    (call,) = calls.create(change, CONNECTION, PLACE)
    assert call.params["Description"] == f"Ours. [sent {secret.token}]"
    return Observed(dict(CONNECTION.root.decode(shown(dict(call.params), **more))))


@pytest.mark.scenario("D41")
@pytest.mark.parametrize(
    ("now", "more", "changes"),
    [
        (KEPT, {}, 0),
        (Secret(ARN, "token", "9b1c"), {}, 1),
        (Secret(ARN, "other", KEPT.version), {}, 1),
        (Secret(ARN), {}, 0),  # nobody was asked
        (KEPT, {"state": "DEAUTHORIZED"}, 1),
        (KEPT, {"Description": "Somebody's."}, 2),
    ],
)
def test_a_masked_reading_is_a_difference_where_it_is_another_one(
    now: Secret, more: dict[str, Any], changes: int
) -> None:
    assert CONNECTION is not None
    change = compare(HERE, desired(now), live(KEPT, **more), CONNECTION)
    assert len(change.fields) == changes, change.fields
    assert SENSITIVE not in [each.after for each in change.fields]
    if now.version and changes == 1:
        (call,) = calls.update(change, CONNECTION, PLACE)
        assert call.method == "update_connection"
        assert call.params["Description"] == f"Ours. [sent {now.token}]"


def test_a_plain_parameter_is_compared() -> None:
    assert CONNECTION is not None
    wanted = desired(KEPT)
    headers = {"HeaderParameters": [{**PLAIN, "Value": "b"}]}
    wanted["AuthParameters"] = {**wanted["AuthParameters"], "InvocationHttpParameters": headers}
    (field,) = compare(HERE, wanted, live(KEPT), CONNECTION).fields
    assert field.path[-2:] == ("Accept", "Value")


def test_text_and_joins_are_no_marks() -> None:
    assert to_json(Join(("a",))) == {"$join": ["a"]}
