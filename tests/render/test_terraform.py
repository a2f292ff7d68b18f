"""The plan in Terraform's shape, through a tool that reads Terraform's plans."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sweeps import LONG

from reconciler.model.address import Address
from reconciler.model.change import Effect
from reconciler.model.plan import Plan, plan_to_json
from reconciler.model.value import SENSITIVE, UNKNOWN, Join, JsonText, Ref
from reconciler.render.formats import Context
from reconciler.render.machine import terraform
from reconciler.render.machine.terms import identifier, snake, terms

from . import plans as made
from .random_plans import plans
from .readers import terraform_compliance

KEY = Address("AWS::KMS::Key", "data")
GROUP = made.made(
    "SageMaker::FeatureGroup",
    "acme-customer",
    desired={
        "FeatureGroupName": "acme-customer",
        "FeatureDefinitions": [{"FeatureName": "id", "FeatureType": "String"}],
        "RoleArn": Ref(made.ROLE, "Arn"),
        "OnlineStoreConfig": {"SecurityConfig": {"KmsKeyId": Ref(KEY, "KeyArn")}},
        "Description": SENSITIVE,
        "Tags": [{"Key": "owner", "Value": "fraud"}],
    },
)
FEATURES = """\
Feature: What a platform keeps to
  Scenario: Feature groups are owned
    Given I have awscc_sagemaker_feature_group defined
    Then it must contain tags

  Scenario: Feature groups are named
    Given I have awscc_sagemaker_feature_group defined
    Then it must contain feature_group_name
    And its value must match the "{name}" regex

  Scenario: Nothing is thrown away
    Given I have resource that supports tags defined
    When its actions is delete
    Then the scenario fails
"""


def whole(*steps: Any, **more: Any) -> Any:
    return json.loads(terraform.document(made.data(*steps, **more), Context()))


def change(*steps: Any) -> Any:
    (only,) = whole(*steps)["resource_changes"]
    return only


def before(desired: dict[str, Any], *fields: Any) -> Any:
    """What was live, for a type that AWS's schemas lack."""
    return change(made.updated("X::Y", "n", *fields, desired=desired))["change"]["before"]


# -- the shape


def test_a_new_resource():
    found = change(GROUP)
    assert found["address"] == "awscc_sagemaker_feature_group.acme-customer"
    assert found["provider_name"] == "registry.terraform.io/hashicorp/awscc"
    assert found["change"] == {
        "actions": ["create"],
        "before": None,
        "before_sensitive": False,
        "after": {
            "feature_group_name": "acme-customer",
            "feature_definitions": [{"feature_name": "id", "feature_type": "String"}],
            "online_store_config": {"security_config": {}},
            "description": None,
            "tags": [{"key": "owner", "value": "fraud"}],
        },
        "after_unknown": {
            "role_arn": True,
            "online_store_config": {"security_config": {"kms_key_id": True}},
        },
        "after_sensitive": {"description": True},
    }


def test_references_are_in_the_configuration():
    (resource,) = whole(GROUP)["configuration"]["root_module"]["resources"]
    role = "awscc_iam_role.acme-prod-train"
    assert resource["expressions"]["role_arn"] == {"references": [f"{role}.arn", role]}
    assert resource["expressions"]["feature_group_name"] == {"constant_value": "acme-customer"}


@pytest.mark.parametrize(
    ("step", "actions", "reason"),
    [
        (made.ENDPOINT, ["update"], None),
        (made.ADOPTED, ["update"], None),
        (made.SUPERSEDED, ["delete"], "delete_because_no_resource_config"),
    ],
)
def test_actions(step: Any, actions: list[str], reason: str | None):
    found = change(step)
    assert found["change"]["actions"] == actions
    assert found.get("action_reason") == reason


def test_a_replacement_says_which_half_is_first_and_why():
    found = change(*made.LOST_GROUP)
    assert found["change"]["actions"] == ["delete", "create"]
    assert found["change"]["replace_paths"] == [["feature_definitions"]]
    assert found["action_reason"] == "replace_because_cannot_update"
    old, new = made.replaced(
        "S3::Bucket", "b", made.changed("BucketName", "a", "b", Effect.REPLACE)
    )
    swapped = [replace(new, needs=()), old]
    assert change(*swapped)["change"]["actions"] == ["create", "delete"]


def test_what_is_deleted_is_in_the_prior_state_alone():
    data = whole(made.SUPERSEDED)
    assert data["planned_values"]["root_module"] == {}
    (resource,) = data["prior_state"]["values"]["root_module"]["resources"]
    assert resource["address"] == "awscc_sagemaker_endpoint_config.acme-prod-fraud-1d4e90"


def test_a_refused_plan_is_not_applyable():
    assert whole(GROUP)["applyable"] is True
    assert whole(*made.LOST_GROUP)["applyable"] is False
    assert whole()["applyable"] is False


