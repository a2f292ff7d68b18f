"""rds: tables of an Aurora cluster, or of a database that exists already.

A managed one has a private network, instances in two zones or more, a master password that AWS
makes and keeps, a connection of AWS Glue, and a crawler that brings its tables into the catalog.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import (
    Days,
    Lacking,
    Lookup,
    Maybe,
    Problem,
    Scope,
    Section,
    days,
)
from reconciler.kinds.data_source.api import Member, Source, register
from reconciler.kinds.terms import crawl, database as db, private, scaling
from reconciler.kinds.terms.crawl import Crawl
from reconciler.kinds.terms.key import KeyUse, key_arn, report_missing
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref

CLUSTER, INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
SUBNETS = "AWS::RDS::DBSubnetGroup"
SERVERLESS = "db.serverless"
_DAY = "(mon|tue|wed|thu|fri|sat|sun)"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
Week = Annotated[
    str, Field(pattern=f"^{_DAY}:{_TIME}-{_DAY}:{_TIME}$", examples=["sun:03:00-sun:04:00"])
]
Hours = Annotated[str, Field(pattern=f"^{_TIME}-{_TIME}$", examples=["01:00-02:00"])]
ENGINES: Mapping[str, tuple[str, int, str]] = {
    "mysql": ("aurora-mysql", 3306, "mysql"),
    "postgresql": ("aurora-postgresql", 5432, "postgresql"),
}
"""By our word: AWS's, the port, and the scheme of a JDBC URL."""
_LONGEST = 35


class Backups(Section):
    """What can be had back."""

    keep: Days = "7d"
    """For how long any second can be restored. 1 to 35 days."""
    window: Maybe[Hours] = None
    """When the daily snapshot is taken, in UTC. By default RDS chooses."""


class Rds(Section):
    """A cluster of Aurora of its own, or a database that exists already."""

    needs = ("existing", "network")

    existing: Maybe[db.Existing] = None
    """A database that Moorline must not manage. By default it makes one."""
    engine: Literal["mysql", "postgresql"] = "postgresql"
    """Which engine of Aurora it has, or the existing database."""
    version: Maybe[
        Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9a-z_]+){0,6}$", examples=["16.6"])]
    ] = None
    """The version of the engine; a shorter one such as `16` is met by any of its minor ones."""
    minor_upgrades: bool = False
    """Whether RDS may go to a newer minor version by itself, in the maintenance window."""
    database: db.DatabaseName = "main"
    """The name of the database that it is made with."""
    user: db.User = "moorline"
    """The master user. AWS makes its password and keeps it in Secrets Manager."""
    instances: Annotated[int, Field(ge=1, le=16)] = 2
    """How many instances it has. With two or more it survives the loss of a zone."""
    instance_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9-]+(\.[a-z0-9-]+)?$")] = SERVERLESS
    """What each of them is, such as `db.r6g.large`."""
    capacity: Maybe[scaling.Capacity] = None
    """How serverless instances scale. By default from 0.5 to 4 units."""
    network: Maybe[private.Private] = None
    """Where a cluster of its own stands."""
    key: Maybe[KeyUse] = None
    """The key that encrypts it. By default the one that RDS has in the account."""
    backups: Backups = Field(default_factory=Backups)
    """How long it can be had back, and when snapshots are taken."""
    maintenance: Maybe[Week] = None
    """The weekly window in which RDS may change it, in UTC. By default RDS chooses."""
    apply_at: Literal["window", "now"] = "window"
    """When changes land that RDS can put off: in the maintenance window, or with the apply, which
    may restart the database."""
    deletion_protection: bool = True
    """Whether RDS refuses to delete it."""
    final_snapshot: bool = True
    """Whether a deletion takes a last snapshot."""
    crawl: Maybe[Crawl] = Field(default_factory=Crawl)
    """Which tables go into the catalog."""


def check(rds: Rds, spec: Source) -> Iterator[Problem]:
    here = ("rds",)
    yield from db.check_named(spec.aws_name, "rds")
    if rds.existing is not None:
        yield from db.check_existing(rds, here)
        return
    if rds.network is None:
        help_ = "add 'network' with a vpc and subnets of two zones, or name an 'existing' database"
        yield Problem(here, "a managed database needs a network", help_)
    else:
        yield from private.check(rds.network, (*here, "network"))
    yield from db.check_user(rds.user, (*here, "user"))
    if not 1 <= days(rds.backups.keep) <= _LONGEST:
        at = (*here, "backups", "keep")
        yield Problem(at, f"RDS keeps backups for 1 to {_LONGEST} days", "use 1d to 35d")
    yield from _check_capacity(rds)
    if rds.instances == 1:
        text = "one instance is in one zone: while it is lost or changed nobody reaches the data"
        at_ = (*here, "instances")
        yield Problem(at_, text, "use 2 or more", severity=Severity.WARNING)


def _check_capacity(rds: Rds) -> Iterator[Problem]:
    path, size = ("rds", "capacity"), rds.capacity
    if size is None:
        return
    if rds.instance_class != SERVERLESS:
        help_ = f"remove it, or use `instanceClass: {SERVERLESS}`"
        yield Problem(path, f"{rds.instance_class} does not scale", help_)
    yield from scaling.problems(size, path)


def lookups(rds: Rds, _: Source, __: Scope) -> Iterator[Lookup]:
    if network := rds.network:
        yield private.lookup(network)
    elif rds.existing:
        yield private.where(rds.existing.network)


