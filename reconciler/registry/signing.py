"""How a registered model file is signed: a document beside it, over the SHA-256 of its bytes.

``registered/<sha256>/model.tar.gz`` has ``registered/<sha256>/signature.json``. What is signed is
the digest itself (KMS, ``MessageType=DIGEST``), so whoever verifies needs the digest that S3 keeps
of the whole object and not the bytes. Source: KMS API reference, Sign.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass

NAME = "signature.json"
ALGORITHM = "ECDSA_SHA_256"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as it lies in S3; whether it holds, KMS says."""

    sha256: str
    """What was signed, in hex."""
    signature: bytes


def beside(uri: str) -> str:
    """Where the signature of a model file is: ``s3://bucket/folder/signature.json``."""
    folder, _, _ = uri.rpartition("/")
    return f"{folder}/{NAME}"


def read(body: bytes) -> Signed:
    """The signature in a document.

    Raises:
        ValueError: it is no such document, or made by another algorithm.
    """
    try:
        said = json.loads(body)
        if said["algorithm"] != ALGORITHM or not _SHA256.fullmatch(said["sha256"]):
            msg = "it is signed in a way that is not known"
            raise ValueError(msg)
        return Signed(said["sha256"], base64.b64decode(said["signature"], validate=True))
    except (KeyError, TypeError, UnicodeDecodeError, binascii.Error) as error:
        msg = "it is no signature"
        raise ValueError(msg) from error
