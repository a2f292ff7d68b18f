"""The phases of a training: what its pipeline is, and which combinations come to nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto.events.models import EventPattern

from reconciler.analysis.bias import Question as Parity
from reconciler.analysis.evaluate import PROBLEMS, Question
from reconciler.analysis.settings import Settings
from reconciler.kinds.training import metrics
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, JsonText, resolve
from reconciler.policy.api import load as policies
from reconciler.sandbox.services.events import parameters, rules

from .specs import ALL, PHASES, SCORED, world
from .world import problems

KEYED = {
    "Training": (
        "AlgorithmSpecification", "CheckpointConfig", "DebugHookConfig", "DebugRuleConfigurations",
        "Environment", "HyperParameters", "InputDataConfig",
    ),
    "Tuning": ("HyperParameterTuningJobConfig", "TrainingJobDefinition"),
    "Processing": ("AppSpecification", "Environment", "ProcessingInputs"),
}  # fmt: skip
"""What SageMaker looks a step up by. Source: developer guide, Caching pipeline steps."""
UNKEYED = frozenset({"OutputDataConfig", "ResourceConfig", "RoleArn", "StoppingCondition"})
"""Of the definition of a search's jobs, what it is not looked up by."""
TRAININGS = sorted(name for kind, name in ALL if kind == "Training")


def built(text: str | None = None, name: str = "churn") -> tuple[list[Node], list[Any]]:
    platform = world({("Training", name): text} if text is not None else None)
    nodes = platform.build("Training", name)
    return nodes, platform.found


def definition(nodes: list[Node]) -> Json:
    (node,) = (it for it in nodes if it.address.type == "AWS::SageMaker::Pipeline")
    body = node.props["PipelineDefinition"]["PipelineDefinitionBody"]
    assert isinstance(body, JsonText)
    return json.loads(resolve(body, lambda ref: ref.target.name))


def steps(found: list[Json]) -> Iterator[Json]:
    for step in found:
        yield step
        if step["Type"] == "Condition":
            yield from steps(step["Arguments"]["IfSteps"] + step["Arguments"]["ElseSteps"])


def named(text: str | None = None) -> dict[str, Json]:
    return {step["Name"]: step for step in steps(definition(built(text)[0])["Steps"])}


def changed(*pairs: tuple[str, str]) -> str:
    text = PHASES
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def keyed(step: Json) -> Json:
    """The part of a step's arguments that it is found in the cache by."""
    found = {key: step["Arguments"].get(key) for key in KEYED[step["Type"]]}
    job = found.get("TrainingJobDefinition")
    if job is not None:
        found["TrainingJobDefinition"] = {k: v for k, v in job.items() if k not in UNKEYED}
    return found


def test_the_phases_are_in_order() -> None:
    assert [*named()] == [
        "QueryTrain", "QueryLabels", "Prepare", "Train", "Evaluate", "Quality", "Bias", "Compare",
        "GoodEnough", "Register", "NotGoodEnough", "Record",
    ]  # fmt: skip


# -- caching


@pytest.mark.scenario("T02")
@pytest.mark.parametrize("name", TRAININGS)
def test_the_same_spec_gives_the_same_bytes(name: str) -> None:
    first, second = (json.dumps(definition(built(name=name)[0])) for _ in range(2))
    assert first == second
    assert "sagemaker_job_name" not in first


@pytest.mark.scenario("T18")
@pytest.mark.parametrize("name", TRAININGS)
def test_a_parameter_is_a_reference_and_never_the_text_of_an_object(name: str) -> None:
    text = json.dumps(definition(built(name=name)[0]))
    for sign in ("{parameters.", "<class", "object at 0x", "Ref(", "Join("):
        assert sign not in text


@pytest.mark.scenario("T03")
@pytest.mark.parametrize("name", TRAININGS)
def test_no_debugger_or_profiler_is_in_a_step_by_itself(name: str) -> None:
    text = json.dumps(definition(built(name=name)[0]))
    for word in ("Profiler", "DebugHook", "DebugRule", "TensorBoard"):
        assert word not in text


@pytest.mark.scenario("T03")
def test_what_a_cached_step_is_found_by_is_the_same_in_each_execution() -> None:
    found = [step for step in named().values() if "CacheConfig" in step]
    assert {step["Name"] for step in found} >= {"QueryTrain", "Prepare", "Train", "Evaluate"}
    for step in found:
        assert step["CacheConfig"] == {"Enabled": True, "ExpireAfter": "P30D"}
        assert "Execution." not in json.dumps(keyed(step)), step["Name"]


