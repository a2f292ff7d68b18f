"""Instances. Source: RDS API reference, CreateDBInstance, ModifyDBInstance, DeleteDBInstance."""

from __future__ import annotations

import hashlib
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBInstanceNotFoundError, InvalidParameterCombination, RDSClientError
from moto.rds.models import DBInstance, RDSBackend
from moto.rds.responses import RDSResponse

from reconciler.sandbox.services.rds import checks, work
from reconciler.sandbox.state.world import WORLD

LATER = {
    "allocated_storage": "AllocatedStorage",
    "backup_retention_period": "BackupRetentionPeriod",
    "ca_certificate_identifier": "CACertificateIdentifier",
    "db_instance_class": "DBInstanceClass",
    "enable_iam_database_authentication": "IAMDatabaseAuthenticationEnabled",
    "engine_version": "EngineVersion",
    "iops": "Iops",
    "license_model": "LicenseModel",
    "multi_az": "MultiAZ",
    "port": "Port",
    "storage_throughput": "StorageThroughput",
    "storage_type": "StorageType",
}
"""What waits for the window unless it is asked for at once. Source: PendingModifiedValues."""
OTHER = frozenset(
    {
        "allow_major_version_upgrade",
        "apply_immediately",
        "cloudwatch_logs_export_configuration",
        "db_instance_identifier",
        "manage_master_user_password",
        "master_user_secret_kms_key_id",
    }
)
OF_CLUSTER = frozenset({"allocated_storage", "backup_retention_period", "engine_version"})
"""A member has these from its cluster."""
STATE = "InvalidDBInstanceState"


def install() -> None:  # noqa: C901, PLR0915 - one inner function for each operation
    """Repair instances."""
    instance: Any = DBInstance
    backend: Any = RDSBackend
    response: Any = RDSResponse
    create, describe, delete = (
        backend.create_db_instance,
        backend.describe_db_instances,
        backend.delete_db_instance,
    )

    def create_db_instance(self: Any, db_kwargs: Any) -> Any:  # noqa: ANN401  (moto's backend)
        given = {**db_kwargs}
        given["db_instance_identifier"] = given["db_instance_identifier"].lower()
        _swept(self)
        checks.groups(self, given.get("vpc_security_group_ids"))
        cluster = given.get("db_cluster_identifier")
        if cluster:
            given["db_cluster_identifier"] = cluster.lower()
            self.describe_db_clusters(cluster.lower())
        made = create(self, given)
        seed = f"{self.account_id} {WORLD.next_number()}".encode()
        made.dbi_resource_id = f"db-{hashlib.sha256(seed).hexdigest()[:26].upper()}"
        made.performance_insights_enabled = bool(given.get("enable_performance_insights"))
        if not given.get("max_allocated_storage") and not cluster:
            made.__dict__["_max_allocated_storage"] = None
        work.begin(made, "creating")
        return made

    def describe_db_instances(
        self: Any,  # noqa: ANN401  (moto's backend)
        db_instance_identifier: str | None = None,
        filters: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        _swept(self)
        name = db_instance_identifier.lower() if db_instance_identifier else None
        found = describe(self, name, filters)
        if name and any(work.busy(each) for each in found):
            WORLD.clock.polled()
        return found

    def delete_db_instance(self: Any, *args: Any, **given: Any) -> Any:  # noqa: ANN401
        name = (args[0] if args else given.pop("db_instance_identifier")).lower()
        _swept(self)
        made = self.databases.get(name)
        if made is None:
            raise DBInstanceNotFoundError(name)
        if made.db_cluster_identifier and given.get("final_db_snapshot_identifier"):
            text = "FinalDBSnapshotIdentifier can not be specified when deleting a cluster instance"
            raise InvalidParameterCombination(text)
        if not made.db_cluster_identifier:
            checks.final(given)
        checks.idle(made, STATE, f"Instance {name}")
        delete(self, name, **given)
        made.status = "available"
        self.databases[name] = made
        work.begin(made, "deleting")
        return made

    def respond(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
        return ActionResult({"DBInstance": self.backend.delete_db_instance(**self.params)})

    backend.create_db_instance = create_db_instance
    backend.describe_db_instances = describe_db_instances
    backend.delete_db_instance = delete_db_instance
    backend.modify_db_instance = _modify
    response.delete_db_instance = respond
    instance.db_instance_status = property(_status)
    instance.pending_modified_values = property(_pending)


def _status(self: Any) -> str:  # noqa: ANN401  (moto's instance)
    return work.busy(self) or str(self.status)


def _pending(self: Any) -> dict[str, Any] | None:  # noqa: ANN401
    found = {LATER[key]: item for key, item in work.waiting(self).items()}
    return found or None


def _swept(backend: Any) -> None:  # noqa: ANN401
    for name, made in [*backend.databases.items()]:
        work.settle(made)
        if work.gone(made):
            del backend.databases[name]


def _modify(self: Any, db_instance_identifier: str, db_kwargs: Any) -> Any:  # noqa: ANN401
    """What waits is kept; all else, and all of it where that is asked for, comes at once."""
    given = {**db_kwargs}
    name = db_instance_identifier.lower()
    _swept(self)
    made = self.databases.get(name)
    if made is None:
        raise DBInstanceNotFoundError(name)
    checks.idle(made, STATE, f"Instance {name}")
    if made.db_cluster_identifier and (of := OF_CLUSTER & given.keys()):
        text = f"{', '.join(sorted(of))} of a cluster's instance is changed with ModifyDBCluster"
        raise RDSClientError("InvalidParameterCombination", text)
    checks.version(self, made, given)
    checks.storage(made, given)
    checks.password(made, given)
    checks.groups(self, given.get("vpc_security_group_ids"))
    if "db_port_number" in given:
        given["port"] = given.pop("db_port_number")
    if "enable_performance_insights" in given:
        given["performance_insights_enabled"] = given.pop("enable_performance_insights")
    changes = {key: item for key, item in given.items() if key not in OTHER and item is not None}
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
