"""EC2, as far as networks and security groups go.

What is made has an id that AWS chooses, so that only a pattern can match it; what is tagged as it
is made is asked for once more. Source: Service Authorization Reference, "Amazon EC2"; EC2 user
guide, "Grant permission to tag Amazon EC2 resources during creation".
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.access.request import Call, Derive, Want, World, arn, plain, tags

GROUP = "security-group"
NEW = "sg-00000000000000000"
"""Stands for the id of a group that is made."""
KINDS = {"sg": GROUP, "subnet": "subnet", "vpc": "vpc", "eni": "network-interface"}
"""Types of what is tagged, by the beginning of its id."""
OF_GROUP = (
    "AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "DeleteSecurityGroup",
    "ModifySecurityGroupRules", "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress",
    "UpdateSecurityGroupRuleDescriptionsEgress", "UpdateSecurityGroupRuleDescriptionsIngress",
)  # fmt: skip


def of_group(call: Call, _world: World) -> Iterable[Want]:
    """A group and its rules, by its id."""
    at = arn(call, "ec2", GROUP, str(call.need("GroupId")))
    yield Want(f"ec2:{call.operation}", at, {"ec2:SecurityGroupID": call.get("GroupId")})


def create_group(call: Call, _world: World) -> Iterable[Want]:
    """A group, the network that it is in, and its tags."""
    given: dict[str, str] = {}
    for each in call.get("TagSpecifications") or ():
        given |= tags(each.get("Tags"))
    at = arn(call, "ec2", GROUP, NEW)
    yield Want("ec2:CreateSecurityGroup", at, {}, given)
    if vpc := call.get("VpcId"):
        within = arn(call, "ec2", "vpc", str(vpc))
        yield Want("ec2:CreateSecurityGroup", within, {"ec2:VpcID": vpc})
    if given:
        yield Want("ec2:CreateTags", at, {"ec2:CreateAction": "CreateSecurityGroup"}, given)


def tagging(call: Call, _world: World) -> Iterable[Want]:
    """Each of the things that are tagged; one whose id says no type is asked for as anything."""
    given = call.get("Tags") or ()
    gone = call.operation == "DeleteTags"
    keys = tuple(str(each.get("Key")) for each in given) if gone else ()
    for name in call.need("Resources"):
        kind = KINDS.get(str(name).partition("-")[0])
        at = arn(call, "ec2", kind, str(name)) if kind else "*"
        yield Want(f"ec2:{call.operation}", at, {}, {} if gone else tags(given), keys)


OPERATIONS: dict[str, dict[str, Derive]] = {
    "ec2": {
        **plain(
            "ec2",
            {
                "": "DescribeNetworkInterfaces DescribeVpcs DescribeDhcpOptions DescribeSubnets "
                "DescribeSecurityGroups DescribeTags"
            },
        ),
        **dict.fromkeys(OF_GROUP, of_group),
        **dict.fromkeys(("CreateTags", "DeleteTags"), tagging),
        "CreateSecurityGroup": create_group,
    }
}
