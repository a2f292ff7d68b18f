"""Jobs that wait for somebody who does them apart: what he is told of one, and what he tells.

Only who starts a run himself and says so (`stood_in`) does jobs of it: those whose image is a
framework's and whose script is known. All others are simulated, and a note says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.services.sagemaker.jobs import common, rights
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.sandbox.services.sagemaker.store import Call, Record

CONTRACT, TOLD, WAITING = "contract", "told", "waiting"
CURVE, EARLY = "curve", "early"
"""Of a job of a search: its objective after each epoch, and what it is compared with."""
PRINCIPAL = "sagemaker.amazonaws.com"
FRAMEWORKS = {
    "huggingface-pytorch-training": "transformers",
    "pytorch-training": "torch",
    "python": "",
    "sagemaker-scikit-learn": "sklearn",
    "sagemaker-xgboost": "xgboost",
    "tensorflow-training": "tensorflow",
}
"""By the name of an image's repository, what a script of it imports."""
SERVING = {
    "pytorch-inference": "torch",
    "sagemaker-scikit-learn": "sklearn",
    "sagemaker-xgboost": "xgboost",
}
"""By the name of an image's repository, what a script of it that answers requests imports."""
PYTHONS = ("python", "python3")
FOREIGN = "simulated: the sandbox does not run containers, and this image is no framework's"
NO_SCRIPT = "simulated: what it runs is no Python file that the sandbox finds"


def mark(record: Record, contract: dict[str, Any] | str) -> None:
    """Keep what one who does the job has to know, or why nobody can."""
    record.extra[CONTRACT] = contract


def begin(
    call: Call, record: Record, limit: float, *, role: str = "", interrupted: bool = False
) -> bool:
    """The work of a job begins: whether somebody does it. Its `role` is by default its own."""
    run, step = record.extra[common.RUN], record.extra[common.STEP]
    names = WORLD.machines.stood_in.get(run)
    if names is None:
        return False
    contract = record.extra[CONTRACT]
    if isinstance(contract, str):
        common.note(record, contract)
        return False
    needs = contract["needs"]
    if needs and needs not in names:
        common.note(record, f"simulated: {needs} is not installed in the Python of moorline")
        return False
    where = call.backend
    WORLD.machines.held[record.arn] = {
        "id": record.arn, "execution": run, "state": step, "seconds": limit,
        "service": "sagemaker", "job": record.name, "role": role or record.data["RoleArn"],
        "principal": PRINCIPAL, "account": where.account_id, "region": where.region_name,
        "session": "SageMaker", "source": record.arn, "interrupted": interrupted,
        EARLY: record.extra.get(EARLY), **contract,
    }  # fmt: skip
    record.extra[WAITING] = True
    return True


def waits(record: Record) -> bool:
    """Whether somebody does the job."""
    return bool(record.extra.get(WAITING))


def take(record: Record) -> dict[str, Any] | None:
    """What was told of a job's end, if anything was."""
    told = WORLD.machines.ended.pop(record.arn, None)
    WORLD.machines.held.pop(record.arn, None)
    if told is not None:
        record.extra[TOLD] = told
        record.extra[CURVE] = told.get(CURVE) or []
    return told


def error(record: Record) -> str:
    """Why the job failed, as it was told."""
    told = record.extra.get(TOLD)
    return "" if told is None or told["ok"] else str(told.get("error") or "AlgorithmError")


def drop(record: Record) -> None:
    """Nobody has to do the job any more."""
    WORLD.machines.held.pop(record.arn, None)
    WORLD.machines.ended.pop(record.arn, None)


def framework(image: str, known: Mapping[str, str] = FRAMEWORKS) -> str | None:
    """What scripts of an image import; nothing where it is no framework's."""
    repository = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return known.get(repository)


