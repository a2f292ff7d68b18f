"""AWS::S3::Bucket, the same as the rest of the sandbox has."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from moto.s3.models import FakeBucket, s3_backends

from reconciler.sandbox.services.cloudcontrol import bucket_rules as rules
from reconciler.sandbox.services.cloudcontrol.mirror import (
    Props,
    changed,
    listed as tag_list,
    name,
    pairs,
    taken,
)
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.state.world import WORLD

HOME = "us-east-1"


def _same(value: Any) -> Any:  # noqa: ANN401  (any part)
    return value


@dataclass(frozen=True, slots=True)
class Part:
    """A property with calls of its own: how they are named, and the form it has in them."""

    call: str
    answer: str
    """The member that a Get has it in; empty where it is the whole answer."""
    request: str
    delete: str
    """The call that takes it away; empty where nothing does."""
    read: Callable[[Any], Any] = _same
    write: Callable[[Any], Any] = _same


PARTS = {
    "PublicAccessBlockConfiguration": Part(
        "PublicAccessBlock",
        "PublicAccessBlockConfiguration",
        "PublicAccessBlockConfiguration",
        "DeletePublicAccessBlock",
    ),
    "OwnershipControls": Part(
        "BucketOwnershipControls",
        "OwnershipControls",
        "OwnershipControls",
        "DeleteBucketOwnershipControls",
    ),
    "BucketEncryption": Part(
        "BucketEncryption",
        "ServerSideEncryptionConfiguration",
        "ServerSideEncryptionConfiguration",
        "DeleteBucketEncryption",
        rules.read_encryption,
        rules.write_encryption,
    ),
    "VersioningConfiguration": Part(
        "BucketVersioning", "", "VersioningConfiguration", "", rules.read_versioning
    ),
    "LifecycleConfiguration": Part(
        "BucketLifecycleConfiguration",
        "",
        "LifecycleConfiguration",
        "DeleteBucketLifecycle",
        rules.read_lifecycle,
        rules.write_lifecycle,
    ),
    "LoggingConfiguration": Part(
        "BucketLogging",
        "LoggingEnabled",
        "BucketLoggingStatus",
        "",
        rules.read_logging,
        rules.write_logging,
    ),
    "CorsConfiguration": Part(
        "BucketCors", "", "CORSConfiguration", "DeleteBucketCors", rules.read_cors, rules.write_cors
    ),
}


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """CreateBucket answers well for one's own bucket in us-east-1; the handler looks first."""
    called = name(props, "BucketName", WORLD.next_number(), "bucket")
    if aws.look("s3", "HeadBucket", Bucket=called) is not None:
        raise taken(called)
    here = {"LocationConstraint": aws.region}
    where = {} if aws.region == HOME else {"CreateBucketConfiguration": here}
    lock = {"ObjectLockEnabledForBucket": True} if props.get("ObjectLockEnabled") else {}
    aws("s3", "CreateBucket", Bucket=called, **where, **lock)
    _put(aws, called, {}, props)
    return (called,)


_READ: dict[tuple[str, str, str], tuple[bytes, Props]] = {}
"""What was read of each bucket, and of what."""


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """HeadBucket, and a Get for each part; once for a bucket that is as it was."""
    where = (aws.account, aws.region, parts[0])
    held = s3_backends[aws.account][aws.partition].buckets.get(parts[0])
    now = _state(held) if held is not None else b""
    before, shown = _READ.get(where, (b"", None))
    if not now or now != before:
        shown = _read(aws, parts)
        if now and shown is not None:
            _READ[where] = now, shown
    return deepcopy(shown)


def _state(bucket: FakeBucket) -> bytes:
    """All that moto knows of a bucket, but for its objects."""
    about = {key: it for key, it in vars(bucket).items() if key not in {"keys", "multiparts"}}
    tags = s3_backends[bucket.account_id][bucket.partition].tagger
    return pickle.dumps((about, tags.get_tag_dict_for_resource(bucket.arn)))


def _read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    bucket = {"Bucket": parts[0]}
    found = aws.look("s3", "HeadBucket", **bucket)
    if found is None or found.get("BucketRegion", aws.region) != aws.region:
        return None
    end = f"{parts[0]}.s3"
    shown: Props = {
        "Arn": f"arn:{aws.partition}:s3:::{parts[0]}",
        "BucketName": parts[0],
        "DomainName": f"{end}.amazonaws.com",
        "DualStackDomainName": f"{end}.dualstack.{aws.region}.amazonaws.com",
        "RegionalDomainName": f"{end}.{aws.region}.amazonaws.com",
        "WebsiteURL": f"http://{parts[0]}.s3-website-{aws.region}.amazonaws.com",
    }
    for prop, part in PARTS.items():
        got = aws.look("s3", f"Get{part.call}", **bucket)
        value = got.get(part.answer) if got and part.answer else got
        if value and (said := part.read(value)):
            shown[prop] = said
    lock = aws.look("s3", "GetObjectLockConfiguration", **bucket)
    if lock and lock["ObjectLockConfiguration"].get("ObjectLockEnabled"):
        shown["ObjectLockEnabled"] = True
        if rule := lock["ObjectLockConfiguration"].get("Rule"):
            shown["ObjectLockConfiguration"] = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    tags = aws.look("s3", "GetBucketTagging", **bucket)
    named = {each["Key"]: each["Value"] for each in (tags or {}).get("TagSet") or ()}
    return shown | ({"Tags": tag_list(named)} if named else {})


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """A call for each part that differs."""
    _put(aws, parts[0], before, after)


def _put(aws: Aws, called: str, before: Props, after: Props) -> None:
    bucket = {"Bucket": called}
    for prop, part in PARTS.items():
        if not changed(before, after, prop):
            continue
        if after.get(prop):
            given = {part.request: part.write(after[prop])}
            aws("s3", f"Put{part.call}", **bucket, **given)
        elif part.delete:
            aws("s3", part.delete, **bucket)
        elif prop == "VersioningConfiguration":
            off = {part.request: {"Status": "Suspended"}}
            aws("s3", f"Put{part.call}", **bucket, **off)
        else:
            aws("s3", f"Put{part.call}", **bucket, **{part.request: {}})
    lock = "ObjectLockConfiguration"
    if changed(before, after, lock) and after.get(lock):
        aws("s3", "PutObjectLockConfiguration", **bucket, **{lock: after[lock]})
    tags = pairs(after)
    if tags and tags != pairs(before):
        aws("s3", "PutBucketTagging", **bucket, Tagging={"TagSet": tag_list(tags)})
    elif pairs(before) and not tags:
        aws("s3", "DeleteBucketTagging", **bucket)


def delete(aws: Aws, parts: tuple[str, ...]) -> None:
    """DeleteBucket; one that has objects stays."""
    aws("s3", "DeleteBucket", Bucket=parts[0])


def listed(aws: Aws) -> Iterator[tuple[str, ...]]:
    """ListBuckets, those of this region."""
    for each in aws("s3", "ListBuckets").get("Buckets") or ():
        if each.get("BucketRegion", aws.region) == aws.region:
            yield (each["Name"],)
