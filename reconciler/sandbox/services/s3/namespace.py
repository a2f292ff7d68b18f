"""One namespace of bucket names for all accounts and regions of a partition.

A bucket answers in its own region, to its own account and to whom its policy lets in; a
request to another region is sent on (301), one of a stranger is refused (403). moto knows who
owns a name, and serves a bucket to everybody everywhere. A request that names another owner than
the bucket's is refused. Source: HeadBucket; AWS_FACTS 10; S3 user guide, "Verifying bucket
ownership with bucket owner condition".
"""

from __future__ import annotations

from typing import Any

from moto.s3.models import s3_backends
from moto.s3.responses import S3Response

MAKES = "PUT"
EXPECTED = "x-amz-expected-bucket-owner"
REDIRECT = """<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>PermanentRedirect</Code><Message>The bucket you are attempting to access must be \
addressed using the specified endpoint. Please send all future requests to this endpoint.\
</Message><Endpoint>{bucket}.s3.{region}.amazonaws.com</Endpoint><Bucket>{bucket}</Bucket></Error>\
"""
DENIED = """<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"""


def install() -> None:
    """Repair the way to buckets and objects."""
    response: Any = S3Response
    response._bucket_response = _guarded(response._bucket_response)  # noqa: SLF001  (no hook)
    response._key_response = _guarded(response._key_response)  # noqa: SLF001  (no hook)


def _guarded(method: Any) -> Any:  # noqa: ANN401  (a moto method)
    def guarded(self: Any, request: Any, full_url: str) -> Any:  # noqa: ANN401  (moto's response)
        name = self.parse_bucket_name_from_url(request, full_url)
        bucket = _bucket(name)
        if bucket is None or _creates(self, request, full_url):
            return method(self, request, full_url)
        where = {"x-amz-bucket-region": bucket.region_name}
        if bucket.account_id != self.get_current_account() and not bucket.policy:
            return _refused(request, 403, where, DENIED)
        expected = request.headers.get(EXPECTED, bucket.account_id)
        if expected != bucket.account_id:
            return _refused(request, 403, where, DENIED)
        if bucket.region_name != self.region:
            text = REDIRECT.format(bucket=name, region=bucket.region_name)
            return _refused(request, 301, where, text)
        return method(self, request, full_url)

    return guarded


def _bucket(name: str) -> Any:  # noqa: ANN401  (moto's bucket, if there is one)
    partition, account = s3_backends.bucket_accounts.get(name, ("", ""))
    return s3_backends[account][partition].buckets.get(name) if account else None


def _creates(response: Any, request: Any, full_url: str) -> bool:  # noqa: ANN401
    """Whether it is CreateBucket, which says itself whose a name is."""
    if request.method != MAKES or response.parse_key_name():
        return False
    return not response._get_querystring(request, full_url)  # noqa: SLF001  (a subresource)


def _refused(request: Any, status: int, headers: dict[str, str], text: str) -> Any:  # noqa: ANN401
    """An answer to HEAD has no body."""
    if request.method == "HEAD":
        return status, headers, ""
    return status, {**headers, "content-type": "application/xml"}, text
