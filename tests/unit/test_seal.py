"""The job that seals model files: written once, under their digest, and signed."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.jobs import seal
from reconciler.registry import signing

BODY = b"model " * 1000
DIGEST = hashlib.sha256(BODY).hexdigest()
FROM, TO = "s3://acme-models/fraud/output/model.tar.gz", "s3://acme-models/registered"
SEALED = f"{TO}/{DIGEST}/model.tar.gz"


class RefusedError(Exception):
    """As botocore has it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


class Store:
    """S3 with If-None-Match, and KMS; both answer as AWS does."""

    def __init__(self, *, sums: bool = True) -> None:
        self.kept: dict[str, bytes] = {FROM: BODY}
        self.sums, self.hooks = sums, list[Callable[..., None]]()
        self.meta = self
        self.events = self
        self.signed: list[dict[str, Any]] = []
        self.parts: list[bytes] = []
        self.ended = ""
        self.sent: dict[str, Any] = {}

    def __call__(self, _service: str) -> Store:
        return self

    def register(self, _event: str, hook: Callable[..., None]) -> None:
        self.hooks.append(hook)

    def put(self, at: str, body: bytes) -> None:
        request: dict[str, Any] = {"headers": {}}
        for hook in self.hooks[:1]:
            hook(params=request, model=None)
        if request["headers"].get("If-None-Match") == "*" and at in self.kept:
            raise RefusedError("PreconditionFailed")
        self.kept[at] = body

    def put_object(self, *, Bucket: str, Key: str, Body: Any, **rest: Any) -> None:
        body = Body if isinstance(Body, bytes) else Body.read()
        if "ChecksumSHA256" in rest:
            assert base64.b64decode(rest["ChecksumSHA256"]) == hashlib.sha256(body).digest()
        self.sent = rest
        self.put(f"s3://{Bucket}/{Key}", body)

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        return {"Body": io.BytesIO(self.kept[f"s3://{Bucket}/{Key}"])}

    def head_object(self, *, Bucket: str, Key: str, ChecksumMode: str) -> dict[str, Any]:
        assert ChecksumMode == "ENABLED"
        body = self.kept[f"s3://{Bucket}/{Key}"]
        found = {"ContentLength": len(body), "ETag": '"e1"'}
        kept = base64.b64encode(hashlib.sha256(body).digest()).decode()
        return {**found, "ChecksumSHA256": kept} if self.sums else found

    def create_multipart_upload(self, **_: Any) -> dict[str, str]:
        return {"UploadId": "u"}

    def upload_part(self, *, Body: bytes, PartNumber: int, **_: Any) -> dict[str, str]:
        self.parts.append(Body)
        return {"ETag": str(PartNumber)}

    def complete_multipart_upload(self, *, Bucket: str, Key: str, **_: Any) -> None:
        self.put(f"s3://{Bucket}/{Key}", b"".join(self.parts))

    def abort_multipart_upload(self, *, UploadId: str, **_: Any) -> None:
        self.ended = UploadId

    def sign(self, **given: Any) -> dict[str, Any]:
        self.signed.append(given)
        return {"KeyId": "arn:key", "Signature": b"signature of " + given["Message"]}


def run(store: Store, tmp_path: Path, *more: str) -> dict[str, str]:
    told = tmp_path / "sealed" / "sealed.json"
    seal.main(["--artifact", FROM, "--to", TO, "--file", str(told), *more], store)
    found: dict[str, str] = json.loads(told.read_text())
    return found


def test_a_file_is_put_under_its_digest_and_signed(tmp_path: Path) -> None:
    store = Store()
    found = run(store, tmp_path, "--key", "arn:key", "--encrypt", "arn:data")
    assert found == {"uri": SEALED, "sha256": DIGEST, "etag": "e1"}
    assert store.kept[SEALED] == BODY
    assert store.sent == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "arn:data"}
    (asked,) = store.signed
    assert (asked["MessageType"], asked["Message"]) == ("DIGEST", bytes.fromhex(DIGEST))
    assert asked["SigningAlgorithm"] == signing.ALGORITHM
    said = signing.read(store.kept[signing.beside(SEALED)])
    assert said == signing.Signed(DIGEST, b"signature of " + bytes.fromhex(DIGEST))


def test_without_a_key_nothing_is_signed(tmp_path: Path) -> None:
    store = Store()
    run(store, tmp_path)
    assert store.signed == []
    assert signing.beside(SEALED) not in store.kept


@pytest.mark.parametrize("sums", [True, False])
def test_a_second_run_finds_its_own_file_and_changes_nothing(sums: bool, tmp_path: Path) -> None:
    store = Store(sums=sums)
    first = run(store, tmp_path, "--key", "arn:key")
    before = dict(store.kept)
    assert run(store, tmp_path, "--key", "arn:key") == first
    assert store.kept == before


@pytest.mark.scenario("T37")
@pytest.mark.parametrize("sums", [True, False])
@pytest.mark.parametrize("other", [b"x" * len(BODY), b"short"])
def test_another_file_of_that_name_is_no_success(sums: bool, other: bytes, tmp_path: Path) -> None:
    store = Store(sums=sums)
    store.kept[SEALED] = other
    with pytest.raises(seal.SealError, match="another file"):
        run(store, tmp_path)
    assert store.kept[SEALED] == other


def test_a_signature_of_another_file_is_no_success(tmp_path: Path) -> None:
    store = Store()
    store.kept[signing.beside(SEALED)] = b'{"sha256": "cd"}'
    with pytest.raises(seal.SealError, match="signs another file"):
        run(store, tmp_path, "--key", "arn:key")


def test_a_large_file_goes_in_parts_under_the_same_condition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "ONE_PUT", 10)
    monkeypatch.setattr(seal, "PART", 1000)
    store = Store(sums=False)
    run(store, tmp_path)
    assert store.kept[SEALED] == BODY
    assert len(store.parts) == 6
    store.kept[SEALED], store.parts = b"x" * len(BODY), []
    with pytest.raises(seal.SealError, match="another file"):
        run(store, tmp_path)
    assert store.ended == "u"


def test_a_refusal_is_an_error(tmp_path: Path) -> None:
    store = Store()

    def put(_at: str, _body: bytes) -> None:
        raise RefusedError("AccessDenied")

    store.put = put  # type: ignore[method-assign]
    with pytest.raises(RefusedError):
        run(store, tmp_path)


@pytest.mark.scenario("T69")
@pytest.mark.parametrize("uri", ["acme/model", "s3://acme", "s3:///model", "https://acme/model"])
def test_what_is_no_object_is_said(uri: str) -> None:
    with pytest.raises(seal.SealError, match="no object"):
        seal.place(uri)
