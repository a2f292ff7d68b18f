"""AWS::RDS::DBCluster, by calls of its own service.

AWS's handlers say neither when a change is to land nor what waits for the maintenance window, and
take no final snapshot by name. The master password is one that AWS makes and keeps in Secrets
Manager. Storage, backups, the master user and the network are the cluster's, not its members'.
Source: RDS API reference, DBCluster, CreateDBCluster, ModifyDBCluster, DeleteDBCluster.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.change import Action, Change, Observed
from reconciler.model.value import Json
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
    CLUSTER_AT_WORK as AT_WORK,
    CLUSTER_FIXED as FIXED,
    CLUSTER_MADE as MADE,
)
from reconciler.resources.review import Objection, Pending
from reconciler.resources.untaken import untaken

TYPE = "AWS::RDS::DBCluster"
NAME = {"DBClusterIdentifier": "{name}"}
ARN = "arn:{partition}:rds:{region}:{account}:cluster:{name}"
TAGGED = {"ResourceName": ARN}
READS = {
    "DBClusterParameterGroup": "DBClusterParameterGroupName",
    "DBSubnetGroup": "DBSubnetGroupName",
    "EnabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "HttpEndpointEnabled": "EnableHttpEndpoint",
    "IAMDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "PerformanceInsightsKMSKeyId": "PerformanceInsightsKmsKeyId",
}
"""Members of a description that have another name as properties."""
SENT = {
    "PerformanceInsightsEnabled": "EnablePerformanceInsights",
    "PerformanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
}
WAITS = {
    "AllocatedStorage": "AllocatedStorage",
    "BackupRetentionPeriod": "BackupRetentionPeriod",
    "EngineVersion": "EngineVersion",
    "IAMDatabaseAuthenticationEnabled": "IAMDatabaseAuthenticationEnabled",
    "Iops": "Iops",
    "StorageType": "StorageType",
}
"""What `PendingModifiedValues` has. Source: ClusterPendingModifiedValues."""
LATER = frozenset(READS.get(each, each) for each in WAITS) | {"DBClusterInstanceClass"}
RESTARTS = frozenset({"DBClusterInstanceClass", "EngineVersion"})
SCALING = "ServerlessV2ScalingConfiguration"


def _read(answer: Json) -> Json:
    if not isinstance(answer, Mapping):
        return answer
    seen = landing.overlaid(answer, WAITS)
    props = {READS.get(key, key): item for key, item in seen.items()}
    groups = [each["VpcSecurityGroupId"] for each in answer.get("VpcSecurityGroups") or ()]
    secret = answer.get("MasterUserSecret") or {}
    props["VpcSecurityGroupIds"] = groups
    props["ManageMasterUserPassword"] = bool(secret.get("SecretArn"))
    ends = {"Endpoint": "Endpoint.Address", "ReaderEndpoint": "ReadEndpoint.Address"}
    told = {name: answer[key] for key, name in ends.items() if answer.get(key)}
    more = {
        "MasterUserSecret.SecretArn": secret.get("SecretArn"),
        "Endpoint.Port": str(answer["Port"]) if answer.get("Port") else None,
        "ResourceId": answer.get("DbClusterResourceId"),
        "Members": [each["DBInstanceIdentifier"] for each in answer.get("DBClusterMembers") or ()],
    }
    return {**props, **told, **more, **landing.outputs(answer)}


def _body(props: Json) -> Json:
    """What CreateDBCluster takes."""
    secret = props.get("MasterUserSecret") or {}
    found = {SENT.get(key, key): item for key, item in props.items() if key in MADE}
    found.pop("MasterUserSecret", None)
    return found | ({"MasterUserSecretKmsKeyId": secret["KmsKeyId"]} if secret else {})


def update(change: Change) -> Iterator[Request]:
    """One request for all that differs; of logs it takes what comes and what goes."""
    changed = {each.path[0] for each in change.fields} & (MADE - FIXED)
    body = {SENT.get(key, key): change.desired[key] for key in changed if key in change.desired}
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
    yield from landing.modified("modify_db_cluster", body, change)


def remove(observed: Observed) -> Iterator[Request]:
    """With a final snapshot, unless the tag says otherwise."""
    name = str(observed.outputs["DBClusterIdentifier"])
    yield Request("delete_db_cluster", landing.kept(name, observed))


def review(change: Change) -> Iterator[Objection]:
    """When it lands, and what RDS does not do."""
    yield from landing.waiting(change)
    yield from landing.landing(change, LATER, RESTARTS)
    yield from landing.backwards(change)
    yield from landing.encryption(change)
    yield from landing.passwords(change)
    has = change.observed.outputs.get("Members") if change.observed else None
    if change.action is Action.REPLACE and has:
        fixed = ", ".join(sorted({each.path[0] for each in change.fields}))
        text = f"{fixed} of {str(change.address)!r} is fixed, and a cluster with instances stays"
        help_ = "make another database beside it, move the data, and let this one go"
        yield Objection("DB004", text, help_)


register(
    Resource(
        type=TYPE,
        service="rds",
        aside=Aside(
            needs={
                "create_db_cluster": (
                    "rds:AddTagsToResource",
                    "rds:CreateDBInstance",  # of a cluster that makes its members itself
                    "iam:PassRole",
                ),
                "modify_db_cluster": ("rds:ModifyDBInstance", "iam:PassRole"),
                "delete_db_cluster": ("rds:CreateDBClusterSnapshot", "rds:DeleteDBInstance"),
            },
            hands=("monitoring.rds.amazonaws.com",),
            looks=("rds:DescribeDBClusters",),
        ),
        reach=Reach.REGIONAL,
        name="DBClusterIdentifier",
        key=NAME,
        read=Op("describe_db_clusters", NAME),
        whole=Whole(
            items="DBClusters",
            each=members("DBClusterArn", "DBClusterIdentifier", "Engine", "Status"),
            each_same={"DBClusterIdentifier": "DBClusterIdentifier"},
        ),
        create=Op("create_db_cluster", NAME),
        delete=Op("delete_db_cluster", NAME),
        remove=remove,
        absent=(absent("DBClusterNotFound"),),
        transient=(
            absent("InvalidDBClusterState"),
            absent("DBSubnetGroupNotFound"),
            absent("KMSKeyNotAccessible"),
        ),
        outputs={
            "DBClusterArn": ("DBClusterArn",),
            "DBClusterIdentifier": ("DBClusterIdentifier",),
            "Endpoint.Address": ("Endpoint.Address",),
            "Endpoint.Port": ("Endpoint.Port",),
            "MasterUserSecret.SecretArn": ("MasterUserSecret.SecretArn",),
            "Members": ("Members",),
            "ReadEndpoint.Address": ("ReadEndpoint.Address",),
            "ResourceId": ("ResourceId",),
            landing.PENDING: (landing.PENDING,),
            landing.PROTECTED: (landing.PROTECTED,),
            landing.WINDOW: (landing.WINDOW,),
        },
        predict={"DBClusterArn": ARN},
        arn=ARN,
        fix=str.lower,
        root=first("DBClusters").then(Codec(_read)),
        body=Codec(encode=_body),
        lifecycle=Lifecycle(
            field="DBClusters.*.Status",
            ready=codes("available"),
            busy=AT_WORK,
            in_use=codes("backing-up", "maintenance", "storage-optimization", "upgrading"),
            stuck=codes(
                "inaccessible-encryption-credentials",
                "inaccessible-encryption-credentials-recoverable",
                "migration-failed",
            ),
            poll=15.0,
            timeout=7200.0,
            usual=420.0,
        ),
        vanishes=True,
        tags=Tagging(
            add=Op("add_tags_to_resource", TAGGED),
            remove=Op("remove_tags_from_resource", TAGGED),
            read=Op("list_tags_for_resource", TAGGED),
            at="TagList",
        ),
        effects=untaken(TYPE, {*MADE, "DBClusterIdentifier"}),
        sets=frozenset({"AvailabilityZones", "EnableCloudwatchLogsExports", "VpcSecurityGroupIds"}),
        defaults={
            "BackupRetentionPeriod": 1,
            "CopyTagsToSnapshot": False,
            "DeletionProtection": False,
            "EnableHttpEndpoint": False,
            "EnableIAMDatabaseAuthentication": False,
            "EngineMode": "provisioned",
            "NetworkType": "IPV4",
            "PubliclyAccessible": False,
            "StorageEncrypted": False,
        },
        adapts={"EngineVersion": landing.meets},
        apart=frozenset({"BackupRetentionPeriod", "DeletionProtection", "PreferredBackupWindow"}),
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
            "AWS::RDS::DBSubnetGroup",
        ),
        pending=Pending(review=review, stays=landing.stays),
        update=update,
    )
)
