"""Copies of objects elsewhere, and a lock that nobody opens before its time.

Sources: S3 user guide, "Replicating objects" (versioning on both sides, permissions of the role,
the owner of a copy in another account) and "Locking objects with Object Lock" (needs versioning;
COMPLIANCE cannot be shortened or taken off by anybody).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Days, Maybe, Path, Problem, Reference, Scope, Section, days
from reconciler.kinds.data_source.storage.lifecycle import Folder
from reconciler.kinds.terms.account import Account
from reconciler.kinds.terms.bucket import bucket_arn
from reconciler.kinds.terms.text import text
from reconciler.model.value import Json, Props

_CLASSES = {
    "standard": "STANDARD",
    "standardIa": "STANDARD_IA",
    "glacierIr": "GLACIER_IR",
    "glacier": "GLACIER",
    "deepArchive": "DEEP_ARCHIVE",
}


class Replication(Section):
    """New objects are copied into another bucket; those that are there already are not."""

    needs = ("to", "existing")

    to: Maybe[Annotated[str, Reference("DataSource")]] = None
    """A DataSource of this platform, with versioning."""
    existing: Maybe[
        Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", examples=["acme-copy"])]
    ] = None
    """A bucket of another region or account, with versioning. Moorline does not look at it: its
    policy has to allow the role."""
    account: Maybe[Account] = None
    """The account of that bucket, where it is another one: copies then belong to it."""
    existing_key: Maybe[
        Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-z0-9-]+$")]
    ] = None
    """The ARN of the key there that encrypts the copies. Needed where this bucket has a key."""
    path: Maybe[Folder] = None
    """Only what is under this path. By default all of it."""
    storage: Literal["standard", "standardIa", "glacierIr", "glacier", "deepArchive"] = "standard"
    """The storage class of the copies."""
    deletions: bool = False
    """Whether a deletion here deletes there as well. By default a copy outlives what it is of."""


class Lock(Section):
    """Every new object is locked: no version of it can be removed or overwritten before a time."""

    release_after: Days = Field(examples=["365d"])
    """How long after it was written."""
    mode: Literal["governance", "compliance"] = "governance"
    """``governance``: who has ``s3:BypassGovernanceRetention`` can remove it still.
    ``compliance``: nobody can, not even the account's root, and the time cannot be shortened."""


def check(
    replication: Replication | None, lock: Lock | None, *, versioned: bool, path: Path
) -> Iterator[Problem]:
    """Faults between what is said of copies and of the lock, and versioning."""
    for name, said in (("replication", replication), ("lock", lock)):
        if said is not None and not versioned:
            help_ = "write 'versioning: true', or remove it"
            yield Problem((*path, name), f"{name} needs versioning", help_)
    if replication is None:
        return
    here = (*path, "replication")
    if (replication.to is None) == (replication.existing is None):
        yield Problem(here, "copies go to one place", "give 'to', or 'existing'")
    elif replication.to is not None and replication.account is not None:
        text_ = "a DataSource of this platform is in this account"
        yield Problem((*here, "account"), text_, "remove it, or give 'existing'")


def lock_props(lock: Lock) -> Props:
    """The lock of a bucket: that it can have one, and for how long what is new is locked."""
    kept = {"Mode": lock.mode.upper(), "Days": days(lock.release_after)}
    held = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": kept}}
    return {"ObjectLockEnabled": True, "ObjectLockConfiguration": held}


def replicated(replication: Replication | None, bucket: str, key: Json, scope: Scope) -> Json:
    """The replication of a bucket, and the role that copies; `...` without one."""
    if replication is None:
        return ...
    target, target_key = _target(replication, key, scope)
    rule: dict[str, Json] = {
        "Id": "copy",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": f"{replication.path}/" if replication.path else ""},
        "DeleteMarkerReplication": {"Status": _on(on=replication.deletions)},
        "Destination": _destination(replication, target, target_key),
    }
    if key is not None:
        rule["SourceSelectionCriteria"] = {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
    return {"Role": _role(replication, bucket, target, (key, target_key), scope), "Rules": [rule]}


def _on(*, on: bool) -> str:
    return "Enabled" if on else "Disabled"


def _target(replication: Replication, key: Json, scope: Scope) -> tuple[Json, Json]:
    """The ARN of the bucket that copies go to, and of the key there."""
    here = ("s3", "replication")
    if replication.to is None:
        target: Json = bucket_arn(scope, replication.existing or "")
        there: Json = replication.existing_key
    else:
        if replication.to == scope.name:
            help_ = "name another DataSource"
            scope.problem((*here, "to"), "a bucket is no copy of itself", help=help_)
        target = scope.export("DataSource", replication.to, "bucketArn")
        there = replication.existing_key or scope.export("DataSource", replication.to, "keyArn")
    if key is not None and there is None:
        text_ = "objects under a key are copied under a key too, and none is given"
        scope.problem(
            (*here, "existingKey"), text_, help="give the ARN of a key where the copies are"
        )
    return target, there


def _destination(replication: Replication, target: Json, key: Json) -> Props:
    place: dict[str, Json] = {"Bucket": target, "StorageClass": _CLASSES[replication.storage]}
    if replication.account is not None:
        place["Account"] = replication.account
        place["AccessControlTranslation"] = {"Owner": "Destination"}
    if key is not None:
        place["EncryptionConfiguration"] = {"ReplicaKmsKeyID": key}
    return place


def _role(
    replication: Replication, bucket: str, target: Json, keys: tuple[Json, Json], scope: Scope
) -> Json:
    """Read versions here, write copies there."""
    own = bucket_arn(scope, bucket)
    role = scope.role("replication", "s3.amazonaws.com", (own,))
    scope.grant(role, ("s3:GetReplicationConfiguration", "s3:ListBucket"), on=(own,))
    read = ("GetObjectVersionAcl", "GetObjectVersionForReplication", "GetObjectVersionTagging")
    scope.grant(role, [f"s3:{name}" for name in read], on=(f"{own}/*",))
    write = ["s3:ReplicateObject", "s3:ReplicateTags"]
    write += ["s3:ReplicateDelete"] if replication.deletions else []
    write += ["s3:ObjectOwnerOverrideToBucketOwner"] if replication.account else []
    scope.grant(role, write, on=(text(target, "/*"),))
    here, there = keys
    if here is not None:
        scope.grant(role, ("kms:Decrypt",), on=(here,))
    if there is not None:
        scope.grant(role, ("kms:Encrypt", "kms:GenerateDataKey"), on=(there,))
    return role.arn
