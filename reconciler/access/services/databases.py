"""RDS and Redshift Serverless: databases, and the networks that they are in.

What a database is made with is asked for beside it, where the call names it. A namespace and a
workgroup have ids in their ARNs that AWS chooses, and calls name them otherwise: only a pattern can
match them. Source: Service Authorization Reference, "Amazon RDS" and "Redshift Serverless"; RDS
user guide, "Password management with Amazon RDS and AWS Secrets Manager".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.access.request import NEW_ID, Call, Derive, Want, World, arn, passed, tags

SERVERLESS = "redshift-serverless"
OWN = {
    "DBCluster": ("cluster", "DBClusterIdentifier"),
    "DBClusters": ("cluster", "DBClusterIdentifier"),
    "DBInstance": ("db", "DBInstanceIdentifier"),
    "DBInstances": ("db", "DBInstanceIdentifier"),
    "DBSubnetGroup": ("subgrp", "DBSubnetGroupName"),
    "DBSubnetGroups": ("subgrp", "DBSubnetGroupName"),
}
"""What an operation is about, by the end of its name: the type, and the parameter of its name."""
NAMED = (
    ("cluster", "DBClusterIdentifier"),
    ("cluster-pg", "DBClusterParameterGroupName"),
    ("cluster-snapshot", "FinalDBSnapshotIdentifier"),
    ("og", "OptionGroupName"),
    ("pg", "DBParameterGroupName"),
    ("pg", "DBInstanceParameterGroupName"),
    ("subgrp", "DBSubnetGroupName"),
)
"""What a database may be made with."""
BESIDES = {
    "CreateDBCluster": frozenset({"cluster-pg", "og", "subgrp"}),
    "CreateDBInstance": frozenset({"cluster", "og", "pg", "subgrp"}),
    "DeleteDBCluster": frozenset({"cluster-snapshot"}),
    "ModifyDBCluster": frozenset({"cluster-pg", "og", "pg"}),
    "ModifyDBInstance": frozenset({"og", "pg", "subgrp"}),
}
KEEPS = {
    "DeleteDBCluster": ("rds:CreateDBClusterSnapshot", "cluster-snapshot"),
    "DeleteDBInstance": ("rds:CreateDBSnapshot", "snapshot"),
}
"""What a deletion asks for that leaves a snapshot. Source: its dependent actions."""


def database(call: Call, _world: World) -> Iterable[Want]:
    """A cluster, an instance or a subnet group, what it is made with, its tags and its roles."""
    action = f"rds:{call.operation}"
    kind, member = OWN["DB" + call.operation.partition("DB")[2]]
    looks = call.operation.startswith("Describe")
    name = call.get(member) if looks else call.need(member)
    at = arn(call, "rds", kind, str(name)) if name else "*"
    given = tags(call.get("Tags"))
    yield Want(action, at, _keys(call), given)
    for other, path in NAMED:
        if other in BESIDES.get(call.operation, ()) and (named := call.get(path)):
            yield Want(action, arn(call, "rds", other, str(named)), {}, given)
    if given:
        yield Want("rds:AddTagsToResource", at, {}, given)
    if call.operation in KEEPS and (kept := call.get("FinalDBSnapshotIdentifier")):
        more, snapshot = KEEPS[call.operation]
        yield Want(more, at)
        yield Want(more, arn(call, "rds", snapshot, str(kept)))
    yield from passed(call, call.get("MonitoringRoleArn"), "monitoring.rds.amazonaws.com")


def _keys(call: Call) -> Mapping[str, Any]:
    if not call.operation.startswith(("Create", "Modify")) or "Subnet" in call.operation:
        return {}
    found = {"rds:ManageMasterUserPassword": call.get("ManageMasterUserPassword")}
    if call.operation == "CreateDBCluster":
        found["rds:DatabaseEngine"] = call.get("Engine")
        found["rds:StorageEncrypted"] = call.get("StorageEncrypted")
    if call.operation == "CreateDBInstance":
        found["rds:PubliclyAccessible"] = call.get("PubliclyAccessible")
    return found


def tagged(call: Call, _world: World) -> Iterable[Want]:
    """What carries the tags, by its ARN; a name that is none is of an instance."""
    at = arn(call, "rds", "db", str(call.need("ResourceName")))
    untag = tuple(call.get("TagKeys") or ())
    yield Want(f"rds:{call.operation}", at, {}, tags(call.get("Tags")), untag)


def serverless(call: Call, _world: World) -> Iterable[Want]:
    """A namespace or a workgroup, whose ARN no call says; its tags, and roles that it may take."""
    kind = "namespace" if call.operation.endswith("Namespace") else "workgroup"
    at, given = arn(call, SERVERLESS, kind, NEW_ID), tags(call.get("tags"))
    yield Want(f"{SERVERLESS}:{call.operation}", at, {}, given)
    if given:
        yield Want(f"{SERVERLESS}:TagResource", at, {}, given)
    for role in call.get("iamRoles") or ():
        yield from passed(call, str(role), f"{SERVERLESS}.amazonaws.com")


def serverless_tags(call: Call, _world: World) -> Iterable[Want]:
    """What carries the tags, by its ARN."""
    untag = tuple(call.get("tagKeys") or ())
    at = str(call.need("resourceArn"))
    yield Want(f"{SERVERLESS}:{call.operation}", at, {}, tags(call.get("tags")), untag)


OPERATIONS: dict[str, dict[str, Derive]] = {
    "rds": {
        **{
            f"{verb}{what}": database
            for what in ("DBCluster", "DBInstance", "DBSubnetGroup")
            for verb in ("Create", "Delete", "Modify")
        },
        **dict.fromkeys(
            ("DescribeDBClusters", "DescribeDBInstances", "DescribeDBSubnetGroups"), database
        ),
        **dict.fromkeys(
            ("AddTagsToResource", "ListTagsForResource", "RemoveTagsFromResource"), tagged
        ),
    },
    SERVERLESS: {
        **{
            f"{verb}{what}": serverless
            for what in ("Namespace", "Workgroup")
            for verb in ("Create", "Delete", "Get", "Update")
        },
        **dict.fromkeys(("ListTagsForResource", "TagResource", "UntagResource"), serverless_tags),
    },
}
