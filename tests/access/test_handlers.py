"""What AWS's own handlers ask of whoever calls Cloud Control."""

import json
import re

import pytest
from sweeps import sample

from reconciler.access.calls import asked, known
from reconciler.access.handlers import VERBS, handled, handler_demands, looks, places, service_of
from reconciler.facts import facts, served_types
from reconciler.sandbox.protocol.sessions import core

from .offline import ACCOUNT, KEY, REGION, Offline, call

STREAM, TABLE = "AWS::Kinesis::Stream", "AWS::DynamoDB::Table"
WORK = f"arn:aws:iam::{ACCOUNT}:role/acme-dev-work"


def questions(operation: str, type_name: str = STREAM, **params: str) -> set[tuple[str, str]]:
    sent = call("cloudcontrol", operation, TypeName=type_name, **params)
    return {(each.action, each.resource) for each in handled(sent, Offline())}


def create(type_name: str, **desired: object) -> set[tuple[str, str]]:
    return questions("CreateResource", type_name, DesiredState=json.dumps(desired))


def test_every_operation_of_cloud_control_is_known_and_asked_of_cloudformation() -> None:
    model = core().get_service_model("cloudcontrol")
    assert set(VERBS) < set(model.operation_names)
    for operation in model.operation_names:
        assert known("cloudcontrol", operation)
        [only] = asked(call("cloudcontrol", operation), Offline())
        assert (only.action, only.resource) == (f"cloudformation:{operation}", "*")


def test_the_schema_says_what_a_handler_asks_for() -> None:
    assert "kinesis:CreateStream" in handler_demands(STREAM, "create")
    assert handler_demands(STREAM, "no such verb") == ()
    assert handler_demands("AWS::No::Such", "create") == ()


@pytest.mark.parametrize("verb", ["create", "read", "update", "delete", "list"])
def test_whatever_a_schema_says_is_an_action_that_iam_would_take(verb: str) -> None:
    for name in sample(sorted(served_types()), 3):
        for each in handler_demands(name, verb):
            assert re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9]+\*?", each), (name, each)
            assert not each.endswith(":*")


def test_prefixes_in_capitals_are_those_that_iam_has() -> None:
    wrong = facts("AWS::Batch::ComputeEnvironment").permissions["create"]
    assert "Batch:CreateComputeEnvironment" in wrong
    assert "batch:CreateComputeEnvironment" in handler_demands(
        "AWS::Batch::ComputeEnvironment", "create"
    )


def test_a_caller_without_a_role_for_the_handlers_is_asked_for_what_they_do() -> None:
    at = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/a"
    assert ("kinesis:CreateStream", at) in create(STREAM, Name="a")
    sent = call("cloudcontrol", "CreateResource", TypeName=STREAM, RoleArn=WORK, DesiredState="{}")
    assert handled(sent, Offline()) == ()
    handed = {(each.action, each.resource) for each in asked(sent, Offline())}
    assert handed == {("cloudformation:CreateResource", "*"), ("iam:PassRole", WORK)}


def test_an_update_reads_first() -> None:
    found = questions("UpdateResource", Identifier="a", PatchDocument="[]")
    assert {each for each, _ in found} >= {
        "kinesis:DescribeStreamSummary",
        "kinesis:IncreaseStreamRetentionPeriod",
    }
    assert found >= questions("GetResource", Identifier="a")


@pytest.mark.parametrize("operation", ["GetResourceRequestStatus", "ListResourceRequests"])
def test_looking_at_requests_runs_no_handler(operation: str) -> None:
    assert handled(call("cloudcontrol", operation, RequestToken="a"), Offline()) == ()


def test_another_service_runs_no_handler() -> None:
    assert handled(call("sagemaker", "CreateResource", TypeName=STREAM), Offline()) == ()


def test_what_is_called_like_its_type_is_asked_by_its_arn() -> None:
    at = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
    assert ("dynamodb:CreateTable", at) in create(TABLE, TableName="orders")
    assert ("dynamodb:DeleteTable", at) in questions("DeleteResource", TABLE, Identifier="orders")
    assert ("dynamodb:DescribeTable", at) in questions("GetResource", TABLE, Identifier="orders")


def test_an_identifier_that_is_an_arn_is_asked_as_it_is() -> None:
    at = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:acme-dev-flow"
    found = questions("DeleteResource", "AWS::StepFunctions::StateMachine", Identifier=at)
    assert ("states:DeleteStateMachine", at) in found


