"""AWS::Glue::Database, by calls of its own.

CloudFormation gives it no tags, and CreateDatabase takes some: they say whose it is, and whose
the tables in it are. One page of GetDatabases has a hundred whole. Its deletion takes all tables
with it, unasked (DeleteDatabase); what is in S3 stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.model.change import Change
from reconciler.model.value import Json
from reconciler.resources.api import (
    Listing,
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
from reconciler.resources.glue.service import GONE, TAG, arn, lower, tagging

KEY = {"Name": "{name}"}
INPUT = "DatabaseInput"
_TAKEN = (
    "CreateTableDefaultPermissions",
    "Description",
    "FederatedDatabase",
    "LocationUri",
    "Name",
    "Parameters",
    "TargetDatabase",
)


def shown(database: Json) -> dict[str, Any]:
    """The properties of a database as it is listed or read."""
    said = {key: database[key] for key in _TAKEN if key in database}
    found = {INPUT: said, "DatabaseName": database["Name"]}
    return {**found, "CatalogId": database["CatalogId"]} if "CatalogId" in database else found


def _body(props: Json) -> dict[str, Any]:
    return {key: props[key] for key in ("CatalogId", INPUT) if key in props}


def update(change: Change) -> Iterator[Request]:
    """The whole, with what is live and no spec mentions: UpdateDatabase replaces it."""
    if change.touches(INPUT):
        live = change.live.get(INPUT) or {}
        yield Request("update_database", {INPUT: {**live, **change.desired[INPUT]}})


register(
    Resource(
        type="AWS::Glue::Database",
        service="glue",
        reach=Reach.REGIONAL,
        name="DatabaseName",
        derived={f"{INPUT}.Name": "{name}", "CatalogId": "{account}"},
        key=KEY,
        read=Op("get_database", KEY),
        whole=Whole(has=members("Database.Name"), same={"Name": ("Database.Name",)}),
        create=Op("create_database", {INPUT: {"Name": "{name}"}}),
        delete=Op("delete_database", KEY),
        absent=GONE,
        predict={"Arn": arn("database")},
        arn=arn("database"),
        limit=255,
        fix=lower,
        root=Codec(decode=lambda answer: shown(answer["Database"])),
        body=Codec(encode=_body),
        listings=(
            Listing(
                method="get_databases",
                at="DatabaseList",
                name="Name",
                params={"MaxResults": 100},
                codec=Codec(decode=shown),
                created="CreateTime",
                complete=True,
            ),
        ),
        tags=tagging("database"),
        carried=frozenset({INPUT}),
        aside=Aside(needs={"create_database": (TAG,)}),
        holds="history",
        refers=("AWS::S3::Bucket",),
        update=update,
    )
)
