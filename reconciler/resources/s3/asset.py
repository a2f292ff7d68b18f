"""Moorline::S3::Asset, a file or folder of the repository as an object of S3.

CloudFormation has no type for an object. Its name is ``BUCKET/KEY``, and its key ends in the
SHA-256 of its bytes: whoever put it, it is the same, so it is nobody's, is never listed and never
removed. What runs and what is gone back to may read any of them.

It is put only where there is nothing (If-None-Match), and S3 refuses bytes that do not have the
checksum that is named; a HEAD gives that checksum back, so that no plan has to read the bytes.
An object that somebody has overwritten is put again, over what was seen (If-Match). Sources: S3
user guide, "How to prevent object overwrites with conditional writes" and "Checking object
integrity"; API reference, PutObject and HeadObject.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

from reconciler.model.change import Change, Effect
from reconciler.model.value import Json, Props
from reconciler.resources.api import (
    Codec,
    Op,
    Reach,
    Request,
    Resource,
    Whole,
    absent,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.whose import Nobodys

OBJECT = {"Bucket": "{bucket}", "Key": "{object}", "ExpectedBucketOwner": "{account}"}
PUT = "put_object"
_FORM = "sha256:"


def _encode(value: Json) -> Json:
    return {"ChecksumSHA256": _base64(value["Checksum"])} if "Checksum" in value else {}


def _decode(answer: Json) -> Json:
    """What a HEAD says. One whose bytes came without a SHA-256 was not put by us: it has none."""
    said = answer.get("ChecksumSHA256")
    checksum = f"{_FORM}{base64.b64decode(said).hex()}" if said else "none"
    return {"Checksum": checksum, "Size": answer["ContentLength"], "ETag": answer["ETag"]}


def _base64(checksum: str) -> str:
    return base64.b64encode(bytes.fromhex(checksum.removeprefix(_FORM))).decode("ascii")


def update(change: Change) -> Iterator[Request]:
    """Put it over what was seen there."""
    if change.touches("Checksum", "Size") and change.observed:
        params: Props = {**_encode(change.desired), "IfMatch": change.observed.outputs["ETag"]}
        yield Request(PUT, params)


register(
    Resource(
        type="Moorline::S3::Asset",
        service="s3",
        reach=Reach.REGIONAL,
        name="",
        key=OBJECT,
        read=Op("head_object", {**OBJECT, "ChecksumMode": "ENABLED"}),
        whole=Whole(has=frozenset({"ContentLength", "ETag"})),
        create=Op(PUT, {**OBJECT, "IfNoneMatch": "*"}),
        delete=Op("delete_object", OBJECT),
        absent=(absent("404"), absent("NoSuchKey"), absent("NoSuchBucket")),
        outputs={"ETag": ("ETag",)},
        root=Codec(decode=_decode, encode=_encode),
        transient=(absent("ConditionalRequestConflict"), absent("NoSuchBucket")),
        effects=dict.fromkeys(("Checksum", "Size"), Effect.IN_PLACE),
        whose=Nobodys(),
        packed="Body",
        refers=("AWS::S3::Bucket",),
        limit=1100,
        aside=Aside(
            named={"head_object": "s3:GetObject"},
            needs={"head_object": ("s3:ListBucket",)},
        ),
        update=update,
    )
)
