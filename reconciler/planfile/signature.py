"""Proof of who made a plan: a signature over the digest of its file. Pure.

A key that both sides hold signs here, with HMAC-SHA256; a key in AWS KMS signs
in `reconciler.aws.notary`. What a signature must look like is decided here for
both, to the last character, so that no other text passes for the same one.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from dataclasses import dataclass, field

LOCAL = "HMAC-SHA256"
KMS = "ECDSA_SHA_256"
"""KMS's name for what an ECC_NIST_P256 key signs with."""


@dataclass(frozen=True, slots=True)
class Signature:
    """`key` is the key's alias or ARN in KMS, "" for a key that both sides hold.

    `value` is in base64.
    """

    algorithm: str
    value: str
    key: str = ""

    @property
    def raw(self) -> bytes | None:
        """The bytes of the signature; nothing when they are not written in the one right way."""
        try:
            found = b64decode(self.value, validate=True)
        except (binascii.Error, ValueError):
            return None
        return found if encoded(found) == self.value else None


@dataclass(frozen=True, slots=True)
class Key:
    """The key an environment's plans are signed with: one in KMS, or a secret of both sides."""

    kms: str = ""
    secret: bytes = field(default=b"", repr=False)

    def __bool__(self) -> bool:
        return bool(self.kms or self.secret)

    def objection(self, digest: str, signature: Signature) -> str:
        """Why a signature is not one of this key; "" when it is, or when only KMS can tell."""
        wanted = KMS if self.kms else LOCAL
        if (signature.algorithm, signature.key) != (wanted, self.kms):
            return f"it is signed with {_named(signature)}, not with {self}"
        if signature.raw is None:
            return "its signature is not in base64"
        good = bool(self.kms) or hmac.compare_digest(signed(digest, self.secret), signature.value)
        return "" if good else f"its signature was not made with {self}"

    def __str__(self) -> str:
        return repr(self.kms) if self.kms else "the local key"


def encoded(raw: bytes) -> str:
    """Bytes as the text of a signature."""
    return b64encode(raw).decode()


def sign(digest: str, secret: bytes) -> Signature:
    """The signature of a digest (hexadecimal) by a key that both sides hold."""
    return Signature(LOCAL, signed(digest, secret))


def signed(digest: str, secret: bytes) -> str:
    """The text of the HMAC of a digest."""
    return encoded(hmac.digest(secret, bytes.fromhex(digest), "sha256"))


def _named(signature: Signature) -> str:
    return repr(signature.key or signature.algorithm)