@pytest.mark.scenario("T03")
@pytest.mark.parametrize(
    ("change", "steps_"),
    [
        (('asOf: "2026-11-01T06:00:00Z"', "asOf: execution"), "QueryTrain, Prepare, Train"),
        (("output: {to: artifacts", "checkpoints: true\noutput: {to: artifacts"), "Train, Eval"),
    ],
)
def test_what_is_never_found_in_the_cache_is_said(change: tuple[str, str], steps_: str) -> None:
    _, found = built(changed(change))
    (said,) = [it for it in found if it.code == "SPEC042"]
    assert steps_ in said.message
    assert said.at.file == "Training/churn/cache"


def test_a_duration_of_a_cache_is_one_of_iso() -> None:
    for said, expected in (("12h", "PT12H"), ("90m", "PT90M"), ("7d", "P7D")):
        train = named(changed(("cache: 30d", f"cache: {said}")))["Train"]
        assert train["CacheConfig"]["ExpireAfter"] == expected


def test_results_are_asked_of_the_step_not_put_together() -> None:
    """A step that was found in the cache has its outputs where an earlier execution put them."""
    body = definition(built()[0])
    for step in steps(body["Steps"]):
        arguments = step["Arguments"]
        inputs = [
            *(it["S3Input"]["S3Uri"] for it in arguments.get("ProcessingInputs", ())),
            *(it["DataSource"]["S3DataSource"]["S3Uri"] for it in arguments.get("InputDataConfig", ())),  # noqa: E501
            *(it["ModelDataUrl"] for it in
              arguments.get("InferenceSpecification", {}).get("Containers", ())),
        ]  # fmt: skip
        assert "Execution." not in json.dumps(inputs)


# -- the pipeline


@pytest.mark.scenario("T06")
def test_parallelism_is_always_said() -> None:
    """What is written as a default shows when the line is removed; an update sends it."""
    for text, number in ((None, 10), (changed(("maxParallel: 10\n", "")), 50)):
        (node,) = (it for it in built(text)[0] if it.address.type == "AWS::SageMaker::Pipeline")
        assert node.props["ParallelismConfiguration"] == {"MaxParallelExecutionSteps": number}


@pytest.mark.scenario("T10")
@pytest.mark.parametrize("name", TRAININGS)
def test_no_step_waits_for_a_condition_or_for_a_branch(name: str) -> None:
    body = definition(built(name=name)[0])
    inner = {
        each["Name"]
        for step in body["Steps"]
        if step["Type"] == "Condition"
        for each in steps([step])
    }
    for step in body["Steps"]:
        text = json.dumps(step["Arguments"])
        if step["Name"] not in inner:
            assert not any(f"Steps.{name}." in text for name in inner)
        assert not set(step.get("DependsOn", ())) & inner


@pytest.mark.scenario("T46")
@pytest.mark.parametrize("name", TRAININGS)
def test_no_job_has_a_name_of_its_own(name: str) -> None:
    for step in steps(definition(built(name=name)[0])["Steps"]):
        assert not {key for key in step["Arguments"] if key.endswith("JobName")}


def test_a_step_is_tried_again_for_what_passes() -> None:
    found = named()
    again = {
        name: [it for policy in step.get("RetryPolicies", ()) for it in policy["ExceptionType"]]
        for name, step in found.items()
    }
    assert "SageMaker.JOB_INTERNAL_ERROR" in again["Train"]
    assert "SageMaker.JOB_INTERNAL_ERROR" not in again["QueryTrain"]  # it may have written
    assert again["Register"] == ["Step.SERVICE_FAULT", "Step.THROTTLING"]
    assert again["GoodEnough"] == []
    for step in found.values():
        for policy in step.get("RetryPolicies", ()):
            assert policy["MaxAttempts"] == 2
    assert "RetryPolicies" not in named(changed(("retries: 2", "retries: 0")))["Train"]


