"""s3: objects in a bucket."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from reconciler.facts.principals import vouched
from reconciler.kinds.api import Maybe, Problem, Reference, Scope, Section
from reconciler.kinds.data_source.api import Member, Source, register
from reconciler.kinds.data_source.storage.copies import (
    Lock,
    Replication,
    check as check_copies,
    lock_props,
    replicated,
)
from reconciler.kinds.data_source.storage.lifecycle import (
    Lifecycle,
    check as check_lifecycle,
    lines,
    rules_of,
)
from reconciler.kinds.terms.bucket import TYPE, bucket_arn, bucket_props
from reconciler.kinds.terms.key import KeyUse, key_arn, report_missing
from reconciler.kinds.terms.name import named
from reconciler.kinds.terms.text import text
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref

Prefix = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9!_.'()=-]([A-Za-z0-9!_.'()/=-]*[A-Za-z0-9!_.'()=-])?$")
]
Bucket = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
_LOGGING = "logging.s3.amazonaws.com"
_ASLEEP = frozenset({"glacier", "deepArchive"})
"""Classes whose objects have to be restored before they can be read."""


class AccessLogs(Section):
    """Where a record of each request to the bucket goes."""

    to: Annotated[str, Reference("DataSource")]
    """A DataSource that says ``receivesAccessLogs: true``."""
    path: Maybe[Prefix] = None
    """Where in that DataSource. By default the name of this one."""


class S3(Section):
    """Objects in a bucket: one of its own, or one that exists already."""

    existing: Maybe[Bucket] = None
    """The name of a bucket that Moorline must not manage. By default it makes one."""
    prefix: Maybe[Prefix] = None
    """Where in the bucket the data is, without slashes at the ends."""
    key: Maybe[KeyUse] = None
    """The key that encrypts the objects. By default S3's own (SSE-S3)."""
    versioning: bool = True
    """Whether overwritten and deleted objects can be brought back."""
    lifecycle: Lifecycle = Field(default_factory=Lifecycle)
    replication: Maybe[Replication] = None
    """Copies in another bucket."""
    lock: Maybe[Lock] = None
    """A time in which nobody can remove what was written. Once given it stays on the bucket; what
    is written after it was taken off is not locked."""
    access_logs: Maybe[AccessLogs] = None
    events: bool = False
    """Whether EventBridge is told of new objects, so that pipelines can start with them. An
    existing bucket has to do so already."""
    receives_access_logs: bool = False
    """Whether other buckets may write their access logs here. The policy of an existing
    bucket has to allow it already."""


def check(s3: S3, spec: Source) -> Iterator[Problem]:
    if s3.existing is not None:
        if spec.aws_name is not None:
            help_ = "remove it, or remove 'existing' to let Moorline make a bucket"
            yield Problem(("awsName",), "an existing bucket has its name", help_)
        managed = ("versioning", "lifecycle", "access_logs", "replication", "lock")
        for name in (name for name in managed if name in s3.model_fields_set):
            path = ("s3", S3.model_fields[name].alias or name)
            help_ = "remove it, or remove 'existing' to let Moorline make a bucket"
            yield Problem(path, "Moorline does not manage an existing bucket", help_)
    if s3.receives_access_logs and s3.key is not None:
        help_ = "remove 'key'; S3's own encryption protects the logs"
        yield Problem(("s3", "key"), "access logs cannot be written under a KMS key", help_)
    yield from check_lifecycle(s3.lifecycle, ("s3", "lifecycle"))
    yield from check_copies(s3.replication, s3.lock, versioned=s3.versioning, path=("s3",))


