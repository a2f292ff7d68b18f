"""A security group, and the network that samples stand in and do not make."""

from __future__ import annotations

from moto.ec2.models import ec2_backends

from reconciler.model.address import Address
from reconciler.model.value import Ref

from .sample import PLACE, Sample

VPC = "vpc-0a1b2c3d"
SUBNETS = ["subnet-0a1b2c3d", "subnet-0b1b2c3d", "subnet-0c1b2c3d"]


def standing() -> None:
    """Put the network into the sandbox's account, past its door."""
    ec2 = ec2_backends[PLACE.account][PLACE.region]
    vpc = ec2.create_vpc("10.20.0.0/16", tags=[{"Key": "sandbox:id", "Value": VPC}])
    for number, id_ in enumerate(SUBNETS):
        zone = f"{PLACE.region}{'abc'[number]}"
        block = f"10.20.{number}.0/24"
        ec2.create_subnet(vpc.id, block, availability_zone=zone, tags={"sandbox:id": id_})


NAME = "acme-test-orders"
ITSELF = Ref(Address("AWS::EC2::SecurityGroup", NAME), "GroupId")


def rule(port: int, block: str = "10.20.0.0/16", **more: str) -> dict[str, object]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": block, **more}


NOWHERE = {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}
group = Sample(
    "AWS::EC2::SecurityGroup",
    NAME,
    minimal={"GroupDescription": "Orders.", "VpcId": VPC},
    full={
        "GroupDescription": "Orders.",
        "VpcId": VPC,
        "SecurityGroupIngress": [rule(5432, Description="Jobs."), rule(5433)],
        "SecurityGroupEgress": [NOWHERE],
        "AllowsItself": ITSELF,
    },
    edits=(
        {"SecurityGroupIngress": [rule(5432, Description="All jobs."), rule(5434, "10.20.1.0/24")]},
        {"SecurityGroupEgress": [NOWHERE, rule(443, "0.0.0.0/0")]},
        {"AllowsItself": ""},
    ),
    breaks=({"GroupDescription": "All orders."},),
    costly=True,
)
