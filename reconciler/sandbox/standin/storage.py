"""The sandbox's S3, as the role of a job sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from reconciler.sandbox.protocol.sessions import core

MOST = 2 << 30
"""Bytes of all that one job reads."""


class LostError(Exception):
    """Something could not be read or written."""


def own(place: Path) -> None:
    """Refuse a folder of a job that its script has made a link to another one.

    Raises:
        LostError: it, or a folder that it is in, is a link.
    """
    if place.resolve() != place:
        raise LostError(f"Data upload failed: {place.name} is a link to another folder")


class Store:
    """Reads and writes with the credentials of one job."""

    def __init__(self, endpoint: str, job: Mapping[str, Any]) -> None:
        """`job` has `credentials` and a `region`."""
        keys = job["credentials"]
        self._client: Any = core().create_client(
            "s3", region_name=job["region"], endpoint_url=endpoint,
            aws_access_key_id=keys["key"], aws_secret_access_key=keys["secret"],
            aws_session_token=keys["token"],
            config=Config(s3={"addressing_style": "path"}, proxies={},
                          retries={"total_max_attempts": 2}),
        )  # fmt: skip
        self._left = MOST
        self._kms = str(job.get("kms") or "")

    def fetch(self, uri: str, place: Path) -> int:
        """Bring the objects below a place into a folder; how many there were.

        An object that the place names itself lies in the folder by the end of its name.

        Raises:
            LostError: S3 refuses, or it is too much.
        """
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        place.mkdir(parents=True, exist_ok=True)
        count = 0
        for key in self._keys(bucket, prefix):
            rest = key[len(prefix) :].lstrip("/") if key != prefix else key.rpartition("/")[2]
            if not prefix.endswith("/") and key != prefix and key[len(prefix)] != "/":
                rest = key[prefix.rfind("/") + 1 :]
            target = place / rest
            if not rest or not target.resolve().is_relative_to(place.resolve()):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            self.bring(f"s3://{bucket}/{key}", target)
            count += 1
        return count

    def bring(self, uri: str, target: Path) -> None:
        """Bring one object.

        Raises:
            LostError: S3 refuses, or it is too much.
        """
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        try:
            body = self._client.get_object(Bucket=bucket, Key=key)["Body"].read(self._left + 1)
        except (ClientError, BotoCoreError) as refused:
            raise LostError(f"Data download failed: {refused}") from None
        self._left -= len(body)
        if self._left < 0:
            raise LostError(f"Data download failed: more than {MOST} bytes")
        target.write_bytes(body)

    def _keys(self, bucket: str, prefix: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=bucket, Prefix=prefix):
                for each in page.get("Contents") or ():
                    yield str(each["Key"])
        except (ClientError, BotoCoreError) as refused:
            raise LostError(f"Data download failed: {refused}") from None

    def send(self, place: Path, uri: str) -> None:
        """Put the files of a folder below a place; links are followed nowhere.

        Raises:
            LostError: S3 refuses, or the folder is one no longer.
        """
        own(place)
        for each in sorted(place.rglob("*")):
            inside = each.resolve().is_relative_to(place.resolve())
            if inside and each.is_file() and not each.is_symlink():
                name = each.relative_to(place).as_posix()
                self.put(f"{uri.rstrip('/')}/{name}", each.read_bytes())

    def put(self, uri: str, body: bytes) -> None:
        """Put one object, with the key that the job was given.

        Raises:
            LostError: S3 refuses.
        """
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        kms = self._kms
        sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms} if kms else {}
        try:
            self._client.put_object(Bucket=bucket, Key=key, Body=body, **sealed)
        except (ClientError, BotoCoreError) as refused:
            raise LostError(f"Data upload failed: {refused}") from None