def exports(s3: S3, _: Source, scope: Scope) -> Mapping[str, Json]:
    if s3.existing is not None:
        bucket: Json = s3.existing
        arn: Json = bucket_arn(scope, s3.existing)
    else:
        address = scope.address(TYPE)
        bucket, arn = Ref(address, "BucketName"), Ref(address, "Arn")
    return {
        "bucket": bucket,
        "bucketArn": arn,
        "prefix": s3.prefix or "",
        "uri": text("s3://", bucket, f"/{s3.prefix}" if s3.prefix else ""),
        "keyArn": key_arn(s3.key, scope),
        "receivesAccessLogs": s3.receives_access_logs,
        "unkept": _unkept(s3.lifecycle),
        "events": s3.events,
    }


def _unkept(lifecycle: Lifecycle) -> str:
    """Why objects do not stay as they are; "" where they do."""
    for rules in (lifecycle, *lifecycle.paths.values()):
        if rules.expire_after:
            return f"its objects are removed after {rules.expire_after}"
        if rules.archive_after and rules.archive_to in _ASLEEP:
            return f"its objects cannot be read any more after {rules.archive_after}"
    return ""


def build(s3: S3, _: Source, scope: Scope) -> Iterator[Node]:
    report_missing(s3.key, scope, ("s3", "key"))
    if s3.existing is not None:
        return
    address = scope.address(TYPE)
    props = bucket_props(
        scope,
        address,
        key=key_arn(s3.key, scope),
        rules=rules_of(s3.lifecycle),
        statements=[_log_delivery(scope, address.name)] if s3.receives_access_logs else [],
    )
    props["VersioningConfiguration"] = {"Status": "Enabled" if s3.versioning else "Suspended"}
    props["LoggingConfiguration"] = _logging(s3, scope)
    if s3.events:
        props["NotificationConfiguration"] = {
            "EventBridgeConfiguration": {"EventBridgeEnabled": True}
        }
    if s3.lock is not None:
        props |= lock_props(s3.lock)
    key = key_arn(s3.key, scope)
    props["ReplicationConfiguration"] = replicated(s3.replication, address.name, key, scope)
    yield scope.node(
        address,
        props,
        lines={
            ("BucketEncryption",): ("s3", "key"),
            ("VersioningConfiguration",): ("s3", "versioning"),
            ("ObjectLockConfiguration",): ("s3", "lock"),
            ("ReplicationConfiguration",): ("s3", "replication"),
            **lines(s3.lifecycle, ("s3", "lifecycle")),
            ("LoggingConfiguration",): ("s3", "accessLogs"),
            ("BucketPolicy",): ("s3", "receivesAccessLogs"),
            ("NotificationConfiguration",): ("s3", "events"),
        },
    )


def _logging(s3: S3, scope: Scope) -> Props:
    if s3.access_logs is None:
        return {}
    target = s3.access_logs.to
    if target == scope.name:
        help_ = "name another DataSource"
        scope.problem(("s3", "accessLogs", "to"), "logs of logs would never end", help=help_)
    elif not scope.export("DataSource", target, "receivesAccessLogs"):
        scope.problem(
            ("s3", "accessLogs", "to"),
            f"DataSource {target!r} takes no access logs",
            help=f"set 's3.receivesAccessLogs: true' in DataSource {target!r}",
        )
    base = scope.export("DataSource", target, "prefix")
    path = "/".join(filter(None, (base, s3.access_logs.path or scope.name)))
    return {
        "DestinationBucketName": scope.export("DataSource", target, "bucket"),
        "LogFilePrefix": f"{path}/",
    }


def _log_delivery(scope: Scope, bucket: str) -> Props:
    """Log delivery needs a policy, since buckets that own their objects take no ACL."""
    return {
        "Sid": "AccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": _LOGGING},
        "Action": "s3:PutObject",
        "Resource": f"{bucket_arn(scope, bucket)}/*",
        **vouched(_LOGGING, scope.place.account),
    }


register(
    Member(
        name="s3",
        model=S3,
        summary="Objects in a bucket.",
        store=True,
        check=check,
        build=build,
        named=lambda _, spec: named(TYPE, spec.aws_name),
        exports=exports,
    )
)
