"""Objects are held to the checksums and conditions that a put names."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox.inprocess import ACCOUNT, sandbox


@pytest.fixture
def s3() -> Any:
    with sandbox() as aws:
        client = aws.client("s3")
        client.create_bucket(
            Bucket="acme-code", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        yield client


def sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def test_a_put_is_held_to_what_it_names(s3: Any) -> None:
    at = {"Bucket": "acme-code", "Key": "x"}
    for more, code, status in (
        ({"ChecksumSHA256": sha256(b"other")}, "BadDigest", 400),
        ({"IfNoneMatch": "abc"}, "NotImplemented", 501),
        ({"ExpectedBucketOwner": "999999999999"}, "AccessDenied", 403),
        ({"IfMatch": '"abc"'}, "NoSuchKey", 404),
    ):
        with pytest.raises(ClientError) as told:
            s3.put_object(**at, Body=b"body", **more)
        answer = told.value.response
        assert answer["Error"]["Code"] == code
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status
        assert s3.list_objects_v2(Bucket="acme-code")["KeyCount"] == 0
    good = {"ExpectedBucketOwner": ACCOUNT, "IfNoneMatch": "*", "ChecksumSHA256": sha256(b"body")}
    s3.put_object(**at, Body=b"body", **good)
    assert s3.head_object(**at, ChecksumMode="ENABLED")["ChecksumSHA256"] == sha256(b"body")
    assert "ChecksumSHA256" not in s3.head_object(**at)
    with pytest.raises(ClientError) as told:
        s3.put_object(**at, Body=b"body", **good)
    assert told.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    s3.put_object(**at, Body=b"by hand")
    assert "ChecksumSHA256" not in s3.head_object(**at, ChecksumMode="ENABLED")
