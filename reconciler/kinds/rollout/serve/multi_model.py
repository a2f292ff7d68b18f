"""`serve: multiModel`: many model files under one prefix, loaded as they are asked for.

Each request names its model (TargetModel). A new file under the prefix is served from the next
request for it on, without any deployment. Source: SageMaker API reference, ContainerDefinition
(Mode, MultiModelConfig); developer guide, "Multi-model endpoints".
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Problem
from reconciler.kinds.rollout.serve import fleet
from reconciler.kinds.rollout.serve.fleet import Fleet
from reconciler.model.value import Json, Path, Props

AT: Path = ("serve", "multiModel")


class MultiModel(Fleet):
    """Instances that load the models under a prefix as they are asked for."""

    cache: bool = True
    """Whether models stay in memory. Without it each request loads its model."""


def problems(serve: MultiModel) -> Iterator[Problem]:
    """What SageMaker refuses of it."""
    yield from fleet.problems(serve, AT)
    if serve.instance_type.startswith("ml.inf"):
        text = f"{serve.instance_type} serves one model at a time"
        yield Problem((*AT, "instanceType"), text, "use a type with CPUs or GPUs", "MODE004")


def container(serve: MultiModel, made: Props) -> Props:
    """The container of a model as that of all models under its prefix."""
    uri = made["ModelDataUrl"]
    found: dict[str, Json] = {**made, "Mode": "MultiModel", "ModelDataUrl": uri}
    if not serve.cache:
        found["MultiModelConfig"] = {"ModelCacheSetting": "Disabled"}
    return found
