"""AWS::RDS::DBInstance, by calls of its own service; see `db_cluster` for why.

A member of a cluster has its class and its place; storage, backups, the master user and the
network are the cluster's, and its deletion takes no final snapshot. Source: RDS API reference,
DBInstance, CreateDBInstance, ModifyDBInstance, DeleteDBInstance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.change import Change, Observed
from reconciler.model.value import Json, Props
from reconciler.resources.api import (
    Lifecycle,
    Op,
    Reach,
    Request,
    Resource,
    Tagging,
    Whole,
    absent,
    codes,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec, first
from reconciler.resources.narrow import Narrowing, fewer, no_longer
from reconciler.resources.rds import landing
from reconciler.resources.rds.taken import (
    INSTANCE_AT_WORK as AT_WORK,
    INSTANCE_FIXED as FIXED,
    INSTANCE_MADE as MADE,
    OF_CLUSTER,
)
from reconciler.resources.review import Objection, Pending
from reconciler.resources.untaken import untaken

TYPE = "AWS::RDS::DBInstance"
NAME = {"DBInstanceIdentifier": "{name}"}
ARN = "arn:{partition}:rds:{region}:{account}:db:{name}"
TAGGED = {"ResourceName": ARN}
READS = {
    "EnabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "IAMDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "PerformanceInsightsEnabled": "EnablePerformanceInsights",
    "PerformanceInsightsKMSKeyId": "PerformanceInsightsKMSKeyId",
}
SENT = {"Port": "DBPortNumber", "VPCSecurityGroups": "VpcSecurityGroupIds"}
"""What a modification calls otherwise; a creation takes `Port`."""
WAITS = {
    "AllocatedStorage": "AllocatedStorage",
    "BackupRetentionPeriod": "BackupRetentionPeriod",
    "CACertificateIdentifier": "CACertificateIdentifier",
    "DBInstanceClass": "DBInstanceClass",
    "EngineVersion": "EngineVersion",
    "IAMDatabaseAuthenticationEnabled": "IAMDatabaseAuthenticationEnabled",
    "Iops": "Iops",
    "LicenseModel": "LicenseModel",
    "MultiAZ": "MultiAZ",
    "Port": "Port",
    "StorageThroughput": "StorageThroughput",
    "StorageType": "StorageType",
}
"""What `PendingModifiedValues` has. Source: PendingModifiedValues."""
LATER = frozenset(READS.get(each, each) for each in WAITS)
RESTARTS = frozenset({"CACertificateIdentifier", "DBInstanceClass", "EngineVersion"})
STRINGS = frozenset({"AllocatedStorage", "Port"})
"""CloudFormation has them as texts, RDS as numbers."""


def _read(answer: Json) -> Json:
    if not isinstance(answer, Mapping):
        return answer
    end = answer.get("Endpoint") or {}
    port = answer.get("DbInstancePort") or end.get("Port")
    seen = landing.overlaid({**answer, "Port": port}, WAITS)
    props = {READS.get(key, key): item for key, item in seen.items()}
    secret = answer.get("MasterUserSecret") or {}
    groups = answer.get("DBParameterGroups") or ()
    props |= {name: str(props[name]) for name in STRINGS if props.get(name) is not None}
    props["DBParameterGroupName"] = next((each["DBParameterGroupName"] for each in groups), None)
    props["DBSubnetGroupName"] = (answer.get("DBSubnetGroup") or {}).get("DBSubnetGroupName")
    props["VPCSecurityGroups"] = [
        each["VpcSecurityGroupId"] for each in answer.get("VpcSecurityGroups") or ()
    ]
    props["ManageMasterUserPassword"] = bool(secret.get("SecretArn"))
    more = {
        "Endpoint.Address": end.get("Address"),
        "Endpoint.Port": str(end["Port"]) if end.get("Port") else None,
        "MasterUserSecret.SecretArn": secret.get("SecretArn"),
        "ResourceId": answer.get("DbiResourceId"),
    }
    return {**props, **more, **landing.outputs(answer)}


def _number(value: Json) -> Json:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _body(props: Json) -> Json:
    """What CreateDBInstance takes."""
    found = {key: item for key, item in props.items() if key in MADE}
    secret = found.pop("MasterUserSecret", None)
    if (groups := found.pop("VPCSecurityGroups", None)) is not None:
        found["VpcSecurityGroupIds"] = groups
    found |= {key: _number(found[key]) for key in STRINGS & found.keys()}
    return found | ({"MasterUserSecretKmsKeyId": secret["KmsKeyId"]} if secret else {})


def update(change: Change) -> Iterator[Request]:
    """One request for all that differs; of logs it takes what comes and what goes."""
    changed = {each.path[0] for each in change.fields} & (MADE - FIXED)
    if change.live.get("DBClusterIdentifier") or change.desired.get("DBClusterIdentifier"):
        changed -= OF_CLUSTER
    body = {
        SENT.get(key, key): _number(change.desired[key]) for key in changed if key in change.desired
    }
    if (logs := body.pop("EnableCloudwatchLogsExports", None)) is not None:
        before = change.live.get("EnableCloudwatchLogsExports")
        body["CloudwatchLogsExportConfiguration"] = landing.exports(before, logs)
    if secret := body.pop("MasterUserSecret", None):
        body["MasterUserSecretKmsKeyId"] = secret["KmsKeyId"]
    if "EngineVersion" in body:
        have, want = (str(each.get("EngineVersion")) for each in (change.live, change.desired))
        engine = change.live.get("Engine")
        if landing.major(engine, have) != landing.major(engine, want):
            body["AllowMajorVersionUpgrade"] = True
    yield from landing.modified("modify_db_instance", body, change)


def remove(observed: Observed) -> Iterator[Request]:
    """A member of a cluster takes no snapshot, which RDS would refuse; see DeleteDBInstance."""
    outputs = observed.outputs
    name = str(outputs["DBInstanceIdentifier"])
    body = {} if outputs.get("DBClusterIdentifier") else landing.kept(name, observed)
    yield Request("delete_db_instance", body)


def stays(observed: Observed) -> str:
    """Of a member the cluster's protection counts, which DescribeDBInstances repeats."""
    return "" if observed.outputs.get("DBClusterIdentifier") else landing.stays(observed)


