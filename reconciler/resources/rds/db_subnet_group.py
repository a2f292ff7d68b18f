"""AWS::RDS::DBSubnetGroup: the subnets of two zones or more in which a database may stand.

By calls of its own service, as the databases in it are: RDS refuses to take a subnet out that one
of them uses, and says so at once. Source: RDS API reference, DBSubnetGroup, ModifyDBSubnetGroup.
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
    Tagging,
    Whole,
    absent,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec, first

NAME = {"DBSubnetGroupName": "{name}"}
ARN = "arn:{partition}:rds:{region}:{account}:subgrp:{name}"
TAGGED = {"ResourceName": ARN}


def _read(answer: Json) -> Json:
    if not isinstance(answer, Mapping):
        return answer
    subnets = [each["SubnetIdentifier"] for each in answer.get("Subnets") or ()]
    return {**answer, "SubnetIds": subnets}


def update(change: Change) -> Iterator[Request]:
    """ModifyDBSubnetGroup always takes the whole list of subnets."""
    if change.touches("SubnetIds", "DBSubnetGroupDescription"):
        props = ("SubnetIds", "DBSubnetGroupDescription")
        yield Request("modify_db_subnet_group", {each: change.desired[each] for each in props})


register(
    Resource(
        type="AWS::RDS::DBSubnetGroup",
        service="rds",
        aside=Aside(needs={"create_db_subnet_group": ("rds:AddTagsToResource",)}),
        reach=Reach.REGIONAL,
        name="DBSubnetGroupName",
        key=NAME,
        read=Op("describe_db_subnet_groups", NAME),
        whole=Whole(
            items="DBSubnetGroups",
            each=members("DBSubnetGroupArn", "DBSubnetGroupName", "Subnets"),
            each_same={"DBSubnetGroupName": "DBSubnetGroupName"},
        ),
        create=Op("create_db_subnet_group", NAME),
        delete=Op("delete_db_subnet_group", NAME),
        absent=(absent("DBSubnetGroupNotFound"),),
        transient=(absent("InvalidDBSubnetGroupState"),),
        outputs={"DBSubnetGroupArn": ("DBSubnetGroupArn",)},
        predict={"DBSubnetGroupArn": ARN},
        arn=ARN,
        limit=255,
        fix=str.lower,
        root=first("DBSubnetGroups").then(Codec(_read)),
        body=Codec(),
        tags=Tagging(
            add=Op("add_tags_to_resource", TAGGED),
            remove=Op("remove_tags_from_resource", TAGGED),
            read=Op("list_tags_for_resource", TAGGED),
            at="TagList",
        ),
        sets=frozenset({"SubnetIds"}),
        update=update,
    )
)
