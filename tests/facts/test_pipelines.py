"""What is wrong with a pipeline's definition: tables of definitions, and of all that is right."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest

from reconciler.facts.pipelines import steps
from reconciler.facts.pipelines.checks import faults
from reconciler.facts.pipelines.checks.conditions import TYPES
from reconciler.facts.pipelines.shapes import gives
from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.graph import Node, Origin, build_graph
from reconciler.model.value import Join, JsonText, Ref, references
from reconciler.policy.api import load

Json = Any
RUN = {"Get": "Execution.PipelineExecutionId"}
GOOD = {"Get": "Parameters.Good"}
ROLE = "arn:aws:iam::123456789012:role/work"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1"
PROCESSING: Json = {
    "Name": "Prepare",
    "Type": "Processing",
    "Arguments": {
        "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": ["python3", "split.py"]},
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30,
            }
        },
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "report",
                    "S3Output": {
                        "S3Uri": {"Std:Join": {"On": "/", "Values": ["s3://b", RUN]}},
                        "LocalPath": "/opt/ml/processing/report",
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ]
        },
        "RoleArn": ROLE,
    },
    "PropertyFiles": [
        {"PropertyFileName": "Metrics", "OutputName": "report", "FilePath": "evaluation.json"}
    ],
    "CacheConfig": {"Enabled": True, "ExpireAfter": "P30D"},
    "RetryPolicies": [
        {
            "ExceptionType": ["SageMaker.CAPACITY_ERROR"], "MaxAttempts": 3,
            "IntervalSeconds": 30, "BackoffRate": 2.0,
        }
    ],
}  # fmt: skip
TRAINING: Json = {
    "Name": "Train",
    "Type": "Training",
    "Arguments": {
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://b/models"},
        "ResourceConfig": {
            "InstanceCount": 1, "InstanceType": {"Get": "Parameters.Machine"}, "VolumeSizeInGB": 30,
        },
        "RoleArn": ROLE,
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": {
                            "Get": "Steps.Prepare.ProcessingOutputConfig.Outputs['report']"
                            ".S3Output.S3Uri"
                        },
                    }
                },
            }
        ],
        "HyperParameters": {"rounds": "10"},
    },
}  # fmt: skip
SPECIFICATION: Json = {
    "Containers": [
        {"Image": IMAGE, "ModelDataUrl": {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}}
    ],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}
REGISTER: Json = {
    "Name": "Register",
    "Type": "RegisterModel",
    "Arguments": {"ModelPackageGroupName": "fraud", "InferenceSpecification": SPECIFICATION},
}
FAIL: Json = {
    "Name": "Bad",
    "Type": "Fail",
    "Arguments": {"ErrorMessage": {"Std:Join": {"On": " ", "Values": ["below", GOOD]}}},
}
VALUE: Json = {
    "Std:JsonGet": {
        "PropertyFile": {"Get": "Steps.Prepare.PropertyFiles.Metrics"},
        "Path": "metrics.auc.value",
    }
}
CONDITION: Json = {
    "Name": "Enough",
    "Type": "Condition",
    "Arguments": {
        "Conditions": [{"Type": "GreaterThanOrEqualTo", "LeftValue": VALUE, "RightValue": GOOD}],
        "IfSteps": [REGISTER],
        "ElseSteps": [FAIL],
    },
}
PIPELINE: Json = {
    "Version": "2020-12-01",
    "Metadata": {},
    "Parameters": [
        {"Name": "Good", "Type": "Float", "DefaultValue": 0.95},
        {"Name": "Machine", "Type": "String", "EnumValues": ["ml.m5.large", "ml.m5.xlarge"]},
    ],
    "PipelineExperimentConfig": {
        "ExperimentName": {"Get": "Execution.PipelineName"}, "TrialName": RUN,
    },
    "Steps": [PROCESSING, TRAINING, CONDITION],
}  # fmt: skip
STEP = {"P": ("Steps", 0), "T": ("Steps", 1), "C": ("Steps", 2)}
IN_IF = ("Steps", 2, "Arguments", "IfSteps")
CHECKED = ("Steps", 2, "Arguments", "Conditions", 0)
PATH_OF = ("Steps", 2, "Arguments", "Conditions", 0, "LeftValue", "Std:JsonGet")
CONTAINER = (*IN_IF, 0, "Arguments", "InferenceSpecification", "Containers", 0)
GONE = object()


def changed(*edits: tuple[tuple[Json, ...], Json]) -> Json:
    """The pipeline with values at some places; `GONE` takes one away."""
    found = deepcopy(PIPELINE)
    for path, value in edits:
        at = found
        for key in path[:-1]:
            at = at[key]
        if value is GONE:
            del at[path[-1]]
        else:
            at[path[-1]] = deepcopy(value)
    return found


def step(name: str, **more: Json) -> Json:
    return {"Name": name, "Type": "Lambda", "Arguments": {}, "FunctionArn": "arn", **more}


def pair(kind: str, compression: str, uri: str = "s3://b/m/") -> Json:
    source = {"S3DataType": kind, "CompressionType": compression, "S3Uri": uri}
    return {"Image": IMAGE, "ModelDataSource": {"S3DataSource": source}}


T, P, C = STEP["T"], STEP["P"], STEP["C"]
OUT = (*T, "Arguments", "OutputDataConfig")
SPEC = (*IN_IF, 0, "Arguments", "InferenceSpecification")
ARGS = (*IN_IF, 0, "Arguments")
# what is changed, where it is told, and words of what is told
REFUSED: Mapping[str, tuple[Json, str, str]] = {
    "another version": (changed((("Version",), "2021")), "/Version", "2020-12-01"),
    "an unknown member": (changed((("Stepz",), [])), "/Stepz", "did you mean 'Steps'"),
    "no steps": (changed((("Steps",), [])), "/Steps", "one at least"),
    "two of a name": (changed(((*T, "Name"), "Prepare")), "/Steps/1/Name", "two steps called"),
    "one of a name in a branch": (
        changed(((*IN_IF, 0, "Name"), "Train")),
        "/Steps/2/Arguments/IfSteps/0/Name",
        "two steps",
    ),
    "a name with a space": (changed(((*T, "Name"), "Train it")), "/Steps/1/Name", "is no name"),
    "a long name": (changed(((*P, "Name"), "p" * 65)), "/Steps/0/Name", "64 characters"),
    "a type that is misspelt": (
        changed(((*T, "Type"), "Trainig")),
        "/Steps/1/Type",
        "did you mean 'Training'",
    ),
    "a member of another type": (
        changed(((*T, "PropertyFiles"), [])),
        "/Steps/1/PropertyFiles",
        "Training",
    ),
    "a parameter of no type": (
        changed((("Parameters", 0, "Type"), "Number")),
        "/Parameters/0/Type",
        "Float",
    ),
    "a default of another type": (
        changed((("Parameters", 0, "DefaultValue"), "0.95")),
        "/Parameters/0/DefaultValue",
        "no Float",
    ),
    "a default that is none of them": (
        changed((("Parameters", 1, "DefaultValue"), "ml.t3.large")),
        "/Parameters/1/DefaultValue",
        "none of EnumValues",
    ),
    "an age that is none": (
        changed(((*P, "CacheConfig", "ExpireAfter"), "30d")),
        "/Steps/0/CacheConfig/ExpireAfter",
        "ISO 8601",
    ),
    "an exception that is none": (
        changed(((*P, "RetryPolicies", 0, "ExceptionType"), ["Step.TIMEOUT"])),
        "/Steps/0/RetryPolicies/0/ExceptionType",
        "Step.THROTTLING",
    ),
    "two ends of trying": (
        changed(((*P, "RetryPolicies", 0, "ExpireAfterMin"), 5)),
        "/Steps/0/RetryPolicies/0",
        "one of 'MaxAttempts'",
    ),
    "too many tries": (
        changed(((*P, "RetryPolicies", 0, "MaxAttempts"), 21)),
        "/Steps/0/RetryPolicies/0/MaxAttempts",
        "1 to 20",
    ),
    "a parameter that is not there": (
        changed(((*CHECKED, "RightValue"), {"Get": "Parameters.God"})),
        "/Steps/2/Arguments/Conditions/0/RightValue",
        "did you mean 'Good'",
    ),
    "a variable that is not there": (
        changed(((*OUT, "S3OutputPath"), {"Get": "Execution.Id"})),
        "/Steps/1/Arguments/OutputDataConfig/S3OutputPath",
        "execution variable",
    ),
    "a variable beside the steps": (
        changed((("PipelineExperimentConfig", "TrialName"), {"Get": "Execution.PipelineNam"})),
        "/PipelineExperimentConfig/TrialName",
        "did you mean 'PipelineName'",
    ),
    "a step that is not there": (
        changed(((*CONTAINER, "ModelDataUrl"), {"Get": "Steps.Tran.ModelArtifacts"})),
        "/Steps/2/Arguments/IfSteps/0/Arguments/InferenceSpecification/Containers/0/ModelDataUrl",
        "did you mean 'Train'",
    ),
    "a property that is not there": (
        changed(((*CONTAINER, "ModelDataUrl"), {"Get": "Steps.Train.ModelArtifact.S3Uri"})),
        "/Steps/2/Arguments/IfSteps/0/Arguments/InferenceSpecification/Containers/0/ModelDataUrl",
        "there is no 'ModelArtifact'",
    ),
    "a path that is none": (
        changed(((*OUT, "S3OutputPath"), {"Get": "Train.ModelArtifacts"})),
        "/Steps/1/Arguments/OutputDataConfig/S3OutputPath",
        "begins with Parameters, Execution or Steps",
    ),
    "a function that is none": (
        changed(((*OUT, "S3OutputPath"), {"Std:Joined": {"On": "", "Values": []}})),
        "/Steps/1/Arguments/OutputDataConfig/S3OutputPath",
        "did you mean 'Std:Join'",
    ),
    "a join without values": (
        changed(((*OUT, "S3OutputPath"), {"Std:Join": {"On": "/"}})),
        "/Steps/1/Arguments/OutputDataConfig/S3OutputPath/Std:Join",
        "On and Values",
    ),
    "a file that the step has not": (
        changed(((*PATH_OF, "PropertyFile"), {"Get": "Steps.Prepare.PropertyFiles.Metric"})),
        "/Steps/2/Arguments/Conditions/0/LeftValue/Std:JsonGet/PropertyFile",
        "did you mean 'Metrics'",
    ),
    "a file at an output that the step has not": (
        changed(((*P, "PropertyFiles", 0, "OutputName"), "reports")),
        "/Steps/0/PropertyFiles/0/OutputName",
        "did you mean 'report'",
    ),
    "a step that it depends on": (
        changed(((*T, "DependsOn"), ["Prepair"])),
        "/Steps/1/DependsOn/0",
        "did you mean 'Prepare'",
    ),
    "a circle": (
        changed(((*P, "DependsOn"), ["Train"])),
        "/Steps/0",
        "Prepare -> Train -> Prepare",
    ),
    "a condition on a step inside of it": (
        changed(((*CHECKED, "LeftValue"), {"Get": "Steps.Register.ModelPackageVersion"})),
        "/Steps/2",
        "wait for each other",
    ),
    "an argument that is none": (
        changed(((*T, "Arguments", "StopingCondition"), {})),
        "/Steps/1/Arguments/StopingCondition",
        "there is no 'StopingCondition'",
    ),
    "an argument that is missing": (
        changed(((*T, "Arguments", "RoleArn"), GONE)),
        "/Steps/1/Arguments",
        "'RoleArn' is missing",
    ),
    "a number for a hyperparameter": (
        changed(((*T, "Arguments", "HyperParameters", "rounds"), 10)),
        "/Steps/1/Arguments/HyperParameters/rounds",
        "it is a string, not int",
    ),
    "a value that is none of them": (
        changed(((*OUT, "CompressionType"), "GZ")),
        "/Steps/1/Arguments/OutputDataConfig/CompressionType",
        "GZIP, NONE",
    ),
    "a gate that is no list": (
        changed(((*C, "Arguments", "Conditions"), [])),
        "/Steps/2/Arguments/Conditions",
        "one at least",
    ),
    "a condition without steps": (
        changed(((*C, "Arguments", "IfSteps"), []), ((*C, "Arguments", "ElseSteps"), [])),
        "/Steps/2/Arguments",
        "one branch at least",
    ),
}
NUMBERED: Mapping[str, tuple[str, Json, str, str]] = {
    "a negation by another word": (
        "T08",
        changed((CHECKED, {"Type": "Not", "Expression": {"Type": "Equals"}})),
        "/Steps/2/Arguments/Conditions/0/Condition",
        "Not lacks 'Condition'",
    ),
    "a list of values by another word": (
        "T08",
        changed((CHECKED, {"Type": "In", "Value": GOOD, "In": [1]})),
        "/Steps/2/Arguments/Conditions/0/In",
        "QueryValue",
    ),
    "a condition that there is not": (
        "T08",
        changed(((*CHECKED, "Type"), "GreaterThanOrEqual")),
        "/Steps/2/Arguments/Conditions/0/Type",
        "did you mean 'GreaterThanOrEqualTo'",
    ),
    "a path that an execution gives": (
        "T09",
        changed(((*PATH_OF, "Path"), {"Get": "Parameters.Machine"})),
        "/Steps/2/Arguments/Conditions/0/LeftValue/Std:JsonGet/Path",
        "no execution puts it in",
    ),
    "it depends on a condition": (
        "T10",
        {**PIPELINE, "Steps": [*PIPELINE["Steps"], step("After", DependsOn=["Enough"])]},
        "/Steps/3/DependsOn/0",
        "no step can depend on the condition 'Enough'",
    ),
    "an argument that is too long": (
        "T22",
        changed(((*P, "Arguments", "AppSpecification", "ContainerArguments"), ["s" * 257])),
        "/Steps/0/Arguments/AppSpecification/ContainerArguments/0",
        "256 characters at most, not 257",
    ),
    "an argument that will be too long": (
        "T22",
        changed(
            (
                (*P, "Arguments", "AppSpecification", "ContainerArguments"),
                [{"Std:Join": {"On": ",", "Values": ["s" * 255, GOOD, GOOD]}}],
            )
        ),
        "/Steps/0/Arguments/AppSpecification/ContainerArguments/0",
        "will have 257 or more",
    ),
    "a hyperparameter that is too long": (
        "T22",
        changed(((*T, "Arguments", "HyperParameters", "rounds"), "1" * 2501)),
        "/Steps/1/Arguments/HyperParameters/rounds",
        "2500 characters at most",
    ),
    "a variable that is too long": (
        "T22",
        changed(((*T, "Arguments", "Environment"), {"A": "1" * 513})),
        "/Steps/1/Arguments/Environment/A",
        "512 characters at most",
    ),
    "a definition that is too long": (
        "T22",
        changed((("Metadata",), {"about": "x" * 1_048_576})),
        "/",
        "1048576 characters at most",
    ),
    "a group and a name": (
        "T30",
        changed(((*ARGS, "ModelPackageName"), "seven")),
        "/Steps/2/Arguments/IfSteps/0/Arguments/ModelPackageName",
        "a number and no name",
    ),
    "tags of a version": (
        "T40",
        changed(((*ARGS, "Tags"), [{"Key": "team", "Value": "fraud"}])),
        "/Steps/2/Arguments/IfSteps/0/Arguments/Tags",
        "the tags of its group",
    ),
    "a folder that is compressed": (
        "T65",
        changed((CONTAINER, pair("S3Prefix", "Gzip"))),
        ("/Steps/2/Arguments/IfSteps/0/Arguments/InferenceSpecification/Containers/0"
        "/ModelDataSource/S3DataSource/CompressionType"),
        "Gzip is of one object",
    ),
    "a folder without a slash": (
        "T65",
        changed((CONTAINER, pair("S3Prefix", "None", "s3://b/m"))),
        ("/Steps/2/Arguments/IfSteps/0/Arguments/InferenceSpecification/Containers/0"
        "/ModelDataSource/S3DataSource/S3Uri"),
        "ends with a slash",
    ),
    "neither a group nor a name": (
        "T72",
        changed(((*ARGS, "ModelPackageGroupName"), GONE)),
        "/Steps/2/Arguments/IfSteps/0/Arguments",
        "neither its group nor its name",
    ),
    "a name without instances": (
        "T72",
        changed(
            ((*ARGS, "ModelPackageGroupName"), GONE), ((*ARGS, "ModelPackageName"), "alone")
        ),
        "/Steps/2/Arguments/IfSteps/0/Arguments/InferenceSpecification",
        "SupportedRealtimeInferenceInstanceTypes",
    ),
}  # fmt: skip
USELESS: Mapping[str, tuple[str, Json, str, str]] = {
    "both branches": (
        "T10",
        {**PIPELINE, "Steps": [*PIPELINE["Steps"], step("After", DependsOn=["Register", "Bad"])]},
        "/Steps/3",
        "it needs 'Register' and 'Bad', and of the branches of 'Enough' one is run",
    ),
    "a branch needs the other": (
        "T10",
        changed(((*IN_IF, 0, "DependsOn"), ["Bad"])),
        "/Steps/2/Arguments/IfSteps/0",
        "it is never run",
    ),
    "an object of the SDK": (
        "T18",
        changed(((*T, "Arguments", "HyperParameters", "rounds"), "ParameterString(name='Rounds')")),
        "/Steps/1/Arguments/HyperParameters/rounds",
        "a reference was made a text",
    ),
    "an object at an address": (
        "T18",
        changed((("Metadata",), {"by": "<sagemaker.x.Y object at 0x7f00>"})),
        "/Metadata/by",
        "what Python shows",
    ),
    "a folder for an archive": (
        "T65",
        changed(
            (
                (*CONTAINER, "ModelDataUrl"),
                {"Get": "Steps.Prepare.ProcessingOutputConfig.Outputs['report'].S3Output.S3Uri"},
            )
        ),
        "/Steps/2/Arguments/IfSteps/0/Arguments/InferenceSpecification/Containers/0/ModelDataUrl",
        "an output of step 'Prepare' is a folder",
    ),
    "a model that is not compressed": (
        "T65",
        changed(((*OUT, "CompressionType"), "NONE")),
        "/Steps/2/Arguments/IfSteps/0/Arguments/InferenceSpecification/Containers/0/ModelDataUrl",
        "which it does not compress",
    ),
    "a group of each execution": (
        "T67",
        changed(((*ARGS, "ModelPackageGroupName"), {"Get": "Execution.PipelineExecutionId"})),
        "/Steps/2/Arguments/IfSteps/0/Arguments/ModelPackageGroupName",
        "another one in each execution",
    ),
}


def told(definition: Json, *, refused: bool) -> list[tuple[str, str]]:
    return [(each.pointer, each.text) for each in faults(definition) if each.refused == refused]


@pytest.mark.parametrize("what", REFUSED)
def test_what_sagemaker_refuses_is_told_at_its_place(what: str) -> None:
    definition, at, words = REFUSED[what]
    (found,) = told(definition, refused=True)
    assert (found[0], words in found[1]) == (at, True), found


@pytest.mark.scenario("T08", "T09", "T10", "T22", "T30", "T40", "T65", "T72")
@pytest.mark.parametrize("what", NUMBERED)
def test_what_people_had_refused_is_told_before(what: str) -> None:
    _, definition, at, words = NUMBERED[what]
    found = told(definition, refused=True)
    assert any(each == at and words in text for each, text in found), found
    assert {each for each, _ in found} == {at}


@pytest.mark.scenario("T10", "T18", "T65", "T67")
@pytest.mark.parametrize("what", USELESS)
def test_what_comes_to_nothing_is_told_before(what: str) -> None:
    _, definition, at, words = USELESS[what]
    assert told(definition, refused=True) == []
    (found,) = told(definition, refused=False)
    assert (found[0], words in found[1]) == (at, True), found


CONDITIONS: Mapping[str, Json] = {
    **{kind: {"Type": kind, "LeftValue": VALUE, "RightValue": 1} for kind in
       ("Equals", "GreaterThan", "GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo")},
    "In": {"Type": "In", "QueryValue": GOOD, "Values": [0.95]},
    "Not": {"Type": "Not", "Condition": {"Type": "Equals", "LeftValue": GOOD, "RightValue": True}},
    "Or": {
        "Type": "Or",
        "Conditions": [
            {"Type": "Not", "Condition": {"Type": "In", "QueryValue": GOOD, "Values": ["a"]}},
            {"Type": "Equals", "LeftValue": 1, "RightValue": 1},
        ],
    },
}  # fmt: skip


@pytest.mark.scenario("T08")
@pytest.mark.parametrize("kind", TYPES)
def test_every_condition_that_there_is_is_right(kind: str) -> None:
    assert [*faults(changed((CHECKED, CONDITIONS[kind])))] == []


RIGHT: Mapping[str, Json] = {
    "the pipeline": PIPELINE,
    "a threshold as a parameter": changed(((*CHECKED, "RightValue"), GOOD)),
    "a type that is newer": changed(((*T, "Type"), "QuantumAnnealing"), ((*T, "Arguments"), {}),
                                    ((*CONTAINER, "ModelDataUrl"), "s3://b/m.tar.gz")),
    "an instance type that is newer": changed(
        ((*T, "Arguments", "ResourceConfig", "InstanceType"), "ml.m99.large")),
    "a group that a parameter names": changed(
        ((*ARGS, "ModelPackageGroupName"), {"Get": "Parameters.Machine"})),
    "a package of its own": changed(
        ((*ARGS, "ModelPackageGroupName"), GONE), ((*ARGS, "ModelPackageName"), "alone"),
        ((*SPEC, "SupportedRealtimeInferenceInstanceTypes"), ["ml.m5.large"]),
        ((*SPEC, "SupportedTransformInstanceTypes"), ["ml.m5.large"])),
    "an archive in a folder": changed(
        ((*CONTAINER, "ModelDataUrl"), {"Std:Join": {"On": "/", "Values": [
            {"Get": "Steps.Prepare.ProcessingOutputConfig.Outputs['report'].S3Output.S3Uri"},
            "model.tar.gz"]}})),
    "a folder": changed((CONTAINER, pair("S3Prefix", "None"))),
    "an object": changed((CONTAINER, pair("S3Object", "Gzip", "s3://b/m.tar.gz"))),
    "an output of a function": {**PIPELINE, "Steps": [
        *PIPELINE["Steps"],
        step("Ask", OutputParameters=[{"OutputName": "yes", "OutputType": "String"}]),
        step("Act", DependsOn=["Register"],
             Arguments={"a": {"Get": "Steps.Ask.OutputParameters['yes']"}})]},
    "after one branch": {
        **PIPELINE, "Steps": [*PIPELINE["Steps"], step("After", DependsOn=["Register"])]},
    "the longest": changed(((*T, "Arguments", "HyperParameters", "rounds"), "1" * 2500)),
}  # fmt: skip


@pytest.mark.parametrize("what", RIGHT)
def test_what_is_right_is_not_told(what: str) -> None:
    assert [*faults(RIGHT[what])] == []


def test_steps_in_branches_are_found_with_their_conditions() -> None:
    found = {each.name: dict(each.inside) for each in steps(PIPELINE)}
    assert found["Register"] == {"Enough": "IfSteps"}
    assert found["Bad"] == {"Enough": "ElseSteps"}
    assert found["Train"] == {}


PROPERTIES = [
    ("Training", ".FinalMetricDataList['auc'].Value", True),
    ("Training", ".FinalMetricDataList[0].Value", True),
    ("Tuning", ".BestTrainingJob.FinalHyperParameterTuningJobObjectiveMetric.Value", True),
    ("Tuning", ".BestTrainingJob.ModelArtifacts", False),
    ("RegisterModel", ".ModelPackageArn", True),
    ("Model", ".ModelName", True),
    ("Model", "ModelName", False),
    ("Processing", ".ProcessingOutputConfig.Outputs.report", False),
    ("Transform", ".TransformOutput.S3OutputPath", True),
    ("Training", ".TrainingJobName.First", False),
    ("Condition", ".Outcome", True),
    ("Condition", ".Result", False),
    ("SomethingNew", ".Whatever", True),
]


@pytest.mark.parametrize(("type_", "path", "right"), PROPERTIES)
def test_a_property_is_one_that_the_step_has(type_: str, path: str, right: bool) -> None:
    assert (gives(type_, path) == "") == right


# -- as a rule over a graph

LINE = Span("specs/a.yaml", 7, 3)
BODY = ("PipelineDefinition", "PipelineDefinitionBody")
WRONG = REFUSED["a parameter that is not there"][0]


def codes(type_: str, props: Mapping[str, Json], *path: str) -> list[tuple[str, bool]]:
    origin = Origin("Resource/a", Span("specs/a.yaml", 1, 1), {path: LINE})
    named = (Node(target, {}) for target in {each.target for each in references(props)})
    graph, found = build_graph([Node(Address(type_, "acme-dev-a"), props, origin=origin), *named])
    assert found == []
    rules = (load()[code] for code in ("PIPELINE001", "PIPELINE002", "PIPELINE003"))
    return [(each.code, each.at == LINE) for rule in rules for each in rule.check(graph)]


def joined(text: str) -> Join:
    head, _, tail = text.partition(ROLE)
    return Join((head, Ref(Address("AWS::IAM::Role", "work"), "Arn"), tail))


@pytest.mark.parametrize("form", ["document", "object", "text"])
def test_a_definition_is_looked_at_however_it_is_written(form: str) -> None:
    body = {"document": JsonText(WRONG), "object": WRONG, "text": json.dumps(WRONG)}[form]
    props = {BODY[0]: {BODY[1]: body}}
    assert codes("AWS::SageMaker::Pipeline", props, *BODY) == [("PIPELINE001", True)]
    fine = {BODY[0]: {BODY[1]: JsonText(PIPELINE)}}
    assert codes("AWS::SageMaker::Pipeline", fine, *BODY) == []


def test_what_is_not_known_yet_is_no_fault() -> None:
    ref = Ref(Address("AWS::IAM::Role", "work"), "Arn")
    known = changed(
        ((*T, "Arguments", "RoleArn"), ref),
        ((*ARGS, "ModelPackageGroupName"), ref),
        (
            (*OUT, "S3OutputPath"),
            {"Std:Join": {"On": "/", "Values": [joined(f"s3://{ROLE}"), RUN]}},
        ),
    )
    assert codes("AWS::SageMaker::Pipeline", {BODY[0]: {BODY[1]: JsonText(known)}}, *BODY) == []


PACKAGES: list[tuple[Mapping[str, Json], int]] = [
    ({"ModelPackageGroupName": "fraud"}, 0),
    ({"ModelPackageGroupName": Ref(Address("AWS::SageMaker::ModelPackageGroup", "f"), "x")}, 0),
    ({"ModelPackageGroupName": "fraud", "ModelPackageName": "a"}, 1),
    ({"ModelPackageGroupName": "fraud", "Tags": [{"Key": "a", "Value": "b"}]}, 1),
    ({"ModelApprovalStatus": "Approved"}, 1),
    ({"ModelPackageName": "a", "InferenceSpecification": SPECIFICATION}, 2),
    ({"ModelPackageName": "a"}, 0),
]


@pytest.mark.scenario("T30", "T40", "T72")
@pytest.mark.parametrize(("props", "count"), PACKAGES)
def test_a_version_is_one_of_a_group(props: Mapping[str, Json], count: int) -> None:
    found = codes("AWS::SageMaker::ModelPackage", props)
    assert [code for code, _ in found] == ["PIPELINE003"] * count