def grown(wanted: Json, live: Json, props: Props) -> Json:
    """The live size, where RDS lets storage grow by itself and has. It never shrinks."""
    most = props.get("MaxAllocatedStorage")
    try:
        return live if most and int(wanted) <= int(live) <= int(most) else wanted
    except (TypeError, ValueError):
        return wanted


def review(change: Change) -> Iterator[Objection]:
    """When it lands, and what RDS does not do."""
    yield from landing.waiting(change)
    yield from landing.landing(change, LATER, RESTARTS)
    yield from landing.backwards(change)
    yield from landing.encryption(change)
    yield from landing.passwords(change)


register(
    Resource(
        type=TYPE,
        service="rds",
        aside=Aside(
            needs={
                "create_db_instance": ("rds:AddTagsToResource", "iam:PassRole"),
                "modify_db_instance": ("iam:PassRole",),
            },
            hands=("monitoring.rds.amazonaws.com",),
        ),
        reach=Reach.REGIONAL,
        name="DBInstanceIdentifier",
        key=NAME,
        read=Op("describe_db_instances", NAME),
        whole=Whole(
            items="DBInstances",
            each=members("DBInstanceArn", "DBInstanceIdentifier", "DBInstanceStatus", "Engine"),
            each_same={"DBInstanceIdentifier": "DBInstanceIdentifier"},
        ),
        create=Op("create_db_instance", NAME),
        delete=Op("delete_db_instance", NAME),
        remove=remove,
        absent=(absent("DBInstanceNotFound"),),
        transient=(
            absent("DBClusterNotFound"),
            absent("InvalidDBClusterState"),
            absent("InvalidDBInstanceState"),
        ),
        outputs={
            "DBClusterIdentifier": ("DBClusterIdentifier",),
            "DBInstanceArn": ("DBInstanceArn",),
            "DBInstanceIdentifier": ("DBInstanceIdentifier",),
            "Endpoint.Address": ("Endpoint.Address",),
            "Endpoint.Port": ("Endpoint.Port",),
            "MasterUserSecret.SecretArn": ("MasterUserSecret.SecretArn",),
            "ResourceId": ("ResourceId",),
            landing.PENDING: (landing.PENDING,),
            landing.PROTECTED: (landing.PROTECTED,),
            landing.WINDOW: (landing.WINDOW,),
        },
        predict={"DBInstanceArn": ARN},
        arn=ARN,
        fix=str.lower,
        root=first("DBInstances").then(Codec(_read)),
        body=Codec(encode=_body),
        lifecycle=Lifecycle(
            field="DBInstances.*.DBInstanceStatus",
            ready=codes("available", "stopped", "storage-full"),
            busy=AT_WORK,
            in_use=codes("backing-up", "maintenance", "storage-optimization", "upgrading"),
            failed=codes("failed"),
            empty=codes("failed"),  # of a creation (RDS user guide, "Viewing DB instance status")
            stuck=codes(
                "inaccessible-encryption-credentials",
                "inaccessible-encryption-credentials-recoverable",
                "incompatible-network",
                "incompatible-option-group",
                "incompatible-parameters",
                "incompatible-restore",
            ),
            poll=15.0,
            timeout=7200.0,
            usual=480.0,
        ),
        vanishes=True,
        tags=Tagging(
            add=Op("add_tags_to_resource", TAGGED),
            remove=Op("remove_tags_from_resource", TAGGED),
            read=Op("list_tags_for_resource", TAGGED),
            at="TagList",
        ),
        effects=untaken(TYPE, {*MADE, "DBInstanceIdentifier"}),
        sets=frozenset({"EnableCloudwatchLogsExports", "VPCSecurityGroups"}),
        defaults={
            "AutoMinorVersionUpgrade": True,
            "CopyTagsToSnapshot": False,
            "DeletionProtection": False,
            "EnableIAMDatabaseAuthentication": False,
            "EnablePerformanceInsights": False,
            "MonitoringInterval": 0,
            "MultiAZ": False,
            "StorageEncrypted": False,
        },
        adapts={"AllocatedStorage": grown, "EngineVersion": landing.meets},
        holds="records",
        narrows=(
            Narrowing(path="BackupRetentionPeriod", destroys="history", lost=fewer("days", 1)),
            Narrowing(
                path="DeletionProtection",
                destroys="records",
                lost=no_longer(value=True, says="nothing keeps it from being deleted any more"),
            ),
        ),
        refers=(
            "AWS::EC2::SecurityGroup",
            "AWS::IAM::Role",
            "AWS::KMS::Key",
            "AWS::RDS::DBCluster",
            "AWS::RDS::DBSubnetGroup",
        ),
        pending=Pending(review=review, stays=stays),
        update=update,
    )
)
