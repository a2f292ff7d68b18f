"""AWS::Glue::Connection, by calls of its own: how Glue reaches a database in a network.

It names a secret, and never a user or a password. UpdateConnection replaces the whole, so what is
live and no spec mentions is sent along. A read asks for no password, which would take the right to
decrypt. Source: Glue API reference, ConnectionInput, GetConnection (HidePassword).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.change import Change
from reconciler.model.value import Json
from reconciler.resources.api import (
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
from reconciler.resources.glue.service import GONE, TAG, arn, tagging
from reconciler.resources.keeping import kept

INPUT, PROPERTIES = "ConnectionInput", "ConnectionProperties"
KEY = {"Name": "{name}"}
TAKEN = (
    "ConnectionProperties",
    "ConnectionType",
    "Description",
    "MatchCriteria",
    "Name",
    "PhysicalConnectionRequirements",
)
SECRETS = frozenset({"ENCRYPTED_PASSWORD", "PASSWORD"})
"""Never read, shown or kept."""
KEPT = ("Description", "MatchCriteria", "PhysicalConnectionRequirements")


def _read(answer: Json) -> Json:
    found = answer.get("Connection") if isinstance(answer, Mapping) else None
    if not found:
        return None
    said = {key: found[key] for key in TAKEN if key in found}
    props = {k: v for k, v in (said.get(PROPERTIES) or {}).items() if k not in SECRETS}
    return {INPUT: {**said, PROPERTIES: props}}


def update(change: Change) -> Iterator[Request]:
    """The whole, with what no spec mentions as it is live."""
    if change.touches(INPUT):
        whole = kept(change.live.get(INPUT) or {}, change.desired[INPUT], KEPT)
        yield Request("update_connection", {INPUT: whole})


register(
    Resource(
        type="AWS::Glue::Connection",
        service="glue",
        aside=Aside(needs={"create_connection": (TAG,)}),
        reach=Reach.REGIONAL,
        name=f"{INPUT}.Name",
        key=KEY,
        read=Op("get_connection", {**KEY, "HidePassword": True}),
        whole=Whole(has=members("Connection.Name"), same={"Name": ("Connection.Name",)}),
        create=Op("create_connection"),
        delete=Op("delete_connection", {"ConnectionName": "{name}"}),
        absent=GONE,
        predict={"Name": "{name}"},
        derived={"CatalogId": "{account}"},
        arn=arn("connection"),
        limit=255,
        root=Codec(decode=_read),
        body=Codec(encode=lambda props: {INPUT: props[INPUT]}),
        tags=tagging("connection"),
        documents=frozenset({f"{INPUT}.{PROPERTIES}"}),
        sets=frozenset(
            {
                f"{INPUT}.MatchCriteria",
                f"{INPUT}.PhysicalConnectionRequirements.SecurityGroupIdList",
            }
        ),
        unread=frozenset({"CatalogId"}),
        carried=frozenset({INPUT}),
        refers=(
            "AWS::EC2::SecurityGroup",
            "AWS::RDS::DBCluster",
            "AWS::RDS::DBInstance",
            "AWS::RedshiftServerless::Namespace",
            "AWS::RedshiftServerless::Workgroup",
            "AWS::SecretsManager::Secret",
        ),
        update=update,
    )
)
