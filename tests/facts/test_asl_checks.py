"""Definitions are judged before anybody is asked: each fault once, where it is."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.session import get_session

from reconciler.facts.asl.checks import faults
from reconciler.facts.asl.integrations import OPTIMIZED, POLLS, integration
from reconciler.facts.asl.needs import needs
from reconciler.facts.files import read

GLUE = "arn:aws:states:::glue:startJobRun.sync"
HTTP = "arn:aws:states:::http:invoke"
CONNECTION = {"ConnectionArn": "arn:aws:events:eu-west-1:123456789012:connection/c/1"}


def one(**state: Any) -> dict[str, Any]:
    return {"StartAt": "s", "States": {"s": state}}


def task(resource: str, **given: Any) -> dict[str, Any]:
    return one(Type="Task", Resource=resource, Parameters=given, End=True)


PASS = {"Type": "Pass", "End": True}
INNER = {"StartAt": "p", "States": {"p": PASS}}
GOOD: list[dict[str, Any]] = [
    one(**PASS),
    one(Type="Wait", Seconds=0, End=True),
    one(Type="Parallel", Branches=[INNER], End=True),
    one(Type="Map", ItemProcessor={"ProcessorConfig": {"Mode": "INLINE"}, **INNER}, End=True),
    one(
        Type="Map",
        ItemProcessor={
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            **INNER,
        },
        ItemBatcher={"MaxItemsPerBatch": 10, "BatchInput": {"a.$": "$.b"}},
        ToleratedFailurePercentage=10,
        ItemReader={"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket.$": "$.b"}},
        End=True,
    ),
    task(GLUE, JobName="j", Arguments={"--in.$": "$.in", "--at.$": "$$.Execution.StartTime"}),
    task(HTTP, ApiEndpoint="https://api.example.com/v1", Method="GET", InvocationConfig=CONNECTION),
    task("arn:aws-cn:states:::sqs:sendMessage", QueueUrl="q", MessageBody={"a.$": "$"}),
    task(
        "arn:aws:states:::aws-sdk:sagemakerfeaturestoreruntime:putRecord",
        FeatureGroupName="g",
        Record=[{"FeatureName": "f", "ValueAsString.$": "$.v"}],
    ),
    one(Type="Task", Resource="arn:aws:lambda:eu-west-1:123456789012:function:f", End=True),
    one(QueryLanguage="JSONata", Type="Pass", Output="{% $x %}", End=True),
]
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({}, "/", "StartAt"),
    (one(Type="Pas", End=True), "/States/s/Type", "no type of state"),
    (one(Type="Pass", End=True, Foo=1), "/States/s/Foo", "no field"),
    (one(Type="Pass"), "/States/s", "Next or End"),
    (one(Type="Pass", Next="s", End=True), "/States/s", "Next or End"),
    (one(Type="Pass", Next="gone"), "/States/s/Next", "there is no state 'gone'"),
    ({"StartAt": "x", "States": {"s": PASS}}, "/StartAt", "there is no state"),
    ({"StartAt": "s", "States": {"s": PASS, "t": PASS}}, "/States/t", "no way leads to"),
    (one(Type="Pass", Next="s"), "/States/s", "no way leads to an end"),
    (one(Type="Wait", End=True), "/States/s", "one of Seconds"),
    (one(Type="Wait", Seconds=-1, End=True), "/States/s/Seconds", "from 0"),
    (one(Type="Choice", Choices=[]), "/States/s/Choices", "one rule at least"),
    (
        one(Type="Choice", Choices=[{"Variable": "$.x", "NumericEqual": 1, "Next": "s"}]),
        "/States/s/Choices/0/NumericEqual",
        "no field",
    ),
    (one(Type="Pass", Parameters={"a.$": "$.x["}, End=True), "/States/s/Parameters/a.$", "closed"),
    (
        one(Type="Pass", Parameters={"a.$": "States.Nope()"}, End=True),
        "/States/s/Parameters/a.$",
        "no intrinsic",
    ),
    (one(Type="Pass", ResultPath="$.a[*]", End=True), "/States/s/ResultPath", "one place"),
    (one(Type="Pass", Output="x", End=True), "/States/s/Output", "JSONata"),
    (
        one(Type="Pass", QueryLanguage="JSONata", InputPath="$", End=True),
        "/States/s/InputPath",
        "JSONPath",
    ),
    (one(Type="Task", Resource="glue", End=True), "/States/s/Resource", "no resource"),
    (task("arn:aws:states:::glue:startCrawler"), "/States/s/Resource", "has no 'startCrawler'"),
    (task("arn:aws:states:::sns:publish.sync"), "/States/s/Resource", "no pattern"),
    (task("arn:aws:states:::aws-sdk:glue:startJobRun.sync"), "/States/s/Resource", "SDK"),
    (task(GLUE), "/States/s/Parameters", "'JobName' is missing"),
    (task(GLUE, JobName="j", Jobs=1), "/States/s/Parameters/Jobs", "no parameter 'Jobs'"),
    (task(GLUE, JobName="j", Timeout="5"), "/States/s/Parameters/Timeout", "integer"),
    (task(GLUE, JobName="j", WorkerType="G.9X"), "/States/s/Parameters/WorkerType", "none of"),
    (
        task(
            "arn:aws:states:::aws-sdk:sagemakerfeaturestoreruntime:putRecord",
            FeatureGroupName="g",
            Record=[{"FeatureName": "f", "ValueAsString": 1}],
        ),
        "/States/s/Parameters/Record/0/ValueAsString",
        "string",
    ),
    (
        task(HTTP, ApiEndpoint="http://x", Method="GET", InvocationConfig=CONNECTION),
        "/States/s/Parameters/ApiEndpoint",
        "https",
    ),
    (task(HTTP, ApiEndpoint="https://x", Method="GET"), "/States/s/Parameters", "ConnectionArn"),
    (
        task("arn:aws:states:::sqs:sendMessage.waitForTaskToken", QueueUrl="q", MessageBody="x"),
        "/States/s/Parameters",
        "token",
    ),
    (
        one(**PASS | {"Type": "Task", "Resource": GLUE, "Parameters": {"JobName": "j"}},
            Retry=[{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["States.Timeout"]}]),
        "/States/s/Retry/0/ErrorEquals",
        "last",
    ),
    (
        one(Type="Task", Resource=GLUE, Parameters={"JobName": "j"}, End=True,
            Retry=[{"ErrorEquals": ["States.Nope"]}]),
        "/States/s/Retry/0/ErrorEquals",
        "no error",
    ),
    (
        one(Type="Task", Resource=GLUE, Parameters={"JobName": "j"}, End=True,
            Retry=[{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 9, "MaxDelaySeconds": 9}]),
        "/States/s/Retry/0/MaxDelaySeconds",
        "greater",
    ),
    (
        one(Type="Map", ItemProcessor=INNER, ItemBatcher={}, End=True),
        "/States/s/ItemBatcher",
        "distributed",
    ),
    (
        one(Type="Task", Resource=GLUE, Parameters={"JobName": "j"}, TimeoutSeconds=5,
            HeartbeatSeconds=5, End=True),
        "/States/s/HeartbeatSeconds",
        "less than",
    ),
    (
        one(Type="Parallel", Branches=[{"StartAt": "p", "States": {"p": {**PASS, "X": 1}}}],
            End=True),
        "/States/s/Branches/0/States/p/X",
        "no field",
    ),
]  # fmt: skip


@pytest.mark.parametrize("definition", GOOD)
def test_what_is_right_has_no_fault(definition: dict[str, Any]) -> None:
    assert [*faults(definition)] == []


@pytest.mark.parametrize(("definition", "pointer", "text"), BAD)
def test_each_fault_is_found_where_it_is(
    definition: dict[str, Any], pointer: str, text: str
) -> None:
    found = [*faults(definition)]
    assert [(it.pointer, text in it.text) for it in found if it.pointer == pointer][:1] == [
        (pointer, True)
    ], found


def test_what_would_run_and_never_end_is_no_refusal() -> None:
    (endless,) = faults(one(Type="Pass", Next="s"))
    assert not endless.refused


def test_every_integration_is_of_an_operation_that_aws_has() -> None:
    session = get_session()
    for service, told in OPTIMIZED.items():
        if service in {"apigateway", "aoss", "http", "bedrock", "eks", "elasticmapreduce"}:
            continue  # what AWS calls there is no operation of that name
        names = set(session.get_service_model(told.client).operation_names)
        for action in told.actions:
            what = integration(f"arn:aws:states:::{service}:{action}{_pattern(told, action)}")
            assert what.operation in names, (service, action)
    for (service, _), poll in POLLS.items():
        model = session.get_service_model(OPTIMIZED[service].client)
        given = model.operation_model(poll.operation).input_shape
        assert given is not None
        assert set(given.required_members) <= set(poll.given)
        if poll.stop:
            stopped = model.operation_model(poll.stop).input_shape
            assert stopped is not None
            assert set(stopped.required_members) <= set(poll.stop_given or {})


def _pattern(told: Any, action: str) -> str:
    return "" if "" in told.actions[action] else f".{min(told.actions[action])}"


def test_what_is_known_of_operations_is_what_botocore_has() -> None:
    from schemas.generate.operations import OPERATIONS, _service

    known = read("operations.json")["services"]
    assert known.keys() == OPERATIONS.keys()
    session = get_session()
    for name in ("glue", "sagemaker-featurestore-runtime", "emr-serverless"):
        assert known[name] == _service(session.get_service_model(name), OPERATIONS[name])


def test_a_role_needs_more_to_wait_for_a_job_than_to_begin_it() -> None:
    asked = {action for _, action in needs(task(GLUE, JobName="j"))}
    assert asked == {"glue:StartJobRun", "glue:GetJobRun", "glue:BatchStopJobRun"}
    emr = {action for _, action in needs(task("arn:aws:states:::emr-serverless:startJobRun.sync"))}
    assert {"events:PutRule", "events:PutTargets", "events:DescribeRule"} <= emr
    put = "arn:aws:states:::aws-sdk:sagemakerfeaturestoreruntime:putRecord"
    assert [action for _, action in needs(task(put))] == ["sagemaker:PutRecord"]
    assert {"events:RetrieveConnectionCredentials"} < {it for _, it in needs(task(HTTP))}
