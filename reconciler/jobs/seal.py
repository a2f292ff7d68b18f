"""Puts a model file where nobody can overwrite it, under the digest of its bytes, and signs it.

A processing job of a training, with a role of its own; see the package. The file is written only
where nothing is. One that is there already is the same file, or the job fails. What is signed is
the SHA-256 of the bytes, by a key of KMS that leaves KMS for nobody. `sealed.json` says where the
file is, and the pipeline registers that.

The condition is a header of its own since the SDK in AWS's images may be older than its parameter.
Sources: S3 API reference, PutObject and CompleteMultipartUpload (If-None-Match; 412), "Checking
object integrity" (a checksum of the full object, of at most 5 GiB in one put); KMS API reference,
Sign (MessageType).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

Client = Any
Given = argparse.Namespace
Key = dict[str, str]
"""How an object is encrypted, as PutObject takes it."""
ALGORITHM = "ECDSA_SHA_256"
SIGNATURE = "signature.json"
PIECE = 8 << 20
ONE_PUT = 5 << 30
"""Bytes of the largest object in one put."""
PART = 512 << 20
THERE = ("412", "PreconditionFailed")


class SealError(Exception):
    """Why the file is not registered."""


def place(uri: str) -> tuple[str, str]:
    """Bucket and key of ``s3://…``.

    Raises:
        SealError: it is none.
    """
    bucket, _, key = uri.partition("://")[2].partition("/")
    if not uri.startswith("s3://") or not bucket or not key:
        raise SealError(f"{uri!r} is no object in S3")
    return bucket, key


def copied(body: BinaryIO, to: BinaryIO) -> tuple[str, int]:
    """SHA-256 in hex and the bytes of a stream, which is written on."""
    digest, size = hashlib.sha256(), 0
    while piece := body.read(PIECE):
        digest.update(piece)
        size += len(piece)
        to.write(piece)
    return digest.hexdigest(), size


def once(s3: Client) -> None:
    """Every object that this client makes is made only where none is."""
    for name in ("PutObject", "CompleteMultipartUpload"):
        s3.meta.events.register(f"before-call.s3.{name}", _condition)


def _condition(params: dict[str, Any], **_: object) -> None:
    params["headers"]["If-None-Match"] = "*"


def stored(s3: Client, uri: str, file: Path, digest: str, key_: Key) -> str:
    """The ETag of the file in its place, where it is put or is already.

    Raises:
        SealError: another file is there.
    """
    bucket, key = place(uri)
    at = {"Bucket": bucket, "Key": key}
    size = file.stat().st_size
    put = _whole if size <= ONE_PUT else _parts
    there = _made(lambda: put(s3, at, file, digest, key_))
    head = s3.head_object(**at, ChecksumMode="ENABLED")
    if there and not _same(s3, at, head, digest):
        raise SealError(f"{uri} is another file, although its name is the digest of this one")
    if head["ContentLength"] != size:
        raise SealError(f"{uri} has {head['ContentLength']} bytes, and not {size}")
    return str(head["ETag"]).strip('"')


def _made(put: Callable[[], None]) -> bool:
    """Whether something was there already, so that nothing was put."""
    try:
        put()
    except Exception as error:
        said = (getattr(error, "response", None) or {}).get("Error") or {}
        if said.get("Code") in THERE:
            return True
        raise
    return False


def _whole(s3: Client, at: dict[str, str], file: Path, digest: str, key: Key) -> None:
    with file.open("rb") as body:
        s3.put_object(**at, Body=body, ChecksumSHA256=in_base64(digest), **key)


def _parts(s3: Client, at: dict[str, str], file: Path, _: str, key: Key) -> None:
    """S3 adds a checksum of the full object to one that comes in parts without any."""
    upload = s3.create_multipart_upload(**at, **key)["UploadId"]
    parts: list[dict[str, Any]] = []
    try:
        with file.open("rb") as body:
            while piece := body.read(PART):
                number = len(parts) + 1
                sent = s3.upload_part(**at, UploadId=upload, PartNumber=number, Body=piece)
                parts.append({"PartNumber": number, "ETag": sent["ETag"]})
        s3.complete_multipart_upload(**at, UploadId=upload, MultipartUpload={"Parts": parts})
    except BaseException:
        s3.abort_multipart_upload(**at, UploadId=upload)
        raise


def _same(s3: Client, at: dict[str, str], head: Mapping[str, Any], digest: str) -> bool:
    """By the checksum that S3 keeps of the full object, else by its bytes."""
    kept = head.get("ChecksumSHA256")
    if kept and "-" not in kept:
        return bool(kept == in_base64(digest))
    with tempfile.TemporaryFile() as nowhere:
        return copied(s3.get_object(**at)["Body"], nowhere)[0] == digest


def in_base64(digest: str) -> str:
    """A digest as S3 writes it."""
    return base64.b64encode(bytes.fromhex(digest)).decode()


def signed(clients: Client, s3: Client, folder: str, digest: str, given: Given) -> None:
    """Put a signature beside the file; one that is there already stays, if it is of this digest.

    Raises:
        SealError: what is there is of another one.
    """
    bucket, key = place(f"{folder}/{SIGNATURE}")
    made = clients("kms").sign(
        KeyId=given.key,
        Message=bytes.fromhex(digest),
        MessageType="DIGEST",
        SigningAlgorithm=ALGORITHM,
    )
    said = {
        "sha256": digest,
        "algorithm": ALGORITHM,
        "key": made["KeyId"],
        "signature": base64.b64encode(made["Signature"]).decode(),
    }
    body = json.dumps(said, indent=1).encode()
    if _made(lambda: s3.put_object(Bucket=bucket, Key=key, Body=body, **sealing(given))):
        found = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        if found.get("sha256") != digest:
            raise SealError(f"s3://{bucket}/{key} signs another file")


def sealing(given: Given) -> Key:
    """How objects are encrypted: as the bucket does, or by a key."""
    if not given.encrypt:
        return {}
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": given.encrypt}


def main(words: Sequence[str], clients: Client) -> None:
    """Seal a file, as the arguments say.

    Args:
        words: The arguments.
        clients: What makes a client of a service by its name.
    """
    parser = argparse.ArgumentParser()
    for name in ("artifact", "to", "file"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("key", "encrypt"):
        parser.add_argument(f"--{name}", default="")
    given = parser.parse_args(words)
    bucket, key = place(given.artifact)
    s3 = clients("s3")
    once(s3)
    with tempfile.TemporaryDirectory() as folder:
        local = Path(folder) / "model"
        with local.open("wb") as file:
            digest, _ = copied(s3.get_object(Bucket=bucket, Key=key)["Body"], file)
        home = f"{given.to.rstrip('/')}/{digest}"
        uri = f"{home}/{key.rpartition('/')[2]}"
        etag = stored(s3, uri, local, digest, sealing(given))
    if given.key:
        signed(clients, s3, home, digest, given)
    found = {"uri": uri, "sha256": digest, "etag": etag}
    Path(given.file).parent.mkdir(parents=True, exist_ok=True)
    Path(given.file).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{json.dumps(found)}\n")


if __name__ == "__main__":
    import boto3

    try:
        main(sys.argv[1:], boto3.client)
    except SealError as why:
        sys.exit(f"error: {why}")
