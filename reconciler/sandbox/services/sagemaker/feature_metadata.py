"""What feature groups say of single features: descriptions, and parameters by key.

Search finds it for all features of a group at once; moto knows no such resource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import Refused, invalid
from reconciler.sandbox.services.sagemaker import feature_group, feature_state, listing
from reconciler.sandbox.services.sagemaker.store import created_at, modified_at
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.sandbox.services.sagemaker.store import Call, Record

SAID = "said"
MOST = 25
PAGE = 100  # what AWS does without MaxResults is not documented


def update(call: Call) -> None:
    """UpdateFeatureMetadata: what is given is set, added or taken off; the rest stays."""
    record, name = _feature(call)
    said = dict(record.extra.setdefault(SAID, {}).get(name) or {"Parameters": {}})
    if call.get("Description") is not None:
        said["Description"] = call["Description"]
    added = {each["Key"]: each["Value"] for each in call.get("ParameterAdditions") or ()}
    gone = set(call.get("ParameterRemovals") or ())
    kept = {key: value for key, value in said["Parameters"].items() if key not in gone}
    said["Parameters"] = kept | added
    if len(said["Parameters"]) > MOST:
        raise invalid(f"A feature has {MOST} parameters at most.")
    record.extra[SAID][name] = said | {"at": WORLD.clock.now()}


def describe(call: Call) -> dict[str, Any]:
    """DescribeFeatureMetadata."""
    record, name = _feature(call)
    return _shown(record, name)


def _feature(call: Call) -> tuple[Record, str]:
    record = feature_group.find(call, call["FeatureGroupName"])
    name = call["FeatureName"]
    if name not in {each["FeatureName"] for each in record.data["FeatureDefinitions"]}:
        raise Refused("ResourceNotFound", f"Resource Not Found: there is no feature {name}.")
    return record, name


def _shown(record: Record, name: str) -> dict[str, Any]:
    said = (record.extra.get(SAID) or {}).get(name) or {"Parameters": {}}
    pairs = [{"Key": key, "Value": value} for key, value in said["Parameters"].items()]
    definition = next(it for it in record.data["FeatureDefinitions"] if it["FeatureName"] == name)
    found = {
        "FeatureGroupArn": record.arn,
        "FeatureGroupName": record.name,
        "FeatureName": name,
        "FeatureType": definition["FeatureType"],
        "CreationTime": created_at(record),
        "LastModifiedTime": moment(said["at"]) if "at" in said else modified_at(record),
        "Description": said.get("Description") or None,
        "Parameters": pairs or None,
    }
    return {key: value for key, value in found.items() if value is not None}


def search(call: Call) -> dict[str, Any]:
    """Search for FeatureMetadata by equal values; the rest is moto's."""
    groups = call.records(feature_group.KIND)
    feature_state.settle(groups)
    found = [each for record in groups.values() for each in _of(record)]
    for each in (call.get("SearchExpression") or {}).get("Filters") or ():
        if each.get("Operator", "Equals") != "Equals":
            raise invalid("The sandbox finds features by equal values only.")
        found = [it for it in found if str(it.get(each["Name"])) == each.get("Value")]
    start = int(listing.content_of(call["NextToken"])) if call.get("NextToken") else 0
    end = start + int(call.get("MaxResults") or PAGE)
    answer: dict[str, Any] = {"Results": [{"FeatureMetadata": it} for it in found[start:end]]}
    if end < len(found):
        answer["NextToken"] = listing.token(end)
    return answer


def _of(record: Record) -> Iterator[dict[str, Any]]:
    for each in record.data["FeatureDefinitions"]:
        yield _shown(record, each["FeatureName"])


OPERATIONS = {"UpdateFeatureMetadata": update, "DescribeFeatureMetadata": describe}
INSTEAD = {"Search": (lambda params: params.get("Resource") == "FeatureMetadata", search)}
"""Operations of moto that are ours for some requests."""
