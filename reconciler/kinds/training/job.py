"""The arguments of training and tuning jobs, as the SageMaker API takes them.

The names are those of ``CreateTrainingJob`` and ``CreateHyperParameterTuningJob``
without the job's name, which the pipeline chooses.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from reconciler.kinds.api import Scope, gibibytes, seconds
from reconciler.kinds.terms.asset import Asset, asset, elsewhere
from reconciler.kinds.terms.image import Wanted, algorithm_image
from reconciler.kinds.terms.key import key_arn
from reconciler.kinds.terms.location import Spot, inside
from reconciler.kinds.terms.text import text
from reconciler.kinds.training.distribution import launch
from reconciler.kinds.training.spec import Channel, Code, Training
from reconciler.kinds.training.tuning import Tune, config, warm_start, written
from reconciler.model.asset import Form
from reconciler.model.value import Json, Props, Ref

INSTANCE_TYPE = {"Get": "Parameters.TrainingInstanceType"}
CHECKPOINTS = "/opt/ml/checkpoints"
EXECUTION = {"Get": "Execution.PipelineExecutionId"}


class Job(NamedTuple):
    """What a training job uses, found once."""

    image: str
    inputs: dict[str, Spot]
    code: Asset | None
    output: Spot
    role: Ref
    key: Json


def plan_job(spec: Training, role: Ref, scope: Scope) -> Job:
    """Find everything that a job of this spec uses."""
    wanted = Wanted("training", spec.compute.instance_type)
    path = spec.output.path or f"training/{scope.name}"
    return Job(
        image=algorithm_image(spec.algorithm, wanted, scope, ("algorithm",)),
        inputs={name: _spot(name, channel, scope) for name, channel in spec.inputs.items()},
        code=_code(spec.code, scope) if spec.code else None,
        output=inside(scope, "DataSource", spec.output.to, path, tree=True),
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


def _spot(name: str, channel: Channel, scope: Scope) -> Spot:
    if channel.feature_group is not None:
        return _history(channel.feature_group, channel.version, name, scope)
    return inside(scope, "DataSource", channel.source or "", channel.path or "", tree=True)


def _history(group: str, version: int | None, channel: str, scope: Scope) -> Spot:
    """The offline store of a feature group, or of one of its major versions."""
    every = scope.export("FeatureGroup", group, "versions")
    store = every.get(str(version)) if version is not None else None
    if store is None and version not in {None, scope.export("FeatureGroup", group, "version")}:
        numbers = ", ".join(sorted(every, key=int)) or scope.export(
            "FeatureGroup", group, "version"
        )
        scope.problem(
            ("inputs", channel, "version"),
            f"FeatureGroup {group!r} has no version {version}",
            help=f"use one of these: {numbers}",
        )
        return Spot("", "*", "*", None)
    found = {
        what: scope.given("FeatureGroup", group, store[what])
        if store is not None
        else scope.export("FeatureGroup", group, what)
        for what in ("uri", "bucketArn", "keyArn", "prefix")
    }
    objects = text(found["bucketArn"], f"/{found['prefix']}*")
    return Spot(found["uri"], found["bucketArn"], objects, found["keyArn"])


def training_arguments(spec: Training, job: Job, scope: Scope) -> dict[str, Json]:
    """The members of ``CreateTrainingJob``."""
    return {
        **_shared(spec, job),
        "HyperParameters": hyperparameters(spec, job, scope),
        **({"Environment": variables} if (variables := _environment(spec)) else {}),
    }


def tuning_arguments(spec: Training, tune: Tune, job: Job, scope: Scope) -> dict[str, Json]:
    """The members of ``CreateHyperParameterTuningJob``."""
    return {
        "HyperParameterTuningJobConfig": config(tune, quoted=spec.code is not None),
        **warm_start(tune),
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
    output = {"S3OutputPath": own_place(job, "models")}
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
        place = own_place(job, "checkpoints")
        props["CheckpointConfig"] = {"S3Uri": place, "LocalPath": CHECKPOINTS}
    return {**props, "VpcConfig": spec.network.props()} if spec.network is not None else props


def own_place(job: Job, folder: str, *names: Json) -> Props:
    """A place below a folder of the output that no other execution writes to.

    A checkpoint of an earlier execution would be resumed: the job would go on with that model
    instead of learning from today's data. Source: SageMaker developer guide, Use checkpoints.
    """
    values = [text(job.output.uri, f"/{folder}"), EXECUTION, *names]
    return {"Std:Join": {"On": "/", "Values": values}}


def _with_key(output: Props, key: Json) -> Props:
    return {**output, "KmsKeyId": key} if key is not None else output


def _channel(name: str, channel: Channel, spot: Spot) -> Props:
    location = {
        "S3DataType": "S3Prefix",
        "S3Uri": spot.uri,
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
    shared = launch(spec.compute.distribution, spec.algorithm, INSTANCE_TYPE)
    if spec.code is None or job.code is None:
        plain = {name: written(value) for name, value in spec.hyperparameters.items()}
        return {**plain, **shared}
    found = {name: json.dumps(value) for name, value in spec.hyperparameters.items()}
    return {
        **found,
        **shared,
        "sagemaker_program": json.dumps(spec.code.entry_point),
        "sagemaker_submit_directory": text('"', job.code.uri, '"'),
        "sagemaker_region": json.dumps(scope.place.region),
    }


def _environment(spec: Training) -> dict[str, str]:
    return {**spec.environment, **provenance(spec)}


def provenance(spec: Training) -> dict[str, str]:
    """Which code a job or a model comes from."""
    if spec.code is None:
        return {}
    pinned = {"CODE_COMMIT": spec.code.commit, "CODE_DIGEST": spec.code.digest}
    return {name: value for name, value in pinned.items() if value is not None}


def metric_definitions(spec: Training) -> list[Json]:
    """Metrics that are found in the log."""
    found = dict(spec.metrics)
    if spec.tune is not None and spec.tune.objective.regex is not None:
        found[spec.tune.objective.metric] = spec.tune.objective.regex
    if spec.evaluation is not None and spec.evaluation.regex is not None:
        found[spec.evaluation.metric] = spec.evaluation.regex
    return [{"Name": name, "Regex": regex} for name, regex in found.items()]