def test_a_name_is_the_end_of_a_url_and_one_part_of_several() -> None:
    url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs"
    found = questions("DeleteResource", "AWS::SQS::Queue", Identifier=url)
    assert ("sqs:DeleteQueue", f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs") in found


def test_the_slash_that_a_parameter_begins_with_is_not_in_its_arn_twice() -> None:
    found = questions("GetResource", "AWS::SSM::Parameter", Identifier="/acme/one")
    assert ("ssm:GetParameters", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/acme/one") in found


def test_a_service_without_a_table_is_asked_on_anything() -> None:
    assert ("transfer:CreateServer", "*") in create("AWS::Transfer::Server")


def test_what_iam_does_not_know_is_not_asked() -> None:
    assert "kms:ReEncrypt" in handler_demands("AWS::RDS::CustomDBEngineVersion", "create")
    assert not [it for it, _ in create("AWS::RDS::CustomDBEngineVersion") if "ReEncrypt" in it]


@pytest.mark.parametrize(
    ("type_name", "prefix"),
    [
        (TABLE, "dynamodb"),
        ("AWS::Proton::EnvironmentTemplate", "proton"),
        ("AWS::KinesisFirehose::DeliveryStream", "firehose"),
        ("AWS::StepFunctions::StateMachine", "states"),
        ("AWS::Cognito::UserPool", "cognito-idp"),
        ("AWS::KMS::Key", "kms"),
        ("AWS::SecretsManager::Secret", "secretsmanager"),
    ],
)
def test_the_service_of_a_type(type_name: str, prefix: str) -> None:
    assert service_of(type_name) == prefix


def test_every_action_of_every_handler_has_its_place() -> None:
    for name in served_types():
        for verb in facts(name).handlers:
            for each in handler_demands(name, verb):
                assert all(it.service == each.partition(":")[0] for it in places(name, each))


def test_what_aws_names_is_asked_on_anything() -> None:
    assert places("AWS::SageMaker::Domain", "sagemaker:DeleteDomain") == ()
    found = questions("DeleteResource", "AWS::SageMaker::Domain", Identifier="d-1")
    assert ("sagemaker:DeleteDomain", "*") in found


def test_roles_and_keys_are_asked_about_where_the_request_names_them() -> None:
    machine = "AWS::StepFunctions::StateMachine"
    assert ("iam:PassRole", WORK) in create(machine, RoleArn=WORK)
    assert not [each for each, _ in create(machine) if each == "iam:PassRole"]
    keyed = create(TABLE, SSESpecification={"KMSMasterKeyId": KEY})
    assert ("kms:CreateGrant", KEY) in keyed
    assert not [each for each, _ in create(TABLE) if each == "kms:CreateGrant"]


def test_tags_of_the_request_are_in_its_question() -> None:
    tags = [{"Key": "moorline:platform", "Value": "acme"}]
    text = json.dumps({"TableName": "orders", "Tags": tags})
    sent = call("cloudcontrol", "CreateResource", TypeName=TABLE, DesiredState=text)
    [tagging] = [it for it in handled(sent, Offline()) if it.action == "dynamodb:TagResource"]
    assert tagging.context["aws:requesttag/moorline:platform"] == ("acme",)


def test_the_door_says_through_whom_it_is_asked() -> None:
    for each in handled(call("cloudcontrol", "ListResources", TypeName=TABLE), Offline()):
        assert each.context["aws:calledvia"] == ("cloudformation.amazonaws.com",)


@pytest.mark.parametrize(
    ("name", "only_looks"),
    [
        ("kinesis:DescribeStreamSummary", True),
        ("apigateway:GET", True),
        ("wafv2:listIPSets", True),
        ("ec2:Describe*", True),
        ("sagemaker:ListTags", True),
        ("kinesis:CreateStream", False),
        ("glue:CreateTable", False),
        ("kms:Decrypt", False),
        ("secretsmanager:GetSecretValue", False),
        ("s3:GetObject", False),
        ("s3:GetObjectVersion", False),
        ("dynamodb:Scan", False),
        ("dynamodb:GetItem", False),
        ("dynamodb:GetResourcePolicy", True),
        ("lambda:GetFunction", True),
        ("ssm:GetParameters", False),
        ("codeartifact:GetAuthorizationToken", False),
        ("lakeformation:GetDataAccess", False),
    ],
)
def test_to_look_is_neither_to_change_nor_to_read_data(name: str, only_looks: bool) -> None:
    assert looks(name) == only_looks