def test_names_that_terraform_takes_for_one_differ_by_a_digest():
    one, other = made.made("X::Y", "a.b"), made.made("X::Y", "a:b")
    first, second = (each["address"] for each in whole(one, other)["resource_changes"])
    assert first != second
    assert first.startswith("awscc_x_y.a_b_")


# -- values


def test_a_part_of_a_text_that_is_not_known_makes_it_unknown():
    desired = {
        "Uri": Join(("s3://", Ref(KEY, "KeyArn"))),
        "Doc": JsonText({"a": Ref(KEY, "KeyArn")}),
        "Secret": JsonText({"a": [SENSITIVE]}),
        "Plain": JsonText({"a": 1}),
        "List": [UNKNOWN, 1],
    }
    found = change(made.made("X::Y", "n", desired=desired))["change"]
    assert found["after"] == {"secret": None, "plain": '{"a":1}', "list": [None, 1]}
    assert found["after_unknown"] == {"uri": True, "doc": True, "list": [True, False]}
    assert found["after_sensitive"] == {"secret": True}


def test_keys_of_users_stay_and_documents_are_text():
    rule = {"Sid": "TlsOnly", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    words = terms("AWS::IAM::Role")
    value = words.written({"AssumeRolePolicyDocument": {"Statement": [rule]}}).value
    assert json.loads(value["assume_role_policy_document"]) == {"Statement": [rule]}
    bucket = terms("AWS::S3::Bucket").written({"BucketPolicy": {"Statement": [rule]}}).value
    assert json.loads(bucket["bucket_policy"]) == {"Statement": [rule]}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("FeatureGroupName", "feature_group_name"),
        ("KMSMasterKeyID", "kms_master_key_id"),
        ("S3Uri", "s3_uri"),
        ("Arn", "arn"),
        ("InvocationsPerInstance5XX", "invocations_per_instance5_xx"),
    ],
)
def test_snake_case(name: str, expected: str):
    assert snake(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("a-b_c", "a-b_c"), ("1a", "_1a"), ("a/b c", "a_b_c"), ("-", "_-")]
)
def test_identifiers(name: str, expected: str):
    assert identifier(name) == expected


# -- what was before


def test_before_is_what_is_desired_with_the_differences_undone():
    desired = {
        "A": 1,
        "B": {"C": 2, "D": 3},
        "Tags": [{"Key": "owner", "Value": "new"}, {"Key": "added", "Value": "x"}],
        "Items": [{"Name": "one", "Size": 2}],
        "Doc": JsonText({"x": {"y": 1}}),
        "Text": '{"x":{"y":1}}',
    }
    found = before(
        desired,
        made.changed("A", None, 1),
        made.changed("B/C", 9, 2),
        made.changed("Tags/owner", "old", "new"),
        made.changed("Tags/added", None, "x"),
        made.changed("Tags/legacy", "yes", None),
        made.changed("Items/one/Size", 1, 2),
        made.changed("Items/gone", {"Name": "gone"}, None),
        made.changed("Doc/x/y", 7, 1),
        made.changed("Text/x/y", 7, 1),
    )
    assert found == {
        "b": {"c": 9, "d": 3},
        "tags": [{"key": "owner", "value": "old"}, {"key": "legacy", "value": "yes"}],
        "items": [{"name": "one", "size": 1}, {"name": "gone"}],
        "doc": '{"x":{"y":7}}',
        "text": '{"x":{"y":7}}',
    }


def test_a_property_in_which_the_place_is_lost_is_left_out():
    assert before({"A": "text"}, made.changed("A/x", 1, 2)) == {}
    assert before({"A": [1]}, made.changed("A/7/x", 1, 2)) == {}


# -- read by others


def test_terraform_compliance_reads_it(tmp_path: Path):
    features = tmp_path / "features"
    features.mkdir()
    plan = tmp_path / "plan.json"
    plan.write_text(terraform.document(made.data(GROUP, made.ENDPOINT), Context()))
    (features / "a.feature").write_text(FEATURES.replace("{name}", "acme-.*"))
    done = terraform_compliance(plan, features)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "2 passed, 1 skipped" in re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    (features / "a.feature").write_text(FEATURES.replace("{name}", "other-.*"))
    done = terraform_compliance(plan, features)
    assert done.returncode == 1, done.stdout[-3000:]
    assert "awscc_sagemaker_feature_group.acme-customer" in done.stdout


@settings(
    max_examples=100 if LONG else 30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(plans())
def test_every_plan(plan: Plan):
    data = json.loads(json.dumps(plan_to_json(plan)))
    kept = json.dumps(data)
    found = json.loads(terraform.document(data, Context()))
    assert json.dumps(data) == kept
    addresses = [each["address"] for each in found["resource_changes"]]
    assert len(set(addresses)) == len(addresses)
    for each in found["resource_changes"]:
        assert ("SENSITIVE" in json.dumps(each)) is False
        assert (each["change"]["before"] is None) == (each["change"]["actions"] == ["create"])
        assert (each["change"]["after"] is None) == (each["change"]["actions"] == ["delete"])