def of_training(data: Mapping[str, Any]) -> dict[str, Any] | str:
    """What one who trains has to know, or why nobody can."""
    algorithm = data.get("AlgorithmSpecification") or {}
    needs = framework(str(algorithm.get("TrainingImage") or ""))
    given = data.get("HyperParameters") or {}
    if needs is None:
        return FOREIGN
    program = rights.unquoted(str(given.get("sagemaker_program") or ""))
    code = rights.unquoted(str(given.get("sagemaker_submit_directory") or ""))
    if not program.endswith(".py") or not code.startswith("s3://"):
        return NO_SCRIPT
    output = data["OutputDataConfig"]
    return {
        "what": "training",
        "needs": needs,
        "program": program,
        "code": code,
        "channels": [_channel(each) for each in data.get("InputDataConfig") or ()],
        "hyperparameters": dict(given),
        "environment": dict(data.get("Environment") or {}),
        "model": data["ModelArtifacts"]["S3ModelArtifacts"],
        "kms": output.get("KmsKeyId") or "",
        "checkpoints": dict(data.get("CheckpointConfig") or {}),
        "metrics": list(algorithm.get("MetricDefinitions") or ()),
        "resources": dict(data.get("ResourceConfig") or {}),
    }


def _channel(channel: Mapping[str, Any]) -> dict[str, Any]:
    source = (channel.get("DataSource") or {}).get("S3DataSource") or {}
    return {
        "name": channel["ChannelName"],
        "uri": source.get("S3Uri", ""),
        "type": channel.get("ContentType", ""),
        "mode": channel.get("InputMode", "File"),
        "distribution": source.get("S3DataDistributionType", "FullyReplicated"),
    }


def of_processing(data: Mapping[str, Any]) -> dict[str, Any] | str:
    """What one who processes has to know, or why nobody can."""
    application = data["AppSpecification"]
    if framework(str(application.get("ImageUri") or "")) is None:
        return FOREIGN
    entry = [str(each) for each in application.get("ContainerEntrypoint") or ()]
    inputs = [_input(each) for each in data.get("ProcessingInputs") or () if each.get("S3Input")]
    python = len(entry) > 1 and entry[0].rpartition("/")[2] in PYTHONS
    inside = python and any(entry[1].startswith(f"{each['path']}/") for each in inputs)
    if not inside and not (python and entry[1] == "-m" and len(entry) > 2):  # noqa: PLR2004
        return NO_SCRIPT
    kept = data.get("ProcessingOutputConfig") or {}
    cluster = (data.get("ProcessingResources") or {}).get("ClusterConfig") or {}
    return {
        "what": "processing",
        "needs": "",
        "entry": entry[1:],
        "arguments": [str(each) for each in application.get("ContainerArguments") or ()],
        "inputs": inputs,
        "outputs": [
            {
                "name": each["OutputName"],
                "uri": each["S3Output"].get("S3Uri", ""),
                "path": str(each["S3Output"].get("LocalPath", "")).rstrip("/"),
            }
            for each in kept.get("Outputs") or ()
            if each.get("S3Output")
        ],
        "kms": kept.get("KmsKeyId") or "",
        "environment": dict(data.get("Environment") or {}),
        "resources": dict(cluster),
    }


def _input(given: Mapping[str, Any]) -> dict[str, Any]:
    source = given["S3Input"]
    path = str(source.get("LocalPath", "")).rstrip("/")
    return {"name": given["InputName"], "uri": source["S3Uri"], "path": path}


def of_transform(data: Mapping[str, Any], model: Mapping[str, Any]) -> dict[str, Any] | str:
    """What one who has a model answer has to know, or why nobody can."""
    container = model.get("PrimaryContainer") or {}
    needs = framework(str(container.get("Image") or ""), SERVING)
    if needs is None:
        return FOREIGN
    variables = dict(container.get("Environment") or {})
    program = str(variables.get("SAGEMAKER_PROGRAM") or "")
    if not program.endswith(".py"):
        return NO_SCRIPT
    given, output = data["TransformInput"], data["TransformOutput"]
    processing = data.get("DataProcessing") or {}
    return {
        "what": "transform",
        "needs": needs,
        "program": program,
        "code": str(variables.get("SAGEMAKER_SUBMIT_DIRECTORY") or ""),
        "archive": str(container.get("ModelDataUrl") or ""),
        "environment": {**variables, **(data.get("Environment") or {})},
        "uri": (given["DataSource"].get("S3DataSource") or {}).get("S3Uri", ""),
        "type": given.get("ContentType", ""),
        "split": given.get("SplitType", "None"),
        "accept": output.get("Accept", ""),
        "assemble": output.get("AssembleWith", "None"),
        "output": output["S3OutputPath"],
        "kms": output.get("KmsKeyId") or "",
        "before": processing.get("InputFilter", "$"),
        "join": processing.get("JoinSource", "None"),
        "after": processing.get("OutputFilter", "$"),
    }