@pytest.mark.scenario("T35")
def test_steps_that_are_added_have_the_key_the_network_and_the_isolation() -> None:
    text = changed(
        ("output: {to: artifacts, path: models/churn}", "output: {to: raw, path: churn}"),
        ("network: {", "networkIsolation: true\nnetwork: {"),
    )
    for step in named(text).values():
        if step["Type"] != "Processing":
            continue
        arguments, name = step["Arguments"], step["Name"]
        cluster = arguments["ProcessingResources"]["ClusterConfig"]
        assert cluster["VolumeKmsKeyId"] == "acme-test-platform-data", name
        assert name == "Record" or arguments["ProcessingOutputConfig"]["KmsKeyId"], name
        network = arguments["NetworkConfig"]
        assert network["VpcConfig"]["Subnets"] == ["subnet-0a1b2c3d"], name
        calls = name.startswith("Query") or name in {"Compare", "Record"}
        assert network["EnableNetworkIsolation"] is not calls, name


@pytest.mark.scenario("T22")
def test_a_text_that_is_too_long_is_refused_where_it_is_said() -> None:
    long = "x" * 300
    cases = {
        "arguments: {share": (f"arguments: {{long: {long}, share", "prepare/arguments", 256),
        "hyperparameters: {": (f"hyperparameters: {{long: {'y' * 2600}, ", "hyperparameters", 2500),
        "environment: {FLAVOUR": (f"environment: {{LONG: {'z' * 600}, FLAVOUR", "environment", 512),
    }
    for old, (new, path, most) in cases.items():
        nodes, found = built(changed((old, new)))
        assert found == []  # a rule says it of any pipeline, whoever writes it
        graph = Graph({node.address: node for node in nodes}, region="eu-west-1")
        (said,) = policies()["SAGE003"].check(graph)
        assert said.at.file == f"Training/churn/{path}"
        assert f"{most:,} are taken" in said.message


def test_a_long_statement_goes_in_parts_that_aws_takes() -> None:
    sql = (
        "SELECT * FROM {table} WHERE event_time <= {asOf} AND note <> 'a\\\\b' " + "AND 1 = 1 " * 60
    )
    text = changed(("SELECT * FROM {table} WHERE event_time <= {asOf}", sql))
    words = named(text)["QueryLabels"]["Arguments"]["AppSpecification"]["ContainerArguments"]
    parts = [word.removeprefix("--sql=") for word in words if word.startswith("--sql=")]
    assert len(parts) > 2
    assert max(map(len, parts)) < 250
    assert json.loads('"' + "".join(parts) + '"').split() == sql.replace("\\\\", "\\").split()


@pytest.mark.scenario("T69")
@pytest.mark.parametrize("path", ["models/churn", "models/churn/"])
def test_a_place_has_one_slash_between_its_parts(path: str) -> None:
    nodes, _ = built(changed(("path: models/churn", f"path: {path}")))
    text = json.dumps(definition(nodes))
    assert "models/churn//" not in text
    (role,) = (it for it in nodes if it.address.name.endswith("-churn-training"))
    assert "churn//" not in str(role.props)


@pytest.mark.scenario("T65")
def test_what_has_to_be_a_file_is_one() -> None:
    arguments = named()["Register"]["Arguments"]
    sources = [
        source
        for part in ("ModelMetrics", "DriftCheckBaselines")
        for kind in arguments[part].values()
        for source in kind.values()
    ]
    assert len(sources) == 8
    for source in sources:
        assert source["S3Uri"]["Std:Join"]["Values"][-1].endswith(".json")


@pytest.mark.scenario("T70")
def test_a_version_says_what_it_comes_from() -> None:
    arguments = named()["Register"]["Arguments"]
    assert arguments["MetadataProperties"] == {
        "CommitId": {"Get": "Parameters.Commit"},
        "GeneratedBy": {"Get": "Execution.PipelineExecutionArn"},
    }
    told = arguments["CustomerMetadataProperties"]
    assert told["spec"] == "Training/churn"
    assert told["data.train"] == "FeatureGroup/customer v2 2026-11-01T06:00:00Z"
    assert told["prepare.code"].startswith("sha256:")
    assert all(len(value) <= 256 for value in told.values() if isinstance(value, str))


@pytest.mark.scenario("T40")
def test_a_version_has_no_tags() -> None:
    assert "Tags" not in named()["Register"]["Arguments"]


def test_the_commit_is_in_nothing_that_a_step_is_found_by() -> None:
    text = changed(("commit: 4f2c9e1", "commit: abcdef1"))
    before, after = named(), named(text)
    assert [name for name in before if before[name] != after[name]] == []


# -- conditions


