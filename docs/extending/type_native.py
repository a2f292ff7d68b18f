"""AWS::Athena::WorkGroup, by calls of its own service.

Copy to `reconciler/resources/<service>/<type>.py`, then `make schemas docs`. A type has calls of
its own for a stated reason only: its listing proves much at once, AWS's handlers lack something,
or do not serve it. Here: one page of the listing proves fifty. What is absent is said in words
(GetWorkGroup), and whether it takes queries is a part: no creation says it.
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
from reconciler.resources.narrow import Narrowing, no_longer
from reconciler.resources.word import Word

KEY = {"WorkGroup": "{name}"}
ARN = "arn:{partition}:athena:{region}:{account}:workgroup/{name}"
TAGGED = {"ResourceARN": ARN}


UPDATE = "update_work_group"
STATE = Word(
    prop="State",
    get="get_work_group",
    at="WorkGroup.State",
    sets={word: Op(UPDATE, {"State": word}) for word in ("ENABLED", "DISABLED")},
)


def update(change: Change) -> Iterator[Request]:
    """What differs beside the parts, which have calls of their own."""
    if changed := change.wanted("Description"):
        yield Request(UPDATE, changed)


register(
    Resource(
        type="AWS::Athena::WorkGroup",
        service="athena",
        reach=Reach.REGIONAL,
        name="Name",
        key=KEY,
        read=Op("get_work_group", KEY),
        whole=Whole(
            has=members("WorkGroup.Name", "WorkGroup.State"),
            same={"WorkGroup": ("WorkGroup.Name",)},
        ),
        create=Op("create_work_group", {"Name": "{name}"}),
        delete=Op("delete_work_group", {**KEY, "RecursiveDeleteOption": True}),
        absent=(absent("InvalidRequest", r"(?i)workgroup .*(is not found|does not exist)"),),
        predict={"Arn": ARN},
        arn=ARN,
        limit=128,
        root=unwrap("WorkGroup"),
        body=SAME,  # a creation takes what it is given as it is
        parts=(STATE,),
        defaults={"State": "ENABLED"},
        listings=(
            Listing(
                method="list_work_groups",
                at="WorkGroups",
                name="Name",
                params={"MaxResults": 50},
                complete=True,
            ),
        ),
        tags=Tagging(
            add=Op("tag_resource", TAGGED),
            remove=Op("untag_resource", TAGGED),
            read=Op("list_tags_for_resource", TAGGED),
        ),
        holds="history",
        narrows=(
            Narrowing(
                path="State",
                destroys="traffic",
                lost=no_longer(value="ENABLED", says="it takes no queries any more"),
            ),
        ),
        aside=Aside(needs={"create_work_group": ("athena:TagResource",)}),
        update=update,
    )
)
