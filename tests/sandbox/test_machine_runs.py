"""Runs of state machines on the clock: what each state does, and how each failure ends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sweeps import only_long

from reconciler.sandbox.inprocess import Sandbox
from reconciler.sandbox.state import snapshot
from reconciler.sandbox.state.machines import Script

from .flows import PASS, SFN, begin, ended, history, kinds, machine, role, run

JOB = {"Name": "glueetl", "ScriptLocation": "s3://rows-of-tests/job.py"}


@pytest.fixture(autouse=True)
def _still(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")


def put(bucket: str = "rows-of-tests", **more: Any) -> dict[str, Any]:
    given = {"Bucket": bucket, "Key": "k", "Body.$": "$"}
    return {"Type": "Task", "Resource": f"{SFN}aws-sdk:s3:putObject", "Parameters": given, **more}


def bucket(aws: Sandbox, name: str = "rows-of-tests") -> None:
    where = {"LocationConstraint": aws.region}
    aws.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=where)


def test_a_run_waits_by_the_clock_and_each_event_has_its_moment(aws: Sandbox) -> None:
    states = {
        "first": {"Type": "Pass", "Parameters": {"at.$": "$$.Execution.StartTime"}, "Next": "wait"},
        "wait": {"Type": "Wait", "Seconds": 60, "Next": "last"},
        "last": PASS,
    }
    arn = begin(aws, machine(aws, states, role(aws, "m")))
    assert ended(aws, arn, 59)["status"] == "RUNNING"
    found = ended(aws, arn, 3600)
    assert found["status"] == "SUCCEEDED"
    assert (found["stopDate"] - found["startDate"]).total_seconds() == 60
    assert found["output"]["at"].endswith("Z")
    events = history(aws, arn)
    assert [each["id"] for each in events] == [*range(1, len(events) + 1)]
    assert [each["type"] for each in events] == [
        "ExecutionStarted", "PassStateEntered", "PassStateExited", "WaitStateEntered",
        "WaitStateExited", "PassStateEntered", "PassStateExited", "ExecutionSucceeded",
    ]  # fmt: skip
    assert (events[4]["timestamp"] - events[3]["timestamp"]).total_seconds() == 60


def test_a_run_that_is_under_way_is_in_a_snapshot(aws: Sandbox) -> None:
    states = {"wait": {"Type": "Wait", "Seconds": 60, "Next": "last"}, "last": PASS}
    arn = begin(aws, machine(aws, states, role(aws, "m")), {"a": 1})
    aws.clock.advance(1)
    aws.client("sts").get_caller_identity()
    saved = snapshot.take()
    assert ended(aws, arn, 100)["status"] == "SUCCEEDED"
    snapshot.put_back(saved)
    aws.clock.configure(mode="manual")
    assert ended(aws, arn, 100)["output"] == {"a": 1}


def test_paths_results_and_variables_go_where_they_are_said(aws: Sandbox) -> None:
    states = {
        "one": {
            "Type": "Pass", "InputPath": "$.in", "Result": {"r": 1}, "ResultPath": "$.got",
            "Assign": {"v.$": "$.r"}, "Next": "two",
        },
        "two": {"Type": "Pass", "Parameters": {"v.$": "$v", "all.$": "$"}, "OutputPath": "$.v",
                "End": True},
    }  # fmt: skip
    assert run(aws, machine(aws, states, role(aws, "m")), {"in": 2})["output"] == 1


@pytest.mark.parametrize(("mark", "end"), [("x", "SUCCEEDED"), ("y", "FAILED")])
def test_a_choice_goes_on_or_fails_with_a_name(aws: Sandbox, mark: str, end: str) -> None:
    rule = {"Variable": "$.mark", "StringEquals": "x", "Next": "done"}
    states = {"choose": {"Type": "Choice", "Choices": [rule]}, "done": {"Type": "Succeed"}}
    found = run(aws, machine(aws, states, role(aws, "m")), {"mark": mark})
    assert (found["status"], found.get("error", "States.NoChoiceMatched")) == (
        end,
        "States.NoChoiceMatched",
    )


def test_branches_run_beside_each_other_and_their_outputs_stand_in_order(aws: Sandbox) -> None:
    branches = [
        {"StartAt": "w", "States": {"w": {"Type": "Wait", "Seconds": 20 - each, "Next": "p"},
         "p": {"Type": "Pass", "Result": each, "End": True}}}
        for each in (1, 2)
    ]  # fmt: skip
    states = {"both": {"Type": "Parallel", "Branches": branches, "End": True}}
    found = run(aws, machine(aws, states, role(aws, "m")))
    assert found["output"] == [1, 2]
    assert (found["stopDate"] - found["startDate"]).total_seconds() == 19


def test_a_branch_that_fails_ends_the_others_and_is_caught_around_them(aws: Sandbox) -> None:
    slow = {"StartAt": "w", "States": {"w": {"Type": "Wait", "Seconds": 500, "End": True}}}
    bad = {"StartAt": "f", "States": {"f": {"Type": "Fail", "Error": "Bad", "Cause": "why"}}}
    catch = [{"ErrorEquals": ["Bad"], "ResultPath": "$.fault", "Next": "after"}]
    states = {
        "both": {"Type": "Parallel", "Branches": [slow, bad], "Catch": catch, "End": True},
        "after": PASS,
    }
    found = run(aws, machine(aws, states, role(aws, "m")), {"a": 1})
    assert found["output"] == {"a": 1, "fault": {"Error": "Bad", "Cause": "why"}}
    assert found["stopDate"] == found["startDate"]


def test_a_map_keeps_order_and_runs_no_more_than_it_may(aws: Sandbox) -> None:
    inner = {"StartAt": "w", "States": {"w": {"Type": "Wait", "Seconds": 10, "End": True}}}
    states = {
        "each": {
            "Type": "Map", "ItemsPath": "$.xs", "MaxConcurrency": 2, "ItemProcessor": inner,
            "ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value"}, "End": True,
        },
    }  # fmt: skip
    found = run(aws, machine(aws, states, role(aws, "m")), {"xs": ["a", "b", "c"]})
    assert found["output"] == [{"i": n, "v": v} for n, v in enumerate("abc")]
    assert (found["stopDate"] - found["startDate"]).total_seconds() == 20


def test_a_map_over_what_is_no_array_fails_and_over_nothing_gives_nothing(aws: Sandbox) -> None:
    inner = {"StartAt": "p", "States": {"p": PASS}}
    states = {"each": {"Type": "Map", "ItemsPath": "$.xs", "ItemProcessor": inner, "End": True}}
    arn = machine(aws, states, role(aws, "m"))
    assert run(aws, arn, {"xs": []})["output"] == []
    assert run(aws, arn, {"xs": 1})["error"] == "States.Runtime"


def test_a_retry_backs_off_with_a_ceiling_and_counts_its_tries(aws: Sandbox) -> None:
    retry = {"ErrorEquals": ["Busy"], "IntervalSeconds": 10, "BackoffRate": 3.0,
             "MaxDelaySeconds": 40, "MaxAttempts": 3}  # fmt: skip
    bucket(aws)
    arn = machine(aws, {"t": put(Retry=[retry], End=True)}, role(aws, "m", "s3:PutObject"))
    aws.machines.scripts.append(Script("t", error="Busy", times=3))
    found = run(aws, arn)
    assert found["status"] == "SUCCEEDED"
    assert (found["stopDate"] - found["startDate"]).total_seconds() == 10 + 30 + 40
    aws.machines.scripts.append(Script("t", error="Busy", times=4))
    assert run(aws, arn)["error"] == "Busy"


def test_full_jitter_waits_less_than_the_whole_time_and_not_always_the_same(aws: Sandbox) -> None:
    retry = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 100, "JitterStrategy": "FULL"}
    bucket(aws)
    arn = machine(aws, {"t": put(Retry=[retry], End=True)}, role(aws, "m", "s3:PutObject"))
    waited = set()
    for _ in range(3):
        aws.machines.scripts.append(Script("t", error="Busy"))
        found = run(aws, arn)
        waited.add((found["stopDate"] - found["startDate"]).total_seconds())
    assert len(waited) == 3
    assert all(0 <= each <= 100 for each in waited)


def test_states_all_does_not_catch_what_ends_a_run(aws: Sandbox) -> None:
    bucket(aws)
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "after"}]
    states = {"t": put(Catch=catch, End=True), "after": PASS}
    arn = machine(aws, states, role(aws, "m", "s3:PutObject"))
    for error, status in (("States.Timeout", "SUCCEEDED"), ("States.Runtime", "FAILED"),
                          ("States.DataLimitExceeded", "FAILED")):  # fmt: skip
        aws.machines.scripts.append(Script("t", error=error))
        assert run(aws, arn)["status"] == status, error


def test_timeouts_and_heartbeats_are_by_the_clock(aws: Sandbox) -> None:
    send = {
        "Type": "Task", "Resource": f"{SFN}sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl.$": "$.url", "MessageBody": {"token.$": "$$.Task.Token"}},
        "TimeoutSeconds": 100, "HeartbeatSeconds": 30, "End": True,
    }  # fmt: skip
    url = aws.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    arn = machine(aws, {"ask": send}, role(aws, "m", "sqs:SendMessage"))
    states, queue = aws.client("stepfunctions"), aws.client("sqs")

    def token() -> str:
        (message,) = queue.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
        queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return str(json.loads(message["Body"])["token"])

    silent = begin(aws, arn, {"url": url})
    aws.clock.advance(1)
    first = token()
    assert ended(aws, silent, 29.5)["error"] == "States.HeartbeatTimeout"
    assert "TaskTimedOut" in kinds(aws, silent)
    with pytest.raises(ClientError, match="TaskTimedOut"):
        states.send_task_success(taskToken=first, output="{}")

    alive = begin(aws, arn, {"url": url})
    aws.clock.advance(1)
    held = token()
    for _ in range(5):
        states.send_task_heartbeat(taskToken=held)
        aws.clock.advance(19.5)
    assert ended(aws, alive, 19)["error"] == "States.Timeout"

    told = begin(aws, arn, {"url": url})
    aws.clock.advance(1)
    states.send_task_success(taskToken=token(), output='{"ok": 1}')
    assert ended(aws, told, 0)["output"] == {"ok": 1}

    failed = begin(aws, arn, {"url": url})
    aws.clock.advance(1)
    states.send_task_failure(taskToken=token(), error="No", cause="why")
    assert ended(aws, failed, 0)["error"] == "No"


def test_a_machine_has_a_timeout_of_its_own(aws: Sandbox) -> None:
    states = {"wait": {"Type": "Wait", "Seconds": 500, "End": True}}
    found = run(aws, machine(aws, states, role(aws, "m"), TimeoutSeconds=60))
    assert found["status"] == "TIMED_OUT"
    assert (found["stopDate"] - found["startDate"]).total_seconds() == 60


def test_a_role_is_asked_for_each_call_and_an_error_has_aws_name(aws: Sandbox) -> None:
    bucket(aws)
    states = {"t": put(End=True)}
    denied = run(aws, machine(aws, states, role(aws, "none"), name="none"))
    assert denied["error"] == "S3.S3Exception"
    assert "s3:PutObject" in denied["cause"]
    missing = {"t": put("another-bucket-of-tests", End=True)}
    allowed = role(aws, "some", "s3:*")
    gone = run(aws, machine(aws, missing, allowed, name="gone"))
    assert gone["error"] == "S3.NoSuchBucketException"


def test_a_parameter_that_an_operation_lacks_fails_the_run(aws: Sandbox) -> None:
    bad = put(End=True)
    bad["Parameters"] = {**bad["Parameters"], "Buckets": 1}
    found = run(aws, machine(aws, {"t": bad}, role(aws, "m", "s3:*")))
    assert found["error"] == "States.Runtime"
    assert "'Buckets'" in found["cause"]


def test_answers_with_times_are_texts(aws: Sandbox) -> None:
    bucket(aws)
    look = {
        "Type": "Task",
        "Resource": f"{SFN}aws-sdk:s3:listBuckets",
        "Parameters": {},
        "End": True,
    }
    found = run(aws, machine(aws, {"look": look}, role(aws, "m", "s3:ListAllMyBuckets")))
    (only,) = found["output"]["Buckets"]
    assert only["CreationDate"].endswith("Z")


def test_what_is_too_large_ends_the_run(aws: Sandbox) -> None:
    double = {"Type": "Pass", "Parameters": {"a.$": "$", "b.$": "$"}}
    states = {"go": {**double, "Next": "more"}, "more": {**double, "Next": "end"}, "end": PASS}
    arn = machine(aws, states, role(aws, "m"))
    found = run(aws, arn, "x" * 100_000)
    assert found["error"] == "States.DataLimitExceeded"
    with pytest.raises(ClientError, match="less than or equal to 262144"):
        begin(aws, arn, "x" * 262_144)
    with pytest.raises(ClientError, match="InvalidExecutionInput"):
        begin(aws, arn, "ä" * 140_000)


@only_long
def test_a_history_ends_at_its_limit_and_comes_in_pages(aws: Sandbox) -> None:
    inner = {"StartAt": "p", "States": {"p": PASS}}
    states = {
        "each": {"Type": "Map", "ItemsPath": "$.xs", "ItemProcessor": inner, "ResultPath": None,
                 "Next": "more"},
        "more": {"Type": "Choice", "Choices": [{"Variable": "$.on", "BooleanEquals": True,
                 "Next": "each"}], "Default": "end"},
        "end": PASS,
    }  # fmt: skip
    arn = begin(aws, machine(aws, states, role(aws, "m")), {"xs": [0] * 2000, "on": True})
    found = ended(aws, arn)
    assert found["error"] == "States.Runtime"
    assert "25000" in found["cause"]
    assert found["redriveStatus"] == "NOT_REDRIVABLE"
    states_ = aws.client("stepfunctions")
    last = states_.get_execution_history(executionArn=arn, reverseOrder=True, maxResults=1)
    assert last["events"][0]["id"] <= 25_000
    assert last["events"][0]["type"] == "ExecutionFailed"
    page = states_.get_execution_history(executionArn=arn, maxResults=1000)
    assert len(page["events"]) == 1000
    more = states_.get_execution_history(
        executionArn=arn, maxResults=1000, nextToken=page["nextToken"]
    )
    assert more["events"][0]["id"] == 1001


def test_a_name_is_a_run_once(aws: Sandbox) -> None:
    arn = machine(aws, {"w": {"Type": "Wait", "Seconds": 60, "End": True}}, role(aws, "m"))
    first = begin(aws, arn, {"a": 1}, name="one")
    assert begin(aws, arn, {"a": 1}, name="one") == first
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        begin(aws, arn, {"a": 2}, name="one")
    assert ended(aws, first, 60)["status"] == "SUCCEEDED"
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        begin(aws, arn, {"a": 1}, name="one")
    aws.clock.advance(91 * 86_400)
    assert begin(aws, arn, {"a": 1}, name="one") == first
    with pytest.raises(ClientError, match="InvalidName"):
        begin(aws, arn, name="a b")


def test_a_run_goes_on_from_where_it_failed(aws: Sandbox) -> None:
    bucket(aws)
    states = {"first": {"Type": "Pass", "Result": 1, "ResultPath": "$.n", "Next": "t"},
              "t": put(End=True)}  # fmt: skip
    arn = machine(aws, states, role(aws, "m", "s3:PutObject"))
    aws.machines.scripts.append(Script("t", error="Busy"))
    execution = begin(aws, arn)
    assert ended(aws, execution)["redriveStatus"] == "REDRIVABLE"
    client = aws.client("stepfunctions")
    client.redrive_execution(executionArn=execution)
    found = ended(aws, execution)
    assert (found["status"], found["redriveCount"]) == ("SUCCEEDED", 1)
    assert kinds(aws, execution).count("PassStateEntered") == 1
    assert "ExecutionRedriven" in kinds(aws, execution)
    with pytest.raises(ClientError, match="ExecutionNotRedrivable"):
        client.redrive_execution(executionArn=execution)


def test_a_stopped_run_stops_the_job_that_it_waits_for(aws: Sandbox) -> None:
    glue = aws.client("glue")
    works = role(aws, "g", service="glue")
    glue.create_job(Name="job", Role=works, Command=JOB, GlueVersion="5.0")
    state = {"Type": "Task", "Resource": f"{SFN}glue:startJobRun.sync",
             "Parameters": {"JobName": "job"}, "End": True}  # fmt: skip
    arn = begin(aws, machine(aws, {"j": state}, role(aws, "m", "glue:*")))
    aws.clock.advance(10)
    (one,) = glue.get_job_runs(JobName="job")["JobRuns"]
    assert one["JobRunState"] == "RUNNING"
    aws.client("stepfunctions").stop_execution(executionArn=arn, error="Enough")
    assert ended(aws, arn, 0)["status"] == "ABORTED"
    assert glue.get_job_run(JobName="job", RunId=one["Id"])["JobRun"]["JobRunState"] == "STOPPED"


@pytest.mark.parametrize(
    ("mode", "reason", "status", "error"),
    [
        ("ok", "", "SUCCEEDED", ""),
        ("failed", "out of memory", "FAILED", "States.TaskFailed"),
        ("stuck", "", "FAILED", "States.TaskFailed"),
    ],
)
def test_a_job_ends_as_it_is_scripted(
    aws: Sandbox, mode: str, reason: str, status: str, error: str
) -> None:
    works = role(aws, "g", service="glue")
    aws.client("glue").create_job(Name="job", Role=works, Command=JOB, Timeout=60)
    aws.outcome("job", mode, reason)
    state = {"Type": "Task", "Resource": f"{SFN}glue:startJobRun.sync",
             "Parameters": {"JobName": "job"}, "End": True}  # fmt: skip
    found = run(aws, machine(aws, {"j": state}, role(aws, "m", "glue:*")))
    assert (found["status"], found.get("error", "")) == (status, error)
    if error:
        told = json.loads(found["cause"])
        assert told["JobRunState"] == ("FAILED" if reason else "TIMEOUT")
        assert reason in told["ErrorMessage"]


def test_one_run_of_a_job_too_many_is_refused_and_a_retry_waits_for_its_turn(aws: Sandbox) -> None:
    works = role(aws, "g", service="glue")
    aws.client("glue").create_job(Name="job", Role=works, Command=JOB)
    retry = [{"ErrorEquals": ["Glue.ConcurrentRunsExceededException"], "IntervalSeconds": 100}]
    state = {"Type": "Task", "Resource": f"{SFN}glue:startJobRun.sync",
             "Parameters": {"JobName": "job"}, "Retry": retry, "End": True}  # fmt: skip
    arn = machine(aws, {"j": state}, role(aws, "m", "glue:*"))
    first, second = begin(aws, arn), begin(aws, arn)
    assert ended(aws, first)["status"] == "SUCCEEDED"
    assert ended(aws, second)["status"] == "SUCCEEDED"
    assert "TaskFailed" in kinds(aws, second)


def test_another_machine_is_waited_for_and_its_output_is_json(aws: Sandbox) -> None:
    inner = machine(aws, {"p": {"Type": "Pass", "Result": {"n": 1}, "End": True}}, role(aws, "i"),
                    name="inner")  # fmt: skip
    start = {"Type": "Task", "Resource": f"{SFN}states:startExecution.sync:2",
             "Parameters": {"StateMachineArn": inner, "Input": {"a.$": "$.a"}},
             "End": True}  # fmt: skip
    rules = ("events:PutTargets", "events:PutRule", "events:DescribeRule")
    allowed = role(aws, "m", "states:*", *rules)
    found = run(aws, machine(aws, {"s": start}, allowed), {"a": 1})
    assert found["output"]["Output"] == {"n": 1}
    assert found["output"]["Input"] == {"a": 1}
    failing = machine(aws, {"f": {"Type": "Fail", "Error": "No"}}, role(aws, "f"), name="failing")
    start["Parameters"] = {"StateMachineArn": failing}
    assert run(aws, machine(aws, {"s": start}, allowed, name="two"))["error"] == "States.TaskFailed"


def test_a_role_without_the_rule_of_a_job_makes_no_machine(aws: Sandbox) -> None:
    state = {"Type": "Task", "Resource": f"{SFN}sagemaker:createTrainingJob.sync",
             "Parameters": {"TrainingJobName": "x"}, "End": True}  # fmt: skip
    del state["Parameters"]
    lame = role(aws, "lame", "sagemaker:*")
    with pytest.raises(ClientError, match="managed-rule"):
        machine(aws, {"t": state}, lame)
    foreign = role(aws, "foreign", service="glue")
    with pytest.raises(ClientError, match="authorized to assume"):
        machine(aws, {"p": PASS}, foreign)


def test_a_machine_of_a_name_is_the_same_once_more_and_no_other(aws: Sandbox) -> None:
    mine = role(aws, "m")
    first = machine(aws, {"p": PASS}, mine)
    assert machine(aws, {"p": PASS}, mine) == first
    with pytest.raises(ClientError, match="StateMachineAlreadyExists"):
        machine(aws, {"q": PASS}, mine)
    with pytest.raises(ClientError, match="InvalidDefinition"):
        machine(aws, {"q": {"Type": "Pass", "Next": "gone"}}, mine, name="bad")
    client = aws.client("stepfunctions")
    waiting = machine(aws, {"w": {"Type": "Wait", "Seconds": 9, "End": True}}, mine, name="w")
    arn = begin(aws, waiting)
    client.delete_state_machine(stateMachineArn=waiting)
    assert client.describe_state_machine(stateMachineArn=waiting)["status"] == "DELETING"
    with pytest.raises(ClientError, match="StateMachineDeleting"):
        begin(aws, waiting)
    assert ended(aws, arn)["status"] == "SUCCEEDED"
    assert [it["name"] for it in client.list_state_machines()["stateMachines"]] == ["flow"]


def test_a_distributed_map_reads_batches_tolerates_and_writes(aws: Sandbox) -> None:
    bucket(aws)
    s3 = aws.client("s3")
    s3.put_object(Bucket="rows-of-tests", Key="in.csv", Body=b"id,ok\n1,y\n2,n\n3,y\n4,y\n5,y\n")
    inner = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "c",
        "States": {
            "c": {"Type": "Choice", "Default": "good",
                  "Choices": [{"Variable": "$.Items[0].id", "StringEquals": "3", "Next": "bad"}]},
            "good": PASS,
            "bad": {"Type": "Fail", "Error": "Bad"},
        },
    }  # fmt: skip
    place = {"Bucket": "rows-of-tests", "Key": "in.csv"}
    state = {
        "Type": "Map", "ItemProcessor": inner, "ToleratedFailurePercentage": 40,
        "ItemReader": {"Resource": f"{SFN}s3:getObject", "Parameters": place,
                       "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}},
        "ItemBatcher": {"MaxItemsPerBatch": 2},
        "ResultWriter": {"Resource": f"{SFN}s3:putObject",
                         "Parameters": {"Bucket": "rows-of-tests", "Prefix": "out"}},
        "End": True,
    }  # fmt: skip
    allowed = role(aws, "m", "s3:*", "states:StartExecution")
    execution = begin(aws, machine(aws, {"each": state}, allowed))
    found = ended(aws, execution)
    assert found["status"] == "SUCCEEDED", found
    where = found["output"]["ResultWriterDetails"]
    manifest = json.loads(s3.get_object(**where)["Body"].read())
    (good,) = manifest["ResultFiles"]["SUCCEEDED"]
    rows = json.loads(s3.get_object(Bucket="rows-of-tests", Key=good["Key"])["Body"].read())
    assert [len(json.loads(row["Input"])["Items"]) for row in rows] == [2, 1]
    client = aws.client("stepfunctions")
    (one,) = client.list_map_runs(executionArn=execution)["mapRuns"]
    counts = client.describe_map_run(mapRunArn=one["mapRunArn"])["itemCounts"]
    assert (counts["total"], counts["succeeded"], counts["failed"]) == (3, 2, 1)
    state["ToleratedFailurePercentage"] = 30
    strict = run(aws, machine(aws, {"each": state}, allowed, name="strict"))
    assert strict["error"] == "States.ExceedToleratedFailureThreshold"
    poor = role(aws, "poor", "s3:*")
    denied = run(aws, machine(aws, {"each": state}, poor, name="denied"))
    assert denied["error"] == "States.Permissions"


def test_jsonata_is_not_run_and_says_so(aws: Sandbox) -> None:
    states = {"p": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% 1 %}", "End": True}}
    arn = machine(aws, states, role(aws, "m"))
    with pytest.raises(ClientError, match="JSONPath only"):
        begin(aws, arn)


def test_a_log_has_what_the_machine_asks_for(aws: Sandbox) -> None:
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="/aws/vendedlogs/flow")
    group = f"arn:aws:logs:{aws.region}:{aws.account}:log-group:/aws/vendedlogs/flow:*"
    config = {"level": "ALL", "includeExecutionData": False,
              "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]}  # fmt: skip
    arn = machine(aws, {"p": PASS}, role(aws, "m"), loggingConfiguration=config)
    run(aws, arn, {"secret": "hidden"})
    (stream,) = logs.describe_log_streams(logGroupName="/aws/vendedlogs/flow")["logStreams"]
    rows = logs.get_log_events(
        logGroupName="/aws/vendedlogs/flow", logStreamName=stream["logStreamName"]
    )["events"]
    assert [json.loads(each["message"])["type"] for each in rows][-1] == "ExecutionSucceeded"
    assert "hidden" not in str(rows)


def test_a_catcher_that_cannot_keep_its_failure_fails_in_its_place(aws: Sandbox) -> None:
    inner = {"StartAt": "q", "States": {"q": {"Type": "Pass", "InputPath": "$.no", "End": True}}}
    catch = [{"ErrorEquals": ["States.ParameterPathFailure"], "ResultPath": "$.x", "Next": "ok"}]
    each = {"Type": "Map", "ItemProcessor": inner, "Catch": catch, "End": True}
    arn = machine(aws, {"each": each, "ok": PASS}, role(aws, "m"))
    assert run(aws, arn, [1])["error"] == "States.ResultPathMatchFailure"


def test_a_function_that_is_not_there_is_no_answer(aws: Sandbox) -> None:
    state = {"Type": "Task", "Resource": f"{SFN}lambda:invoke",
             "Parameters": {"FunctionName": "gone", "Payload.$": "$"}, "End": True}  # fmt: skip
    found = run(aws, machine(aws, {"f": state}, role(aws, "m", "lambda:*")))
    assert found["error"] == "Lambda.ResourceNotFoundException"
