"""Executions of pipelines: the definition is run, step by step, as the pipeline's role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sweeps import sample

from reconciler.sandbox.iam import roles
from reconciler.sandbox.inprocess import ACCOUNT, REGION, Sandbox
from reconciler.sandbox.services.sagemaker.jobs import metrics
from reconciler.sandbox.services.sagemaker.runs import (
    caching,
    conditions,
    definition,
    noted,
    retrying,
)
from reconciler.sandbox.services.sagemaker.runs.values import Scope, UnresolvedError
from reconciler.sandbox.services.stepfunctions import steering
from reconciler.sandbox.state.trainings import Script

from .cases import SPECIFICATION
from .conformance import IMAGE, ROLE, call, keep_bucket

SIZE = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}
SCRIPTED = {
    "sagemaker_program": '"train.py"',
    "sagemaker_submit_directory": '"s3://data/code.tar.gz"',
}
AUC = {"Name": "auc", "Regex": "auc=([0-9.]+)"}
SEARCHED = {
    "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.01", "MaxValue": "0.5"}],
    "IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "9"}],
}


def get(path: str) -> dict[str, str]:
    return {"Get": path}


def training(**more: Any) -> dict[str, Any]:
    return {
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE, "TrainingInputMode": "File", "MetricDefinitions": [AUC],
        },
        "RoleArn": ROLE,
        "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {
            "S3DataType": "S3Prefix", "S3Uri": "s3://data/train"}}}],
        "OutputDataConfig": {"S3OutputPath": "s3://data/models"},
        "ResourceConfig": SIZE,
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "HyperParameters": {"eta": "0.1"},
        **more,
    }  # fmt: skip


def processing(**more: Any) -> dict[str, Any]:
    output = {"S3Uri": "s3://data/eval", "LocalPath": "/opt/ml/processing/out",
              "S3UploadMode": "EndOfJob"}  # fmt: skip
    return {
        "AppSpecification": {"ImageUri": IMAGE},
        "RoleArn": ROLE,
        "ProcessingResources": {"ClusterConfig": SIZE},
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "eval", "S3Output": output}]},
        **more,
    }


def tuning(**config: Any) -> dict[str, Any]:
    definition_ = {k: v for k, v in training().items() if k != "HyperParameters"}
    return {
        "HyperParameterTuningJobConfig": {
            "Strategy": "Bayesian",
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "auc"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 20, "MaxParallelTrainingJobs": 4},
            "ParameterRanges": SEARCHED,
            **config,
        },
        "TrainingJobDefinition": definition_,
    }


def step(name: str, kind: str, arguments: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "Arguments": arguments, **more}


def compared(kind: str, left: Any, right: Any) -> dict[str, Any]:
    return {"Type": kind, "LeftValue": left, "RightValue": right}


def gate(*conditions_: Any, then: Any = (), otherwise: Any = ()) -> dict[str, Any]:
    arguments = {"Conditions": [*conditions_], "IfSteps": [*then], "ElseSteps": [*otherwise]}
    return step("Gate", "Condition", arguments)


REGISTER = step("Register", "RegisterModel", {
    "ModelPackageGroupName": "fraud",
    "InferenceSpecification": {**SPECIFICATION, "Containers": [
        {"Image": IMAGE, "ModelDataUrl": get("Steps.Train.ModelArtifacts.S3ModelArtifacts")}]},
})  # fmt: skip
FAIL = step("Stop", "Fail", {"ErrorMessage": {"Std:Join": {"On": " ", "Values": [
    "auc is", get("Steps.Train.FinalMetricDataList['auc'].Value")]}}})  # fmt: skip
METRIC = {"Std:JsonGet": {"PropertyFile": get("Steps.Evaluate.PropertyFiles.Told"),
                          "Path": "metrics.auc.value"}}  # fmt: skip
EVALUATE = step("Evaluate", "Processing", processing(), DependsOn=["Train"], PropertyFiles=[
    {"PropertyFileName": "Told", "OutputName": "eval", "FilePath": "evaluation.json"}])  # fmt: skip


class Pipeline:
    """One pipeline, and its executions."""

    def __init__(self, aws: Sandbox, *steps: Any, **more: Any) -> None:
        self.aws, self.client = aws, aws.client("sagemaker")
        keep_bucket("data", REGION, "train/part-0.csv")
        role, parameters = more.pop("role", ROLE), more.pop("parameters", [])
        body = {"Version": "2020-12-01", "Parameters": parameters, "Steps": [*steps]}
        self.client.create_pipeline(
            PipelineName="p", RoleArn=role, PipelineDefinition=json.dumps(body), **more
        )

    def start(self, *given: tuple[str, str], **more: Any) -> str:
        parameters = [{"Name": name, "Value": value} for name, value in given]
        found: str = call(
            self.client, "StartPipelineExecution", PipelineName="p", PipelineParameters=parameters,
            **more,
        )["PipelineExecutionArn"]  # fmt: skip
        return found

    def look(self, arn: str) -> tuple[str, dict[str, Any]]:
        told = call(self.client, "DescribePipelineExecution", PipelineExecutionArn=arn)
        listed = call(self.client, "ListPipelineExecutionSteps", PipelineExecutionArn=arn,
                      SortOrder="Ascending", MaxResults=100)  # fmt: skip
        steps = {each["StepName"]: each for each in listed["PipelineExecutionSteps"]}
        return told["PipelineExecutionStatus"], steps

    def run(self, *given: tuple[str, str], **more: Any) -> tuple[str, dict[str, Any]]:
        arn = self.start(*given, **more)
        self.aws.clock.advance(7200)
        return self.look(arn)


def scripted(aws: Sandbox, *scripts: Script) -> None:
    aws.trainings.scripts[:] = [*scripts]


TRAIN = step("Train", "Training", training())


@pytest.mark.parametrize(
    ("auc", "ends", "ran"),
    [(0.97, "Succeeded", ["Train", "Evaluate", "Gate", "Register"]),
     (0.9, "Failed", ["Train", "Evaluate", "Gate", "Stop"])],
)  # fmt: skip
def test_a_condition_reads_what_a_step_wrote_and_takes_one_branch(
    aws: Sandbox, auc: float, ends: str, ran: list[str]
) -> None:
    limit = {"Name": "Least", "Type": "Float", "DefaultValue": 0.95}
    condition = compared("GreaterThanOrEqualTo", METRIC, get("Parameters.Least"))
    made = Pipeline(aws, TRAIN, EVALUATE, gate(condition, then=[REGISTER], otherwise=[FAIL]),
                    parameters=[limit])  # fmt: skip
    aws.client("sagemaker").create_model_package_group(ModelPackageGroupName="fraud")
    told = {"eval/evaluation.json": {"metrics": {"auc": {"value": auc}}}}
    scripted(aws, Script("Train", metrics={"auc": auc}), Script("Evaluate", files=told))
    status, steps = made.run()
    assert (status, [*steps]) == (ends, ran)
    outcome = steps["Gate"]["Metadata"]["Condition"]["Outcome"]
    assert outcome == ("True" if ends == "Succeeded" else "False")
    if ends == "Failed":
        assert steps["Stop"]["FailureReason"] == "auc is 0.9"
        assert made.run(("Least", "0.5"))[0] == "Succeeded"
    else:
        arn = steps["Register"]["Metadata"]["RegisterModel"]["Arn"]
        package = call(made.client, "DescribeModelPackage", ModelPackageName=arn)
        (container,) = package["InferenceSpecification"]["Containers"]
        job = steps["Train"]["Metadata"]["TrainingJob"]["Arn"].rpartition("/")[2]
        assert container["ModelDataUrl"] == f"s3://data/models/{job}/output/model.tar.gz"
        assert container["ModelDataETag"]


def test_what_a_simulated_step_does_not_write_is_not_there(aws: Sandbox) -> None:
    made = Pipeline(aws, TRAIN, EVALUATE, gate(compared("Equals", METRIC, 1)))
    status, steps = made.run()
    assert status == "Failed"
    assert "JsonGet" in steps["Gate"]["FailureReason"]
    assert [*steps] == ["Train", "Evaluate", "Gate"]


def test_a_job_goes_through_its_states_and_says_that_it_was_simulated(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")
    made = Pipeline(aws, TRAIN)
    arn, seen = made.start(), []
    for _ in range(80):
        aws.clock.advance(1)
        jobs = call(made.client, "ListTrainingJobs")["TrainingJobSummaries"]
        seen += [each["SecondaryStatus"] for each in jobs]
    found = ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert [*dict.fromkeys(seen)] == found
    status, steps = made.look(arn)
    assert (status, steps["Train"]["AttemptCount"]) == ("Succeeded", 1)
    (job,) = jobs
    told = call(made.client, "DescribeTrainingJob", TrainingJobName=job["TrainingJobName"])
    assert [each["Status"] for each in told["SecondaryStatusTransitions"]] == found
    assert told["BillableTimeInSeconds"] == told["TrainingTimeInSeconds"] > 0
    logs = aws.client("logs").filter_log_events(logGroupName="/aws/sagemaker/TrainingJobs")
    assert "simulated" in logs["events"][0]["message"]


@pytest.mark.parametrize(
    ("role", "statement", "said"),
    sample(
        [
            (
                "p",
                {"Action": "sagemaker:CreateTrainingJob"},
                "sagemaker:CreateTrainingJob on resource",
            ),
            ("p", {"Action": "iam:PassRole"}, "iam:PassRole on resource"),
            ("p", {"Action": "s3:GetObject"}, "Unable to read s3://data/eval/evaluation.json"),
            ("p", {"Action": "sagemaker:DescribeTrainingJob"}, "sagemaker:DescribeTrainingJob on"),
            ("w", {"Action": "s3:PutObject"}, "s3:PutObject on resource"),
            ("w", {"Action": "s3:ListBucket"}, "s3:ListBucket on resource"),
        ],
        every=2,
    ),
)
def test_a_step_fails_by_what_a_role_may_not_do(
    aws: Sandbox, role: str, statement: dict[str, str], said: str
) -> None:
    arns = {name: f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("p", "w")}
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                            "Principal": {"Service": "sagemaker.amazonaws.com"}}]}  # fmt: skip
    for name, arn in arns.items():
        denied = [{"Effect": "Deny", "Resource": "*", **statement}] if name == role else []
        allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        roles.put(arn, {"x": {"Statement": [allowed, *denied]}}, trust)
    scripted(aws, Script("*", files={"eval/evaluation.json": {"metrics": {"auc": {"value": 1}}}}))
    steps = [step("Train", "Training", training(RoleArn=arns["w"])),
             {**EVALUATE, "Arguments": processing(RoleArn=arns["w"])},
             gate(compared("Equals", METRIC, 1))]  # fmt: skip
    status, found = Pipeline(aws, *steps, role=arns["p"]).run()
    bad = [each["FailureReason"] for each in found.values() if each["StepStatus"] == "Failed"]
    assert status == "Failed"
    assert said in bad[0], bad


def test_inputs_that_are_not_there_fail_the_job_in_awss_words(aws: Sandbox) -> None:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/none"}}
    channels = [{"ChannelName": "train", "DataSource": source}]
    made = Pipeline(aws, step("Train", "Training", training(InputDataConfig=channels)))
    _, steps = made.run()
    assert 'No S3 objects found under S3 URL "s3://data/none"' in steps["Train"]["FailureReason"]


def test_a_search_of_twenty_trials_runs_four_at_a_time_and_stops_some_early(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")
    made = Pipeline(aws, step("Tune", "Tuning", tuning(TrainingJobEarlyStoppingType="Auto")),
                    gate(compared("GreaterThan", get(
                        "Steps.Tune.BestTrainingJob.FinalHyperParameterTuningJobObjectiveMetric"
                        ".Value"), 0.5)))  # fmt: skip
    for _ in range(3):  # what a search draws follows from its name: one in some hundred stops none
        arn, most = made.start(), 0
        for _ in range(40):
            aws.clock.advance(20)
            jobs = call(made.client, "ListTrainingJobs", StatusEquals="InProgress", MaxResults=100)
            most = max(most, len(jobs["TrainingJobSummaries"]))
        status, steps = made.look(arn)
        assert (status, most) == ("Succeeded", 4)
        name = steps["Tune"]["Metadata"]["TuningJob"]["Arn"].rpartition("/")[2]
        told = call(
            made.client, "DescribeHyperParameterTuningJob", HyperParameterTuningJobName=name
        )
        if told["TrainingJobStatusCounters"]["Stopped"]:
            break
    counted = told["TrainingJobStatusCounters"]
    assert counted["Completed"] + counted["Stopped"] == 20
    assert counted["Stopped"] > 0
    listed = call(made.client, "ListTrainingJobsForHyperParameterTuningJob", MaxResults=100,
                  HyperParameterTuningJobName=name, SortBy="FinalObjectiveMetricValue",
                  SortOrder="Descending")["TrainingJobSummaries"]  # fmt: skip
    assert listed[0]["TrainingJobName"] == told["BestTrainingJob"]["TrainingJobName"]
    assert all(0.01 <= float(it["TunedHyperParameters"]["eta"]) <= 0.5 for it in listed)
    assert all(2 <= int(it["TunedHyperParameters"]["depth"]) <= 9 for it in listed)


@pytest.mark.parametrize(("resumes", "work"), [(True, 100), (False, 150)])
def test_a_job_on_spot_is_interrupted_and_goes_on(aws: Sandbox, resumes: bool, work: int) -> None:
    kept = {"CheckpointConfig": {"S3Uri": "s3://data/checkpoints"}} if resumes else {}
    stop = {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200}
    spot = training(EnableManagedSpotTraining=True, StoppingCondition=stop, **kept)
    scripted(aws, Script("Train", seconds=100, interrupted=1))
    made = Pipeline(aws, step("Train", "Training", spot))
    status, _ = made.run()
    (job,) = call(made.client, "ListTrainingJobs")["TrainingJobSummaries"]
    told = call(made.client, "DescribeTrainingJob", TrainingJobName=job["TrainingJobName"])
    states = [each["Status"] for each in told["SecondaryStatusTransitions"]]
    first = ["Starting", "Downloading", "Training"]
    assert states == [*first, "Interrupted", *first, "Uploading", "Completed"]
    spans = [each["EndTime"] - each["StartTime"] for each in told["SecondaryStatusTransitions"]
             if each["Status"] == "Training"]  # fmt: skip
    assert round(sum(each.total_seconds() for each in spans)) == work
    assert told["BillableTimeInSeconds"] < told["TrainingTimeInSeconds"]
    assert status == "Succeeded"


@pytest.mark.parametrize(
    ("error", "status", "tries"),
    [("InternalServerError: x", "Succeeded", 3), ("AlgorithmError: x", "Failed", 1)],
)
def test_a_policy_tries_a_step_again(aws: Sandbox, error: str, status: str, tries: int) -> None:
    policy = {"ExceptionType": ["SageMaker.JOB_INTERNAL_ERROR"], "IntervalSeconds": 30,
              "BackoffRate": 2.0, "MaxAttempts": 3}  # fmt: skip
    scripted(aws, Script("Train", error=error, times=2))
    ended, steps = Pipeline(aws, {**TRAIN, "RetryPolicies": [policy]}).run()
    assert (ended, steps["Train"]["AttemptCount"]) == (status, tries)


@pytest.mark.scenario("T46")
def test_a_run_is_retried_from_the_step_that_failed_by_a_job_of_a_new_name(aws: Sandbox) -> None:
    scripted(aws, Script("Train", error="AlgorithmError: x", times=1))
    made = Pipeline(aws, step("Prepare", "Processing", processing()),
                    {**TRAIN, "DependsOn": ["Prepare"]})  # fmt: skip
    token = "t" * 32
    arn = made.start(ClientRequestToken=token)
    assert made.start(ClientRequestToken=token) == arn
    aws.clock.advance(7200)
    assert made.look(arn)[0] == "Failed"
    call(made.client, "RetryPipelineExecution", PipelineExecutionArn=arn, ClientRequestToken=token)
    aws.clock.advance(7200)
    status, steps = made.look(arn)
    assert status == "Succeeded"
    assert [each["AttemptCount"] for each in steps.values()] == [1, 2]
    names = [
        it["TrainingJobName"] for it in made.client.list_training_jobs()["TrainingJobSummaries"]
    ]
    assert len({*names}) == 2


def test_a_run_is_stopped_with_its_jobs(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")
    made = Pipeline(aws, TRAIN)
    arn = made.start()
    aws.clock.advance(20)
    call(made.client, "StopPipelineExecution", PipelineExecutionArn=arn)
    assert made.look(arn)[0] == "Stopping"
    aws.clock.advance(20)
    status, steps = made.look(arn)
    assert (status, steps["Train"]["StepStatus"]) == ("Stopped", "Stopped")
    (job,) = made.client.list_training_jobs()["TrainingJobSummaries"]
    assert job["TrainingJobStatus"] == "Stopped"


def test_steps_run_side_by_side_as_many_as_may(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")
    steps = [step(f"Train{number}", "Training", training()) for number in range(3)]
    made = Pipeline(aws, *steps, ParallelismConfiguration={"MaxParallelExecutionSteps": 2})
    arn = made.start()
    aws.clock.advance(5)
    assert sorted(made.look(arn)[1]) == ["Train0", "Train1"]
    aws.clock.advance(600)
    assert made.look(arn)[0] == "Succeeded"


def test_a_result_is_taken_over_while_it_is_fresh(aws: Sandbox) -> None:
    cached = {**TRAIN, "CacheConfig": {"Enabled": True, "ExpireAfter": "T3h"}}
    made = Pipeline(aws, cached)
    first, _ = made.start(), aws.clock.advance(7200)
    _, steps = made.run()
    assert steps["Train"]["CacheHitResult"] == {"SourcePipelineExecutionArn": first}
    assert len(made.client.list_training_jobs()["TrainingJobSummaries"]) == 1
    aws.clock.advance(10_000)
    assert "CacheHitResult" not in made.run()[1]["Train"]


@pytest.mark.scenario("T23")
def test_selected_steps_need_an_execution_that_ran_the_others(aws: Sandbox) -> None:
    made = Pipeline(aws, TRAIN, EVALUATE)
    picked = {"SelectedSteps": [{"StepName": "Evaluate"}]}
    with pytest.raises(ClientError, match="SourcePipelineExecutionArn is null"):
        made.start(SelectiveExecutionConfig=picked)
    unknown = {"SelectedSteps": [{"StepName": "Deploy"}]}
    with pytest.raises(ClientError, match="Deploy is not a step"):
        made.start(SelectiveExecutionConfig=unknown)
    source = made.start()
    aws.clock.advance(7200)
    whole = {**picked, "SourcePipelineExecutionArn": source}
    status, steps = made.run(SelectiveExecutionConfig=whole)
    assert (status, [*steps]) == ("Succeeded", ["Evaluate"])


def test_events_start_what_waits_for_the_end_of_a_run(aws: Sandbox) -> None:
    queue = aws.client("sqs").create_queue(QueueName="ended")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:ended"
    policy = {"Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn,
                             "Principal": {"Service": "events.amazonaws.com"}}]}  # fmt: skip
    aws.client("sqs").set_queue_attributes(
        QueueUrl=queue, Attributes={"Policy": json.dumps(policy)}
    )
    events, pattern = aws.client("events"), {"source": ["aws.sagemaker"]}
    events.put_rule(Name="r", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="r", Targets=[{"Id": "q", "Arn": arn}])
    Pipeline(aws, TRAIN).run()
    kinds: set[str] = set()
    while (
        found := aws.client("sqs")
        .receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        .get("Messages")
    ):
        for each in found:
            kinds.add(json.loads(each["Body"])["detail-type"])
            aws.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
    assert kinds == {
        "SageMaker Training Job State Change",
        "SageMaker Model Building Pipeline Execution Status Change",
        "SageMaker Model Building Pipeline Execution Step Status Change",
    }


@pytest.mark.scenario("T21")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "has no default value"),
        ((("Rows", "many"),), "is no Integer"),
        ((("Rows", "4"),), "has to be one of"),
        ((("Rows", "1"), ("Other", "1")), "is not defined"),
    ],
)
def test_an_execution_checks_its_parameters(aws: Sandbox, given: Any, said: str) -> None:
    rows = {"Name": "Rows", "Type": "Integer", "EnumValues": [1, 2]}
    made = Pipeline(aws, parameters=[rows])
    with pytest.raises(ClientError, match=said):
        made.start(*given)
    assert made.run(("Rows", "2"))[0] == "Succeeded"


YES, NO = compared("Equals", 1, 1), compared("Equals", 1, 2)


@pytest.mark.scenario("T08")
@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (YES, True),
        (NO, False),
        (compared("Equals", "a", "a"), True),
        (compared("Equals", True, 1), False),
        (compared("GreaterThan", 2, 1), True),
        (compared("GreaterThan", 1, 1), False),
        (compared("GreaterThanOrEqualTo", 1, 1), True),
        (compared("LessThan", 1.5, 2), True),
        (compared("LessThanOrEqualTo", 3, 2), False),
        ({"Type": "In", "QueryValue": "a", "Values": ["a"]}, True),
        ({"Type": "In", "QueryValue": "b", "Values": ["a"]}, False),
        ({"Type": "Not", "Condition": NO}, True),
        ({"Type": "Or", "Conditions": [NO, {"Type": "Not", "Condition": NO}]}, True),
        ({"Type": "Or", "Conditions": [NO, NO]}, False),
    ],
)
def test_every_type_of_condition_is_taken_and_judged(condition: Any, holds: bool) -> None:
    assert definition.unfit(json.dumps({"Steps": [gate(condition)]})) == ""
    assert conditions.holds(condition, Scope({}, {}, {}, lambda _: None)) is holds


@pytest.mark.scenario("T08", "T10")
@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([gate({"Type": "Not", "Expression": YES})], "Unknown property Expression"),
        ([gate({"Type": "In", "Value": 1, "In": [1]})], "Unknown property"),
        ([gate({"Type": "Or", "Conditions": [{"Type": "Not", "Expression": YES}]})], "Expression"),
        ([gate({"Type": "Near"})], "Unknown condition type Near"),
        ([gate(), step("D", "Fail", {}, DependsOn=["Gate"])], "cannot depend on the condition"),
        ([step("A", "Fail", {}, DependsOn=["B"]), step("B", "Fail", {}, DependsOn=["A"])],
         "depend on each other"),
        ([step("A", "Fail", {}, DependsOn=["C"])], "which is no step"),
        ([step("A", "Fail", {"ErrorMessage": get("Steps.C.x")})], "which is no step"),
        ([step("A", "Fail", {"ErrorMessage": get("Parameters.C")})], "which is not declared"),
        ([step("A", "Fail", {}), step("A", "Fail", {})], "Duplicate step name"),
        ([step("A", "Training", training(Nope=1))], "Unknown property Nope"),
        ([step("A", "Wait", {})], "Unknown type Wait"),
    ],
)  # fmt: skip
def test_a_definition_that_aws_cannot_parse_is_refused(steps: Any, said: str) -> None:
    assert said in definition.unfit(json.dumps({"Version": "2020-12-01", "Steps": steps}))


@pytest.mark.scenario("T10")
def test_what_waits_for_both_branches_never_runs(aws: Sandbox) -> None:
    one, other = (step(name, "Processing", processing()) for name in ("A", "B"))
    after = step("D", "Processing", processing(), DependsOn=["A", "B"])
    status, steps = Pipeline(aws, gate(YES, then=[one], otherwise=[other]), after).run()
    assert (status, [*steps]) == ("Succeeded", ["Gate", "A"])


def read(_: Any) -> Any:
    return {"metrics": {"auc": {"value": 0.9}}, "list": [{"a": 1}]}


SCOPE = Scope(
    {"P": 3}, {"PipelineExecutionId": "x"},
    {"T": {"Outs": [{"OutputName": "train", "S3Output": {"S3Uri": "s3://b"}}], "N": [5, 6]}}, read,
)  # fmt: skip


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (get("Parameters.P"), 3),
        (get("Steps.T.N[1]"), 6),
        (get("Steps.T.Outs['train'].S3Output.S3Uri"), "s3://b"),
        ({"a": [get("Execution.PipelineExecutionId")]}, {"a": ["x"]}),
        ({"Std:Join": {"On": "/", "Values": ["a", get("Parameters.P"), True]}}, "a/3/true"),
        ({"Std:JsonGet": {"S3Uri": "s3://b/f", "Path": "list[0].a"}}, 1),
        ({"Std:JsonGet": {"S3Uri": "s3://b/f", "Path": "$.metrics.auc.value"}}, 0.9),
        (get("Steps.T.Gone"), None),
        (get("Steps.Other.N"), None),
        ({"Std:JsonGet": {"S3Uri": "s3://b/f", "Path": "metrics.f1.value"}}, None),
    ],
)
def test_an_expression_has_a_value_or_says_that_it_has_none(given: Any, found: Any) -> None:
    if found is None:
        with pytest.raises(UnresolvedError):
            SCOPE.value(given)
        return
    assert SCOPE.value(given) == found


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30d", 2_592_000), ("T16m", 960), ("30dT5h", 2_610_000), ("PT1H", 3600), ("P1D", 86_400),
     ("5y", 157_680_000), ("soon", 0)],
)  # fmt: skip
def test_a_span_of_caching_is_read(text: str, seconds: float) -> None:
    assert caching.seconds(text) == seconds


def test_only_the_documented_attributes_decide_on_the_cache() -> None:
    keys = {
        caching.key("Training", training(RoleArn=role, OutputDataConfig={"S3OutputPath": role}))
        for role in ("a", "b")
    }
    assert len(keys) == 1
    assert caching.key("Training", training(HyperParameters={"eta": "0.2"})) not in keys
    assert caching.key("Fail", {}) == ""


@pytest.mark.scenario("T15")
@pytest.mark.parametrize(
    ("algorithm", "given", "found"),
    [
        ({"TrainingImage": IMAGE, "MetricDefinitions": [AUC]}, {}, ["auc"]),
        ({"TrainingImage": "x/kmeans:1"}, {}, ["goal"]),
        ({"TrainingImage": "x/sagemaker-xgboost:1"}, {"eval_metric": "auc"},
         ["train:auc", "validation:auc", "goal"]),
        ({"TrainingImage": "x/sagemaker-xgboost:1"}, SCRIPTED, []),
    ],
)  # fmt: skip
def test_a_job_has_the_metrics_that_its_definition_finds(
    algorithm: Any, given: Any, found: list[str]
) -> None:
    assert metrics.names(algorithm, given, "goal") == found


def pauses(policy: dict[str, Any], tries: int) -> Iterator[float | None]:
    used: dict[str, int] = {}
    for number in range(tries):
        yield retrying.pause([policy], retrying.INTERNAL, used, 100.0 * number)


def test_pauses_grow_and_end() -> None:
    kind = {"ExceptionType": [retrying.INTERNAL]}
    told = {**kind, "IntervalSeconds": 10, "BackoffRate": 3.0, "MaxAttempts": 2}
    assert [*pauses(told, 3)] == [10.0, 30.0, None]
    assert [*pauses({**kind, "ExpireAfterMin": 3}, 3)] == [1.0, 2.0, None]
    assert [*pauses({"ExceptionType": [retrying.CAPACITY]}, 1)] == [None]


SKLEARN = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"


def trusting(kind: str) -> dict[str, Any]:
    """A trust policy for SageMaker, for one kind of jobs and for pipelines."""
    here = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
    like = {"aws:SourceArn": [f"{here}:{kind}/*", f"{here}:pipeline/*"]}
    return {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                           "Principal": {"Service": "sagemaker.amazonaws.com"},
                           "Condition": {"ArnLike": like}}]}  # fmt: skip


def announced(made: Pipeline, *names: str) -> str:
    """An execution whose jobs are done by who starts it."""
    keep_bucket("data", REGION, "code.tar.gz")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    roles.put(ROLE, {"x": {"Statement": [everything]}}, trusting("training-job"))
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/p"
    steering.steer({"stand_in": {f"{arn}/mine": names}})
    return made.start(PipelineExecutionDisplayName="mine")


def framework(**more: Any) -> dict[str, Any]:
    image = {"TrainingImage": SKLEARN, "TrainingInputMode": "File", "MetricDefinitions": [AUC]}
    return training(AlgorithmSpecification=image, HyperParameters=SCRIPTED, **more)


def test_a_job_waits_for_who_does_it_and_ends_as_he_says(aws: Sandbox) -> None:
    made = Pipeline(aws, step("Train", "Training", framework()),
                    gate(compared("Equals", get("Steps.Train.FinalMetricDataList['auc'].Value"),
                                  0.75)))  # fmt: skip
    arn = announced(made, "sklearn")
    aws.clock.advance(300)
    status, _ = made.look(arn)
    assert status == "Executing"
    (job,) = steering.jobs(arn)
    assert (job["program"], job["code"]) == ("train.py", "s3://data/code.tar.gz")
    assert job["credentials"]["key"]
    told = {"ok": True, "metrics": {"auc": 0.75}, "log": "auc=0.75"}
    steering.steer({"ended": {job["id"]: told}})
    aws.clock.advance(60)
    status, steps = made.look(arn)
    assert status == "Succeeded"
    assert steps["Gate"]["Metadata"]["Condition"]["Outcome"] == "True"
    assert steering.jobs(arn) == noted.notes(arn) == []
    (event,) = aws.client("logs").filter_log_events(logGroupName="/aws/sagemaker/TrainingJobs")[
        "events"
    ]
    assert event["message"] == "auc=0.75"


@pytest.mark.parametrize(
    ("told", "reason"),
    [({"ok": False, "error": "AlgorithmError: no rows, exit code: 1"}, "AlgorithmError: no rows"),
     (None, "MaxRuntimeExceeded")],
)  # fmt: skip
def test_a_job_that_was_done_badly_or_never_fails_its_step(
    aws: Sandbox, told: Any, reason: str
) -> None:
    made = Pipeline(aws, step("Train", "Training", framework()))
    arn = announced(made, "sklearn")
    aws.clock.advance(300)
    made.look(arn)
    if told:
        (job,) = steering.jobs(arn)
        steering.steer({"ended": {job["id"]: told}})
    aws.clock.advance(4000)
    status, steps = made.look(arn)
    assert status == "Failed", (steps, noted.notes(arn))
    assert reason in steps["Train"]["FailureReason"]


def test_a_job_that_is_taken_away_waits_once_more(aws: Sandbox) -> None:
    stop = {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200}
    given = framework(EnableManagedSpotTraining=True, StoppingCondition=stop,
                      CheckpointConfig={"S3Uri": "s3://data/kept"})  # fmt: skip
    scripted(aws, Script("Train", interrupted=1))
    made = Pipeline(aws, step("Train", "Training", given))
    arn = announced(made, "sklearn")
    seen = []
    for told in ({"ok": True, "interrupted": True}, {"ok": True, "metrics": {}}):
        aws.clock.advance(300)
        made.look(arn)
        (job,) = steering.jobs(arn)
        seen.append(job["interrupted"])
        steering.steer({"ended": {job["id"]: told}})
    aws.clock.advance(300)
    assert seen == [True, False]
    assert made.look(arn)[0] == "Succeeded"


@pytest.mark.parametrize(
    ("arguments", "names", "note"),
    [
        (training(), ["sklearn"], "does not run containers"),
        (framework(), ["xgboost"], "sklearn is not installed"),
        (training(AlgorithmSpecification={"TrainingImage": SKLEARN, "TrainingInputMode": "File"}),
         ["sklearn"], "no Python file"),
    ],
)  # fmt: skip
def test_what_nobody_can_do_is_simulated_and_says_so(
    aws: Sandbox, arguments: Any, names: list[str], note: str
) -> None:
    made = Pipeline(aws, step("Train", "Training", arguments))
    arn = announced(made, *names)
    aws.clock.advance(600)
    assert made.look(arn)[0] == "Succeeded"
    assert any(note in each["note"] for each in noted.notes(arn)), noted.notes(arn)


def test_nobody_elses_run_waits(aws: Sandbox) -> None:
    made = Pipeline(aws, step("Train", "Training", framework()))
    announced(made, "sklearn")
    other, steps = made.run()
    assert other == "Succeeded"
    assert steps["Train"]["StepStatus"] == "Succeeded"
