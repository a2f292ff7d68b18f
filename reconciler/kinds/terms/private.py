"""A private network of a store: where it stands, who may reach it, and how jobs of Glue do.

Two security groups. One is the store's: it lets in, on the store's port, the other one and whom
the spec names, and nothing out. The other one is for who uses the store from AWS Glue: its members
reach each other, which Glue asks for, and whatever they need outside.
Source: Glue developer guide, "Setting up Amazon VPC for JDBC connections".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from reconciler.kinds.api import Lookup, Problem, Scope, Section
from reconciler.kinds.terms.network import Network, SecurityGroup, Subnet
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

GROUP = "AWS::EC2::SecurityGroup"
ACCESS = "access"
Vpc = Annotated[str, Field(pattern=r"^vpc-[0-9a-f]{8,17}$", examples=["vpc-0a1b2c3d"])]
NOWHERE: Props = {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}
"""Lets nothing out. A group has to have a rule, or AWS adds one that lets everything out."""
EVERYWHERE: Props = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}


def _block(text: str) -> str:
    try:
        found = ip_network(text)
    except ValueError as error:
        raise PydanticCustomError("block", "{why}", {"why": str(error)}) from None
    if found.prefixlen == 0:
        why = "everybody would be let in; a private store lets in those who are named"
        raise PydanticCustomError("block", "{why}", {"why": why})
    return text


Block = Annotated[str, Field(pattern=r"^[0-9a-f.:]+/[0-9]{1,3}$"), AfterValidator(_block)]


class Private(Section):
    """A network without a way in from outside."""

    vpc: Vpc
    """The network that the subnets are in."""
    subnets: Annotated[tuple[Subnet, ...], Field(min_length=2, max_length=16)]
    """Subnet ids of that network, in two availability zones or more."""
    clients: tuple[SecurityGroup | Block, ...] = Field(
        (), examples=[["sg-0a1b2c3d", "10.20.0.0/16"]]
    )
    """Who may reach the store besides jobs and crawlers of the platform: security groups, or
    blocks of addresses."""


def lookup(network: Private) -> Lookup:
    """The question where the subnets are."""
    return Lookup("subnets", (("ids", ",".join(network.subnets)),))


def known(network: Private, scope: Scope) -> Mapping[str, Mapping[str, str]]:
    """What AWS says of the subnets; nothing where nobody has asked it."""
    return scope.fact(lookup(network)) or {}


def report(network: Private, scope: Scope, path: Path, zones: int = 2) -> None:
    """Say what is wrong with the subnets, as far as AWS was asked."""
    if scope.facts is None or lookup(network) not in scope.facts:
        return
    found = known(network, scope)
    for index, each in enumerate(network.subnets):
        at = (*path, "subnets", str(index))
        if each not in found:
            scope.problem(at, f"there is no subnet {each!r} here", help="name one that is there")
        elif found[each]["vpc"] != network.vpc:
            text = f"subnet {each!r} is in {found[each]['vpc']}, not in {network.vpc}"
            scope.problem(at, text, help="name subnets of one network")
    have = {it["zone"] for it in found.values()}
    if found and len(found) == len(network.subnets) and len(have) < zones:
        text = f"the subnets are in {len(have)} availability zone{'s' * (len(have) > 1)}"
        help_ = f"name subnets in {zones} zones at least"
        scope.problem((*path, "subnets"), text, help=help_)


def check(network: Private, path: Path) -> Iterator[Problem]:
    """What shows in the spec alone."""
    seen: set[str] = set()
    for index, each in enumerate(network.subnets):
        if each in seen:
            yield Problem((*path, "subnets", str(index)), f"{each!r} is named twice", "remove one")
        seen.add(each)


def groups(scope: Scope) -> tuple[Address, Address]:
    """The group of the store, and the one of who uses it."""
    return scope.address(GROUP), scope.address(GROUP, ACCESS)


def group_nodes(
    network: Private, scope: Scope, port: int, path: Path, *, itself: bool = False
) -> Iterator[Node]:
    """Both groups.

    With `itself`, who polls the store stands in its group, as Lambda does in that of a cluster of
    Kafka: its members reach each other and what they need outside.
    """
    own, access = groups(scope)
    polled = {"AllowsItself": Ref(own, "GroupId")} if itself else {}
    yield scope.node(
        access,
        {
            "GroupDescription": f"Reach {scope.name} from AWS Glue",
            "VpcId": network.vpc,
            "AllowsItself": Ref(access, "GroupId"),
            "SecurityGroupEgress": [EVERYWHERE],
        },
        lines={(): path},
    )
    yield scope.node(
        own,
        {
            "GroupDescription": f"{scope.kind} {scope.name}",
            "VpcId": network.vpc,
            "SecurityGroupIngress": [*_let_in(network.clients, Ref(access, "GroupId"), port)],
            "SecurityGroupEgress": [EVERYWHERE if itself else NOWHERE],
            **polled,
        },
        lines={(): path, ("SecurityGroupIngress",): (*path, "clients")},
    )


def _let_in(clients: Iterable[str], access: Json, port: int) -> Iterator[Props]:
    base = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    yield {**base, "SourceSecurityGroupId": access}
    for each in sorted(set(clients)):
        if each.startswith("sg-"):
            yield {**base, "SourceSecurityGroupId": each}
        else:
            yield {**base, "CidrIpv6" if ":" in each else "CidrIp": each}


def requirements(network: Private, scope: Scope, groups_: Iterable[Json]) -> Props:
    """Where a connection of Glue begins: a subnet, its zone where AWS was asked, and groups."""
    return _placed(network.subnets[0], known(network, scope), groups_)


def where(network: Network) -> Lookup:
    """The question where the first subnet of plain ids is."""
    return Lookup("subnets", (("ids", network.subnets[0]),))


def reached(network: Network, scope: Scope) -> Props:
    """Where a connection begins that uses plain ids."""
    return _placed(network.subnets[0], scope.fact(where(network)) or {}, network.security_groups)


def _placed(subnet: str, found: Mapping[str, Mapping[str, str]], ids: Iterable[Json]) -> Props:
    zone = found.get(subnet, {}).get("zone")
    said: dict[str, Json] = {"SubnetId": subnet, "SecurityGroupIdList": list(ids)}
    return {**said, "AvailabilityZone": zone} if zone else said
