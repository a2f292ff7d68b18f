"""AWS::Glue::Registry, by calls of its own.

One page of ListRegistries has a hundred whole. Its deletion takes all schemas and their versions
with it, and goes on after the call (DeleteRegistry). UpdateRegistry needs a description, which
may be empty.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Change
from reconciler.resources.api import (
    Lifecycle,
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Whole,
    codes,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import rename
from reconciler.resources.glue.service import GONE, TAG, arn, tagging

KEY = {"RegistryId": {"RegistryName": "{name}"}}
ROOT = rename(RegistryName="Name", RegistryArn="Arn")


def update(change: Change) -> Iterator[Request]:
    """The description is all that can change."""
    if change.touches("Description"):
        yield Request("update_registry", {"Description": change.desired.get("Description") or ""})


register(
    Resource(
        type="AWS::Glue::Registry",
        service="glue",
        reach=Reach.REGIONAL,
        name="Name",
        key=KEY,
        read=Op("get_registry", KEY),
        whole=Whole(
            has=members("RegistryName", "RegistryArn", "Status"),
            same={"RegistryId.RegistryName": ("RegistryName",)},
        ),
        create=Op("create_registry", {"RegistryName": "{name}"}),
        delete=Op("delete_registry", KEY),
        absent=GONE,
        predict={"Arn": arn("registry")},
        arn=arn("registry"),
        limit=255,
        root=ROOT,
        listings=(
            Listing(
                method="list_registries",
                at="Registries",
                name="RegistryName",
                params={"MaxResults": 100},
                codec=ROOT,
                created="CreatedTime",
                complete=True,
            ),
        ),
        lifecycle=Lifecycle(
            field="Status", ready=codes("AVAILABLE"), busy=codes("DELETING"), poll=2.0
        ),
        vanishes=True,
        tags=tagging("registry"),
        aside=Aside(needs={"create_registry": (TAG,)}),
        holds="history",
        update=update,
    )
)
