"""Whether a model file is signed, by a key that its registry takes.

S3's checksum of the whole object is compared with what was signed; the bytes are read only where S3
keeps none. Sources: KMS API reference, Verify (MessageType DIGEST); S3 API reference, HeadObject.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from reconciler.aws import notary
from reconciler.aws.errors import AwsError
from reconciler.aws.registry import objects
from reconciler.aws.registry.versions import why
from reconciler.aws.session import ReadOnly, Session
from reconciler.registry import Fact, Object, Signature, signing, unknown

CHUNK = 8 * 1024 * 1024


def signature(
    session: Session, uri: str, file: Fact[Object], keys: Iterable[str]
) -> Fact[Signature]:
    """The signature that lies beside a model file; nothing where none does."""
    found = objects.read(session, signing.beside(uri))
    if found.value is None:
        return Fact(None, found.source, found.unknown)
    try:
        said = signing.read(found.value)
    except ValueError as error:
        return Fact(Signature(valid=False, why=str(error)), found.source)
    digest = _digest(session, uri, file)
    if digest.value is None:
        return unknown(digest.unknown or "the file is not there", uri)
    if digest.value != said.sha256:
        text = f"what was signed is another file: SHA-256 {digest.value}"
        return Fact(Signature(valid=False, signed=said.sha256, why=text), found.source)
    return _verified(session, said, [*keys], found.source)


def _digest(session: Session, uri: str, file: Fact[Object]) -> Fact[str]:
    """The SHA-256 of the whole file, in hex."""
    if file.value is None:
        return Fact(None, file.source, file.unknown)
    if file.value.sha256:
        return Fact(file.value.sha256, file.source)
    if (at := objects.place(uri)) is None:
        return unknown(f"{uri!r} is no object in S3", uri)
    sum_ = hashlib.sha256()
    try:
        params = {"Bucket": at[0], "Key": at[1], "IfMatch": file.value.etag}
        body = ReadOnly(session, "s3", objects.NOT_THERE).call("get_object", params)
        read = 0
        while chunk := body["Body"].read(CHUNK):
            sum_.update(chunk)
            read += len(chunk)
    except AwsError as error:
        return unknown(why(error), uri)
    except Exception as error:  # noqa: BLE001 - whatever the stream raises, it is not whole
        return unknown(f"the answer broke off: {error}", uri)
    length = body.get("ContentLength")
    if isinstance(length, int) and length != read:
        return unknown(f"it broke off after {read} of {length} bytes", uri)
    return Fact(sum_.hexdigest(), uri)


def _verified(
    session: Session, said: signing.Signed, keys: list[str], source: str
) -> Fact[Signature]:
    """Ask KMS of one key after the other; a key that could not be asked leaves it unknown."""
    doubt = ""
    for key in keys:
        try:
            if notary.verify(session, said.sha256, key, said.signature):
                return Fact(Signature(valid=True, key=key, signed=said.sha256), source)
        except AwsError as error:
            doubt = f"{key} could not be asked: {why(error)}"
    if doubt:
        return unknown(doubt, source)
    text = "it holds with none of the keys that the registry takes"
    return Fact(Signature(valid=False, signed=said.sha256, why=text), source)
