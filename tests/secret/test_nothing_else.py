"""What is taken out is a secret and nothing else: a table of what goes and what stays."""

from __future__ import annotations

import random
import string
from base64 import b64encode

import pytest

from reconciler.secret.entropy import is_path
from reconciler.secret.redact import REDACTED, certain, redact

from .canaries import MIXED, TOKENS

ROOT = "/"
STAYS = {
    "a folder of a user": f"{ROOT}Users/anna/Projects/MLPlatform2/acme/environments/dev.yaml",
    "a folder of 40 characters": f"{ROOT}Users/anna/Projects/MLPlatform2/acme4/e1",
    "a folder for temporary files": "/tmp/tmpab12cd3x/Acme/Platform2026/specs",
    "a folder of a virtual environment": "/opt/venvs/Moorline311/lib/Python3/site/Reconciler",
    "a state folder": f"{ROOT}"
    "home/Anna1/.local/state/moorline/sandbox/1ba8242427c4e89498e943d3b5b50f3a",
    "a key's file": "private_key: /etc/Moorline/Keys/plan2026.pem",
    "a digest": "sha256:" + "9c8d2f01" * 8,
    "a digest in Base64": "lAzgPwLbRGt5mJKwmMIwzYbWYlkSdqLkl2oCNZOrLCM=",
    "a Git commit": "4f2c9e1b7a0d4f2c9e1b7a0d4f2c9e1b7a0d4f2c",
    "an ETag": '"9bb58f26192e4ba00f01e2e7b136bbd8-17"',
    "a UUID": "2695295a-3796-4bed-bb77-26b66bf58278",
    "an account": "account 123456789012",
    "the ARN of a role": "arn:aws:iam::123456789012:role/AmazonSageMaker-ExecutionRole-20200101T12",
    "the ARN of a single sign-on": "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/"
    "eu-west-1/AWSReservedSSO_Admin_0123456789abcdef",
    "the ARN of a secret": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
    "the ARN of a key": "arn:aws:kms:eu-west-1:123456789012:key/2695295a-3796-4bed-bb77-26b66bf5",
    "an image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/Fraud2/Scorer@sha256:"
    + "9c8d2f01" * 8,
    "an id of a role": "AROAQ3EGQ4XEXAMPLE42X",
    "an object": "s3://acme-prod-raw-123456789012/Year2024/Month01/Day07/Part0001.parquet",
    "a configuration in Base64": b64encode(b"router:\n  receiver: team\n  x").decode() + " is sent",
    "a configuration of 30 bytes in Base64": b64encode(b"{'a': 1, 'receiver': 'team-1'}").decode(),
    "a name in words": "AmazonSageMakerFeatureStoreRoleV20240101",
    "a table's columns": "txn_count_7d,avg_amount_30d,max_90d",
    "an id of a request": "request id 8BB4D7RYV3TGWX3S, host id "
    "Ab12cD34eF56gH78iJ90kL12mN34oP56qR78sT90uV12wX34yZ56aB78cD90eF12gH34iJ56kL78",
    "a package's version": "moto[server]>=5.2.5,<5.3",
    "a message on a token": "ExpiredToken: The provided token has expired.",
    "the name of a secret": "SecretArn: arn:aws:secretsmanager:eu-west-1:123456789012:secret:db",
}
GOES = {
    **TOKENS,
    "a password behind its name": "password=" + MIXED[:12],
    "a password in JSON": '{"DB_PASSWORD": "' + MIXED[:12] + '"}',
    "a password in an address": "postgres://admin:" + MIXED[:12] + "@db.internal:5432/fraud",
    "a signed address": "https://b.s3.amazonaws.com/k?X-Amz-Credential=x&X-Amz-Signature="
    + "8f14e45fceea167a" * 4,
    "a secret key with slashes": "a/B3dE5fG7/hJ9kL2mN4pQ6rS8tU1vW3xY5zA7c/",
}


@pytest.mark.parametrize("what", STAYS)
@pytest.mark.parametrize("frame", ["{}", "cannot read '{}': it is not there", "in {}."])
def test_what_is_no_secret_stays(what: str, frame: str) -> None:
    text = frame.format(STAYS[what])
    assert redact(text, environ={}) == text


@pytest.mark.parametrize("what", GOES)
def test_what_is_a_secret_goes(what: str) -> None:
    said = redact(f"got {GOES[what]} there", environ={})
    assert REDACTED in said
    secret = GOES[what]
    assert secret not in said


def test_a_folder_in_a_variable_is_no_password() -> None:
    names = ("PWD", "OLDPWD", "INIT_PWD", "PROJECT_PWD")
    environ = dict.fromkeys(names, "/srv/Acme2026/platform")
    text = "no platform in /srv/Acme2026/platform"
    assert redact(text, environ=environ) == text
    hidden = {"DB_PWD": "/x9Kq+w7Rz2/Lm4"}
    assert "x9Kq" not in redact("got /x9Kq+w7Rz2/Lm4", environ=hidden)


def test_a_beginning_that_a_hidden_value_shares_with_a_folder_stays() -> None:
    text = "in /srv/acme/platform, before"
    assert redact(text, ["/srv/acme-hidden-value"], {}) == text
    assert redact("got '/srv/acme-hid…'", ["/srv/acme-hidden-value"], {}) == f"got '{REDACTED}…'"


def test_random_keys_go_and_random_paths_stay() -> None:
    """Keys are 40 characters of Base64's alphabet; paths are words, as people name folders."""
    dice = random.Random(2026)
    letters = string.ascii_letters + string.digits + "+/"
    keys = ["".join(dice.choices(letters, k=40)) for _ in range(2000)]
    kept = [key for key in keys if certain(f"key {key}.", {}) == f"key {key}."]
    assert len(kept) <= len(keys) // 50, kept[:5]
    assert [key for key in keys if is_path(key)] == []
    words = [
        "Users",
        "home",
        "anna",
        "Projects",
        "MLPlatform",
        "acme",
        "v2",
        "2026",
        "Fraud7",
        "src",
    ]
    for _ in range(2000):
        path = "/" + "/".join(dice.choices(words, k=dice.randint(2, 9)))
        assert certain(f"in {path}: no", {}) == f"in {path}: no"
