"""AWS::EC2::SecurityGroup, by calls of its own service.

A group whose members reach each other cannot say so in a document of itself, for it has no id yet;
AWS's handlers take that as a rule of another type, which has no tags. Here it is a part. Each rule
has its own call, so that those that stay are never taken away. Source: EC2 API reference.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.value import Json, Props
from reconciler.resources.api import (
    Companion,
    Op,
    Reach,
    Resource,
    Tagging,
    Whole,
    absent,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec, first
from reconciler.resources.ec2 import rules
from reconciler.resources.ec2.rules import ITSELF, OWN, Itself, Rules

KEY = {"GroupId": "{GroupId}"}
NAMED = {"Filters": [{"Name": "group-name", "Values": ["{name}"]}]}
ARN = "arn:{partition}:ec2:{region}:{account}:security-group/{GroupId}"
TAGGED = {"Resources": ["{GroupId}"]}


def _read(group: Json) -> Json:
    if not isinstance(group, Mapping):
        return group
    own = group.get("GroupId")
    inward = rules.flat(group.get("IpPermissions"), out=False)
    itself = {**OWN, "SourceSecurityGroupId": own}
    rest = [each for each in inward if rules.plain(each) != itself]
    found = {
        "SecurityGroupIngress": rest,
        "SecurityGroupEgress": rules.flat(group.get("IpPermissionsEgress"), out=True),
        ITSELF: own if len(rest) != len(inward) else None,
    }
    return {**group, **found}


def _about(params: Props, answer: Mapping[str, Json]) -> str:
    """A name is of one group in each network, and ours are in one network."""
    found = answer.get("SecurityGroups") or ()
    named = "group-name" in str(params.get("Filters"))
    return "several groups have the name" if named and len(found) > 1 else ""


def _description(group: Json) -> Json:
    if not isinstance(group, Mapping):
        return group
    return {**group, "GroupDescription": group.get("Description")}


def _made(props: Json) -> Json:
    """What CreateSecurityGroup takes; without a network it is the default one."""
    names = {"GroupDescription": "Description", "VpcId": "VpcId"}
    return {api: props[name] for name, api in names.items() if props.get(name)}


register(
    Resource(
        type="AWS::EC2::SecurityGroup",
        service="ec2",
        aside=Aside(
            needs={"create_security_group": ("ec2:CreateTags",)},
            set_by=dict.fromkeys(rules.WAYS, ("modify_security_group_rules",)),
        ),
        reach=Reach.REGIONAL,
        name="GroupName",
        key=KEY,
        read=Op("describe_security_groups", NAMED),
        whole=Whole(
            items="SecurityGroups",
            each=members("GroupId", "GroupName", "VpcId"),
            about=_about,
        ),
        create=Op(
            "create_security_group",
            {"GroupName": "{name}", "TagSpecifications": [{"ResourceType": "security-group"}]},
        ),
        delete=Op("delete_security_group", KEY),
        absent=(absent("InvalidGroup.NotFound"), absent("InvalidGroupId.NotFound")),
        transient=(absent("DependencyViolation"),),
        outputs={"GroupId": ("GroupId",), "Id": ("GroupId",), "VpcId": ("VpcId",)},
        created={"GroupId": ("GroupId",)},
        arn=ARN,
        limit=255,
        root=first("SecurityGroups").then(Codec(_description)).then(Codec(_read)),
        body=Codec(encode=_made),
        tags=Tagging(
            add=Op("create_tags", TAGGED),
            remove=Op("delete_tags", TAGGED),
            read=Op(
                "describe_tags", {"Filters": [{"Name": "resource-id", "Values": ["{GroupId}"]}]}
            ),
            create="TagSpecifications.*.Tags",
            keys="Tags",
            key_in="Key",
        ),
        parts=(
            Rules(prop="SecurityGroupIngress", word="ingress"),
            Itself(),
            Rules(prop="SecurityGroupEgress", word="egress", new=(rules.EVERYWHERE,)),
        ),
        companions=(
            Companion(
                ITSELF,
                "AWS::EC2::SecurityGroupIngress",
                {"GroupId": "{value}", "SourceSecurityGroupId": "{value}", **OWN},
            ),
        ),
        sets=frozenset(rules.WAYS),
        refers=(),
    )
)
