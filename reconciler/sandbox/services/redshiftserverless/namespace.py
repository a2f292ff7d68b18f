"""Namespaces, their snapshots and recovery points.

Source: Redshift Serverless API reference, CreateNamespace, UpdateNamespace, DeleteNamespace; that a
workgroup keeps its namespace, and that the first recovery point takes its time, was seen on AWS.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from moto.secretsmanager.models import secretsmanager_backends

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.redshiftserverless.common import (
    MANAGED,
    SERVICE,
    begin,
    conflict,
    find,
    idle,
    one,
    status,
    tags,
    when,
    wrong,
)
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

KIND = "namespace"
NAMES = {SERVICE: frozenset({"namespaceName", "workgroupName", "resourceArn"})}
FIRST_POINT = 60.0
"""Seconds until a namespace has a recovery point."""
SHORTEST = 8
GROUPS = (
    MANAGED,
    frozenset({"adminUserPassword", "adminUsername"}),
    frozenset({"defaultIamRoleArn", "iamRoles"}),
)
SECRET = '{"username": "admin", "password": "not a real one"}'  # noqa: S105 - it opens nothing
_SHOWN = (
    "adminUsername",
    "adminPasswordSecretArn",
    "adminPasswordSecretKmsKeyId",
    "dbName",
    "defaultIamRoleArn",
    "kmsKeyId",
    "logExports",
)


def shown(record: Record) -> dict[str, Any]:
    """A namespace as reads have it."""
    found = {key: record.data[key] for key in _SHOWN if record.data.get(key) is not None}
    return {
        "kmsKeyId": "AWS_OWNED_KMS_KEY",
        **found,
        "namespaceName": record.name,
        "namespaceArn": record.arn,
        "namespaceId": record.data["id"],
        "status": status(record),
        "creationDate": when(record.created),
        "iamRoles": [
            f"IamRole(applyStatus=in-sync, iamRoleArn={each})"
            for each in record.data.get("iamRoles") or ()
        ],
    }


def made(call: Call, kind: str, name: str) -> str:
    """An id that AWS would choose."""
    seed = f"{call.backend.account_id} {kind} {name} {WORLD.next_number()}"
    text = hashlib.sha256(seed.encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:32]}"


def _password(call: Call) -> None:
    own = call.get("adminUserPassword")
    if own is not None and len(own) < SHORTEST:
        raise wrong("adminUserPassword has to have 8 characters at least.")
    if own is not None and call.get("manageAdminPassword"):
        raise wrong("You can't use adminUserPassword if manageAdminPassword is true.")


def _managed(call: Call, name: str) -> str:
    secrets = secretsmanager_backends[call.backend.account_id][call.backend.region_name]
    secret = secrets.create_managed_secret(
        service_name="redshift",
        secret_id=f"redshift!{name}-admin-{WORLD.next_number()}",
        secret_string=SECRET,
        description=f"The secret of the namespace {name}",
        kms_key_id=call.get("adminPasswordSecretKmsKeyId"),
        tags=[{"Key": "aws:redshift-serverless:namespaceArn", "Value": name}],
    )
    return str(secret.arn)


def create(call: Call) -> dict[str, Any]:
    """CreateNamespace."""
    name = call["namespaceName"]
    if name in call.records(KIND):
        raise conflict(f"The namespace {name} already exists.")
    _password(call)
    id_ = made(call, KIND, name)
    kept = {key: call.get(key) for key in (*_SHOWN, "iamRoles") if call.get(key) is not None}
    data = {"dbName": "dev", "adminUsername": "admin", **kept, "id": id_}
    if call.get("manageAdminPassword"):
        data["adminPasswordSecretArn"] = _managed(call, name)
    record = call.add(KIND, name, call.arn(f"namespace/{id_}"), data, **tags(call))
    return {"namespace": shown(record)}


def get(call: Call) -> dict[str, Any]:
    """GetNamespace."""
    record = find(call, KIND, call["namespaceName"])
    if status(record) != "AVAILABLE":
        WORLD.clock.polled()
    return {"namespace": shown(record)}


def list_(call: Call) -> dict[str, Any]:
    """ListNamespaces, all on one page."""
    found = call.records(KIND)
    return {"namespaces": [shown(found[name]) for name in sorted(found)]}


def update(call: Call) -> dict[str, Any]:
    """UpdateNamespace: one concern in a request."""
    record = find(call, KIND, call["namespaceName"])
    idle(record)
    one(call, *GROUPS)
    _password(call)
    given = {key: item for key, item in call.params.items() if key != "namespaceName"}
    if given.get("manageAdminPassword") and not record.data.get("adminPasswordSecretArn"):
        record.data["adminPasswordSecretArn"] = _managed(call, record.name)
    elif given.get("manageAdminPassword") is False or "adminUserPassword" in given:
        if "adminUserPassword" not in given:
            raise wrong("adminUserPassword is needed if manageAdminPassword is false.")
        record.data.pop("adminPasswordSecretArn", None)
    if default := given.get("defaultIamRoleArn"):
        if default not in (given.get("iamRoles") or record.data.get("iamRoles") or ()):
            raise wrong("The default role must be one of iamRoles.")
    elif "defaultIamRoleArn" in given and "iamRoles" not in given:
        raise wrong("Removing the default role takes the full list of iamRoles.")
    hidden = ("adminUserPassword", "manageAdminPassword")
    record.data |= {key: item for key, item in given.items() if key not in hidden}
    begin(record, "MODIFYING")
    return {"namespace": shown(record)}


def delete(call: Call) -> dict[str, Any]:
    """DeleteNamespace, once no workgroup is on it."""
    record = find(call, KIND, call["namespaceName"])
    idle(record)
    for each in call.records("workgroup").values():
        if each.data["namespaceName"] == record.name:
            text = f"The namespace {record.name} has the workgroup {each.name}."
            raise conflict(f"{text} Delete it first.")
    if name := call.get("finalSnapshotName"):
        if name in call.records("snapshot"):
            raise conflict(f"The snapshot {name} already exists.")
        kept = {"namespaceName": record.name, "status": "AVAILABLE"}
        call.add("snapshot", name, call.arn(f"snapshot/{name}"), kept)
    begin(record, "DELETING")
    return {"namespace": shown(record)}


def points(call: Call) -> dict[str, Any]:
    """ListRecoveryPoints of a namespace."""
    record = call.records(KIND).get(call.get("namespaceName") or "")
    if record is None or not old_enough(record):
        return {"recoveryPoints": []}
    made_ = when(record.created + FIRST_POINT)
    found = {"recoveryPointId": f"{record.data['id']}-1", "recoveryPointCreateTime": made_}
    return {"recoveryPoints": [{**found, "namespaceName": record.name}]}


def old_enough(record: Record) -> bool:
    """Whether it has a recovery point."""
    return WORLD.clock.now() >= record.created + FIRST_POINT


def snapshot(call: Call) -> dict[str, Any]:
    """GetSnapshot."""
    name = call.get("snapshotName") or ""
    record = call.records("snapshot").get(name)
    if record is None:
        raise Refused("ResourceNotFoundException", f"The snapshot {name} does not exist.")
    return {"snapshot": {**record.data, "snapshotName": name, "snapshotArn": record.arn}}


def _tagged(call: Call) -> Record:
    every = (call.records(kind).values() for kind in (KIND, "workgroup", "snapshot"))
    found = next((it for many in every for it in many if it.arn == call["resourceArn"]), None)
    if found is None:
        raise Refused("ResourceNotFoundException", "The resource does not exist.")
    return found


def tag(call: Call) -> None:
    """TagResource."""
    _tagged(call).tags |= tags(call)


def untag(call: Call) -> None:
    """UntagResource: absent keys are no error."""
    record = _tagged(call)
    record.tags = {k: v for k, v in record.tags.items() if k not in call["tagKeys"]}


def listed(call: Call) -> dict[str, Any]:
    """ListTagsForResource."""
    return {"tags": [{"key": k, "value": v} for k, v in sorted(_tagged(call).tags.items())]}


OPERATIONS = {
    "CreateNamespace": create,
    "GetNamespace": get,
    "ListNamespaces": list_,
    "UpdateNamespace": update,
    "DeleteNamespace": delete,
    "ListRecoveryPoints": points,
    "GetSnapshot": snapshot,
    "TagResource": tag,
    "UntagResource": untag,
    "ListTagsForResource": listed,
}
