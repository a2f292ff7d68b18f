"""Feature groups: appended features, pages of definitions, one update at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .cases import FEATURE_GROUP, FEATURES, ROLE
from .conformance import call, refused

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

INVALID = "ValidationException"
NAME = "customer-v1"
NEW = {"FeatureName": "country", "FeatureType": "String"}


@pytest.fixture
def client(aws: Sandbox) -> Any:
    found = aws.client("sagemaker")
    FEATURE_GROUP.create(found)
    aws.clock.advance(600)
    return found


def show(client: Any, **more: Any) -> dict[str, Any]:
    return call(client, "DescribeFeatureGroup", FeatureGroupName=NAME, **more)


def update(client: Any, **changes: Any) -> None:
    call(client, "UpdateFeatureGroup", FeatureGroupName=NAME, **changes)


def status(client: Any) -> str:
    return str(show(client)["LastUpdateStatus"]["Status"])


def test_an_added_feature_appears_once_the_update_is_successful(client: Any) -> None:
    update(client, FeatureAdditions=[NEW])
    assert status(client) == "InProgress"
    while status(client) == "InProgress":
        pass
    assert status(client) == "Successful"
    assert show(client)["FeatureDefinitions"] == [*FEATURES, NEW]


def test_a_failed_update_leaves_the_definitions(aws: Sandbox, client: Any) -> None:
    aws.outcome(NAME, "failed", "quota")
    update(client, FeatureAdditions=[NEW])
    aws.clock.advance(600)
    shown = show(client)
    assert shown["LastUpdateStatus"] == {"Status": "Failed", "FailureReason": "quota"}
    assert shown["FeatureDefinitions"] == FEATURES


def test_ttl_and_throughput_change(aws: Sandbox, client: Any) -> None:
    ttl = {"TtlDuration": {"Unit": "Hours", "Value": 2}}
    update(client, OnlineStoreConfig=ttl)
    aws.clock.advance(600)
    assert show(client)["OnlineStoreConfig"]["TtlDuration"] == ttl["TtlDuration"]
    assert show(client)["OnlineStoreConfig"]["EnableOnlineStore"] is True
    throughput = {
        "ThroughputMode": "Provisioned",
        "ProvisionedReadCapacityUnits": 5,
        "ProvisionedWriteCapacityUnits": 6,
    }
    update(client, ThroughputConfig=throughput)
    aws.clock.advance(600)
    assert show(client)["ThroughputConfig"] == throughput


REFUSALS: dict[str, dict[str, Any]] = {
    "a feature that exists already": {"FeatureAdditions": [FEATURES[0]]},
    "features and online store in one call": {
        "FeatureAdditions": [NEW],
        "OnlineStoreConfig": {"TtlDuration": {"Unit": "Days", "Value": 1}},
    },
}


@pytest.mark.parametrize("changes", REFUSALS.values(), ids=REFUSALS.keys())
def test_update_refuses(client: Any, changes: dict[str, Any]) -> None:
    refused(INVALID, "", client.update_feature_group, FeatureGroupName=NAME, **changes)


def test_a_second_update_is_refused_while_one_runs(client: Any) -> None:
    update(client, FeatureAdditions=[NEW])
    more = [{"FeatureName": "more", "FeatureType": "String"}]
    change = client.update_feature_group
    refused(INVALID, "in progress", change, FeatureGroupName=NAME, FeatureAdditions=more)
    refused(INVALID, "", client.delete_feature_group, FeatureGroupName=NAME)


def test_deletion_takes_a_while(aws: Sandbox, client: Any) -> None:
    client.delete_feature_group(FeatureGroupName=NAME)
    assert show(client)["FeatureGroupStatus"] == "Deleting"
    aws.clock.advance(600)
    refused("ResourceNotFound", "can't find", lambda: show(client))


def test_a_failed_creation_says_why(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    aws.outcome(NAME, "failed", "bad role")
    FEATURE_GROUP.create(client)
    aws.clock.advance(600)
    shown = show(client)
    assert (shown["FeatureGroupStatus"], shown["FailureReason"]) == ("CreateFailed", "bad role")


def test_definitions_come_in_pages(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    more = [{"FeatureName": f"f{number}", "FeatureType": "Integral"} for number in range(230)]
    FEATURE_GROUP.create(client, FeatureDefinitions=[*FEATURES, *more])
    names: list[str] = []
    page = show(client)
    sizes = [len(page["FeatureDefinitions"])]
    while True:
        names += [item["FeatureName"] for item in page["FeatureDefinitions"]]
        if not page.get("NextToken"):
            break
        page = show(client, NextToken=page["NextToken"])
        sizes.append(len(page["FeatureDefinitions"]))
    assert sizes == [100, 100, 33]
    assert names == [item["FeatureName"] for item in [*FEATURES, *more]]


CREATIONS: dict[str, dict[str, Any]] = {
    "a record identifier that is no feature": {"RecordIdentifierFeatureName": "nope"},
    "an event time that is no feature": {"EventTimeFeatureName": "nope"},
    "two features of one name": {"FeatureDefinitions": [*FEATURES, FEATURES[0]]},
    "a reserved name": {
        "FeatureDefinitions": [*FEATURES, {"FeatureName": "write_time", "FeatureType": "String"}]
    },
    "neither store": {
        "OnlineStoreConfig": {"EnableOnlineStore": False},
        "OfflineStoreConfig": None,
    },
    "an event time of type Integral": {
        "FeatureDefinitions": [FEATURES[0], {"FeatureName": "at", "FeatureType": "Integral"}]
    },
}


@pytest.mark.parametrize("wrong", CREATIONS.values(), ids=CREATIONS.keys())
def test_create_refuses(aws: Sandbox, wrong: dict[str, Any]) -> None:
    given = {name: value for name, value in (FEATURE_GROUP.given | wrong).items() if value}
    refused(INVALID, "", aws.client("sagemaker").create_feature_group, **given)


def test_groups_are_listed_by_status_and_found_by_arn(aws: Sandbox, client: Any) -> None:
    young = FEATURE_GROUP.given | {"FeatureGroupName": "young", "RoleArn": ROLE}
    client.create_feature_group(**young)
    found = call(client, "ListFeatureGroups", FeatureGroupStatusEquals="Creating")
    assert [item["FeatureGroupName"] for item in found["FeatureGroupSummaries"]] == ["young"]
    shown = call(client, "DescribeFeatureGroup", FeatureGroupName=FEATURE_GROUP.arn)
    assert shown["FeatureGroupName"] == NAME


def test_a_table_that_is_there_ends_the_creation(aws: Sandbox) -> None:
    glue, client = aws.client("glue"), aws.client("sagemaker")
    glue.create_database(DatabaseInput={"Name": "features"})
    glue.create_table(DatabaseName="features", TableInput={"Name": "taken"})
    catalog = {"Catalog": "AwsDataCatalog", "Database": "features", "TableName": "taken"}
    store = {**FEATURE_GROUP.given["OfflineStoreConfig"], "DataCatalogConfig": catalog}
    FEATURE_GROUP.create(client, OfflineStoreConfig=store)
    aws.clock.advance(600)
    shown = show(client)
    assert shown["FeatureGroupStatus"] == "CreateFailed"
    assert "already exists" in shown["FailureReason"]


def test_capacity_goes_back_to_on_demand_once_a_day(aws: Sandbox, client: Any) -> None:
    free = {"ThroughputMode": "OnDemand"}
    paid = {
        "ThroughputMode": "Provisioned",
        "ProvisionedReadCapacityUnits": 1,
        "ProvisionedWriteCapacityUnits": 1,
    }
    for config in (paid, free, paid):
        update(client, ThroughputConfig=config)
        aws.clock.advance(600)
    change = client.update_feature_group
    refused(INVALID, "24 hours", change, FeatureGroupName=NAME, ThroughputConfig=free)
    aws.clock.advance(86_400)
    update(client, ThroughputConfig=free)
