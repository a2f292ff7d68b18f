"""Subnet groups. Source: RDS API reference, CreateDBSubnetGroup, ModifyDBSubnetGroup."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.resource_tagging import TaggedResource
from moto.rds.exceptions import DBSubnetGroupNotFoundError, RDSClientError
from moto.rds.models import RDSBackend

ZONES = 2


def install() -> None:
    """Repair subnet groups."""
    backend: Any = RDSBackend
    create, describe = backend.create_subnet_group, backend.describe_db_subnet_groups
    tagged = backend.iter_tagged_resources

    def create_subnet_group(
        self: Any,  # noqa: ANN401  (moto's backend)
        subnet_name: str,
        description: str,
        subnets: list[Any],
        tags: list[dict[str, str]],
    ) -> Any:  # noqa: ANN401
        name = subnet_name.lower()
        if name in self.subnet_groups or name == "default":
            text = f"The DB subnet group {name} already exists."
            raise RDSClientError("DBSubnetGroupAlreadyExists", text)
        _covered(subnets)
        return create(self, name, description, subnets, tags)

    def describe_db_subnet_groups(self: Any, subnet_group_name: str | None = None) -> Any:  # noqa: ANN401
        return describe(self, subnet_group_name.lower() if subnet_group_name else "")

    def iter_tagged_resources(self: Any) -> Iterator[TaggedResource]:  # noqa: ANN401
        yield from tagged(self)
        for each in self.subnet_groups.values():
            named = {tag["Key"]: tag["Value"] for tag in each.get_tags()}
            yield TaggedResource(arn=each.arn, tags=named, resource_type="rds:subgrp")

    backend.create_subnet_group = create_subnet_group
    backend.describe_db_subnet_groups = describe_db_subnet_groups
    backend.modify_db_subnet_group = _modify
    backend.delete_subnet_group = _delete
    backend.iter_tagged_resources = iter_tagged_resources


def _covered(subnets: list[Any]) -> None:
    if len({each.availability_zone for each in subnets}) < ZONES:
        text = "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement."
        raise RDSClientError(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            f"{text} Please add subnets to cover at least 2 AZs.",
        )


def _users(backend: Any, name: str) -> list[str]:  # noqa: ANN401
    found = [each for each in backend.clusters.values() if each.db_subnet_group_name == name]
    alone = (each for each in backend.databases.values() if not each.db_cluster_identifier)
    found += [each for each in alone if each.db_subnet_group_name == name]
    return [each.resource_id for each in found]


def _group(backend: Any, name: str) -> Any:  # noqa: ANN401
    found = backend.subnet_groups.get(name)
    if found is None:
        raise DBSubnetGroupNotFoundError(name)
    return found


def _modify(self: Any, subnet_name: str, description: str | None, subnets: list[Any]) -> Any:  # noqa: ANN401
    group = _group(self, subnet_name.lower())
    _covered(subnets)
    left = {each["SubnetIdentifier"] for each in group.subnets} - {each.id for each in subnets}
    if left and _users(self, group.name):
        text = f"Some subnets to be deleted are currently in use: {', '.join(sorted(left))}"
        raise RDSClientError("SubnetAlreadyInUse", text)
    group.subnets = subnets
    if description is not None:
        group.description = description
    return group


def _delete(self: Any, subnet_name: str) -> Any:  # noqa: ANN401
    group = _group(self, subnet_name.lower())
    if users := _users(self, group.name):
        text = f"Cannot delete the subnet group '{group.name}' because {users[0]!r} uses it."
        raise RDSClientError("InvalidDBSubnetGroupStateFault", text)
    return self.subnet_groups.pop(group.name)