def _source(rds: Rds, scope: Scope) -> crawl.Source:
    port, scheme = ENGINES[rds.engine][1:]
    if there := rds.existing:
        return crawl.Source(
            url=crawl.url(scheme, there.host, str(there.port), there.database),
            secret=db.secret_arn(there.secret_name, scope),
            named=there.secret_name,
            where=private.reached(there.network, scope),
            database=there.database,
        )
    cluster = scope.address(CLUSTER)
    host = Ref(cluster, "Endpoint.Address")
    _, access = private.groups(scope)
    where = (
        private.requirements(rds.network, scope, [Ref(access, "GroupId")]) if rds.network else {}
    )
    return crawl.Source(
        url=crawl.url(scheme, host, str(port), rds.database),
        secret=Ref(cluster, "MasterUserSecret.SecretArn"),
        where=where,
        database=rds.database,
    )


def exports(rds: Rds, _: Source, scope: Scope) -> Mapping[str, Json | Lacking]:
    return crawl.exported(_source(rds, scope), scope, rds.crawl)


def build(rds: Rds, _spec: Source, scope: Scope) -> Iterator[Node]:
    here = ("rds",)
    if rds.network is not None:
        report_missing(rds.key, scope, (*here, "key"))
        private.report(rds.network, scope, (*here, "network"))
        port = ENGINES[rds.engine][1]
        yield from private.group_nodes(rds.network, scope, port, (*here, "network"))
        yield _subnets(rds.network, scope)
        yield _cluster(rds, scope)
        for number in range(1, rds.instances + 1):
            yield _instance(rds, scope, number)
    yield from crawl.nodes(_source(rds, scope), rds.crawl, scope, here)


def _subnets(network: private.Private, scope: Scope) -> Node:
    return scope.node(
        scope.address(SUBNETS),
        {
            "DBSubnetGroupDescription": f"{scope.kind} {scope.name}",
            "SubnetIds": sorted(network.subnets),
        },
        lines={(): ("rds", "network"), ("SubnetIds",): ("rds", "network", "subnets")},
    )


def _scaling(rds: Rds) -> Json:
    if rds.instance_class != SERVERLESS:
        return ...
    return scaling.configuration(rds.capacity)


def _cluster(rds: Rds, scope: Scope) -> Node:
    own, _ = private.groups(scope)
    engine, port, _ = ENGINES[rds.engine]
    props: Props = {
        "Engine": engine,
        "EngineVersion": rds.version or ...,
        "AutoMinorVersionUpgrade": rds.minor_upgrades,
        "DatabaseName": rds.database,
        "MasterUsername": rds.user,
        "ManageMasterUserPassword": True,
        "Port": port,
        "DBSubnetGroupName": Ref(scope.address(SUBNETS), "DBSubnetGroupName"),
        "VpcSecurityGroupIds": [Ref(own, "GroupId")],
        "StorageEncrypted": True,
        "KmsKeyId": key_arn(rds.key, scope) or ...,
        "BackupRetentionPeriod": days(rds.backups.keep),
        "PreferredBackupWindow": rds.backups.window or ...,
        "PreferredMaintenanceWindow": rds.maintenance or ...,
        "CopyTagsToSnapshot": True,
        "DeletionProtection": rds.deletion_protection,
        "ServerlessV2ScalingConfiguration": _scaling(rds),
    }
    return scope.node(
        scope.address(CLUSTER),
        db.tagged(props, at_once=rds.apply_at == "now", keep=rds.final_snapshot),
        lines={
            (): ("rds",),
            ("AutoMinorVersionUpgrade",): ("rds", "minorUpgrades"),
            ("BackupRetentionPeriod",): ("rds", "backups", "keep"),
            ("DatabaseName",): ("rds", "database"),
            ("DeletionProtection",): ("rds", "deletionProtection"),
            ("Engine",): ("rds", "engine"),
            ("EngineVersion",): ("rds", "version"),
            ("KmsKeyId",): ("rds", "key"),
            ("MasterUsername",): ("rds", "user"),
            ("PreferredBackupWindow",): ("rds", "backups", "window"),
            ("PreferredMaintenanceWindow",): ("rds", "maintenance"),
            ("ServerlessV2ScalingConfiguration",): ("rds", "capacity"),
            ("Tags", "moorline:apply-at"): ("rds", "applyAt"),
            ("Tags", "moorline:final-snapshot"): ("rds", "finalSnapshot"),
        },
    )


def _instance(rds: Rds, scope: Scope, number: int) -> Node:
    props: Props = {
        "Engine": ENGINES[rds.engine][0],
        "DBClusterIdentifier": Ref(scope.address(CLUSTER), "DBClusterIdentifier"),
        "DBInstanceClass": rds.instance_class,
        "AutoMinorVersionUpgrade": rds.minor_upgrades,
        "PubliclyAccessible": False,
        "PreferredMaintenanceWindow": rds.maintenance or ...,
    }
    return scope.node(
        scope.address(INSTANCE, str(number)),
        db.tagged(props, at_once=rds.apply_at == "now"),
        lines={
            (): ("rds", "instances"),
            ("AutoMinorVersionUpgrade",): ("rds", "minorUpgrades"),
            ("DBInstanceClass",): ("rds", "instanceClass"),
            ("PreferredMaintenanceWindow",): ("rds", "maintenance"),
            ("Tags", "moorline:apply-at"): ("rds", "applyAt"),
        },
    )


_NONE = Lacking(
    "is no database, and has no connection", "name a DataSource with 'rds' or 'redshift'"
)
register(
    Member(
        name="rds",
        model=Rds,
        summary="Tables of an Aurora cluster, or of a database that exists already.",
        store=True,
        check=check,
        lookups=lookups,
        build=build,
        exports=exports,
        without=dict.fromkeys(("catalogDatabase", "connection", "jdbcUrl", "secretArn"), _NONE),
    )
)