def test_a_condition_reads_the_file_of_the_evaluation() -> None:
    found = named()
    first, second, third = found["GoodEnough"]["Arguments"]["Conditions"]
    assert first["LeftValue"]["Std:JsonGet"]["Path"] == "metrics.auc.value"
    assert first["RightValue"] == {"Get": "Parameters.AucAtLeast"}
    assert second["LeftValue"]["Std:JsonGet"]["Path"] == "metrics.auc.margin"
    assert third["LeftValue"]["Std:JsonGet"]["Path"] == "metrics.cost.margin"
    for condition in (first, second, third):
        name, _, file = condition["LeftValue"]["Std:JsonGet"]["PropertyFile"]["Get"][6:].split(".")
        assert [it["PropertyFileName"] for it in found[name]["PropertyFiles"]] == [file]
    words = found["Compare"]["Arguments"]["AppSpecification"]["ContainerArguments"]
    assert [words[n + 1] for n, it in enumerate(words) if it == "--metric"] == [
        "auc=maximize",
        "cost=minimize",
    ]


def test_an_execution_without_a_good_model_says_what_was_wanted() -> None:
    message = named()["NotGoodEnough"]["Arguments"]["ErrorMessage"]["Std:Join"]["Values"]
    assert message == [
        "The model is not registered. Wanted: ",
        "auc at least ",
        {"Get": "Parameters.AucAtLeast"},
        "; ",
        "auc not worse than in production",
        "; ",
        "cost not worse than in production",
    ]


@pytest.mark.parametrize(
    ("side", "type_"),
    [("above", "GreaterThan"), ("below", "LessThan"), ("atLeast", "GreaterThanOrEqualTo"),
     ("atMost", "LessThanOrEqualTo")],
)  # fmt: skip
@pytest.mark.scenario("T08")
def test_every_bound_is_a_condition_of_sagemaker(side: str, type_: str) -> None:
    text = changed(("{metric: auc, atLeast: 0.9}", f"{{metric: auc, {side}: 0.9}}"))
    first = named(text)["GoodEnough"]["Arguments"]["Conditions"][0]
    assert (first["Type"], {*first}) == (type_, {"Type", "LeftValue", "RightValue"})


