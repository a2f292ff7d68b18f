"""Clusters. Source: RDS API reference, CreateDBCluster, ModifyDBCluster, DeleteDBCluster."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBClusterNotFoundError, InvalidParameterCombination, RDSClientError
from moto.rds.models import DBCluster, MasterUserSecret, RDSBackend
from moto.rds.responses import RDSResponse

from reconciler.sandbox.services.rds import checks, work
from reconciler.sandbox.state.world import WORLD

NAMES = {
    "rds": frozenset(
        {"DBClusterIdentifier", "DBInstanceIdentifier", "DBSubnetGroupName", "ResourceName"}
    )
}
LATER = {
    "allocated_storage": "AllocatedStorage",
    "backup_retention_period": "BackupRetentionPeriod",
    "db_cluster_instance_class": "DBClusterInstanceClass",
    "engine_version": "EngineVersion",
    "iam_auth": "IAMDatabaseAuthenticationEnabled",
    "iops": "Iops",
    "storage_type": "StorageType",
}
"""What waits for the window unless asked for at once. Source: ClusterPendingModifiedValues."""
ATTRIBUTES = {
    "db_cluster_parameter_group_name": "parameter_group",
    "enable_iam_database_authentication": "iam_auth",
}
OTHER = frozenset(
    {
        "allow_major_version_upgrade",
        "apply_immediately",
        "cloudwatch_logs_export_configuration",
        "db_cluster_identifier",
        "manage_master_user_password",
        "master_user_secret_kms_key_id",
        "rotate_master_user_password",
    }
)
MISSING = "InvalidDBClusterStateFault"


def install() -> None:  # noqa: C901, PLR0915 - one inner function for each operation
    """Repair clusters."""
    cluster: Any = DBCluster
    backend: Any = RDSBackend
    response: Any = RDSResponse
    create, describe, delete = (
        backend.create_db_cluster,
        backend.describe_db_clusters,
        backend.delete_db_cluster,
    )

    def create_db_cluster(self: Any, kwargs: Any) -> Any:  # noqa: ANN401  (moto's backend)
        given = {**kwargs}
        name = given["db_cluster_identifier"].lower()
        _swept(self)
        if name in self.clusters:
            raise RDSClientError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
        if group := given.get("db_subnet_group_name"):
            self.describe_db_subnet_groups(group.lower())
            given["db_subnet_group_name"] = group.lower()
        checks.groups(self, given.get("vpc_security_group_ids"))
        if not given.get("manage_master_user_password") and not given.get("master_user_password"):
            text = "The parameter MasterUserPassword must be provided and must not be blank."
            raise InvalidParameterCombination(text)
        given["db_cluster_identifier"] = name
        made = create(self, given)
        made.performance_insights_enabled = bool(given.get("enable_performance_insights"))
        work.begin(made, "creating")
        return made

    def describe_db_clusters(
        self: Any,  # noqa: ANN401  (moto's backend)
        db_cluster_identifier: str | None = None,
        filters: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        _swept(self)
        name = db_cluster_identifier.lower() if db_cluster_identifier else None
        found = describe(self, name, filters)
        if name and any(work.busy(each) for each in found):
            WORLD.clock.polled()
        return found

    def delete_db_cluster(
        self: Any,  # noqa: ANN401  (moto's backend)
        cluster_identifier: str,
        snapshot_name: str | None = None,
    ) -> Any:  # noqa: ANN401
        name = cluster_identifier.lower()
        _swept(self)
        made = self.clusters.get(name)
        if made is None:
            raise DBClusterNotFoundError(name)
        checks.idle(made, MISSING, f"DbCluster {name}")
        if snapshot_name and snapshot_name in self.cluster_snapshots:
            text = f"Cannot create the cluster snapshot {snapshot_name}: it exists already."
            raise RDSClientError("DBClusterSnapshotAlreadyExistsFault", text)
        delete(self, name, snapshot_name)
        for id_, each in [*self.cluster_snapshots.items()]:  # DeleteAutomatedBackups is on
            if each.snapshot_type == "automated" and each.cluster.db_cluster_identifier == name:
                del self.cluster_snapshots[id_]
        self.clusters[name] = made
        work.begin(made, "deleting")
        return made

    def respond(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
        given = {**self.params}
        checks.final(given)
        name = given["db_cluster_identifier"]
        snapshot = given.get("final_db_snapshot_identifier")
        return ActionResult({"DBCluster": self.backend.delete_db_cluster(name, snapshot)})

    backend.create_db_cluster = create_db_cluster
    backend.describe_db_clusters = describe_db_clusters
    backend.delete_db_cluster = delete_db_cluster
    backend.modify_db_cluster = _modify
    response.delete_db_cluster = respond
    cluster.status = property(_status, _set_status)
    cluster.pending_modified_values = property(_pending)


def _status(self: Any) -> str:  # noqa: ANN401  (moto's cluster)
    kept = self.__dict__.get("_status", "available")
    return work.busy(self) or ("available" if kept == "creating" else str(kept))


def _set_status(self: Any, value: str) -> None:  # noqa: ANN401
    self.__dict__["_status"] = value


def _pending(self: Any) -> dict[str, Any] | None:  # noqa: ANN401
    found = {LATER[key]: item for key, item in work.waiting(self).items()}
    return found or None


def _swept(backend: Any) -> None:  # noqa: ANN401
    for name, made in [*backend.clusters.items()]:
        work.settle(made)
        if work.gone(made):
            del backend.clusters[name]


def _modify(self: Any, kwargs: Any) -> Any:  # noqa: ANN401  (moto's backend)
    """What waits is kept; all else, and all of it where that is asked for, comes at once."""
    given = {**kwargs}
    name = given["db_cluster_identifier"].lower()
    _swept(self)
    made = self.clusters.get(name)
    if made is None:
        raise DBClusterNotFoundError(name)
    checks.idle(made, MISSING, f"DbCluster {name}")
    checks.version(self, made, given)
    checks.storage(made, given)
    checks.password(made, given)
    checks.groups(self, given.get("vpc_security_group_ids"))
    _secret(made, given)
    logs = given.get("cloudwatch_logs_export_configuration") or {}
    exported = set(made.enabled_cloudwatch_logs_exports) - set(logs.get("disable_log_types") or ())
    made.enabled_cloudwatch_logs_exports = sorted(
        exported | set(logs.get("enable_log_types") or ())
    )
    changes = {
        ATTRIBUTES.get(key, key): item
        for key, item in given.items()
        if key not in OTHER and item is not None
    }
    now = bool(given.get("apply_immediately"))
    if now and work.land(made):
        work.begin(made, "modifying")
    later = {key: item for key, item in changes.items() if key in LATER and not now}
    if later:
        work.wait(made, later)
    for key, item in changes.items():
        if key not in later:
            setattr(made, key, item)
            work.begin(made, "modifying")
    return made


def _secret(made: Any, given: dict[str, Any]) -> None:  # noqa: ANN401
    asked = given.get("manage_master_user_password")
    if asked and not hasattr(made, "master_user_secret"):
        key = given.get("master_user_secret_kms_key_id")
        made.master_user_secret, made.manage_master_user_password = (
            MasterUserSecret(made, key),
            True,
        )
    elif asked is False:
        made.master_user_secret.delete_secret()
        del made.master_user_secret
        made.manage_master_user_password = False
