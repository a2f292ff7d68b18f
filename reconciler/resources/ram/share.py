"""AWS::RAM::ResourceShare: what other accounts may use of this one.

AWS chooses its id and lets several have one name, so it is found by its tags. The handlers never
give back whom it is shared with, what, and with which permission; RAM's own API lists them. Who
has been invited and has not answered is ASSOCIATING, and counts; what was taken off stays listed
as DISASSOCIATED. A share that says nothing of outsiders lets them in, so `AllowExternalPrincipals`
is always said. Source: CreateResourceShare, GetResourceShareAssociations,
ListResourceSharePermissions.
"""

from collections.abc import Iterable, Mapping
from functools import partial

from reconciler.model.value import Json, Props
from reconciler.resources.answers import absent
from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare
from reconciler.resources.told import Told
from reconciler.resources.whole import Whole, at

RAM, GONE = "ram", (absent("UnknownResourceException"),)
SHARED, PERMITTED = "get_resource_share_associations", "list_resource_share_permissions"
OVER = frozenset({"DISASSOCIATED", "DISASSOCIATING", "FAILED"})
KNOWN = OVER | {"ASSOCIATED", "ASSOCIATING", "RESTORING", "SUSPENDED", "SUSPENDING"}
WORDS = KNOWN | {"ATTACHABLE", "DEPRECATED", "UNATTACHABLE"}


def _strange(items: str, words: Iterable[str], _: Props, answer: Mapping[str, Json]) -> str:
    """What an item says of its state that nobody knows."""
    told = (at(each, "status") for each in answer.get(items) or ())
    found = next((word for word in told if word not in words), None)
    return f"an item of {items!r} is {found!r}, of which nothing is known" if found else ""


def _associated(prop: str, kind: str) -> Told:
    return Told(
        prop=prop,
        service=RAM,
        method=SHARED,
        named="[resourceShareArns]",
        params={"associationType": kind},
        at="resourceShareAssociations",
        item="associatedEntity",
        absent=GONE,
        gone=OVER,
    )


declare(
    "AWS::RAM::ResourceShare",
    aside=Aside(looks=("ram:GetResourceShareAssociations", "ram:ListResourceSharePermissions")),
    beside={
        (RAM, SHARED): Whole(
            items="resourceShareAssociations",
            each=frozenset({"associatedEntity", "status"}),
            each_same={"resourceShareArns": "resourceShareArn"},
            about=partial(_strange, "resourceShareAssociations", KNOWN),
        ),
        (RAM, PERMITTED): Whole(
            items="permissions",
            each=frozenset({"arn", "status"}),
            about=partial(_strange, "permissions", WORDS),
        ),
    },
    parts=(
        _associated("Principals", "PRINCIPAL"),
        _associated("ResourceArns", "RESOURCE"),
        Told(
            prop="PermissionArns",
            service=RAM,
            method=PERMITTED,
            named="resourceShareArn",
            at="permissions",
            item="arn",
            absent=GONE,
            gone=OVER,
        ),
    ),
    holds="traffic",
    refers=("AWS::SageMaker::FeatureGroup",),
)
