"""AWS::Athena::DataCatalog, by calls of its own service.

Copy to `reconciler/resources/<service>/<type>.py`, then `make schemas docs`. A type has calls of
its own for a stated reason only: its listing proves much at once, AWS's handlers lack something,
or do not serve it. Here: AWS's handlers want rights to create roles, functions and stacks, for a
kind of catalog that is not made here; and one page of the listing proves fifty. What is absent is
said in words (GetDataCatalog). UpdateDataCatalog takes all of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Change
from reconciler.resources.api import (
    SAME,
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Tagging,
    Whole,
    absent,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import unwrap
from reconciler.resources.untaken import untaken

TYPE = "AWS::Athena::DataCatalog"
KEY = {"Name": "{name}"}
ARN = "arn:{partition}:athena:{region}:{account}:datacatalog/{name}"
TAGGED = {"ResourceARN": ARN}
TAKEN = ("Description", "Parameters", "Type")


def update(change: Change) -> Iterator[Request]:
    """All that a catalog is; what is live and nobody declares goes along."""
    if change.touches(*TAKEN):
        live = {name: change.live[name] for name in TAKEN if change.live.get(name)}
        wanted = {name: change.desired[name] for name in TAKEN if name in change.desired}
        yield Request("update_data_catalog", live | wanted)


register(
    Resource(
        type=TYPE,
        service="athena",
        reach=Reach.REGIONAL,
        name="Name",
        key=KEY,
        read=Op("get_data_catalog", KEY),
        whole=Whole(
            has=members("DataCatalog.Name", "DataCatalog.Type"),
            same={"Name": ("DataCatalog.Name",)},
        ),
        create=Op("create_data_catalog", KEY),
        delete=Op("delete_data_catalog", KEY),
        absent=(absent("InvalidRequest", r"(?i)datacatalog .*(was not found|does not exist)"),),
        predict={"Arn": ARN},
        arn=ARN,
        limit=256,
        root=unwrap("DataCatalog"),
        body=SAME,  # a creation takes what it is given as it is
        carried=frozenset(TAKEN),
        effects=untaken(TYPE, {*TAKEN, "Name"}),
        listings=(
            Listing(
                method="list_data_catalogs",
                at="DataCatalogsSummary",
                name="CatalogName",
                params={"MaxResults": 50},
                complete=True,
            ),
        ),
        tags=Tagging(
            add=Op("tag_resource", TAGGED),
            remove=Op("untag_resource", TAGGED),
            read=Op("list_tags_for_resource", TAGGED),
        ),
        holds="traffic",
        aside=Aside(needs={"create_data_catalog": ("athena:TagResource",)}),
        update=update,
    )
)
