"""What came over the wire, before botocore makes something of it.

botocore takes an empty body for an empty document, and a body that is no JSON for a message; both
are then answers in which everything is absent. Here a success must have the form of its protocol,
or it is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

ROOTS: Mapping[str, str] = {
    "GetBucketLifecycleConfiguration": "LifecycleConfiguration",
    "GetBucketLocation": "LocationConstraint",
    "GetBucketLogging": "BucketLoggingStatus",
    "GetBucketCors": "CORSConfiguration",
    "GetBucketEncryption": "ServerSideEncryptionConfiguration",
    "GetBucketNotificationConfiguration": "NotificationConfiguration",
    "GetBucketOwnershipControls": "OwnershipControls",
    "GetBucketReplication": "ReplicationConfiguration",
    "GetBucketTagging": "Tagging",
    "GetBucketVersioning": "VersioningConfiguration",
    "GetObjectLockConfiguration": "ObjectLockConfiguration",
    "GetPublicAccessBlock": "PublicAccessBlockConfiguration",
    "ListBuckets": "ListAllMyBucketsResult",
    "ListObjectsV2": "ListBucketResult",
    "ListObjectVersions": "ListVersionsResult",
}
"""The root element of S3's documents, by operation. Source: "Response Syntax" of each operation
in the S3 API reference."""
_ROOT = re.compile(rb"<(?!\?|!)(?:\w+:)?([A-Za-z]\w*)")
SUCCESS = range(200, 300)
MARKUP = ("text/html", "application/xhtml")


class Broken(Exception):
    """A success of which the body is not what the service sends."""


def watch(client: Any) -> Any:  # noqa: ANN401 - boto3 clients have no static type
    """The client, whose every answer is looked at before it is parsed."""
    client.meta.events.register_first("before-parse", _before_parse, unique_id="moorline-wire")
    return client


def _before_parse(operation_model: Any, response_dict: Mapping[str, Any], **_: Any) -> None:  # noqa: ANN401
    if response_dict["status_code"] in SUCCESS and not operation_model.has_streaming_output:
        look(
            operation_model.service_model.resolved_protocol,
            operation_model.name,
            response_dict["headers"],
            response_dict["body"],
            expects=_expects(operation_model),
        )


def _expects(operation_model: Any) -> bool:  # noqa: ANN401
    """Whether a success has a document: one with a root element, or members of a body."""
    if operation_model.http.get("method") == "HEAD" or operation_model.output_shape is None:
        return False
    members = operation_model.output_shape.members.values()
    return any(not shape.serialization.get("location") for shape in members)


def look(
    protocol: str, operation: str, headers: Mapping[str, str], body: bytes, *, expects: bool
) -> None:
    """Whether a body has the form of its protocol.

    Raises:
        Broken: it has not.
    """
    told = {str(name).lower(): str(value) for name, value in headers.items()}
    if told.get("content-type", "").lower().startswith(MARKUP):
        raise Broken(f"it is {told['content-type']!r}, as a proxy sends it")
    length = told.get("content-length", "")
    if length.isdigit() and "content-encoding" not in told and expects and int(length) != len(body):
        raise Broken(f"it has {len(body)} of {length} bytes")
    if "json" in protocol:
        _json(body, expects=expects)
    elif protocol in {"query", "ec2"} or operation in ROOTS:
        _xml(protocol, operation, body)


def _json(body: bytes, *, expects: bool) -> None:
    if not body.strip():
        if expects:
            raise Broken("its body is empty")
        return
    try:
        found = orjson.loads(body)
    except ValueError:
        raise Broken("its body is no JSON") from None
    if not isinstance(found, dict):
        raise Broken("its body is no JSON object")


def _xml(protocol: str, operation: str, body: bytes) -> None:
    if not body.strip():
        raise Broken("its body is empty")
    root = _ROOT.search(body)
    named = root[1].decode() if root else ""
    wanted = ROOTS.get(operation, "") if protocol == "rest-xml" else f"{operation}Response"
    if named != wanted:
        raise Broken(f"its root element is {named!r}, not {wanted!r}")
    if not body.rstrip().endswith((f"{wanted}>".encode(), b"/>")):
        raise Broken("its document has no end")
