"""How long sessions of roles last in the sandbox, and what is said when they are over."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox.inprocess import REGION, Sandbox, sandbox
from reconciler.sandbox.state.world import WORLD

ROLE = "arn:aws:iam::123456789012:role/worker"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": "sts:AssumeRole",
        },
        {
            "Effect": "Allow",
            "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/example.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
        },
    ],
}
ALL = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        iam = found.client("iam")
        given = {"RoleName": "worker", "AssumeRolePolicyDocument": json.dumps(TRUST)}
        iam.create_role(**given, MaxSessionDuration=7200)
        iam.put_role_policy(RoleName="worker", PolicyName="all", PolicyDocument=json.dumps(ALL))
        yield found


def keys(answer: dict[str, Any]) -> dict[str, str]:
    found = answer["Credentials"]
    return {
        "aws_access_key_id": found["AccessKeyId"],
        "aws_secret_access_key": found["SecretAccessKey"],
        "aws_session_token": found["SessionToken"],
    }


def code(call: Any, **given: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as said:
        call(**given)
    answer = said.value.response
    told = answer["Error"]
    return told["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], told["Message"]


def lend(aws: Sandbox, seconds: int = 3600) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("sts").assume_role(
        RoleArn=ROLE, RoleSessionName="one", DurationSeconds=seconds
    )
    return found


ENDED = {
    "sagemaker": ("list_endpoints", "ExpiredTokenException", 403),
    "s3": ("list_buckets", "ExpiredToken", 400),
    "iam": ("list_roles", "ExpiredToken", 403),
    "sts": ("get_caller_identity", "ExpiredToken", 403),
    "kms": ("list_keys", "ExpiredTokenException", 403),
}


def test_a_session_is_over_after_its_time_by_the_sandbox_s_clock(aws: Sandbox) -> None:
    lent = lend(aws)
    ends = lent["Credentials"]["Expiration"].timestamp()
    assert ends == pytest.approx(aws.clock.now() + 3600, abs=5)
    session = boto3.Session(**keys(lent), region_name=REGION)
    clients = {name: session.client(name) for name in ENDED}
    for name, (method, _, _) in ENDED.items():
        getattr(clients[name], method)()
    aws.clock.advance(3601)
    for name, (method, said, status) in ENDED.items():
        assert code(getattr(clients[name], method))[:2] == (said, status)


def test_a_head_has_no_body_to_say_it_with(aws: Sandbox) -> None:
    aws.expire()
    assert code(aws.client("s3").head_bucket, Bucket="any")[:2] == ("400", 400)


def test_others_end_on_demand_and_work_again(aws: Sandbox) -> None:
    aws.expire(after=60)
    aws.client("iam").list_roles()
    aws.clock.advance(61)
    assert code(aws.client("iam").list_roles)[0] == "ExpiredToken"
    aws.log_in()
    aws.client("iam").list_roles()


def test_a_session_is_as_long_as_the_role_allows(aws: Sandbox) -> None:
    lend(aws, 7200)
    sts = aws.client("sts")
    given = {"RoleArn": ROLE, "RoleSessionName": "one"}
    for seconds, text in ((7201, "MaxSessionDuration"), (43201, "less")):
        said = code(sts.assume_role, **given, DurationSeconds=seconds)
        assert said[0] == "ValidationError"
        assert text in said[2]


def test_who_has_a_role_takes_another_for_an_hour_at_most(aws: Sandbox) -> None:
    sts = boto3.Session(**keys(lend(aws)), region_name=REGION).client("sts")
    given = {"RoleArn": ROLE, "RoleSessionName": "two"}
    sts.assume_role(**given, DurationSeconds=3600)
    said = code(sts.assume_role, **given, DurationSeconds=3601)
    assert said[0] == "ValidationError"
    assert "role chaining" in said[2]


@pytest.mark.parametrize("iam", ["enforced", "off"])
@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("nothing", "InvalidIdentityToken"),
        ("over", "ExpiredTokenException"),
        ("good", ""),
    ],
)
def test_a_token_must_be_one_and_good_still(aws: Sandbox, token: str, said: str, iam: str) -> None:
    """Who made it for whom is asked only where IAM is."""
    claims: dict[str, Any] = {"exp": aws.clock.now() + (300 if token == "good" else -1)}
    WORLD.iam = iam
    if iam == "enforced":
        claims |= {"iss": "https://example.com", "sub": "job", "aud": "sts.amazonaws.com"}
        aws.client("iam").create_open_id_connect_provider(
            Url="https://example.com", ClientIDList=["sts.amazonaws.com"]
        )
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    text = "nothing" if token == "nothing" else f"e30.{body}.c2ln"
    given = {"RoleArn": ROLE, "RoleSessionName": "one", "WebIdentityToken": text}
    call = aws.client("sts").assume_role_with_web_identity
    if said:
        assert code(call, **given)[0] == said
    else:
        assert call(**given)["Credentials"]["AccessKeyId"]
