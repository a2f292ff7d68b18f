"""Combinations of fields that are refused: each case names the place of each fault."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from reconciler.model.diagnostic import Severity

from . import specs
from .world import problems


class Case(NamedTuple):
    says: str
    kind: str
    spec: str
    faults: tuple[str, ...] = ()


def group(rest: str, features: str = "{id: string, at: string}") -> str:
    return f"recordId: id\neventTime: at\nfeatures: {features}\n{rest}"


def training(**parts: str) -> str:
    base = {
        "algorithm": '{framework: xgboost, version: "1.7-1"}',
        "inputs": "{train: {source: raw}, validation: {source: raw}}",
        "compute": "{instanceType: ml.m5.large}",
        "output": "{to: artifacts}",
    }
    return "\n".join(f"{key}: {value}" for key, value in {**base, **parts}.items())


def tune(
    ranges: str = "{integer: {depth: {atLeast: 1, atMost: 9}}}", rest: str = "maxJobs: 9"
) -> str:
    objective = '{metric: "validation:auc", goal: maximize}'
    return f"{{objective: {objective}, ranges: {ranges}, {rest}}}"


def rollout(instances: int = 4, **parts: str) -> str:
    base = {
        "model": "{registry: fraud}",
        "serve": f"{{realtime: {{instanceType: ml.m5.large, instances: {instances}}}}}",
    }
    return "\n".join(f"{key}: {value}" for key, value in {**base, **parts}.items())


def blue_green(text: str) -> str:
    return f"{{blueGreen: {text}}}"


def alarm(text: str) -> str:
    return f"rollout: fraud-detector\nalarms: [{text}]"


CODE = "{source: a, path: c.tar.gz, entryPoint: train.py, commit: abcdef1}"
SCRIPTED = '{framework: pytorch, version: "2.3"}'
REGISTER = "{registry: fraud, instanceTypes: [ml.m5.large]}"
AUC = "{registry: fraud, when: [{metric: auc, atLeast: 1}], instanceTypes: [ml.m5.large]}"

CASES = [
    Case("a bucket may archive before it expires", "DataSource", specs.RAW),
    Case(
        "a bucket cannot archive what has expired",
        "DataSource",
        "s3: {lifecycle: {archiveAfter: 90d, expireAfter: 90d}}",
        ("s3.lifecycle.archiveAfter",),
    ),
    Case(
        "infrequent access starts after 30 days",
        "DataSource",
        "s3: {lifecycle: {archiveAfter: 29d, archiveTo: standardIa}}",
        ("s3.lifecycle.archiveAfter",),
    ),
    Case(
        "an existing bucket is not managed",
        "DataSource",
        "s3: {existing: acme-old, versioning: true, lifecycle: {expireAfter: 9d}}",
        ("s3.versioning", "s3.lifecycle"),
    ),
    Case(
        "an existing bucket may have a key",
        "DataSource",
        "s3: {existing: acme-old, key: {security: a, key: b}}",
    ),
    Case(
        "access logs take no key",
        "DataSource",
        "s3: {receivesAccessLogs: true, key: {security: a, key: b}}",
        ("s3.key",),
    ),
    Case("online only is a feature group", "FeatureGroup", group("online: {}")),
    Case("offline only is a feature group", "FeatureGroup", group("offline: {}")),
    Case("a feature group has a store", "FeatureGroup", group(""), ("",)),
    Case(
        "the record id is a feature",
        "FeatureGroup",
        group("online: {}", "{at: string}"),
        ("recordId",),
    ),
    Case(
        "the event time is a feature",
        "FeatureGroup",
        group("online: {}", "{id: string}"),
        ("eventTime",),
    ),
    Case(
        "the event time may be fractional",
        "FeatureGroup",
        group("online: {}", "{id: string, at: fractional}"),
    ),
    Case(
        "the event time is not integral",
        "FeatureGroup",
        group("online: {}", "{id: string, at: integral}"),
        ("features.at",),
    ),
    Case(
        "reserved names are refused in any case of letters",
        "FeatureGroup",
        group("online: {}", "{id: string, at: string, write_time: string, Is_Deleted: string}"),
        ("features.write_time", "features.Is_Deleted"),
    ),
    Case(
        "in-memory storage has no throughput",
        "FeatureGroup",
        group("online: {storage: inMemory}\nthroughput: {read: 1, write: 1}"),
        ("throughput",),
    ),
    Case(
        "an Iceberg table is in the catalog",
        "FeatureGroup",
        group("offline: {glueTable: false}"),
        ("offline.glueTable",),
    ),
    Case(
        "a Glue table need not be in the catalog",
        "FeatureGroup",
        group("offline: {format: glue, glueTable: false}"),
    ),
    Case(
        "an own bucket has no path",
        "FeatureGroup",
        group("offline: {path: x}"),
        ("offline.path",),
    ),
    Case(
        "the record id and the event time have one value",
        "FeatureGroup",
        group(
            "online: {storage: inMemory}",
            "{id: {type: string, collection: set}, at: {type: string, collection: list}}",
        ),
        ("features.id.collection", "features.at.collection"),
    ),
    Case(
        "a collection needs a store in memory",
        "FeatureGroup",
        group("online: {}", "{id: string, at: string, x: {type: string, collection: list}}"),
        ("features.x.collection",),
    ),
    Case(
        "a vector has fractions and a dimension, and nothing else has one",
        "FeatureGroup",
        group(
            "online: {storage: inMemory}",
            "{id: string, at: string, v: {type: integral, collection: vector},"
            " l: {type: string, collection: list, dimension: 3}, s: {type: string, dimension: 3}}",
        ),
        (
            "features.v.type",
            "features.v.collection",
            "features.l.dimension",
            "features.s.dimension",
        ),
    ),
    Case(
        "collections in memory",
        "FeatureGroup",
        group(
            "online: {storage: inMemory}",
            "{id: string, at: string, v: {type: fractional, collection: vector, dimension: 3}}",
        ),
    ),
    Case(
        "names of the table's columns are small",
        "FeatureGroup",
        group("offline: {}", "{id: string, at: string, Id: string}"),
        ("features.Id",),
    ),
    Case(
        "an earlier version is before the present one and is checked as it is",
        "FeatureGroup",
        group(
            "online: {}\nearlier: {'3': {migration: m, features: {id: string, at: integral}}}"
            "\nversion: 2"
        ),
        ("earlier.3", "earlier.3.features.at"),
    ),
    Case(
        "an existing group takes nothing from its spec",
        "FeatureGroup",
        group("existing: theirs\nversion: 2\noffline: {}"),
        ("version", "offline"),
    ),
    Case("a share is with somebody", "FeatureGroup", group("online: {}\nshare: {}"), ("share",)),
    Case(
        "an account is named once",
        "FeatureGroup",
        group('online: {}\nshare: {accounts: ["210987654321", "210987654321"]}'),
        ("share.accounts.1",),
    ),
    Case(
        "only a feature group has versions",
        "Training",
        training(inputs="{train: {source: raw, version: 2}}"),
        ("inputs.train.version",),
    ),
    Case("tuned training with spot", "Training", specs.TUNING),
    Case("training with a script", "Training", specs.SCRIPT),
    Case(
        "spot waits at least as long as it runs",
        "Training",
        training(compute="{instanceType: ml.m5.large, maxRuntime: 2h, spot: {maxWait: 119m}}"),
        ("compute.spot.maxWait",),
    ),
    Case(
        "spot may wait exactly as long as it runs",
        "Training",
        training(compute="{instanceType: ml.m5.large, maxRuntime: 2h, spot: {maxWait: 120m}}"),
    ),
    Case(
        "spot is never warm",
        "Training",
        training(
            compute="{instanceType: ml.m5.large, maxRuntime: 1h, spot: {maxWait: 2h},"
            " keepAlive: 1h}"
        ),
        ("compute.keepAlive",),
    ),
    Case(
        "algorithms without checkpoints wait for an hour at most",
        "Training",
        training(
            algorithm='{framework: kmeans, version: "1"}',
            compute="{instanceType: ml.m5.large, maxRuntime: 30m, spot: {maxWait: 61m}}",
            checkpoints="true",
        ),
        ("compute.spot.maxWait", "checkpoints"),
    ),
    Case(
        "an hour is no more than an hour",
        "Training",
        training(
            algorithm='{framework: kmeans, version: "1"}',
            compute="{instanceType: ml.m5.large, maxRuntime: 30m, spot: {maxWait: 1h}}",
        ),
    ),
    Case(
        "an isolated container downloads no code",
        "Training",
        training(algorithm=SCRIPTED, code=CODE, networkIsolation="true"),
        ("networkIsolation",),
    ),
    Case("an isolated container has its image", "Training", training(networkIsolation="true")),
    Case(
        "a job runs 28 days and is warm 6 hours at most",
        "Training",
        training(compute="{instanceType: ml.m5.large, maxRuntime: 29d, keepAlive: 7h}"),
        ("compute.maxRuntime", "compute.keepAlive"),
    ),
    Case(
        "one instance has no traffic to encrypt",
        "Training",
        training(encryptTraffic="true"),
        ("encryptTraffic",),
    ),
    Case(
        "an input has one origin",
        "Training",
        training(inputs="{a: {}, b: {source: s, featureGroup: f}, c: {featureGroup: f, path: p}}"),
        ("inputs.a", "inputs.b", "inputs.c.path"),
    ),
    Case(
        "code is pinned",
        "Training",
        training(algorithm=SCRIPTED, code="{source: a, path: c.tar.gz, entryPoint: train.py}"),
        ("code",),
    ),
    Case("tuning needs ranges", "Training", training(tune=tune("{}")), ("tune.ranges",)),
    Case(
        "tuning varies 30 hyperparameters at most",
        "Training",
        training(
            tune=tune(
                "{integer: {"
                + ", ".join(f"p{i}: {{atLeast: 1, atMost: 2}}" for i in range(31))
                + "}}"
            )
        ),
        ("tune.ranges",),
    ),
    Case(
        "a hyperparameter is varied in one way",
        "Training",
        training(tune=tune("{integer: {a: {atLeast: 1, atMost: 2}}, categorical: {a: [x, y]}}")),
        ("tune.ranges.categorical.a",),
    ),
    Case(
        "a hyperparameter is fixed or varied",
        "Training",
        training(tune=tune(), hyperparameters="{depth: 3}"),
        ("tune.ranges.integer.depth",),
    ),
    Case(
        "hyperband stops early by itself",
        "Training",
        training(
            tune=tune(
                rest="maxJobs: 9, strategy: hyperband, epochs: {atMost: 9}, earlyStopping: true"
            )
        ),
        ("tune.earlyStopping",),
    ),
    Case(
        "tuning has a number of jobs",
        "Training",
        training(tune=tune(rest="maxParallelJobs: 1")),
        ("tune",),
    ),
    Case(
        "no more jobs at a time than in all",
        "Training",
        training(tune=tune(rest="maxJobs: 2, maxParallelJobs: 3")),
        ("tune.maxParallelJobs",),
    ),
    Case(
        "bayesian tuning has 750 jobs at most",
        "Training",
        training(tune=tune(rest="maxJobs: 751")),
        ("tune.maxJobs",),
    ),
    Case(
        "random tuning may have more",
        "Training",
        training(tune=tune(rest="maxJobs: 751, strategy: random")),
    ),
    Case(
        "a grid has lists",
        "Training",
        training(tune=tune(rest="maxJobs: 9, strategy: grid")),
        ("tune.ranges.integer",),
    ),
    Case(
        "a grid of lists",
        "Training",
        training(tune=tune("{categorical: {a: [x, y]}}", "strategy: grid")),
    ),
    Case(
        "ranges are not empty and fit their scaling",
        "Training",
        training(
            tune=tune(
                "{integer: {a: {atLeast: 3, atMost: 3},"
                " b: {atLeast: 0, atMost: 3, scaling: logarithmic}},"
                " continuous: {c: {atLeast: 0, atMost: 1, scaling: reverseLogarithmic}}}"
            )
        ),
        (
            "tune.ranges.integer.a.atMost",
            "tune.ranges.integer.b.atLeast",
            "tune.ranges.continuous.c.scaling",
        ),
    ),
    Case(
        "scripts say where their metric is",
        "Training",
        training(algorithm=SCRIPTED, code=CODE, register=AUC),
        ("register.when.0.metric",),
    ),
    Case(
        "a metric may be found by a regular expression",
        "Training",
        training(algorithm=SCRIPTED, code=CODE, metrics="{auc: auc=(.*)}", register=AUC),
    ),
    Case(
        "built-in algorithms report their metrics",
        "Training",
        training(register=AUC.replace("auc", '"validation:auc"')),
    ),
    Case(
        "with tuning the objective is judged",
        "Training",
        training(tune=tune(), register=AUC.replace("auc", "loss")),
        ("register.when.0.metric",),
    ),
    Case("a canary of a quarter", "Rollout", specs.DETECTOR),
    Case(
        "a model file has one image",
        "Rollout",
        rollout(model="{artifact: s3://models/a.tar.gz}"),
        ("model",),
    ),
    Case(
        "a framework has a version",
        "Rollout",
        rollout(model="{artifact: s3://models/a.tar.gz, framework: xgboost}"),
        ("model.framework",),
    ),
    Case(
        "an image has no version beside it",
        "Rollout",
        rollout(
            model="{artifact: s3://models/a.tar.gz, version: '1',"
            " image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1'}"
        ),
        ("model.version",),
    ),
    Case(
        "an artifact is a URI or a place in a source",
        "Rollout",
        rollout(model="{artifact: {source: a}, framework: xgboost, version: '1.7-1'}"),
        ("model.artifact",),
    ),
    Case(
        "disks and timeouts have limits",
        "Rollout",
        rollout(
            serve="{realtime: {instanceType: ml.m5.large, instances: 1, volume: 513GiB,"
            " downloadTimeout: 59s, startupTimeout: 2h}}"
        ),
        (
            "serve.realtime.volume",
            "serve.realtime.downloadTimeout",
            "serve.realtime.startupTimeout",
        ),
    ),
    Case(
        "two steps need two instances",
        "Rollout",
        rollout(1, strategy=blue_green("{twoStep: {size: 50%, bake: 5m}}")),
        ("strategy.blueGreen.twoStep",),
    ),
    Case(
        "half of two instances is a first step",
        "Rollout",
        rollout(2, strategy=blue_green("{twoStep: {size: 1, bake: 5m}}")),
    ),
    Case(
        "a first step is half of the instances at most",
        "Rollout",
        rollout(3, strategy=blue_green("{twoStep: {size: 2, bake: 5m}}")),
        ("strategy.blueGreen.twoStep.size",),
    ),
    Case(
        "a linear step is a tenth to a half",
        "Rollout",
        rollout(20, strategy="{linear: {size: 1, bake: 5m}}"),
        ("strategy.linear.size",),
    ),
    Case(
        "two steps bake in their own field",
        "Rollout",
        rollout(strategy=blue_green("{bake: 5m, twoStep: {size: 9%, bake: 5m}}")),
        ("strategy.blueGreen.bake",),
    ),
    Case(
        "SageMaker waits an hour at most",
        "Rollout",
        rollout(strategy=blue_green("{bake: 61m, terminationWait: 61m}")),
        ("strategy.blueGreen.bake", "strategy.blueGreen.terminationWait"),
    ),
    Case(
        "all at once may bake, an hour at most",
        "Rollout",
        rollout(strategy="{allAtOnce: {bake: 2h}}"),
        ("strategy.allAtOnce.bake",),
    ),
    Case(
        "Inf1 has no guardrails",
        "Rollout",
        "model: {registry: fraud}\nstrategy: {blueGreen: {bake: 5m}}\n"
        "serve: {realtime: {instanceType: ml.inf1.xlarge, instances: 2}}",
        ("serve.realtime.instanceType",),
    ),
    Case(
        "the timeout is longer than the waits",
        "Rollout",
        rollout(
            strategy=blue_green(
                "{twoStep: {size: 9%, bake: 20m}, terminationWait: 20m, timeout: 1h}"
            )
        ),
        ("strategy.blueGreen.timeout",),
    ),
    Case(
        "the timeout also covers the bake that alarms bring",
        "Rollout",
        rollout(
            strategy=blue_green("{terminationWait: 6m, timeout: 11m}"),
            analysis="[{metric: ModelLatency, below: 9ms}]",
        ),
        ("strategy.blueGreen.timeout",),
    ),
    Case(
        "the timeout has limits",
        "Rollout",
        rollout(strategy=blue_green("{bake: 5m, timeout: 9m}")),
        ("strategy.blueGreen.timeout",),
    ),
    Case(
        "ten linear steps of an hour do not fit into eight hours",
        "Rollout",
        rollout(10, strategy="{linear: {size: 10%, bake: 1h}}"),
        ("strategy.linear",),
    ),
    Case(
        "a deployment watches ten alarms at most",
        "Rollout",
        rollout(
            strategy=blue_green("{bake: 5m, existingAlarms: [a, b, c, d, e, f, g, h, i, j]}"),
            analysis="[{metric: ModelLatency, below: 9ms}]",
        ),
        ("strategy.blueGreen.existingAlarms",),
    ),
    Case(
        "an expectation has one limit",
        "Rollout",
        rollout(analysis="[{metric: ModelLatency}, {metric: Invocations, below: 9, above: 1}]"),
        ("analysis.0", "analysis.1"),
    ),
    Case(
        "an expectation is there once",
        "Rollout",
        rollout(
            analysis="[{metric: ModelLatency, below: 9ms}, {metric: ModelLatency, below: 8ms}]"
        ),
        ("analysis.1",),
    ),
    Case(
        "a capture path needs a DataSource",
        "Rollout",
        rollout(capture="{sampling: 1%, path: p}"),
        ("capture.path",),
    ),
    Case(
        "an isolated model downloads no code",
        "Rollout",
        rollout(
            model="{registry: fraud, environment: {SAGEMAKER_SUBMIT_DIRECTORY: s3://code/c.tar.gz}}",
            networkIsolation="true",
        ),
        ("model.environment.SAGEMAKER_SUBMIT_DIRECTORY",),
    ),
    Case(
        "an isolated model has its code in its file",
        "Rollout",
        rollout(
            model="{registry: fraud, environment: {SAGEMAKER_SUBMIT_DIRECTORY: /opt/ml/model/c}}",
            networkIsolation="true",
        ),
    ),
    Case(
        "a FIFO queue takes no messages of a standard topic",
        "Monitor",
        alarm("{metric: Invocations, above: 1}")
        + '\nsubscribers: {queues: ["arn:aws:sqs:eu-west-1:123456789012:a.fifo"]}',
        ("subscribers.queues.0",),
    ),
    Case("alarms on an endpoint", "Monitor", specs.MONITOR),
    Case(
        "latencies have a unit and counts have none",
        "Monitor",
        alarm("{metric: ModelLatency, above: 250}, {metric: Invocations, below: 1s}"),
        ("alarms.0.above", "alarms.1.below"),
    ),
    Case(
        "only errors are shares of requests, without a statistic",
        "Monitor",
        alarm(
            "{metric: Invocations, above: 1%},"
            " {metric: Invocation5XXErrors, above: 1%, statistic: sum}"
        ),
        ("alarms.0.above", "alarms.1.statistic"),
    ),
    Case(
        "alarms look at whole minutes, a day at most",
        "Monitor",
        alarm(
            "{metric: Invocations, below: 1, for: 90s}, {metric: Invocations, above: 1, for: 2d}"
        ),
        ("alarms.0.for", "alarms.1.for"),
    ),
    Case(
        "the same metric may be too high and too low",
        "Monitor",
        alarm("{metric: Invocations, below: 1}, {metric: Invocations, above: 9}"),
    ),
    Case(
        "an alarm is there once",
        "Monitor",
        alarm("{metric: Invocations, above: 1}, {metric: Invocations, above: 9}"),
        ("alarms.1",),
    ),
    Case(
        "a budget tells somebody",
        "Budget",
        "amount: 1\nthresholds: [{at: 1%}]\nsubscribers: {}",
        ("subscribers",),
    ),
    Case(
        "a threshold is there once, and no day is forecast",
        "Budget",
        "amount: 1\nperiod: daily\n"
        "thresholds: [{at: 1%}, {at: 1%}, {at: 1%, of: forecasted}]"
        "\nsubscribers: {monitor: oncall}",
        ("thresholds.1", "thresholds.2.of"),
    ),
    Case("keys and roles", "Security", specs.SECURITY),
    Case(
        "keys rotate every 90 days to 7 years and wait 7 to 30 days",
        "Security",
        "keys: {a: {description: A., rotation: 89d, deletionWindow: 31d}}",
        ("keys.a.rotation", "keys.a.deletionWindow"),
    ),
    Case(
        "a role may do something for 1 to 12 hours",
        "Security",
        "roles: {a: {description: A., assumedBy: {account: '123456789012'}, maxSession: 13h}}",
        ("roles.a.maxSession", "roles.a"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.says for case in CASES])
def test_combinations(case: Case) -> None:
    found = [each for each in problems(case.kind, case.spec) if each.severity is Severity.ERROR]
    assert sorted(".".join(problem.path) for problem in found) == sorted(case.faults)
    assert all(problem.message and problem.help for problem in found)


def test_a_group_has_2500_features_at_most() -> None:
    from .world import spec_of

    features = ", ".join(f"f{i}: string" for i in range(2499))
    most = group("online: {}", f"{{id: string, at: fractional, {features}}}")
    spec, found = spec_of("FeatureGroup", most)
    assert spec is None
    assert [diagnostic.code for diagnostic in found] == ["SPEC015"]
