"""What a feature group says of each feature: a description, and parameters by key.

They are kept beside the definitions, each changed by a call of its own. One search reads those of
all features of a group. Source: SageMaker API, UpdateFeatureMetadata, Search (FeatureMetadata).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.value import Json, Props
from reconciler.resources.parts import Reader, Request
from reconciler.resources.whole import Whole

FEATURE = "FeatureName"
_LOOK, _SET = "search", "update_feature_metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """A part that has an item for each feature of which something is said."""

    prop: str = "FeatureMetadata"
    last: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        return (_LOOK,)

    @property
    def writes(self) -> tuple[str, ...]:
        return (_SET,)

    @property
    def wholes(self) -> Mapping[str, Whole]:
        return {_LOOK: Whole(items="Results", each=frozenset({"FeatureMetadata"}))}

    def read(self, reader: Reader, key: Props) -> Json:
        alike = {"Name": "FeatureGroupName", "Operator": "Equals", "Value": key["FeatureGroupName"]}
        asked = {
            "Resource": "FeatureMetadata",
            "SearchExpression": {"Filters": [alike]},
            "MaxResults": 100,
        }
        found = [each["FeatureMetadata"] for each in reader.pages(_LOOK, asked, "Results")]
        told = (_told(each) for each in found)
        return sorted((each for each in told if len(each) > 1), key=lambda each: each[FEATURE])

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        have = {each[FEATURE]: each for each in before or ()}
        want = {each[FEATURE]: each for each in after or ()}
        for name in sorted(have.keys() | want.keys()):
            body = _changed(have.get(name, {}), want.get(name, {}))
            if body:
                yield Request(_SET, {FEATURE: name, **body})


def _told(feature: Mapping[str, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {FEATURE: feature[FEATURE]}
    if feature.get("Description"):
        found["Description"] = feature["Description"]
    if pairs := _pairs(feature):
        found["Parameters"] = [{"Key": key, "Value": pairs[key]} for key in sorted(pairs)]
    return found


def _pairs(feature: Mapping[str, Json]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in feature.get("Parameters") or ()}


def _changed(before: Mapping[str, Json], after: Mapping[str, Json]) -> dict[str, Json]:
    """A description is taken off by an empty one; a parameter by its key."""
    body: dict[str, Json] = {}
    if before.get("Description", "") != after.get("Description", ""):
        body["Description"] = after.get("Description", "")
    have, want = _pairs(before), _pairs(after)
    new = [{"Key": k, "Value": v} for k, v in sorted(want.items()) if have.get(k) != v]
    if new:
        body["ParameterAdditions"] = new
    if gone := sorted(have.keys() - want.keys()):
        body["ParameterRemovals"] = gone
    return body
