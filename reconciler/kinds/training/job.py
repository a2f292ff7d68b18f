"""The arguments of training and tuning jobs, as the SageMaker API takes them.

The names are those of ``CreateTrainingJob`` and ``CreateHyperParameterTuningJob``
without the job's name, which the pipeline chooses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from reconciler.kinds.api import Scope, gibibytes, seconds
from reconciler.kinds.terms.asset import Asset, asset, elsewhere
from reconciler.kinds.terms.image import Wanted, algorithm_image
from reconciler.kinds.terms.key import key_arn
from reconciler.kinds.terms.location import Spot
from reconciler.kinds.terms.text import text
from reconciler.kinds.training.channel import Channel
from reconciler.kinds.training.origin import Mount, given
from reconciler.kinds.training.places import below, own_place
from reconciler.kinds.training.spec import Code, Training
from reconciler.kinds.training.told import filled, plain, quoted
from reconciler.kinds.training.tuning import Continuous, Integers, Tune
from reconciler.model.asset import Form
from reconciler.model.value import Json, Props, Ref

INSTANCE_TYPE = {"Get": "Parameters.TrainingInstanceType"}
_GOALS = {"maximize": "Maximize", "minimize": "Minimize"}
_STRATEGIES = {"bayesian": "Bayesian", "random": "Random", "hyperband": "Hyperband", "grid": "Grid"}
_SCALES = {
    "auto": "Auto",
    "linear": "Linear",
    "logarithmic": "Logarithmic",
    "reverseLogarithmic": "ReverseLogarithmic",
}


class Job(NamedTuple):
    """What a training job uses, found once."""

    image: str
    inputs: dict[str, Mount]
    code: Asset | None
    output: Spot
    role: Ref
    key: Json


def plan_job(spec: Training, role: Ref, scope: Scope) -> Job:
    """Find everything that a job of this spec uses."""
    wanted = Wanted("training", spec.compute.instance_type)
    return Job(
        image=algorithm_image(spec.algorithm, wanted, scope, ("algorithm",)),
        inputs={name: given(spec, name, scope) for name in spec.inputs},
        code=_code(spec.code, scope) if spec.code else None,
        output=below(spec, scope),
        role=role,
        key=key_arn(spec.key, scope),
    )


def _code(code: Code, scope: Scope) -> Asset:
    """The archive with the script, which has to be in it."""
    if code.folder is None:
        return elsewhere(scope, code.source or "", code.path or "", code.digest or "")
    found = asset(scope, code.folder, Form.TAR, at=("code", "folder"))
    if found.names and code.entry_point not in found.names:
        close = ", ".join(repr(each) for each in found.names if each.endswith((".py", ".sh")))
        text = f"there is no {code.entry_point!r} in {code.folder!r}"
        help_ = f"it has {close}" if close else "name a script that is in it"
        scope.problem(("code", "entryPoint"), text, help=help_)
    return found


def training_arguments(spec: Training, job: Job, scope: Scope) -> dict[str, Json]:
    """The members of ``CreateTrainingJob``."""
    return {
        **_shared(spec, job),
        "HyperParameters": hyperparameters(spec, job, scope),
        **({"Environment": variables} if (variables := _environment(spec)) else {}),
    }


def tuning_arguments(spec: Training, tune: Tune, job: Job, scope: Scope) -> dict[str, Json]:
    """The members of ``CreateHyperParameterTuningJob``."""
    limits: dict[str, Json] = {"MaxParallelTrainingJobs": tune.max_parallel_jobs}
    if tune.max_jobs is not None:
        limits["MaxNumberOfTrainingJobs"] = tune.max_jobs
    objective = {"Type": _GOALS[tune.objective.goal], "MetricName": tune.objective.metric}
    return {
        "HyperParameterTuningJobConfig": {
            "Strategy": _STRATEGIES[tune.strategy],
            "HyperParameterTuningJobObjective": objective,
            "ResourceLimits": limits,
            "ParameterRanges": _ranges(tune, quoted=spec.code is not None),
            "TrainingJobEarlyStoppingType": "Auto" if tune.early_stopping else "Off",
        },
        "TrainingJobDefinition": {
            **_shared(spec, job),
            "StaticHyperParameters": hyperparameters(spec, job, scope),
            **({"Environment": variables} if (variables := _environment(spec)) else {}),
        },
    }


def _shared(spec: Training, job: Job) -> dict[str, Json]:
    algorithm: dict[str, Json] = {"TrainingImage": job.image, "TrainingInputMode": "File"}
    if definitions := metric_definitions(spec):
        algorithm["MetricDefinitions"] = definitions
    output = {"S3OutputPath": own_place(job.output, "models")}
    props: dict[str, Json] = {
        "AlgorithmSpecification": algorithm,
        "RoleArn": job.role,
        "InputDataConfig": [
            _channel(name, channel, job.inputs[name]) for name, channel in spec.inputs.items()
        ],
        "OutputDataConfig": _with_key(output, job.output.key),
        "ResourceConfig": _resources(spec, job),
        "StoppingCondition": _stopping(spec),
        "EnableNetworkIsolation": spec.network_isolation,
        "EnableInterContainerTrafficEncryption": spec.encrypt_traffic,
        "EnableManagedSpotTraining": spec.compute.spot is not None,
    }
    if spec.checkpoints:
        props["CheckpointConfig"] = {"S3Uri": own_place(job.output, "checkpoints")}
    return {**props, "VpcConfig": spec.network.props()} if spec.network is not None else props


def _with_key(output: Props, key: Json) -> Props:
    return {**output, "KmsKeyId": key} if key is not None else output


def _channel(name: str, channel: Channel, mount: Mount) -> Props:
    location = {
        "S3DataType": "S3Prefix",
        "S3Uri": mount.uri,
        "S3DataDistributionType": _capital(channel.distribution),
    }
    props: dict[str, Json] = {
        "ChannelName": name,
        "DataSource": {"S3DataSource": location},
        "InputMode": _capital(channel.mode),
    }
    return {**props, "ContentType": channel.content_type} if channel.content_type else props


def _capital(word: str) -> str:
    """SageMaker's spelling of a value."""
    return word[0].upper() + word[1:]


