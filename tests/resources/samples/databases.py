"""A cluster, an instance of one, where they stand, and who may reach them."""

from __future__ import annotations

from reconciler.model.value import Ref

from .network import SUBNETS
from .sample import Sample

subnet_group = Sample(
    "AWS::RDS::DBSubnetGroup",
    "acme-test-orders",
    minimal={"DBSubnetGroupDescription": "Orders.", "SubnetIds": SUBNETS[:2]},
    full={"DBSubnetGroupDescription": "Orders.", "SubnetIds": SUBNETS[:2]},
    edits=({"SubnetIds": SUBNETS}, {"DBSubnetGroupDescription": "All orders."}),
    costly=True,
)
CLUSTER = {
    "Engine": "aurora-postgresql",
    "MasterUsername": "moorline",
    "ManageMasterUserPassword": True,
}
NOW = {"Key": "moorline:apply-at", "Value": "now"}
cluster = Sample(
    "AWS::RDS::DBCluster",
    "acme-test-orders",
    minimal=CLUSTER,
    full={
        **CLUSTER,
        "EngineVersion": "16.9",
        "DatabaseName": "orders",
        "DBSubnetGroupName": Ref(subnet_group.address, "DBSubnetGroupName"),
        "BackupRetentionPeriod": 7,
        "PreferredBackupWindow": "01:00-02:00",
        "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
        "StorageEncrypted": True,
        "CopyTagsToSnapshot": True,
        "DeletionProtection": False,
        "EnableIAMDatabaseAuthentication": True,
        "EnableCloudwatchLogsExports": ["postgresql"],
        "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 4},
        "Port": 5432,
    },
    edits=(
        {"BackupRetentionPeriod": 14},
        {"EngineVersion": "16.11"},
        {"PreferredMaintenanceWindow": "mon:03:00-mon:04:00", "CopyTagsToSnapshot": False},
        {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0, "MaxCapacity": 8}},
        {"EnableCloudwatchLogsExports": []},
    ),
    breaks=({"DatabaseName": "sales"},),
    needs=(subnet_group,),
    beyond={"VpcSecurityGroupIds": ["sg-0123456789abcdef0"]},
    costly=True,
)
instance = Sample(
    "AWS::RDS::DBInstance",
    "acme-test-orders-1",
    minimal={
        "DBInstanceClass": "db.t4g.medium",
        "Engine": "aurora-postgresql",
        "DBClusterIdentifier": Ref(cluster.address, "DBClusterIdentifier"),
    },
    full={
        "DBInstanceClass": "db.serverless",
        "Engine": "aurora-postgresql",
        "DBClusterIdentifier": Ref(cluster.address, "DBClusterIdentifier"),
        "PromotionTier": 1,
        "PubliclyAccessible": False,
        "AutoMinorVersionUpgrade": True,
        "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
    },
    edits=({"DBInstanceClass": "db.r6g.large"}, {"PromotionTier": 2}),
    breaks=({"AvailabilityZone": "eu-west-1c"},),
    needs=(subnet_group, cluster),
    costly=True,
)
