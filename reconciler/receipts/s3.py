"""Receipts in a bucket, by conditional puts: none is ever overwritten, one lease is held.

    <prefix>/<environment>/<id>.json    put only if there is none
    <prefix>/<environment>/<id>.begun   what a run under way, or one that was killed, meant to do
    <prefix>/<environment>/latest       the newest id, moved on by ETag
    <prefix>/lease/<environment>        who applies, taken, renewed and given back by ETag

A conditional put whose reply is lost is sent again and meets its own 412: what is there
tells whether it was ours. Source: the S3 user guide, "Conditional requests".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from reconciler.aws.errors import AwsError, Gone
from reconciler.aws.session import Attempts, ReadOnly, Session
from reconciler.model.receipt import Receipt, ReceiptError, from_bytes, to_bytes
from reconciler.model.value import Json
from reconciler.receipts import lease as leases
from reconciler.receipts.lease import Lease
from reconciler.resources.api import absent

ABSENT = (absent("NoSuchKey"), absent("404"))
CONFLICT = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})
TRIES = 8
HURRIED = Attempts(most=2)
"""For a note: other steps go on only when it is kept, or kept elsewhere."""
_ID = re.compile(r"[\w.:-]{1,200}")


class Found(NamedTuple):
    """An object as it is now."""

    body: bytes
    etag: str


class ConflictError(Exception):
    """The condition of a put or delete does not hold."""


class S3Store:
    """The receipts of one environment in a bucket."""

    def __init__(
        self,
        session: Session,
        bucket: str,
        prefix: str,
        environment: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._objects = _Objects(session, bucket)
        root = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._root = f"{root}{environment}/"
        self.session = session
        self.bucket = bucket
        self.leases = S3Leases(self._objects, f"{root}lease/{environment}", now)

    def where(self, id_: str = "") -> str:
        return f"s3://{self.bucket}/{self._key(id_) if id_ else self._root}"

    def ids(self) -> list[str]:
        return self._ids(".json")

    def _ids(self, ending: str) -> list[str]:
        """Newest first."""
        reader = ReadOnly(self.session, "s3")
        params = {"Bucket": self.bucket, "Prefix": self._root}
        try:
            found = reader.pages("list_objects_v2", params, "Contents")
        except AwsError as error:
            raise ReceiptError(str(error)) from error
        names = (each["Key"].removeprefix(self._root) for each in found)
        return sorted((n.removesuffix(ending) for n in names if n.endswith(ending)), reverse=True)

    def latest(self) -> Receipt | None:
        pointer = self._objects.get(self._latest)
        if pointer is None:
            return None
        id_ = pointer.body.decode(errors="replace").strip()
        if not _ID.fullmatch(id_):
            raise ReceiptError(f"s3://{self.bucket}/{self._latest} names no receipt")
        return self.read(id_)

    def read(self, id_: str) -> Receipt | None:
        found = self._objects.get(self._key(id_))
        receipt = from_bytes(found.body, self.where(id_)) if found else None
        if receipt and receipt.id != id_:
            raise ReceiptError(f"{self.where(id_)} is the receipt {receipt.id}")
        return receipt

    def begin(self, receipt: Receipt) -> None:
        try:
            self._objects.put(self._begun(receipt.id), to_bytes(receipt), none=True)
        except ConflictError:  # the reply to the first try was lost; ids are unique
            return

    def note(self, receipt: Receipt) -> None:
        """In the place of the one that is there: it is of this run, whose id nobody else has."""
        key = self._begun(receipt.id)
        objects = _Objects(replace(self.session, attempts=HURRIED), self.bucket)
        there = objects.get(key)
        try:
            objects.put(key, to_bytes(receipt), etag=there.etag if there else "")
        except ConflictError as error:
            raise ReceiptError(f"s3://{self.bucket}/{key} was changed meanwhile") from error

    def begun(self) -> Receipt | None:
        ids = self._ids(".begun")
        found = self._objects.get(self._begun(ids[0])) if ids else None
        return (
            from_bytes(found.body, f"s3://{self.bucket}/{self._begun(ids[0])}") if found else None
        )

    def write(self, receipt: Receipt) -> None:
        self._keep(receipt)
        self._point(receipt.id)
        with suppress(ReceiptError, ConflictError):
            self._objects.delete(self._begun(receipt.id))

    def _keep(self, receipt: Receipt) -> None:
        body, key = to_bytes(receipt), self._key(receipt.id)
        try:
            self._objects.put(key, body, none=True)
        except ConflictError as error:
            there = self._objects.get(key)
            if there is None or there.body != body:
                raise ReceiptError(f"{self.where(receipt.id)} is another receipt") from error

    def _point(self, id_: str) -> None:
        """Move the pointer on; a newer one of someone else stays."""
        for _ in range(TRIES):
            there = self._objects.get(self._latest)
            if there and there.body.decode().strip() >= id_:
                return
            try:
                self._objects.put(self._latest, id_.encode(), etag=there.etag if there else "")
            except ConflictError:
                continue
            return
        raise ReceiptError(f"s3://{self.bucket}/{self._latest} could not be moved on")

    @property
    def _latest(self) -> str:
        return f"{self._root}latest"

    def _begun(self, id_: str) -> str:
        return f"{self._root}{id_}.begun"

    def _key(self, id_: str) -> str:
        return f"{self._root}{id_}.json"


class S3Leases:
    """The lease as an object. One that is over is taken by whoever replaces it first."""

    def __init__(self, objects: _Objects, key: str, now: Callable[[], datetime]) -> None:
        self._objects = objects
        self._key = key
        self._now = now

    def take(self, lease: Lease) -> Lease | None:
        etag = ""
        for _ in range(TRIES):
            body = leases.to_bytes(lease.renewed(self._now()))
            try:
                self._objects.put(self._key, body, etag=etag, none=not etag)
            except ConflictError:
                there = self._objects.get(self._key)
                if there is None:
                    etag = ""
                    continue
                holder = leases.from_bytes(there.body, self._where)
                if holder.run == lease.run:
                    return None
                if not holder.over(self._now()):
                    return holder
                etag = there.etag
                continue
            return None
        raise ReceiptError(f"{self._where} changes all the time")

    def renew(self, lease: Lease) -> bool:
        for _ in range(TRIES):
            there = self._ours(lease)
            if there is None:
                return False
            body = leases.to_bytes(lease.renewed(self._now()))
            try:
                self._objects.put(self._key, body, etag=there.etag)
            except ConflictError:
                continue
            return True
        raise ReceiptError(f"{self._where} changes all the time")

    def release(self, lease: Lease) -> None:
        there = self._ours(lease)
        if there is not None:
            try:
                self._objects.delete(self._key, there.etag)
            except ConflictError:
                return

    def _ours(self, lease: Lease) -> Found | None:
        there = self._objects.get(self._key)
        if there is None:
            return None
        return there if leases.from_bytes(there.body, self._where).run == lease.run else None

    @property
    def _where(self) -> str:
        return f"s3://{self._objects.bucket}/{self._key}"


class _Objects:
    """Gets and conditional puts. Every failure that is not a condition is a `ReceiptError`."""

    def __init__(self, session: Session, bucket: str) -> None:
        self._session = session
        self.bucket = bucket

    def get(self, key: str) -> Found | None:
        try:
            answer = self._send("get_object", {"Key": key})
            return Found(_body(answer["Body"]), str(answer["ETag"]))
        except Gone:
            return None
        except AwsError as error:
            raise ReceiptError(str(error)) from error

    def put(self, key: str, body: bytes, *, etag: str = "", none: bool = False) -> None:
        """Put if the object has this ETag; without one, if there is no object."""
        condition = {"IfMatch": etag} if etag and not none else {"IfNoneMatch": "*"}
        params = {"Key": key, "Body": body, "ContentType": "application/json", **condition}
        self._conditional("put_object", params)

    def delete(self, key: str, etag: str = "") -> None:
        """Delete the object if it has this ETag; without one, whatever it has."""
        condition = {"IfMatch": etag} if etag else {}
        self._conditional("delete_object", {"Key": key, **condition})

    def _conditional(self, method: str, params: Mapping[str, Json]) -> None:
        try:
            self._send(method, params)
        except Gone as error:
            raise ConflictError(str(error)) from error
        except AwsError as error:
            if error.code in CONFLICT:
                raise ConflictError(str(error)) from error
            raise ReceiptError(str(error)) from error

    def _send(self, method: str, params: Mapping[str, Json]) -> Mapping[str, Json]:
        request = {"Bucket": self.bucket, **params}
        subject = f"{self.bucket}/{params['Key']}"
        return self._session.send("s3", method, request, subject=subject, absent=ABSENT)


def _body(stream: Json) -> bytes:
    """The bytes of an answer, which come after its head and may break off."""
    try:
        raw: bytes = stream.read()
    except Exception as error:  # whatever the stream raises, there is no body
        raise ReceiptError(f"the answer broke off: {error}") from error
    return raw