def _resources(spec: Training, job: Job) -> Props:
    compute = spec.compute
    props: dict[str, Json] = {
        "InstanceType": INSTANCE_TYPE,
        "InstanceCount": compute.instances,
        "VolumeSizeInGB": gibibytes(compute.volume),
    }
    if compute.keep_alive is not None:
        props["KeepAlivePeriodInSeconds"] = seconds(compute.keep_alive)
    return {**props, "VolumeKmsKeyId": job.key} if job.key is not None else props


def _stopping(spec: Training) -> Props:
    limit = {"MaxRuntimeInSeconds": seconds(spec.compute.max_runtime)}
    if spec.compute.spot is None:
        return limit
    return {**limit, "MaxWaitTimeInSeconds": seconds(spec.compute.spot.max_wait)}


def hyperparameters(spec: Training, job: Job, scope: Scope) -> dict[str, Json]:
    """Framework images read their values, and where the script is, as JSON texts."""
    if spec.code is None or job.code is None:
        return {name: filled(value) for name, value in spec.hyperparameters.items()}
    known = spec.parameters
    found = {name: quoted(value, known) for name, value in spec.hyperparameters.items()}
    return {
        **found,
        "sagemaker_program": json.dumps(spec.code.entry_point),
        "sagemaker_submit_directory": text('"', job.code.uri, '"'),
        "sagemaker_region": json.dumps(scope.place.region),
    }


def _environment(spec: Training) -> dict[str, Json]:
    return {name: filled(value) for name, value in spec.environment.items()}


def metric_definitions(spec: Training) -> list[Json]:
    """Metrics that are found in the log."""
    found = dict(spec.metrics)
    if spec.tune is not None and spec.tune.objective.regex is not None:
        found[spec.tune.objective.metric] = spec.tune.objective.regex
    return [{"Name": name, "Regex": regex} for name, regex in found.items()]


def _ranges(tune: Tune, *, quoted: bool) -> Props:
    ranges = tune.ranges
    kinds: dict[str, Mapping[str, Integers | Continuous]] = {
        "IntegerParameterRanges": ranges.integer,
        "ContinuousParameterRanges": ranges.continuous,
    }
    found: dict[str, Json] = {
        kind: [
            {
                "Name": name,
                "MinValue": plain(span.at_least),
                "MaxValue": plain(span.at_most),
                "ScalingType": _SCALES[span.scaling],
            }
            for name, span in spans.items()
        ]
        for kind, spans in kinds.items()
        if spans
    }
    if ranges.categorical:
        found["CategoricalParameterRanges"] = [
            {"Name": name, "Values": [json.dumps(v) if quoted else v for v in values]}
            for name, values in ranges.categorical.items()
        ]
    return found