WRONG = {
    "two bounds": (("{metric: auc, atLeast: 0.9}", "{metric: auc, atLeast: 0.9, below: 1}"),
                   "register.when.0"),
    "no bound": (("{metric: auc, atLeast: 0.9}", "{metric: auc}"), "register.when.0"),
    "a metric that no step produces": (
        ("{metric: auc, atLeast: 0.9}", "{metric: f1, atLeast: 0.9}"), "register.when.0.metric"),
    "a parameter as a metric": (
        ("{metric: auc, atLeast: 0.9}", '{metric: "{parameters.flavour}", atLeast: 0.9}'),
        "register.when.0.metric"),
    "a comparison of what is not evaluated": (
        ("{metric: auc, notWorseThan: production}", "{metric: f1, notWorseThan: production}"),
        "register.when.1.metric"),
    "a comparison that has no better": ((", goal: minimize}", "}"), "register.when.2"),
    "a goal of a bound": (("atLeast: 0.9}", "atLeast: 0.9, goal: maximize}"),
                          "register.when.0.goal"),
    "an output that nobody reads": (("[train, test]", "[train, test, rest]"), "prepare.outputs.2"),
    "an output twice": (("[train, test]", "[train, test, test]"), "prepare.outputs"),
    "what is not prepared": (("data: prepare.test", "data: prepare.tset"), "evaluate.data.from"),
    "a parameter that there is not": (('"{parameters.rate}"', '"{parameters.rat}"'),
                                      "prepare.arguments.share"),
    "a parameter of every training": (("parameters: {depth: 6", "parameters: {AucAtLeast: 1, depth: 6"),  # noqa: E501
                                      "parameters.AucAtLeast"),
    "a statement without the table": (("FROM {table} WHERE", "FROM history WHERE"),
                                      "inputs.labels.query.sql"),
    "a moment that is not used": (("event_time <= {asOf}", "1 = 1"), "inputs.labels.query.sql"),
    "a trigger with a stale parameter": (("parameters: {depth: 8}", "parameters: {deep: 8}"),
                                         "trigger.parameters.deep"),
    "a trigger with another type": (("parameters: {depth: 8}", "parameters: {depth: deep}"),
                                    "trigger.parameters.depth"),
    "a zone without a schedule": (("  schedule: cron(0 4 ? * MON *)\n", ""), "trigger.timezone"),
    "a facet that is no column": (("facet: age_band", "facet: age"), "baseline.bias.facet"),
    "bias without a label": (("  label: churned\n", ""), "baseline.bias"),
    "a script that is not pinned": (
        ("code: models/evaluate.py", "code: {source: artifacts, path: code/e.py}"), "evaluate.code"),  # noqa: E501
    "a script for the runtime": (("  code: models/evaluate.py", "  framework: builtin\n  code: m.py"),  # noqa: E501
                                 "evaluate.framework"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.scenario("T09")
@pytest.mark.scenario("T26")
def test_what_comes_to_nothing_is_said(what: str) -> None:
    change, path = WRONG[what]
    assert path in [".".join(it.path) for it in problems("Training", changed(change))]


def test_the_whole_has_no_problem() -> None:
    assert problems("Training", PHASES) == []
    assert built()[1] == []


# -- triggers


def nodes_of(kind: str, text: str | None = None) -> dict[str, Any]:
    return {it.address.name: it.props for it in built(text)[0] if it.address.type.endswith(kind)}


@pytest.mark.scenario("T24")
def test_a_schedule_of_a_pipeline_has_a_list_of_parameters_even_of_none() -> None:
    for text, expected in ((None, [{"Name": "depth", "Value": "8"}]),
                           (changed(("  parameters: {depth: 8}\n", "")), [])):  # fmt: skip
        (schedule,) = nodes_of("::Schedule", text).values()
        given = schedule["Target"]["SageMakerPipelineParameters"]
        assert given == {"PipelineParameterList": expected}


@pytest.mark.scenario("T27")
@pytest.mark.parametrize(
    ("group", "status", "starts"),
    [
        ("acme-test-fraud", "Approved", True),
        ("acme-test-fraud", "PendingManualApproval", False),
        ("acme-test-fraud", "Rejected", False),
        ("acme-test-other", "Approved", False),
    ],
)
def test_only_an_approval_in_the_group_starts_an_execution(
    group: str, status: str, starts: bool
) -> None:
    rule = nodes_of("::Rule")["acme-test-churn-approval"]
    event = {
        "source": "aws.sagemaker",
        "detail-type": "SageMaker Model Package State Change",
        "detail": {"ModelPackageGroupName": group, "ModelApprovalStatus": status},
    }
    pattern = EventPattern.load(json.dumps(rule["EventPattern"]))
    assert pattern.matches_event(event) is starts


@pytest.mark.scenario("T26")
def test_a_new_object_is_told_to_the_pipeline_by_its_key() -> None:
    text = changed(
        ("newData: {dataPipeline: nightly}", "newData: {source: raw, path: incoming}"),
        ("parameters: {depth: 6", 'parameters: {key: "none", depth: 6'),
    )
    rule = nodes_of("::Rule", text)["acme-test-churn-data"]
    (target,) = rule["Targets"]
    event = {"detail": {"object": {"key": "incoming/a.csv"}}}
    told = parameters.told(target, event, rules._at)["SageMakerPipelineParameters"][
        "PipelineParameterList"
    ]
    assert {"Name": "key", "Value": "incoming/a.csv"} in told
    assert {"Name": "depth", "Value": "8"} in told
    assert rule["EventPattern"]["detail-type"] == ["Object Created"]


def test_baselines_of_model_monitor_are_made_in_its_own_container() -> None:
    """A rule on closed services has its word about the image."""
    found = named(changed(("quality: {}", "quality: {engine: model-monitor}")))["Quality"]
    app = found["Arguments"]["AppSpecification"]
    assert "sagemaker-model-monitor-analyzer" in app["ImageUri"]
    assert "ContainerEntrypoint" not in app
    assert found["Arguments"]["Environment"]["publish_cloudwatch_metrics"] == "Disabled"


def test_every_part_of_a_definition_has_its_line() -> None:
    (node,) = (it for it in built()[0] if it.address.type == "AWS::SageMaker::Pipeline")
    assert node.origin is not None
    body = ("PipelineDefinition", "PipelineDefinitionBody")
    expected = {
        (*body, "Steps", "0", "Arguments", "StoppingCondition"): "inputs/train/maxRuntime",
        (*body, "Steps", "2", "Arguments", "ProcessingInputs", "1"): "inputs/train",
        (*body, "Steps", "2", "CacheConfig"): "cache",
        (*body, "Steps", "3", "Arguments", "HyperParameters", "rounds"): "hyperparameters",
        (*body, "Steps", "4", "PropertyFiles"): "evaluate/metrics",
        (*body, "Steps", "5"): "baseline/quality",
        (*body, "Steps", "8", "Arguments", "Conditions", "2"): "register/when/2",
        (*body, "Steps", "8", "Arguments", "IfSteps", "0"): "register",
        (*body, "Parameters", "3"): "parameters/depth",
        ("ParallelismConfiguration", "MaxParallelExecutionSteps"): "maxParallel",
    }
    for path, line in expected.items():
        assert node.origin.line_of(path).file == f"Training/churn/{line}", path


@pytest.mark.parametrize(
    ("algorithm", "code", "image"),
    [
        ('{framework: pytorch, version: "2.3"}', True, "pytorch-training:2.3"),
        ('{framework: linear-learner, version: "1"}', False, "sagemaker-scikit-learn:"),
        ('{framework: xgboost, version: "1.7-1"}', True, "sagemaker-xgboost:1.7-1"),
    ],
)
def test_a_script_runs_in_an_image_that_runs_scripts(
    algorithm: str, code: bool, image: str
) -> None:
    pairs = [('{framework: sklearn, version: "1.2-1"}', algorithm)]
    if not code:
        text = "code: {source: artifacts, path: code/churn.tar.gz, entryPoint: train.py, commit: 4f2c9e1}"  # noqa: E501
        pairs.append((f"{text}\n", ""))
    found = named(changed(*pairs))["Evaluate"]["Arguments"]
    assert image in found["AppSpecification"]["ImageUri"]


# -- an evaluation without a script


def scored(*pairs: tuple[str, str]) -> str:
    text = SCORED
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def test_without_a_script_the_model_answers_and_is_judged() -> None:
    nodes, _ = built(SCORED, "scored")
    found = {step["Name"]: step["Arguments"] for step in steps(definition(nodes)["Steps"])}
    assert [*found][:4] == ["Train", "Model", "Predict", "Evaluate"]
    assert found["Predict"]["ModelName"] == {"Get": "Steps.Model.ModelName"}
    assert found["Predict"]["DataProcessing"]["InputFilter"] == "$[1:]"
    words = found["Evaluate"]["AppSpecification"]["ContainerArguments"]
    assert words[:2] == ["evaluate", "--json"]
    told = Settings(json.loads("".join(words[2:])))
    question = Question(told.inner("question"))
    assert (question.problem, question.threshold) == ("binary", 0.4)
    assert question.metrics == ["auc", "recall"]
    assert told.inner("data").texts("columns") == [question.label, question.score]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (("  threshold: 0.4\n", ""), "evaluate"),
        (("[auc, recall]", "[auc, prAuc]"), "evaluate.threshold"),
        (("[auc, recall]", "[auc, rmse]"), "evaluate.metrics"),
        (("[auc, recall]", "[auk, recall]"), "evaluate.metrics"),
        (("  threshold: 0.4", "  threshold: 0.4\n  arguments: {a: 1}"), "evaluate.arguments"),
        (("  threshold: 0.4", "  threshold: 0.4\n  code: e.py"), "evaluate.threshold"),
        (("  instanceTypes", "  contentTypes: [application/json]\n  instanceTypes"), "evaluate"),
    ],
)
def test_what_the_runtime_cannot_judge_is_said(change: tuple[str, str], path: str) -> None:
    assert path in [".".join(it.path) for it in problems("Training", scored(change))]


@pytest.mark.parametrize("verb", ["Quality", "Bias"])
def test_the_runtime_takes_what_its_steps_are_told(verb: str) -> None:
    words = named()[verb]["Arguments"]["AppSpecification"]["ContainerArguments"]
    told = Settings(json.loads("".join(words[2:])))
    assert told.inner("data").texts("columns") == ["churned", "age_band", "spend"]
    if verb == "Bias":
        question = Parity(told.inner("question"))
        assert (question.label, question.facets[0].column) == ("churned", "age_band")


@pytest.mark.parametrize("problem_", ["binary", "regression"])
def test_metrics_are_those_of_the_runtime_and_so_is_what_is_better(problem_: str) -> None:
    known = {"binary": metrics.BINARY, "regression": metrics.REGRESSION}[problem_]
    runtime = PROBLEMS[problem_]
    assert set(known) == set(runtime.NAMES) - {"meanError"}
    assert set(known) & metrics.LOWER == set(runtime.LOWER)
    assert set(known) - metrics.LOWER <= metrics.HIGHER
