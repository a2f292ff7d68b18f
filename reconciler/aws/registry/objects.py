"""Objects in S3 that a version names: reports, baselines, model files."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from reconciler.aws.errors import AwsError, Denied, Gone
from reconciler.aws.registry.versions import why
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.registry import Fact, Object, metrics_of, unknown
from reconciler.resources.api import Absent, absent

NOT_THERE: tuple[Absent, ...] = (absent("NoSuchKey"), absent("NoSuchBucket"), absent("404"))
MOST = 8_000_000
"""Bytes of a report that are read."""
_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com(?:\.cn)?")


def place(uri: str) -> tuple[str, str] | None:
    """Bucket and key of ``s3://…``, or of an address of S3; nothing where it is none."""
    parts = urlsplit(uri)
    path = parts.path.lstrip("/")
    if parts.scheme == "s3":
        bucket, key = parts.netloc, uri.partition("://")[2].partition("/")[2]
    elif parts.scheme == "https" and (host := _HOST.fullmatch(parts.hostname or "")):
        bucket, _, key = (host["bucket"], "", path) if host["bucket"] else path.partition("/")
        key = unquote(key)
    else:
        return None
    return (bucket, key) if bucket and key else None


def there(session: Session, uri: str) -> Fact[str]:
    """The ETag of an object; nothing where it is not there."""
    found = head(session, uri)
    return Fact(found.value.etag if found.value else None, found.source, found.unknown)


def head(session: Session, uri: str) -> Fact[Object]:
    """An object as S3 has it, with the checksum of all of it where S3 keeps one.

    To who may not list its bucket, S3 says 403 of an object that is not there. Source: S3 API
    reference, HeadObject, "Permissions", ChecksumMode, ChecksumType.
    """
    if (at := place(uri)) is None:
        return unknown(f"{uri!r} is no object in S3", uri)
    params = {"Bucket": at[0], "Key": at[1], "ChecksumMode": "ENABLED"}
    try:
        body = ReadOnly(session, "s3", NOT_THERE).call("head_object", params)
    except Gone:
        return Fact(None, uri)
    except Denied as error:
        return unknown(f"no leave to read it: {why(error)}", uri)
    except AwsError as error:
        return unknown(why(error), uri)
    if not body.get("ETag"):
        return unknown("S3 gave no ETag", uri)
    whole = body.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT"
    sum_ = _hex(str(body.get("ChecksumSHA256") or "")) if whole else ""
    return Fact(Object(str(body["ETag"]).strip('"'), sum_), uri)


def _hex(text: str) -> str:
    import base64  # noqa: PLC0415 - only where S3 has a checksum

    try:
        return base64.b64decode(text, validate=True).hex()
    except ValueError:
        return ""


def report(session: Session, uri: str, digest: str = "") -> Fact[Mapping[str, float]]:
    """The metrics in a report; `digest` is what it has to hash to, as ``SHA256:…``.

    A report that is not there, no JSON, or another one than was registered says nothing.
    """
    found = read(session, uri)
    raw = found.value
    if raw is None:
        why_ = found.unknown or "the report is not there"
        return unknown(why_, uri)
    wanted = digest.partition(":")[2].lower()
    if wanted and hashlib.sha256(raw).hexdigest() != wanted:
        return unknown("the report is not the one that was registered: its SHA-256 differs", uri)
    try:
        data: Json = json.loads(raw)
    except (ValueError, RecursionError):
        return unknown("the report is no JSON", uri)
    return Fact(metrics_of(data), uri)


def read(session: Session, uri: str) -> Fact[bytes]:
    """The bytes of an object; nothing where it is not there."""
    if (at := place(uri)) is None:
        return unknown(f"{uri!r} is no object in S3", uri)
    try:
        body = ReadOnly(session, "s3", NOT_THERE).call(
            "get_object", {"Bucket": at[0], "Key": at[1]}
        )
        raw: bytes = body["Body"].read(MOST + 1)
    except Gone:
        return Fact(None, uri)
    except AwsError as error:
        return unknown(why(error), uri)
    except Exception as error:  # noqa: BLE001 - whatever the stream raises, there is no body
        return unknown(f"the answer broke off: {error}", uri)
    length = body.get("ContentLength")
    if len(raw) > MOST:
        return unknown(f"it has more than {MOST} bytes", uri)
    if isinstance(length, int) and length != len(raw):
        return unknown(f"it broke off after {len(raw)} of {length} bytes", uri)
    return Fact(raw, uri)
