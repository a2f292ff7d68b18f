"""AWS::RedshiftServerless::Namespace, by calls of its own: databases, users and keys.

AWS's handlers give back no password setting; UpdateNamespace takes one concern in a request. The
admin password is one that AWS makes and keeps in Secrets Manager, so no request has another. Its
deletion takes a final snapshot, unless the tag `moorline:final-snapshot` says `skip`.
Source: Redshift Serverless API reference, CreateNamespace, UpdateNamespace, DeleteNamespace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.change import Change, Observed
from reconciler.model.landing import SKIP, SNAPSHOT
from reconciler.model.value import Json
from reconciler.resources.api import (
    Lifecycle,
    Op,
    Reach,
    Request,
    Resource,
    Whole,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec
from reconciler.resources.redshiftserverless import service
from reconciler.resources.review import Objection, Pending
from reconciler.resources.stages import Apart, Stages
from reconciler.resources.untaken import untaken

TYPE = "AWS::RedshiftServerless::Namespace"
NAME = {"namespaceName": "{name}"}
ROLES = ("DefaultIamRoleArn", "IamRoles")
PASSWORD = ("AdminPasswordSecretKmsKeyId", "ManageAdminPassword")
TAKEN = ("AdminUsername", "DbName", "KmsKeyId", "LogExports", *PASSWORD, *ROLES)
OWNED = "AWS_OWNED_KMS_KEY"


def _read(answer: Json) -> Json:
    found = answer.get("namespace") if isinstance(answer, Mapping) else None
    if not found:
        return None
    props = service.upper({key: found[key] for key in found if key != "iamRoles"})
    if props.get("KmsKeyId") == OWNED:
        del props["KmsKeyId"]
    secret = found.get("adminPasswordSecretArn")
    return {
        **props,
        "IamRoles": service.roles(found.get("iamRoles")),
        "ManageAdminPassword": bool(secret),
        "AdminPasswordSecretArn": secret,
    }


def _body(props: Json) -> Json:
    return service.lower({key: props[key] for key in TAKEN if props.get(key) not in (None, "", [])})


def update(change: Change) -> Iterator[Request]:
    """One concern: roles with the default among them, what is exported, the key, the password."""
    body: dict[str, Json] = {}
    if change.touches(*ROLES):
        wanted = {key: change.desired.get(key, change.live.get(key)) for key in ROLES}
        body = {
            "iamRoles": wanted["IamRoles"] or [],
            "defaultIamRoleArn": wanted["DefaultIamRoleArn"] or "",
        }
    for name in ("KmsKeyId", "LogExports", "AdminUsername", *PASSWORD):
        if change.touches(name):
            body |= service.lower({name: change.desired.get(name)})
    if body:
        yield Request("update_namespace", body)


def remove(observed: Observed) -> Iterator[Request]:
    """With a final snapshot, unless the tag says otherwise."""
    name, id_ = observed.outputs["NamespaceName"], observed.outputs.get("NamespaceId") or ""
    skip = (observed.tags or {}).get(SNAPSHOT) == SKIP
    kept = f"{str(name)[:45]}-final-{str(id_)[:8]}".rstrip("-")
    yield Request("delete_namespace", {} if skip else {"finalSnapshotName": kept})


def review(change: Change) -> Iterator[Objection]:
    """A password of one's own has no place in specs; a database has the name it was made with."""
    name = repr(str(change.address))
    if change.desired.get("ManageAdminPassword") is False and change.touches("ManageAdminPassword"):
        text = f"the admin password of {name} is AWS's own, and stays so"
        help_ = "remove `ManageAdminPassword: false`; a spec holds no password"
        yield Objection("DB005", text, help_)
    if change.touches("DbName"):
        text = f"DbName of {name} is fixed: Redshift names the first database only when it is made"
        yield Objection("DB004", text, "make the spec say what is live, or CREATE DATABASE by SQL")


register(
    Resource(
        type=TYPE,
        service=service.SERVICE,
        aside=Aside(
            needs={
                "create_namespace": ("redshift-serverless:TagResource", "iam:PassRole"),
                "update_namespace": ("iam:PassRole",),
            },
            hands=("redshift-serverless.amazonaws.com", "redshift.amazonaws.com"),
        ),
        reach=Reach.REGIONAL,
        name="NamespaceName",
        key=NAME,
        read=Op("get_namespace", NAME),
        whole=Whole(
            has=members("namespace.namespaceArn", "namespace.namespaceId", "namespace.status"),
            same={"namespaceName": ("namespace.namespaceName",)},
        ),
        create=Op("create_namespace", NAME),
        delete=Op("delete_namespace", NAME),
        remove=remove,
        absent=service.GONE,
        transient=service.BUSY,
        outputs={
            "AdminPasswordSecretArn": ("AdminPasswordSecretArn",),
            "Namespace.NamespaceArn": ("NamespaceArn",),
            "NamespaceId": ("NamespaceId",),
            "NamespaceName": ("NamespaceName",),
        },
        created={
            "AdminPasswordSecretArn": ("namespace", "adminPasswordSecretArn"),
            "Namespace.NamespaceArn": ("namespace", "namespaceArn"),
            "NamespaceId": ("namespace", "namespaceId"),
        },
        arn=service.arn("namespace", "NamespaceId"),
        limit=64,
        fix=str.lower,
        root=Codec(decode=_read),
        body=Codec(encode=_body),
        lifecycle=Lifecycle(
            field="namespace.status",
            ready=service.READY,
            busy=service.AT_WORK,
            poll=10.0,
            timeout=3600.0,
            usual=60.0,
        ),
        vanishes=True,
        tags=service.tagging("namespace", "NamespaceId"),
        stages=Stages(
            apart=(
                Apart(props=frozenset({"AdminUsername"}), seconds=60.0),
                Apart(props=frozenset(PASSWORD), seconds=60.0),
                Apart(props=frozenset({"KmsKeyId"}), seconds=600.0),
                Apart(props=frozenset({"LogExports"}), seconds=60.0),
                Apart(props=frozenset(ROLES), seconds=60.0),
            )
        ),
        effects=untaken(TYPE, {*TAKEN, "NamespaceName"}),
        sets=frozenset({"IamRoles", "LogExports"}),
        defaults={"DbName": "dev"},
        holds="records",
        refers=("AWS::IAM::Role", "AWS::KMS::Key"),
        pending=Pending(review=review),
        update=update,
    )
)
