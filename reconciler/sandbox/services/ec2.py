"""EC2: networks whose ids a test or a demo chooses, and no images, which take long to load.

A subnet or a network that is made with the tag `sandbox:id` has that id, so that specs can name
it. What groups do not have: one in use is not deleted (EC2 API reference, DeleteSecurityGroup).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.ec2.models import EC2Backend, subnets, vpcs
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.rds.models import rds_backends

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.rds import work

CHOSEN = "sandbox:id"
NAMES = {"ec2": frozenset({"GroupId", "GroupName"})}


def install() -> None:
    """Repair networks and groups."""
    os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    backend: Any = EC2Backend
    groups: Any = SecurityGroupBackend
    vpc, subnet, delete = backend.create_vpc, backend.create_subnet, groups.delete_security_group

    def create_vpc(self: Any, *args: Any, **given: Any) -> Any:  # noqa: ANN401  (moto's backend)
        with _named(vpcs, "random_vpc_id", *args, given.get("tags")):
            return vpc(self, *args, **given)

    def create_subnet(self: Any, *args: Any, **given: Any) -> Any:  # noqa: ANN401
        with _named(subnets, "random_subnet_id", *args, given.get("tags")):
            return subnet(self, *args, **given)

    def delete_security_group(self: Any, *args: Any, **given: Any) -> Any:  # noqa: ANN401
        id_ = given.get("group_id") or (args[1] if len(args) > 1 else None)
        if id_ and (user := _user(self, id_)):
            text = f"resource {id_} has a dependent object ({user})"
            raise Refused("DependencyViolation", text)
        return delete(self, *args, **given)

    backend.create_vpc = create_vpc
    backend.create_subnet = create_subnet
    groups.delete_security_group = delete_security_group


@contextmanager
def _named(module: Any, maker: str, *given: Any) -> Iterator[None]:  # noqa: ANN401
    """Let what moto takes an id from give the one that tags choose, the last of `given`."""
    tags = next((each for each in reversed(given) if isinstance(each, dict | list)), None)
    chosen, usual = _chosen(tags), getattr(module, maker)
    if chosen:
        setattr(module, maker, lambda: chosen)
    try:
        yield
    finally:
        setattr(module, maker, usual)


def _chosen(tags: Any) -> str:  # noqa: ANN401  (moto's: a list, a map, or maps by type)
    if isinstance(tags, list):
        tags = {each["Key"]: each["Value"] for each in tags}
    inner = [each for each in (tags or {}).values() if isinstance(each, dict)]
    return next((found for each in (*inner, tags or {}) if (found := each.get(CHOSEN))), "")


def _user(backend: Any, id_: str) -> str:  # noqa: ANN401
    """What still has a group."""
    rds = rds_backends[backend.account_id][backend.region_name]
    for each in (*rds.clusters.values(), *rds.databases.values()):
        if not work.gone(each) and id_ in (getattr(each, "vpc_security_group_ids", None) or ()):
            return str(each.resource_id)
    return ""
