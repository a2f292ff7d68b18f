"""What a Training is refused or warned for: each case names severity, code and place."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from reconciler.facts.algorithms import algorithm
from reconciler.facts.distribution import judge
from reconciler.model.value import JsonText

from .specs import world
from .world import problems, spec_of

XGBOOST = '{framework: xgboost, version: "1.7-1"}'
PYTORCH = '{framework: pytorch, version: "2.3"}'
CODE = "{source: artifacts, path: c.tar.gz, entryPoint: train.py, commit: abcdef1}"
OWN = '{image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1"}'
WHEN = "{{registry: fraud, instanceTypes: [ml.m5.large], when: [{{metric: {}, atLeast: 1}}]}}"
OBJECTIVE = '{metric: "validation:auc", goal: maximize}'
DEPTH = "{integer: {max_depth: {atLeast: 1, atMost: 9}}}"
SIX = "['0.1', '0.2', '0.3', '0.4', '0.5', '0.6']"
MANY = f"{{categorical: {{eta: {SIX}, gamma: {SIX}, alpha: {SIX}, lambda: {SIX}}}}}"
ETA = "{{continuous: {{eta: {}}}}}"


class Case(NamedTuple):
    says: str
    spec: str
    faults: tuple[str, ...] = ()


def training(**parts: str) -> str:
    base = {
        "algorithm": XGBOOST,
        "inputs": "{train: {source: raw}, validation: {source: raw}}",
        "compute": "{instanceType: ml.m5.large}",
        "output": "{to: artifacts}",
    }
    return "\n".join(f"{key}: {value}" for key, value in {**base, **parts}.items())


def script(**parts: str) -> str:
    return training(**{"algorithm": PYTORCH, "code": CODE, **parts})


def tune(ranges: str = DEPTH, rest: str = "maxJobs: 9", objective: str = OBJECTIVE) -> str:
    return f"{{objective: {objective}, ranges: {ranges}, {rest}}}"


def tuned(ranges: str = DEPTH, rest: str = "maxJobs: 9", **parts: str) -> str:
    return training(tune=tune(ranges, rest), **parts)


def compute(type_: str = "ml.m5.large", rest: str = "") -> str:
    return f"{{instanceType: {type_}, {rest}}}"


def shared(way: str, type_: str = "ml.g5.12xlarge", count: int = 2) -> str:
    return compute(type_, f"instances: {count}, distribution: {way}")


def said(spec: str) -> list[str]:
    """Everything that is said of a spec, as ``E SPEC020 path``."""
    model, wrong = spec_of("Training", spec)
    if model is None:
        return sorted(f"E {each.code} shape" for each in wrong)
    found = [f"{it.severity[0].upper()} {it.code} {'.'.join(it.path)}" for it in
             problems("Training", spec)]  # fmt: skip
    if any(each.startswith("E") for each in found):
        return sorted(found)
    platform = world({("Training", "own"): spec})
    platform.build("Training", "own")
    for each in platform.found:
        place = str(each.at).removeprefix("Training/own/").removesuffix(":1:1").replace("/", ".")
        found.append(f"{each.severity[0].upper()} {each.code} {place}")
    return sorted(found)


BAD = [
    Case("spot without maxWait", training(compute=compute(rest="spot: {}")), ("E SPEC011 shape",)),
    Case(
        "maxWait below maxRuntime",
        training(compute=compute(rest="maxRuntime: 2h, spot: {maxWait: 1h}")),
        ("E SPEC020 compute.spot.maxWait",),
    ),
    Case(
        "a range upside down",
        tuned("{integer: {max_depth: {atLeast: 9, atMost: 4}}}"),
        ("E SPEC020 tune.ranges.integer.max_depth.atMost",),
    ),
    Case(
        "a range of one point",
        tuned("{integer: {max_depth: {atLeast: 4, atMost: 4}}}"),
        ("E SPEC020 tune.ranges.integer.max_depth.atMost",),
    ),
    Case(
        "a choice of one, and one twice",
        tuned("{categorical: {eta: ['0.1'], subsample: ['0.5', '0.5']}}"),
        (
            "E SPEC020 tune.ranges.categorical.eta.0",
            "E SPEC020 tune.ranges.categorical.subsample.1",
        ),
    ),
    Case(
        "a logarithm of nothing",
        tuned(ETA.format("{atLeast: 0, atMost: 1, scaling: logarithmic}")),
        ("E SPEC020 tune.ranges.continuous.eta.atLeast",),
    ),
    Case(
        "reverse logarithmic up to 1",
        tuned(ETA.format("{atLeast: 0, atMost: 1, scaling: reverseLogarithmic}")),
        ("E SPEC020 tune.ranges.continuous.eta.scaling",),
    ),
    Case(
        "reverse logarithmic below 1",
        tuned(ETA.format("{atLeast: 0, atMost: 0.9, scaling: reverseLogarithmic}")),
    ),
    Case(
        "a range without an end",
        tuned(ETA.format("{atLeast: 0, atMost: 1e999}")),
        ("E SPEC013 shape",),
    ),
    Case(
        "hyperband with early stopping",
        tuned(rest="maxJobs: 9, strategy: hyperband, epochs: {atMost: 9}, earlyStopping: true"),
        ("E SPEC020 tune.earlyStopping",),
    ),
    Case(
        "hyperband without epochs",
        tuned(rest="maxJobs: 9, strategy: hyperband"),
        ("E SPEC020 tune.strategy",),
    ),
    Case(
        "hyperband with epochs in a hyperparameter",
        tuned(rest="maxJobs: 9, strategy: hyperband", hyperparameters="{epochs: 9}"),
    ),
    Case(
        "hyperband with epochs upside down",
        tuned(rest="maxJobs: 9, strategy: hyperband, epochs: {atLeast: 9, atMost: 3}"),
        ("E SPEC020 tune.epochs.atMost",),
    ),
    Case(
        "epochs without hyperband",
        tuned(rest="maxJobs: 9, epochs: {atMost: 9}"),
        ("E SPEC020 tune.epochs",),
    ),
    Case("a grid of numbers", tuned(rest="strategy: grid"), ("E SPEC020 tune.ranges.integer",)),
    Case(
        "a grid with another number of jobs",
        tuned("{categorical: {eta: ['0.1', '0.2'], gamma: ['1', '2', '3']}}",
              "strategy: grid, maxJobs: 5, maxParallelJobs: 7"),
        ("E SPEC020 tune.maxJobs", "E SPEC020 tune.maxParallelJobs"),
    ),
    Case(
        "a grid with its number of jobs",
        tuned("{categorical: {eta: ['0.1', '0.2'], gamma: ['1', '2', '3']}}",
              "strategy: grid, maxJobs: 6"),
    ),
    Case("a grid with more points than jobs", tuned(MANY, "strategy: grid"),
         ("E SPEC020 tune.ranges.categorical",)),
    Case(
        "a metric that the algorithm does not report",
        training(tune=tune(objective='{metric: "validation:au", goal: maximize}')),
        ("E SPEC020 tune.objective.metric",),
    ),
    Case(
        "a metric of a channel that is not there",
        tuned(inputs="{train: {source: raw}}"),
        ("E SPEC020 tune.objective.metric",),
    ),
    Case(
        "a metric that nobody asked for",
        training(
            hyperparameters="{eval_metric: 'rmse, mae'}",
            register=WHEN.format('"validation:auc"'),
        ),
        ("E SPEC020 register.when.0.metric",),
    ),
    Case(
        "a metric that no script prints",
        script(metrics="{auc: 'auc=([0-9.]+)'}", register=WHEN.format("acu")),
        ("E SPEC020 register.when.0.metric",),
    ),
    Case(
        "an objective that no script prints",
        script(
            metrics="{auc: 'auc=([0-9.]+)'}", tune=tune(objective="{metric: acu, goal: maximize}")
        ),
        ("E SPEC020 tune.objective.metric",),
    ),
    Case(
        "a version that is not there",
        training(algorithm='{framework: xgboost, version: "1.7"}'),
        ("E SPEC030 algorithm.version",),
    ),
    Case(
        "a framework that is not there",
        training(algorithm='{framework: xgbost, version: "1.7-1"}'),
        ("E SPEC030 algorithm.framework",),
    ),
    Case(
        "a Python that is not there",
        script(algorithm='{framework: pytorch, version: "2.3", python: py38}'),
        ("E SPEC030 algorithm.python",),
    ),
    Case(
        "a script on Arm",
        script(compute=compute("ml.c7g.large")),
        ("E SPEC030 compute.instanceType",),
    ),
    Case(
        "an image of GPUs on a CPU",
        script(algorithm='{framework: huggingface, version: "4.28"}'),
        ("E SPEC030 compute.instanceType",),
    ),
    Case(
        "a parameter as a category",
        tuned("{categorical: {eta: ['{parameters.A}', '0.2']}}", parameters="{A: x}"),
        (
            "E SPEC020 tune.ranges.categorical.eta.0",
            "E SPEC020 tune.ranges.categorical.eta.0",
        ),
    ),
    Case(
        "an algorithm without such an instance",
        training(
            algorithm='{framework: image-classification, version: "1"}',
            compute=compute(rest="otherInstanceTypes: [ml.p3.2xlarge]"),
        ),
        ("E SPEC020 compute.instanceType",),
    ),
    Case(
        "an algorithm of CPUs on a GPU",
        training(algorithm='{framework: lda, version: "1"}', compute=compute("ml.g5.xlarge")),
        ("E SPEC020 compute.instanceType",),
    ),
    Case(
        "a GPU of which AWS does not speak",
        training(compute=compute("ml.g6.xlarge")),
        ("W SPEC030 compute.instanceType",),
    ),
    Case(
        "a hyperparameter fixed and tuned",
        tuned(hyperparameters="{max_depth: 3}"),
        ("E SPEC020 tune.ranges.integer.max_depth",),
    ),
    Case(
        "the same by its other name",
        tuned(ETA.format("{atLeast: 0.1, atMost: 0.5}"), hyperparameters="{learning_rate: 0.3}"),
        ("E SPEC020 tune.ranges.continuous.eta",),
    ),
    Case(
        "a hyperparameter that is the container's",
        script(hyperparameters="{sagemaker_program: x.py}"),
        ("E SPEC020 hyperparameters.sagemaker_program",),
    ),
    Case(
        "a parameter that EventBridge cannot pass",
        training(parameters="{in_data: x}"),
        ("E SPEC016 shape",),
    ),
    Case(
        "values too long",
        training(
            hyperparameters=f"{{a: {'x' * 2501}}}", environment=f"{{A: {'x' * 513}}}"
        ),
        ("E SPEC020 environment.A", "E SPEC020 hyperparameters.a"),
    ),
    Case("values just as long", training(hyperparameters=f"{{a: {'x' * 2500}}}")),
    Case(
        "types of two processors and one image",
        script(compute=compute("ml.m5.xlarge", "otherInstanceTypes: [ml.c5.xlarge, ml.g5.xlarge]")),
        ("E SPEC030 compute.otherInstanceTypes.1",),
    ),
    Case(
        "types of two processors and an image for both",
        training(compute=compute("ml.m5.xlarge", "otherInstanceTypes: [ml.g5.xlarge]")),
    ),
    Case(
        "a registered image for one processor",
        script(
            register="{registry: fraud, instanceTypes: [ml.m5.large, ml.g5.xlarge, ml.c7g.large]}"
        ),
        (
            "E SPEC030 register.instanceTypes.1",
            "E SPEC030 register.instanceTypes.2",
            "W SPEC031 output",
        ),
    ),
    Case("a framework without a script", training(algorithm=PYTORCH),
         ("E SPEC020 algorithm.framework",)),
    Case(
        "a script for an algorithm",
        script(algorithm='{framework: kmeans, version: "1"}'),
        ("E SPEC020 code",),
    ),
    Case(
        "expressions that capture nothing",
        script(metrics="{a: 'a=.*', b: 'b=(', c: 'c=(.*?)', d: 'd=(.*?);'}"),
        ("E SPEC020 metrics.a", "E SPEC020 metrics.b"),
    ),
    Case(
        "an expression that captures next to nothing",
        script(metrics="{c: 'c=(.*?)', d: 'd=(.*?);', e: 'e=(.+?)', f: 'f=(?:.*?)([0-9]+)'}"),
        ("W SPEC030 metrics.c", "W SPEC030 metrics.e"),
    ),
    Case(
        "an expression for what an algorithm says itself",
        training(metrics="{a: 'a=(.*)'}"),
        ("E SPEC020 metrics.a",),
    ),
    Case(
        "an integer as a fraction",
        tuned("{continuous: {max_depth: {atLeast: 1, atMost: 9}}}"),
        ("E SPEC020 tune.ranges.continuous.max_depth",),
    ),
    Case(
        "a category that is no number",
        tuned("{categorical: {max_depth: [deep, '3', '4.5']}}"),
        (
            "E SPEC020 tune.ranges.categorical.max_depth.0",
            "E SPEC020 tune.ranges.categorical.max_depth.2",
        ),
    ),
    Case(
        "a range that the algorithm refuses",
        tuned("{continuous: {subsample: {atLeast: 0, atMost: 1}}}"),
        ("E SPEC020 tune.ranges.continuous.subsample.atLeast",),
    ),
    Case(
        "what is not said to be tunable",
        tuned("{integer: {max_bin: {atLeast: 2, atMost: 256}}}"),
        ("W SPEC030 tune.ranges.integer.max_bin",),
    ),
    Case(
        "a goal the wrong way round",
        training(tune=tune(objective='{metric: "validation:auc", goal: minimize}')),
        ("W SPEC030 tune.objective.goal",),
    ),
    Case(
        "early stopping of what reports once",
        training(
            algorithm='{framework: kmeans, version: "1"}',
            inputs="{train: {source: raw}, test: {source: raw}}",
            tune=tune(
                "{integer: {epochs: {atLeast: 1, atMost: 9}}}",
                "maxJobs: 9, earlyStopping: true",
                '{metric: "test:msd", goal: minimize}',
            ),
        ),
        ("W SPEC040 tune.earlyStopping",),
    ),
    Case(
        "a search that ends before its jobs",
        tuned(rest="maxJobs: 9, maxRuntime: 1h", compute=compute(rest="maxRuntime: 2h")),
        ("E SPEC020 tune.maxRuntime",),
    ),
    Case("a search of a minute", tuned(rest="maxJobs: 9, maxRuntime: 1m"),
         ("E SPEC020 tune.maxRuntime",)),
    Case("an end that ends nothing", tuned(rest="maxJobs: 9, endsWhen: {notImproving: 9}"),
         ("E SPEC020 tune.endsWhen.notImproving",)),
    Case("no end at all", tuned(rest="maxJobs: 9, endsWhen: {}"), ("E SPEC020 tune.endsWhen",)),
    Case(
        "a parent twice",
        tuned(rest="maxJobs: 9, warmStart: {jobs: [a, a], type: identicalData}"),
        ("E SPEC020 tune.warmStart.jobs.1",),
    ),
    Case(
        "no parent",
        tuned(rest="maxJobs: 9, warmStart: {jobs: [], type: identicalData}"),
        ("E SPEC015 shape",),
    ),
    Case(
        "a warm start of hyperband",
        tuned(rest="maxJobs: 9, strategy: hyperband, epochs: {atMost: 9},"
              " warmStart: {jobs: [a], type: transferLearning}"),
        ("W SPEC030 tune.warmStart",),
    ),
    Case(
        "instances that share nothing",
        script(compute=compute("ml.g5.xlarge", "instances: 2")),
        ("E SPEC020 compute.instances",),
    ),
    Case(
        "instances of an own image",
        training(algorithm=OWN, compute=compute(rest="instances: 2")),
        ("E SPEC020 compute.instances",),
    ),
    Case(
        "instances of an own image that share by themselves",
        training(algorithm=OWN, compute=shared("{own: {}}")),
    ),
    Case("an algorithm shares by itself", training(compute=compute(rest="instances: 2"))),
    Case(
        "an algorithm that does not",
        training(algorithm='{framework: lda, version: "1"}', compute=compute(rest="instances: 2")),
        ("E SPEC020 compute.instances",),
    ),
    Case(
        "an algorithm is not told how",
        training(compute=shared("{mpi: {}}", "ml.m5.large")),
        ("E SPEC020 compute.distribution",),
    ),
    Case(
        "scikit-learn has one instance",
        script(algorithm='{framework: sklearn, version: "1.2-1"}',
               compute=compute(rest="instances: 2")),
        ("E SPEC020 compute.instances",),
    ),
    Case("torchrun on GPUs", script(compute=shared("{torchrun: {}}"))),
    Case(
        "torchrun on CPUs",
        script(compute=shared("{torchrun: {}}", "ml.m5.large")),
        ("E SPEC020 compute.distribution.torchrun",),
    ),
    Case(
        "torchrun on a CPU that may be chosen",
        script(
            compute=compute(
                "ml.g6.2xlarge",
                "otherInstanceTypes: [ml.m5.large], distribution: {torchrun: {}}",
            )
        ),
        ("E SPEC020 compute.otherInstanceTypes.0",),
    ),
    Case(
        "torchrun with a version that is newer than the table",
        script(algorithm='{framework: pytorch, version: "2.10"}',
               compute=shared("{torchrun: {}}")),
        ("W SPEC030 compute.distribution.torchrun",),
    ),
    Case(
        "torchrun of a shell script",
        script(code=CODE.replace("train.py", "train.sh"), compute=shared("{torchrun: {}}")),
        ("E SPEC020 compute.distribution.torchrun",),
    ),
    Case(
        "data parallel where there is no such library",
        script(algorithm='{framework: pytorch, version: "2.0"}',
               compute=shared("{dataParallel: {}}", "ml.g5.48xlarge")),
        ("E SPEC020 compute.distribution.dataParallel",),
    ),
    Case(
        "data parallel in a version without it",
        script(compute=shared("{dataParallel: {}}", "ml.p4d.24xlarge")),
        ("E SPEC020 compute.distribution.dataParallel",),
    ),
    Case(
        "a way that a framework does not have",
        script(compute=shared("{parameterServer: {}}")),
        ("E SPEC020 compute.distribution.parameterServer",),
    ),
    Case(
        "one instance has nobody to share with",
        script(compute=shared("{own: {}}", count=1)),
        ("W SPEC040 compute.distribution",),
    ),
    Case(
        "MPI's words for a library that torchrun starts",
        script(
            algorithm='{framework: pytorch-smp, version: "2.4.1"}',
            compute=shared("{modelParallel: {processes: 8}}", "ml.p4d.24xlarge"),
        ),
        ("E SPEC020 compute.distribution.modelParallel.processes",),
    ),
    Case(
        "two ways at once",
        script(compute=shared("{torchrun: {}, mpi: {}}")),
        ("E SPEC017 shape",),
    ),
]  # fmt: skip


@pytest.mark.scenario("T05", "T15", "T16", "T49", "T52")
@pytest.mark.parametrize("case", BAD, ids=[case.says for case in BAD])
def test_what_is_said(case: Case) -> None:
    assert said(case.spec) == sorted(case.faults)


def test_the_answer_names_what_was_meant_and_the_day() -> None:
    platform = world(
        {("Training", "own"): training(algorithm='{framework: xgboost, version: "1.7"}')}
    )
    platform.build("Training", "own")
    (found,) = platform.found
    assert found.message == "unknown version of xgboost '1.7'; did you mean '1.7-1'?"
    assert found.help.startswith("AWS had latest, 3.2-0, 3.0-5, 1.7-1, ")
    assert found.help.endswith(" on 2026-10-21; or give an 'image'")


def test_the_answer_names_the_row_of_the_table() -> None:
    (found,) = problems("Training", script(compute=shared("{torchrun: {}}", "ml.m5.large")))
    assert found.message == "torchrun does not work with pytorch on ml.m5.large"
    assert "torchrun, pytorch 1.13.1 to 2.8.0, on gpu" in found.help


def body(spec: str) -> dict:
    platform = world({("Training", "own"): spec})
    (node,) = (it for it in platform.build("Training", "own") if "Pipeline" in it.address.type)
    text = node.props["PipelineDefinition"]["PipelineDefinitionBody"]
    assert isinstance(text, JsonText)
    return text.document


@pytest.mark.scenario("T05")
def test_an_image_for_one_processor_limits_what_an_execution_may_choose() -> None:
    parameter = body(script(compute=compute("ml.g5.xlarge")))["Parameters"][0]
    assert parameter["EnumValues"] == ["ml.g5.xlarge"]
    assert "EnumValues" not in body(training())["Parameters"][0]


SETTINGS = {
    "checkpoints": "true",
    "environment": "{A: b}",
    "hyperparameters": "{eta: 0.3}",
    "key": "{security: platform, key: data}",
    "network": "{subnets: [subnet-0a1b2c3d], securityGroups: [sg-0a1b2c3d]}",
    "compute": "{instanceType: ml.m5.large, instances: 2, volume: 50GiB, maxRuntime: 1h,"
    " spot: {maxWait: 2h}}",
    "encryptTraffic": "true",
    "networkIsolation": "true",
}


@pytest.mark.scenario("T12", "T13", "T54")
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_search_carries_every_setting_of_a_training(setting: str) -> None:
    given = {setting: SETTINGS[setting]}
    plain = body(training(**given))["Steps"][0]["Arguments"]
    definition = body(tuned(**given))["Steps"][0]["Arguments"]["TrainingJobDefinition"]
    plain["StaticHyperParameters"] = plain.pop("HyperParameters")
    assert plain == definition
    assert plain != {**body(training())["Steps"][0]["Arguments"],
                     "StaticHyperParameters": {}} or setting == "none"  # fmt: skip


@pytest.mark.scenario("T13", "T54")
def test_checkpoints_are_in_a_place_of_the_execution() -> None:
    config = body(training(checkpoints="true"))["Steps"][0]["Arguments"]["CheckpointConfig"]
    assert config["LocalPath"] == "/opt/ml/checkpoints"
    assert {"Get": "Execution.PipelineExecutionId"} in config["S3Uri"]["Std:Join"]["Values"]


@pytest.mark.scenario("T16", "T18", "T52")
def test_a_search_is_sent_as_the_api_takes_it() -> None:
    rest = (
        "maxJobs: 9, strategy: hyperband, epochs: {atLeast: 2, atMost: 27}, maxRuntime: 2h,"
        " endsWhen: {reaches: 0.9, notImproving: 5, converged: true}, seed: 7,"
        " warmStart: {jobs: [earlier], type: transferLearning}"
    )
    ranges = "{integer: {max_depth: {atLeast: 1, atMost: 9}}, categorical: {eta: ['0.1', '0.2']}}"
    arguments = body(tuned(ranges, rest))["Steps"][0]["Arguments"]
    config = arguments["HyperParameterTuningJobConfig"]
    bands = {"MinResource": 2, "MaxResource": 27}
    assert config["StrategyConfig"] == {"HyperbandStrategyConfig": bands}
    assert config["ResourceLimits"]["MaxRuntimeInSeconds"] == 7200
    assert config["RandomSeed"] == 7
    assert config["TuningJobCompletionCriteria"] == {
        "TargetObjectiveMetricValue": 0.9,
        "BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 5},
        "ConvergenceDetected": {"CompleteOnConvergence": "Enabled"},
    }
    assert arguments["WarmStartConfig"] == {
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "earlier"}],
        "WarmStartType": "TransferLearning",
    }
    varied = config["ParameterRanges"]
    assert varied["IntegerParameterRanges"][0]["MinValue"] == "1"
    assert varied["CategoricalParameterRanges"][0]["Values"] == ["0.1", "0.2"]


@pytest.mark.scenario("T49")
@pytest.mark.parametrize(
    ("asked", "why", "known"),
    [
        (("torchrun", "pytorch", "2.3.0", "ml.g6.2xlarge"), False, True),
        (("torchrun", "pytorch", "1.9.0", "ml.g6.2xlarge"), True, True),
        (("torchrun", "pytorch", "2.3.0", "ml.p9.48xlarge"), True, False),
        (("dataParallel", "pytorch", "2.0.0", "ml.p9.48xlarge"), True, False),
        (("dataParallel", "pytorch", "2.0.0", "ml.p5.48xlarge"), True, True),
        (("modelParallel", "pytorch-smp", "2.4.1", "ml.p5en.48xlarge"), True, False),
        (("modelParallel", "pytorch", "1.13.1", "ml.g4dn.12xlarge"), False, True),
        (("torchrun", "pytorch", "1.11.0", "ml.trn1.32xlarge"), False, True),
        (("mpi", "sklearn", "1.2-1", "ml.m5.large"), True, True),
        (("multiWorkerMirrored", "tensorflow", "2.8.0", "ml.g5.xlarge"), True, True),
        (("multiWorkerMirrored", "tensorflow", "2.19.0", "ml.g5.xlarge"), False, True),
    ],
)
def test_the_table_of_ways(asked: tuple[str, str, str, str], why: bool, known: bool) -> None:
    verdict = judge(*asked)
    assert (bool(verdict.why), verdict.known) == (why, known)


def test_the_table_of_algorithms() -> None:
    known = algorithm("xgboost")
    assert known is not None
    assert known.called("learning_rate") == "eta"
    assert known.metrics["validation:rmse"] == "minimize"
    assert algorithm("pytorch") is None
