"""Running inside a VPC."""

from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Section
from reconciler.model.value import Props

Subnet = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]
SecurityGroup = Annotated[str, Field(pattern=r"^sg-[0-9a-f]{8,17}$")]


class Network(Section):
    """Subnets and security groups of a VPC."""

    subnets: Annotated[tuple[Subnet, ...], Field(min_length=1, max_length=16)]
    """Subnet ids; use two availability zones or more."""
    security_groups: Annotated[tuple[SecurityGroup, ...], Field(min_length=1, max_length=5)]
    """Security group ids."""

    def props(self) -> Props:
        """CloudFormation's ``VpcConfig``."""
        return {"Subnets": list(self.subnets), "SecurityGroupIds": list(self.security_groups)}
