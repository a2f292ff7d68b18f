"""What a sample of a type is.

`minimal` and `full` are the least and the most a type takes. `edits` are
changes of `full` that must be possible without a new resource, `breaks` are
changes that must not. `needs` are samples that must exist before this one. `beyond` are properties
that AWS takes and the sandbox does not; they are linted only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reconciler.model.address import Address
from reconciler.resources.api import NAME_TAG, OWNERSHIP, TYPE_TAG, Place, fill, load

PLACE = Place("123456789012", "eu-west-1", "acme", "test")
ROLE = "arn:aws:iam::123456789012:role/acme-test-work"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0d3b4a2e-0000-4000-8000-000000000000"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:acme-test-alerts"
Props = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """See the module docstring."""

    type: str
    name: str
    minimal: Props
    full: Props
    edits: tuple[Props, ...] = ()
    breaks: tuple[Props, ...] = ()
    needs: tuple[Sample, ...] = ()
    beyond: Props = field(default_factory=dict)
    costly: bool = False
    """It needs much else, or long: `make test` lives its life once, `make test-long` each step."""

    @property
    def most(self) -> Props:
        """Every property the adapter is said to take."""
        return {**self.full, **self.beyond}

    @property
    def address(self) -> Address:
        return Address(self.type, self.name)

    def tagged(self, props: Props, **more: str) -> Props:
        """`props` with the name and the ownership tags that compilation gives every resource."""
        record = load()[self.type]
        if record.generic:
            names = {
                prop: fill(text, PLACE.slots(self.name)) for prop, text in record.named.items()
            }
            props, more = {**names, **props}, {TYPE_TAG: self.type, **more}
        if not record.signed:
            return props
        owner = (PLACE.platform, PLACE.environment, f"Sample/{self.name}", PLACE.region)
        if record.tags is None:
            more = {}  # a mark has room for whose it is, and no more
        values = (*owner, self.name)
        tags = dict(zip((*OWNERSHIP, NAME_TAG), values, strict=True)) | more
        return {**props, "Tags": [{"Key": key, "Value": tags[key]} for key in sorted(tags)]}


def statement(**more: Any) -> Props:
    """A policy document of one statement."""
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **more}],
    }


def trust(service: str) -> Props:
    return statement(Principal={"Service": service})


def resource_policy(action: str, resource: Any) -> Props:
    return statement(
        Sid="Read",
        Action=action,
        Resource=resource,
        Principal={"AWS": "arn:aws:iam::123456789012:root"},
    )
