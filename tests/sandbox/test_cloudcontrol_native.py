"""Types that are made in moto too: by whichever way one is made, it is the same thing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from reconciler.sandbox.inprocess import Sandbox
from sandbox.conformance import Params, contains, keep_bucket
from sandbox.controlled import Controlled, add, code, controlled, tags

ACCOUNT, REGION = "123456789012", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/execution"
SERVICES = ("lambda", "sagemaker", "states")
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": [f"{each}.amazonaws.com" for each in SERVICES]},
            "Action": "sts:AssumeRole",
        }
    ],
}
OWN = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
}
PASS = {"StartAt": "Go", "States": {"Go": {"Type": "Pass", "End": True}}}
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/scorer:1.2"
TAGS = tags(cost="42", team="risk")


def _nothing(_: Sandbox) -> None:
    pass


def _role(aws: Sandbox) -> None:
    for name in ("execution", "other"):
        given = {"RoleName": name, "AssumeRolePolicyDocument": json.dumps(TRUST)}
        aws.client("iam").create_role(**given)


def _configured(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    client.create_model(
        ModelName="scorer", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE}
    )
    for name in ("one", "two"):
        variant = {"VariantName": "a", "ModelName": "scorer", "InitialInstanceCount": 1}
        variant |= {"InstanceType": "ml.m5.large"}
        client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])


@dataclass(frozen=True)
class Case:
    """One type: what is made, what changes, and how its own service says that it is there."""

    type: str
    model: Params
    change: tuple[str, Any]
    native: Callable[[Sandbox, str], Any]
    before: Callable[[Sandbox], None] = _nothing
    hidden: frozenset[str] = field(default_factory=frozenset)
    stays: bool = False
    """AWS makes its identifier, so a second one is another one; and it waits for its end."""
    shown: Callable[[Any], Any] = lambda value: value


def _queue(aws: Sandbox, url: str) -> Any:
    asked = {"QueueUrl": url, "AttributeNames": ["VisibilityTimeout"]}
    return aws.client("sqs").get_queue_attributes(**asked)["Attributes"]["VisibilityTimeout"]


def _group(aws: Sandbox, name: str) -> Any:
    found = aws.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return found[0]["retentionInDays"] if found else None


def _alarm(aws: Sandbox, name: str) -> Any:
    found = aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return found[0]["Threshold"]


def _bucket(aws: Sandbox, name: str) -> Any:
    return aws.client("s3").get_bucket_versioning(Bucket=name)["Status"]


def _sagemaker(operation: str, key: str, shown: str) -> Callable[[Sandbox, str], Any]:
    def describe(aws: Sandbox, identifier: str) -> Any:
        call = getattr(aws.client("sagemaker"), operation)
        return call(**{key: identifier.rpartition("/")[2]})[shown]

    return describe


FEATURES = [
    {"FeatureName": "id", "FeatureType": "String"},
    {"FeatureName": "at", "FeatureType": "String"},
]
MORE = [*FEATURES, {"FeatureName": "spend", "FeatureType": "Fractional"}]
CASES = [
    Case(
        "AWS::SQS::Queue",
        {"QueueName": "jobs", "VisibilityTimeout": 60, "Tags": TAGS},
        ("/VisibilityTimeout", 90),
        _queue,
    ),
    Case(
        "AWS::StepFunctions::StateMachine",
        {
            "StateMachineName": "flow",
            "RoleArn": ROLE,
            "DefinitionString": json.dumps(PASS),
            "Tags": TAGS,
        },
        ("/RoleArn", f"arn:aws:iam::{ACCOUNT}:role/other"),
        lambda aws, arn: aws.client("stepfunctions").describe_state_machine(stateMachineArn=arn)[
            "roleArn"
        ],
        _role,
    ),
    Case(
        "AWS::Lambda::Function",
        {
            "FunctionName": "score",
            "Role": ROLE,
            "Handler": "index.run",
            "Runtime": "python3.11",
            "Code": {"ZipFile": "def run(event, context):\n    return event\n"},
            "Timeout": 10,
            "Tags": TAGS,
        },
        ("/Timeout", 20),
        lambda aws, name: aws.client("lambda").get_function_configuration(FunctionName=name)[
            "Timeout"
        ],
        _role,
        frozenset({"Code"}),
    ),
    Case(
        "AWS::SNS::Topic",
        {"TopicName": "news", "DisplayName": "News", "Tags": TAGS},
        ("/DisplayName", "Other"),
        lambda aws, arn: aws.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"][
            "DisplayName"
        ],
    ),
    Case(
        "AWS::IAM::Role",
        {
            "RoleName": "worker",
            "AssumeRolePolicyDocument": TRUST,
            "Description": "of jobs",
            "Policies": [{"PolicyName": "own", "PolicyDocument": OWN}],
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "Tags": TAGS,
        },
        ("/MaxSessionDuration", 7200),
        lambda aws, name: aws.client("iam").get_role(RoleName=name)["Role"]["MaxSessionDuration"],
    ),
    Case(
        "AWS::KMS::Key",
        {"Description": "of the lake", "EnableKeyRotation": True, "Tags": TAGS},
        ("/Description", "other"),
        lambda aws, key: aws.client("kms").describe_key(KeyId=key)["KeyMetadata"]["Description"],
        stays=True,
    ),
    Case(
        "AWS::Logs::LogGroup",
        {"LogGroupName": "/ml/train", "RetentionInDays": 7, "Tags": TAGS},
        ("/RetentionInDays", 14),
        _group,
    ),
    Case(
        "AWS::CloudWatch::Alarm",
        {
            "AlarmName": "late",
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "MetricName": "Latency",
            "Namespace": "ML",
            "Period": 60,
            "Statistic": "Average",
            "Threshold": 5,
            "Tags": TAGS,
        },
        ("/Threshold", 9),
        _alarm,
    ),
    Case(
        "AWS::S3::Bucket",
        {
            "BucketName": "lake-of-risk",
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]
            },
            "LifecycleConfiguration": {
                "Rules": [
                    {"Id": "old", "Status": "Enabled", "Prefix": "tmp/", "ExpirationInDays": 30}
                ]
            },
            "Tags": TAGS,
        },
        ("/VersioningConfiguration", {"Status": "Enabled"}),
        _bucket,
        shown=lambda value: value["Status"],
    ),
    Case(
        "AWS::SageMaker::Model",
        {
            "ModelName": "scorer",
            "ExecutionRoleArn": ROLE,
            "PrimaryContainer": {"Image": IMAGE, "Mode": "SingleModel"},
            "Tags": TAGS,
        },
        ("/Tags", tags(cost="43")),
        lambda aws, arn: aws.client("sagemaker").list_tags(ResourceArn=arn)["Tags"],
        _role,
    ),
    Case(
        "AWS::SageMaker::EndpointConfig",
        {
            "EndpointConfigName": "three",
            "ProductionVariants": [
                {
                    "VariantName": "a",
                    "ModelName": "scorer",
                    "InitialInstanceCount": 1,
                    "InstanceType": "ml.m5.large",
                }
            ],
            "Tags": TAGS,
        },
        ("/Tags", tags(cost="43")),
        lambda aws, arn: aws.client("sagemaker").list_tags(ResourceArn=arn)["Tags"],
        _configured,
    ),
    Case(
        "AWS::SageMaker::Endpoint",
        {"EndpointName": "live", "EndpointConfigName": "one", "Tags": TAGS},
        ("/EndpointConfigName", "two"),
        _sagemaker("describe_endpoint", "EndpointName", "EndpointConfigName"),
        _configured,
    ),
    Case(
        "AWS::SageMaker::FeatureGroup",
        {
            "FeatureGroupName": "customer",
            "RecordIdentifierFeatureName": "id",
            "EventTimeFeatureName": "at",
            "FeatureDefinitions": FEATURES,
            "OnlineStoreConfig": {"EnableOnlineStore": True},
            "RoleArn": ROLE,
            "Tags": TAGS,
        },
        ("/FeatureDefinitions", MORE),
        _sagemaker("describe_feature_group", "FeatureGroupName", "FeatureDefinitions"),
        _role,
    ),
    Case(
        "AWS::SageMaker::Pipeline",
        {
            "PipelineName": "train",
            "RoleArn": ROLE,
            "PipelineDefinition": {"PipelineDefinitionBody": '{"Version":"2020-12-01","Steps":[]}'},
            "Tags": TAGS,
        },
        ("/PipelineDescription", "nightly"),
        _sagemaker("describe_pipeline", "PipelineName", "PipelineDescription"),
        _role,
    ),
    Case(
        "AWS::SageMaker::ModelPackageGroup",
        {"ModelPackageGroupName": "scorers", "Tags": TAGS},
        ("/Tags", tags(cost="43")),
        lambda aws, arn: aws.client("sagemaker").list_tags(ResourceArn=arn)["Tags"],
    ),
]


@pytest.fixture
def cc(aws: Sandbox) -> Controlled:
    return controlled(aws)


def _plain(value: Any) -> Any:
    """By what it means: JSON text parsed, numbers alike, lists in some order."""
    if isinstance(value, str) and value[:1] == "{":
        return _plain(json.loads(value))
    if isinstance(value, dict):
        return {key: _plain(it) for key, it in value.items()}
    if isinstance(value, list):
        return sorted((_plain(it) for it in value), key=lambda it: json.dumps(it, sort_keys=True))
    return str(value).removesuffix(".0")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.type)
def test_its_life_is_the_same_from_both_sides(aws: Sandbox, cc: Controlled, case: Case) -> None:
    case.before(aws)
    made = cc.create(case.type, case.model)
    assert made["OperationStatus"] == "SUCCESS", made
    name = made["Identifier"]
    found = cc.get(case.type, name)
    shown = {key: value for key, value in case.model.items() if key not in case.hidden}
    assert contains(_plain(found), _plain(shown)), found
    assert cc.listed(case.type).count(name) == 1
    again = cc.create(case.type, case.model)
    taken = ("SUCCESS", "") if case.stays else ("FAILED", "AlreadyExists")
    assert (again["OperationStatus"], again.get("ErrorCode", "")) == taken
    path, value = case.change
    again = [add(f"/{key}", case.model[key]) for key in sorted(case.hidden)]
    changed = cc.update(case.type, name, add(path, value), *again)
    assert changed["OperationStatus"] == "SUCCESS", changed
    assert contains(_plain(cc.get(case.type, name)[path[1:]]), _plain(value))
    native = case.native(aws, name)
    assert _plain(native) == _plain(case.shown(value))
    assert cc.delete(case.type, name)["OperationStatus"] == "SUCCESS"
    if not case.stays:
        assert code(lambda: cc.get(case.type, name)).startswith("ResourceNotFoundException")
        assert name not in cc.listed(case.type)


@pytest.mark.scenario("CC41")
def test_a_key_that_waits_for_its_end_is_read_and_listed(cc: Controlled) -> None:
    key = cc.create("AWS::KMS::Key", {})["Identifier"]
    cc.delete("AWS::KMS::Key", key)
    assert cc.get("AWS::KMS::Key", key)["Enabled"] is False
    assert cc.listed("AWS::KMS::Key") == [key]
    again = cc.delete("AWS::KMS::Key", key)
    assert (again["OperationStatus"], again["ErrorCode"]) == ("FAILED", "NotFound")


def test_what_its_own_service_made_is_found_through_cloud_control(
    aws: Sandbox, cc: Controlled
) -> None:
    keep_bucket("made-elsewhere")
    assert cc.listed("AWS::S3::Bucket") == ["made-elsewhere"]
    cc.update("AWS::S3::Bucket", "made-elsewhere", add("/Tags", TAGS))
    found = aws.client("s3").get_bucket_tagging(Bucket="made-elsewhere")["TagSet"]
    assert _plain(found) == _plain(TAGS)


def test_a_state_machine_that_was_made_so_can_be_run(aws: Sandbox, cc: Controlled) -> None:
    _role(aws)
    model = {"RoleArn": ROLE, "Definition": PASS}
    arn = cc.create("AWS::StepFunctions::StateMachine", model)["Identifier"]
    states = aws.client("stepfunctions")
    run = states.start_execution(stateMachineArn=arn, input="{}")["executionArn"]
    assert states.describe_execution(executionArn=run)["status"] in {"RUNNING", "SUCCEEDED"}


def test_what_is_due_is_there_for_whoever_asks(aws: Sandbox, cc: Controlled) -> None:
    aws.clock.configure(mode="manual")
    cc.begin_create("AWS::SQS::Queue", {"QueueName": "jobs", "Tags": TAGS})
    cc.begin_create("AWS::Kinesis::Stream", {"Name": "events", "ShardCount": 1, "Tags": TAGS})
    queues, index = aws.client("sqs"), aws.client("resourcegroupstaggingapi")
    assert "QueueUrls" not in queues.list_queues()
    aws.clock.advance(60)
    assert len(queues.list_queues()["QueueUrls"]) == 1
    assert len(index.get_resources()["ResourceTagMappingList"]) == 2


def test_tags_of_such_a_thing_are_in_the_index_once(aws: Sandbox, cc: Controlled) -> None:
    cc.create("AWS::SNS::Topic", {"TopicName": "news", "Tags": TAGS})
    index = aws.client("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"]
    assert [each["ResourceARN"] for each in index] == [f"arn:aws:sns:{REGION}:{ACCOUNT}:news"]
