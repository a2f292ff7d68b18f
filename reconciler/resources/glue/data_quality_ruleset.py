"""AWS::Glue::DataQualityRuleset, by calls of its own.

UpdateDataQualityRuleset takes text and description; the table that a ruleset is of is said at
its creation alone, which no schema says, so another table means another ruleset. The listing has
no rules. The text is compared with its spaces folded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.facts.dqdl import folded
from reconciler.model.change import Change, Effect
from reconciler.model.value import Json, Props
from reconciler.resources.api import (
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Whole,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec, only
from reconciler.resources.glue.service import GONE, TAG, arn, tagging

KEY = {"Name": "{name}"}
_TAKEN = ("Description", "Ruleset", "TargetTable")


def _decode(answer: Json) -> dict[str, Any]:
    found = {key: answer[key] for key in ("Name", *_TAKEN) if key in answer}
    return {**found, "Ruleset": folded(found["Ruleset"])} if "Ruleset" in found else found


def _encode(props: Props) -> dict[str, Any]:
    return {key: props[key] for key in _TAKEN if props.get(key) not in (None, "")}


def update(change: Change) -> Iterator[Request]:
    """One call for text and description."""
    if change.touches("Ruleset", "Description"):
        found = {key: change.desired[key] for key in _TAKEN[:2] if key in change.desired}
        yield Request("update_data_quality_ruleset", found)


register(
    Resource(
        type="AWS::Glue::DataQualityRuleset",
        service="glue",
        reach=Reach.REGIONAL,
        name="Name",
        key=KEY,
        read=Op("get_data_quality_ruleset", KEY),
        whole=Whole(has=members("Name", "Ruleset"), same={"Name": ("Name",)}),
        create=Op("create_data_quality_ruleset", KEY),
        delete=Op("delete_data_quality_ruleset", KEY),
        absent=GONE,
        predict={"Arn": arn("dataQualityRuleset")},
        arn=arn("dataQualityRuleset"),
        limit=255,
        root=Codec(decode=_decode),
        body=Codec(encode=_encode),
        listings=(
            Listing(
                method="list_data_quality_rulesets",
                at="Rulesets",
                name="Name",
                params={"MaxResults": 1000},
                codec=only("Name"),
                created="CreatedOn",
            ),
        ),
        tags=tagging("dataQualityRuleset"),
        masked={"Ruleset": folded},
        effects={"TargetTable": Effect.REPLACE},
        aside=Aside(needs={"create_data_quality_ruleset": (TAG, "glue:GetTable")}),
        refers=("AWS::Glue::Table",),
        update=update,
    )
)
