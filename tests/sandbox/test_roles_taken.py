"""How roles are taken: with a token of an identity provider, narrowed by a session's policies."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from reconciler.sandbox.iam import roles
from reconciler.sandbox.inprocess import ACCOUNT, REGION, Sandbox

from .test_guard import ROLE, allow, document, refused, role

WEB = f"arn:aws:iam::{ACCOUNT}:role/web"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/forge.test"
CLAIMS = {
    "iss": "https://forge.test",
    "sub": "repo:acme/platform:ref:main",
    "aud": "sts.amazonaws.com",
    "exp": 9_999_999_999,
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Federated": PROVIDER},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {"forge.test:aud": "sts.amazonaws.com"},
                "StringLike": {"forge.test:sub": "repo:acme/*:ref:main"},
            },
        }
    ],
}


def token(**claims: Any) -> str:
    body = json.dumps({k: v for k, v in {**CLAIMS, **claims}.items() if v is not None})
    return f"e30.{urlsafe_b64encode(body.encode()).decode().rstrip('=')}.c2ln"


def entering(aws: Sandbox, *, provider: bool = True) -> Any:
    """STS without a signature, where a role trusts a provider."""
    roles.put(WEB, {"own": json.loads(document(allow("sns:*")))}, TRUST)
    if provider:
        aws.client("iam").create_open_id_connect_provider(
            Url="https://forge.test",
            ClientIDList=["sts.amazonaws.com"],
            ThumbprintList=["0" * 40],
        )
    return boto3.client("sts", region_name=REGION, config=Config(signature_version=UNSIGNED))


def asked(given: str, arn: str = WEB) -> dict[str, str]:
    return {"RoleArn": arn, "RoleSessionName": "job-1", "WebIdentityToken": given}


def test_a_token_that_the_role_trusts_takes_it(aws: Sandbox) -> None:
    found = entering(aws).assume_role_with_web_identity(**asked(token()))
    lent = found["Credentials"]

    sns = boto3.client(
        "sns", region_name=REGION, aws_access_key_id=lent["AccessKeyId"],
        aws_secret_access_key=lent["SecretAccessKey"], aws_session_token=lent["SessionToken"],
    )  # fmt: skip
    sns.list_topics()
    assert found["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/web/job-1"


@pytest.mark.parametrize(
    ("given", "arn", "code"),
    [
        (token(sub="repo:eve/platform:ref:main"), WEB, "AccessDenied"),
        (token(sub="repo:acme/platform:ref:feature"), WEB, "AccessDenied"),
        (token(), ROLE, "AccessDenied"),
        (token(aud="somebody"), WEB, "InvalidIdentityToken"),
        (token(iss="https://other.test"), WEB, "InvalidIdentityToken"),
        (token(exp=1), WEB, "ExpiredTokenException"),
        (token(sub=None), WEB, "InvalidIdentityToken"),
        ("no token", WEB, "InvalidIdentityToken"),
    ],
    ids=["another project", "another branch", "no such role", "not for STS", "another issuer",
         "too old", "without a subject", "no token"],
)  # fmt: skip
def test_another_token_does_not(aws: Sandbox, given: str, arn: str, code: str) -> None:
    take = entering(aws).assume_role_with_web_identity

    assert refused(take, **asked(given, arn))[0] == code


def test_an_account_that_does_not_know_the_provider_lets_nobody_in(aws: Sandbox) -> None:
    take = entering(aws, provider=False).assume_role_with_web_identity

    code, message, status = refused(take, **asked(token()))

    assert (code, status) == ("InvalidIdentityToken", 400)
    assert "No OpenIDConnect provider found in your account for https://forge.test" in message


# -- what a session was narrowed by


def narrowed(aws: Sandbox, **how: Any) -> Any:
    role(aws, allow("sns:*", "kms:ListKeys"))
    lent = aws.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="run-1", **how)
    keys = lent["Credentials"]
    return lambda service: boto3.client(
        service, region_name=REGION, aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"],
    )  # fmt: skip


def test_a_session_may_do_what_both_its_role_and_its_policy_allow(aws: Sandbox) -> None:
    clients = narrowed(aws, Policy=document(allow("sns:*", "iam:*")))

    clients("sns").list_topics()
    said = refused(clients("kms").list_keys)[1]
    assert said.endswith("because no session policy allows the kms:ListKeys action")
    assert "no identity-based policy" in refused(clients("iam").list_roles)[1]


def test_a_session_is_narrowed_by_managed_policies_too(aws: Sandbox) -> None:
    made = aws.client("iam").create_policy(
        PolicyName="few", PolicyDocument=document(allow("kms:ListKeys"))
    )
    clients = narrowed(aws, PolicyArns=[{"arn": made["Policy"]["Arn"]}])

    clients("kms").list_keys()
    assert refused(clients("sns").list_topics)[0] == "AccessDenied"


def test_a_session_s_policy_denies(aws: Sandbox) -> None:
    no = {"Effect": "Deny", "Action": "sns:ListTopics", "Resource": "*"}
    clients = narrowed(aws, Policy=document(allow("*"), no))

    assert "explicit deny in session policy" in refused(clients("sns").list_topics)[1]
