"""S3: checksums of objects that are held to what they say, and conditions that it knows.

moto keeps a checksum only with the SDK's own header, and compares it with nothing. S3 keeps every
one that comes in a header, and refuses bytes that have another (BadDigest). Of If-None-Match it
knows the star alone. Sources: S3 user guide, "Checking object integrity" and "How to prevent
object overwrites with conditional writes".
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable
from typing import Any

from moto.s3.responses import S3Response

PREFIX = "x-amz-checksum-"
KNOWN: dict[str, Callable[[bytes], bytes]] = {
    "sha256": lambda body: hashlib.sha256(body).digest(),
    "sha1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
}


def install() -> None:
    """Repair PutObject."""
    response: Any = S3Response
    put = response.put_object

    def put_object(self: Any) -> Any:  # noqa: ANN401  (moto's response)
        if self.headers.get("If-None-Match", "*") != "*":
            text = "A header you provided implies functionality that is not implemented."
            return _refused(501, "NotImplemented", text)
        given = {
            name.lower().removeprefix(PREFIX): value
            for name, value in self.headers.items()
            if name.lower().startswith(PREFIX)
        }
        for name, value in given.items():
            if name in KNOWN and _checksum(name, self.body or b"") != value:
                text = f"The {name.upper()} you specified did not match the calculated checksum."
                return _refused(400, "BadDigest", text)
        answer = put(self)
        key = self.backend.get_object(self.bucket_name, self.parse_key_name())
        for name in KNOWN.keys() & given.keys():
            key.checksum_algorithm, key.checksum_value = name.upper(), given[name]
        return answer

    response.put_object = put_object


def _refused(status: int, code: str, text: str) -> tuple[int, dict[str, str], str]:
    body = f"<Error><Code>{code}</Code><Message>{text}</Message></Error>"
    return status, {"content-type": "application/xml"}, body


def _checksum(name: str, body: bytes | str) -> str:
    data = body.encode() if isinstance(body, str) else body
    return base64.b64encode(KNOWN[name](data)).decode("ascii")
