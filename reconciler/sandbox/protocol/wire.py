"""Error documents in AWS's wire formats: JSON, CBOR, query XML and REST XML.

Used at the request entry, before any service code runs, and by the client-side fault hooks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

Protocol = Literal["json", "cbor", "query", "ec2", "rest-xml"]
Answer = tuple[int, dict[str, str], str | bytes]

# set on a request that a fault has answered: botocore still asks every other before-send handler
ANSWERED = "moorline_answered"
LOST: Answer = (0, {}, "")
"""No answer: the connection is cut, after whatever the call has done."""
NOT_IMPLEMENTED = "NotImplementedInSandbox"
CRASHED = "SandboxCrashed"


def protocol_of(service: str, headers: Mapping[str, str]) -> Protocol:
    """The format in which a client that sent these (lower-case) headers reads an error."""
    if "cbor" in headers.get("smithy-protocol", ""):
        return "cbor"
    if service in {"s3", "s3control", "route53", "cloudfront"}:
        return "rest-xml"
    if headers.get("x-amz-target") or "json" in headers.get("content-type", ""):
        return "json"
    if "x-www-form-urlencoded" in headers.get("content-type", ""):
        return "ec2" if service == "ec2" else "query"
    return "json"


def error(protocol: Protocol, code: str, message: str, status: int) -> Answer:
    """An error answer (status, headers, body) that botocore parses into a ClientError."""
    headers = {"x-amzn-requestid": "sandbox", "x-amzn-errortype": code}
    if protocol == "cbor":
        headers |= {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
        return status, headers, _cbor_map({"__type": code, "message": message})
    if protocol == "json":
        headers["content-type"] = "application/x-amz-json-1.1"
        return status, headers, json.dumps({"__type": code, "message": message})
    headers["content-type"] = "application/xml"
    fields = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if protocol == "rest-xml":
        return status, headers, f"<Error>{fields}<RequestId>sandbox</RequestId></Error>"
    if protocol == "ec2":
        errors = f"<Errors><Error>{fields}</Error></Errors>"
        return status, headers, f"<Response>{errors}<RequestID>sandbox</RequestID></Response>"
    fault = f"<Error><Type>Sender</Type>{fields}</Error><RequestId>sandbox</RequestId>"
    return status, headers, f"<ErrorResponse>{fault}</ErrorResponse>"


def not_implemented(protocol: Protocol, service: str, operation: str) -> Answer:
    """HTTP 501, which botocore does not retry."""
    text = f"{service}.{operation} is not implemented in the sandbox."
    return error(protocol, NOT_IMPLEMENTED, text, 501)


def crashed(protocol: Protocol, service: str, operation: str, cause: Exception) -> Answer:
    """HTTP 501 for a defect of the sandbox: a retry would only hide it."""
    text = f"{service}.{operation} crashed the sandbox: {type(cause).__name__}: {cause}"
    return error(protocol, CRASHED, text, 501)


_MISNAMED = {
    "GetBucketAccelerateConfiguration": (
        "GetBucketAccelerateConfigurationResponse",
        "AccelerateConfiguration",
    ),
    "GetBucketNotificationConfiguration": (
        "GetBucketNotificationResponse",
        "NotificationConfiguration",
    ),
    "GetBucketVersioning": ("GetBucketVersioningResponse", "VersioningConfiguration"),
}
"""Root elements of S3 that moto has under another name. Source: the S3 API reference."""


def as_sent(operation: str, answer: Answer) -> Answer:
    """An answer of moto with the body that AWS sends: nothing for nothing, and its own roots."""
    status, headers, body = answer
    if answer == LOST:
        return answer
    text = body.decode(errors="surrogateescape") if isinstance(body, bytes) else body
    if text == "null":
        return status, _headed(headers, ""), ""
    if operation in _MISNAMED:
        text = text.replace(*_MISNAMED[operation])
        return status, _headed(headers, text), text
    return status, _headed(headers, text, same=True), body


def _headed(headers: Mapping[str, str], text: str, *, same: bool = False) -> dict[str, str]:
    """Headers that fit the body: moto's server calls everything a page unless it is told."""
    kept = {
        name: value for name, value in headers.items() if same or name.lower() != "content-length"
    }
    pages = [name for name, value in kept.items() if _is_page(name, value)]
    for name in pages:
        kept[name] = _TYPES.get(text.lstrip()[:1], "application/octet-stream")
    return kept


_TYPES = {"{": "application/x-amz-json-1.1", "<": "text/xml"}


def _is_page(name: str, value: str) -> bool:
    return name.lower() == "content-type" and value.lower().startswith("text/html")


def _cbor_map(members: dict[str, str]) -> bytes:
    parts = [bytes([0xA0 + len(members)])]
    for name, text in members.items():
        parts += [_cbor_text(name), _cbor_text(text)]
    return b"".join(parts)


def _cbor_text(text: str) -> bytes:
    data = text.encode()
    if len(data) < 24:  # noqa: PLR2004  (RFC 8949: lengths up to 23 sit in the first byte)
        return bytes([0x60 + len(data)]) + data
    return b"\x79" + len(data).to_bytes(2, "big") + data
