"""Jobs that SageMaker refuses: a key for disks that instances have of their own.

moto keeps the jobs; what is checked here is what it takes and AWS does not. The text of the
refusal is ours, that it is a ValidationException is AWS's.
Source: SageMaker API, VolumeKmsKeyId of ResourceConfig, ProcessingClusterConfig,
TransformResources and HyperParameterTuningResourceConfig.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.sagemaker.responses import SageMakerResponse

from reconciler.access.workloads.pipelines import RUN, Step, inside
from reconciler.facts.instances import local_storage
from reconciler.sandbox.protocol.errors import invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CREATES = ("training_job", "processing_job", "transform_job", "hyper_parameter_tuning_job")
KEY = "VolumeKmsKeyId"


def install() -> None:
    """Put the check before moto's operations."""
    for name in CREATES:
        method = f"create_{name}"
        setattr(SageMakerResponse, method, _checked(getattr(SageMakerResponse, method)))


def _checked(create: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:  # noqa: ANN401  (moto's response)
        if why := refusal(self.params):
            raise invalid(why)
        return create(self)

    return method


def refusal(arguments: Any) -> str:  # noqa: ANN401  (any JSON value)
    """Why SageMaker refuses the arguments of a job; empty when it does not."""
    for cluster in _clusters(arguments):
        for name in _types(cluster):
            if local_storage(name):
                return f"VolumeKmsKeyId is not supported for {name}, which has local storage."
    return ""


def steps(definition: str, given: Mapping[str, Any], run: str = RUN) -> Iterator[Step]:
    """The jobs of an execution: its steps, with parameters and the id of the execution put in.

    Of a definition that is no such document, or of another form than ours, as many as can be told.
    """
    try:
        document = json.loads(definition)
        values = {name: each.get("DefaultValue") for name, each in _parameters(document).items()}
        yield from inside(document["Steps"], values | dict(given), run)
    except (AttributeError, LookupError, TypeError, ValueError):
        return


def unfit(definition: str, given: Mapping[str, str]) -> str:
    """Why an execution may not have these parameters; empty when it may.

    That a value has to be among EnumValues is their documented sense; the text is ours.
    """
    try:
        known = _parameters(json.loads(definition))
    except (AttributeError, LookupError, TypeError, ValueError):
        return ""
    for name, value in given.items():
        allowed = known.get(name, {}).get("EnumValues")
        if allowed and value not in allowed:
            return f"Parameter {name} has to be one of {', '.join(map(str, allowed))}."
    return ""


def _parameters(document: Any) -> dict[str, Mapping[str, Any]]:  # noqa: ANN401  (any JSON)
    return {str(each["Name"]): each for each in document.get("Parameters") or ()}


def _clusters(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  (any JSON value)
    if isinstance(value, dict):
        if value.get(KEY):
            yield value
        for item in value.values():
            yield from _clusters(item)
    elif isinstance(value, list):
        for item in value:
            yield from _clusters(item)


def _types(cluster: dict[str, Any]) -> Iterator[str]:
    lists = (cluster.get(name) for name in ("InstanceGroups", "InstanceConfigs"))
    groups = [each for found in lists if isinstance(found, list) for each in found]
    for each in (cluster, *groups):
        if isinstance(each, dict) and isinstance(each.get("InstanceType"), str):
            yield each["InstanceType"]
