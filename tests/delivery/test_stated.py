"""What specs call as they like: the apply role may change it by its whole name, no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli import forks
from cli.folder import plain

from reconciler.access.model import Asked
from reconciler.delivery import api, packing, write
from reconciler.delivery.names import ROLES
from reconciler.model.address import Address
from reconciler.resources import api as resources

from .judged import ACCOUNT, KEY, REGION, Known, everything, one, role
from .written import data

TOPIC_AT = f"arn:aws:sns:{REGION}:{ACCOUNT}:"
CALLS = {
    "AWS::S3::Bucket": ("s3", "PutBucketVersioning", {"Bucket": "{}"}),
    "AWS::IAM::Role": ("iam", "DeleteRole", {"RoleName": "{}"}),
    "AWS::SageMaker::Endpoint": ("sagemaker", "DeleteEndpoint", {"EndpointName": "{}"}),
    "AWS::SageMaker::FeatureGroup": ("sagemaker", "DeleteFeatureGroup", {"FeatureGroupName": "{}"}),
    "AWS::SageMaker::Pipeline": ("sagemaker", "DeletePipeline", {"PipelineName": "{}"}),
    "AWS::SageMaker::ModelPackageGroup": (
        "sagemaker", "DeleteModelPackageGroup", {"ModelPackageGroupName": "{}"},
    ),
    "AWS::SNS::Topic": ("sns", "DeleteTopic", {"TopicArn": f"{TOPIC_AT}{{}}"}),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "DeleteAlarms", {"AlarmNames": ["{}"]}),
    "AWS::KMS::Key": ("kms", "DeleteAlias", {"AliasName": "alias/{}"}),
}  # fmt: skip
"""A change of what has a name, by type."""
NAME = "theirs.not-ours"
STATED = tuple(Address(type_, NAME) for type_ in CALLS)


def may(type_: str, name: str, **more: object) -> bool:
    service, operation, params = CALLS[type_]
    filled = {
        key: [item.format(name) for item in value]
        if isinstance(value, list)
        else value.format(name)
        for key, value in params.items()
    }
    sent = one(service, operation, Known(), **filled)
    assert sent.questions
    return not role("apply", **more).refused(sent.questions)


@pytest.mark.parametrize("type_", CALLS)
def test_a_stated_name_is_changed_and_nothing_that_begins_like_it(type_: str) -> None:
    assert not may(type_, NAME)
    assert may(type_, NAME, stated=STATED)
    assert not may(type_, f"{NAME}-2", stated=STATED)


def test_every_type_that_a_spec_can_name_is_tried() -> None:
    named = {"AWS::Budgets::Budget", "AWS::KMS::Key"}  # budgets are one resource to IAM's tables
    assert {"AWS::S3::Bucket", "AWS::IAM::Role", "AWS::SNS::Topic"} < set(CALLS)
    assert named - set(CALLS) == {"AWS::Budgets::Budget"}
    assert set(CALLS) <= set(resources.load())


def test_a_named_role_is_handed_to_a_service_and_no_other_role_is() -> None:
    context = {"iam:passedtoservice": ("sagemaker.amazonaws.com",)}
    for name, allowed in ((NAME, True), ("admin", False), (f"{NAME}-2", False)):
        at = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        question = Asked("iam:PassRole", at, "", ACCOUNT, ACCOUNT, context)
        assert role("apply", stated=STATED).decision(question).allowed is allowed


def test_a_named_key_is_adopted_by_its_alias_and_no_other_key_is() -> None:
    for alias, allowed in ((NAME, True), ("other", False)):
        context = {"kms:resourcealiases": (f"alias/{alias}",)}
        question = Asked("kms:TagResource", KEY, "", ACCOUNT, ACCOUNT, context)
        assert role("apply", stated=STATED).decision(question).allowed is allowed


def test_the_roles_that_deliver_are_out_of_reach_by_any_name() -> None:
    stated = (Address("AWS::IAM::Role", "moorline-dev-apply"),)
    assert not may("AWS::IAM::Role", "moorline-dev-apply", stated=stated)


def test_the_name_of_a_bucket_opens_no_role_of_that_name() -> None:
    stated = (Address("AWS::S3::Bucket", NAME),)
    assert not may("AWS::IAM::Role", NAME, stated=stated)
    assert may("AWS::S3::Bucket", NAME, stated=stated)


def test_it_holds_in_the_environment_whose_specs_say_it() -> None:
    made = write.files(api.load()["github"], everything("dev", stated=STATED))[ROLES]
    found = data(made)
    assert found["Conditions"]["Named1"] == {"Fn::Equals": [{"Ref": "Environment"}, "dev"]}
    named = [each for key, each in found["Resources"].items() if key.startswith("Named1Write")]
    assert named
    assert {each["Condition"] for each in named} == {"Named1"}
    assert {str(each["Properties"]["Roles"]) for each in named} == {str([{"Ref": "ApplyRole"}])}
    assert NAME not in write.files(api.load()["github"], everything("dev"))[ROLES]


def test_any_number_of_names_fits_into_policies() -> None:
    many = tuple(Address("AWS::S3::Bucket", f"a-long-name-of-a-bucket-{n}") for n in range(60))
    found = data(write.files(api.load()["github"], everything("dev", stated=many))[ROLES])
    for each in found["Resources"].values():
        if each["Type"] == "AWS::IAM::ManagedPolicy":
            text = str(each["Properties"]["PolicyDocument"]["Statement"])
            assert len(text) < 2 * packing.SIZE
    assert "a-long-name-of-a-bucket-59" in str(found)


SPEC = """\
apiVersion: moorline/v1
kind: DataSource
metadata: {name: raw, owner: team}
spec:
  awsName: theirs-not-ours
  s3: {}
---
apiVersion: moorline/v1
kind: Resource
metadata: {name: news, owner: team}
spec: {type: "AWS::SNS::Topic", properties: {TopicName: their-news}}
"""
ENVIRONMENT = """\
apiVersion: moorline/v1
kind: Environment
metadata: {name: dev}
spec: {platform: acme, account: "123456789012", region: eu-west-1}
"""


def run(folder: Path, *arguments: str) -> str:
    done = forks.run([*arguments], folder, plain())
    return done.out + done.err


def test_validate_names_what_the_role_file_lacks(tmp_path: Path) -> None:
    for name, text in (("specs/raw.yaml", SPEC), ("environments/dev.yaml", ENVIRONMENT)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    init = ("ci", "init", "--provider", "github", "--repository", "a/b", "--force")

    assert "DELIVERY009" not in run(tmp_path, "validate")  # nobody uses the file
    run(tmp_path, *init)
    assert "DELIVERY009" not in run(tmp_path, "validate")
    renamed = SPEC.replace("theirs-not-ours", "others-not-ours").replace("their-n", "our-n")
    (tmp_path / "specs/raw.yaml").write_text(renamed)
    said = run(tmp_path, "validate")
    assert said.count("warning[DELIVERY009]") == 2
    assert "specs/raw.yaml:5:12" in said
    assert "specs/raw.yaml:11:57" in said
    assert "moorline ci init" in said
    run(tmp_path, *init)
    assert "DELIVERY009" not in run(tmp_path, "validate")
    (tmp_path / ROLES).write_text("{[ no YAML")
    assert run(tmp_path, "validate").count("DELIVERY009") == 2
