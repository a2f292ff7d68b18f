"""What is taken out of messages and values, and what is left alone."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from urllib.parse import quote

import pytest

from reconciler.model.address import Address
from reconciler.model.value import SENSITIVE, JsonText, Ref
from reconciler.secret.entropy import random_runs
from reconciler.secret.names import secretive
from reconciler.secret.redact import REDACTED, certain, redact, redact_value

from .canaries import TOKENS

WRAPPED = {
    "a sentence": "The value {} is not allowed.",
    "JSON": '{{"Message": "got {}", "n": 1}}',
    "a Python dict": "{{'message': 'got {}'}}",
    "a command line": "tool --verbose --value={} --other",
}


@pytest.mark.parametrize("frame", WRAPPED)
@pytest.mark.parametrize("what", TOKENS)
def test_a_token_is_taken_out_of(what: str, frame: str) -> None:
    token = TOKENS[what]
    cleaned = redact(WRAPPED[frame].format(token), environ={})
    assert token not in cleaned
    assert REDACTED in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter2",
        "--db-password hunter: password: hunter2",
        '{"SecretString": "hunter2"}',
        "{'DB_PASSWORD': 'hunter2'}",
        'environment "{\\"DB_PASSWORD\\": \\"hunter2\\"}" is invalid',
        "AWS_SECRET_ACCESS_KEY=hunter2 AWS_REGION=eu-west-1",
        "postgres://admin:hunter2@db.internal:5432/fraud",
        "api_key => hunter2",
        "?user=admin&token=hunter2&page=3",
    ],
)
def test_a_value_behind_a_secret_name_is_taken_out(text: str) -> None:
    assert "hunter2" not in redact(text, environ={})


@pytest.mark.parametrize(
    "text",
    [
        "ExpiredToken: The provided token has expired.",
        "The security token included in the request is invalid",
        "PartitionKey=customer_id",
        "{{resolve:secretsmanager:prod/db:SecretString:password}}",
        "password: {{resolve:ssm-secure:/prod/db}}",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
        "arn:aws:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole-20200101T1234",
        "s3://acme-prod-raw-123456789012/year=2024/month=01/model.tar.gz",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud@sha256:" + "9c8d2f01" * 8,
        "commit 4f2c9e1b7a0d4f2c9e1b7a0d4f2c9e1b7a0d4f2c",
        "request id 2695295a-3796-4bed-bb77-26b66bf58278",
        "ClientRequestToken=9c8d2f",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redact(text, environ={}) == text


SECRET = 'pa"ss/wörd+7'


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        quote(SECRET, safe=""),
        repr(SECRET),
        b64encode(SECRET.encode()).decode().rstrip("="),
    ],
)
@pytest.mark.parametrize("name", ["DB_PASSWORD", "X_TOKEN", "MY_SECRET", "MOORLINE_PLAN_KEY"])
def test_a_value_of_the_environment_is_taken_out_in_every_form(name: str, form: str) -> None:
    cleaned = certain(f"before {form} after", {name: SECRET})
    assert cleaned.replace('"', "").replace("'", "") == f"before {REDACTED} after"


def test_short_words_of_the_environment_do_not_spoil_ordinary_text() -> None:
    assert certain("testing sandbox", {"A_TOKEN": "testing", "B_SECRET": "sandbox"}) == (
        "testing sandbox"
    )


def test_the_folder_of_the_shell_is_no_password() -> None:
    where = {"PWD": "/srv/acme-platform", "OLDPWD": "/srv/another-platform"}
    text = f"in {where['PWD']}, before in {where['OLDPWD']}"
    assert redact(text, environ=where) == text


def test_a_hidden_value_is_taken_out_also_when_it_was_cut_short() -> None:
    assert redact("got 'correct-horse-batt…'", ["correct-horse-battery"], {}) == (
        f"got '{REDACTED}…'"
    )


def test_json_stays_json() -> None:
    document = json.dumps({name: f"a {token} b" for name, token in TOKENS.items()})
    cleaned = json.loads(certain(document, {}))
    assert cleaned.keys() == TOKENS.keys()
    assert all(REDACTED in text for text in cleaned.values())


def test_a_property_tree_shows_references_and_hides_values() -> None:
    ref = Ref(Address("AWS::S3::Bucket", "raw"), "Arn")
    given = {
        "Environment": {"DB_PASSWORD": "hunter2", "MODE": "fast", "PIN_TOKEN": 7},
        "MasterUserPassword": "{{resolve:secretsmanager:db}}",
        "Tags": [{"Key": "api-token", "Value": "hunter2"}, {"Key": "team", "Value": "fraud"}],
        "Bucket": ref,
        "Body": JsonText({"SecretString": "hunter2"}),
    }
    assert redact_value(given) == {
        "Environment": {"DB_PASSWORD": SENSITIVE, "MODE": "fast", "PIN_TOKEN": SENSITIVE},
        "MasterUserPassword": "{{resolve:secretsmanager:db}}",
        "Tags": [{"Key": "api-token", "Value": SENSITIVE}, {"Key": "team", "Value": "fraud"}],
        "Bucket": ref,
        "Body": JsonText({"SecretString": SENSITIVE}),
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DB_PASSWORD", True),
        ("MasterUserPassword", True),
        ("SecretString", True),
        ("SecretAccessKey", True),
        ("OAuthToken", True),
        ("AuthToken", True),
        ("HF_TOKEN", True),
        ("apiKey", True),
        ("private_key", True),
        ("DB_PASSWORD_2", True),
        ("SecretArn", False),
        ("secretName", False),
        ("passwordLength", False),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", False),
        ("pad_token", False),
        ("max_new_tokens", False),
        ("NextToken", False),
        ("ClientRequestToken", False),
        ("KmsMasterKeyId", False),
        ("PartitionKey", False),
        ("tokenizer", False),
        ("", False),
    ],
)
def test_a_name_says_whether_it_holds_a_secret(name: str, expected: bool) -> None:
    assert secretive(name) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", True),
        ("dGhpcyBpcyBhIHNlY3JldCB2YWx1ZQ==", True),
        ("8f14e45fceea167a5a36dedd4bea2543", True),
        ("AmazonSageMakerFullAccessPolicy2024V2", False),
        ("acme-prod-fraud-detector-9c8d2f01", False),
        ("txn_count_7d_avg_amount_30d_max_90d", False),
        ("2024-01-01T00:00:00Z_2024-12-31T00:00:00Z", False),
        ("2695295a-3796-4bed-bb77-26b66bf58278", False),
        ("123456789012345678901234567890123456", False),
        ("sagemaker-xgboost-container-1.7-1-cpu-py3", False),
    ],
)
def test_what_looks_random(text: str, expected: bool) -> None:
    assert any(random_runs(text)) is expected


def test_long_text_takes_little_time() -> None:
    text = "some line about acme-prod-fraud key=abc without secrets\n" * 4000
    started = time.process_time()
    redact(text, environ={})
    hostile = 'password="' * 5000 + "-----BEGIN PRIVATE KEY-----" * 200
    redact(hostile, environ={})
    assert time.process_time() - started < 2


def test_an_environment_that_changes_meanwhile_is_gone_through_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for value in ("first-0123456789", "second-0123456789"):
        monkeypatch.setenv("SOME_TOKEN", value)
        assert redact(f"it is {value}") == "it is (redacted)"
    monkeypatch.delenv("SOME_TOKEN")
    assert redact("it is second-0123456789") == "it is second-0123456789"
