"""`serve: serverless`: no instances; SageMaker starts containers as requests come.

Limits: AWS_FACTS 1.2 (ServerlessConfig) and 1.6; SageMaker developer guide, "Serverless Inference",
feature exclusions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Maybe, Problem, Section, Size, gibibytes
from reconciler.kinds.rollout.serve.fleet import VariantName
from reconciler.model.value import Json, Path

AT: Path = ("serve", "serverless")
_MEGABYTES, _MOST = 1024, 6


class Serverless(Section):
    """Containers that SageMaker starts as requests come."""

    memory: Size
    """Memory of each container, 1 to 6 GiB."""
    max_concurrent: Annotated[int, Field(ge=1, le=200)]
    """How many requests are answered at a time; more are refused."""
    provisioned: Maybe[Annotated[int, Field(ge=1, le=200)]] = None
    """How many containers are kept warm."""
    variant: VariantName = "primary"
    """The name of the variant."""


def problems(serve: Serverless) -> Iterator[Problem]:
    """What SageMaker refuses of it."""
    if gibibytes(serve.memory) > _MOST:
        text = "a serverless container has 1 to 6 GiB"
        yield Problem((*AT, "memory"), text, "use 6GiB or less, or serve realtime")
    if serve.provisioned is not None and serve.provisioned > serve.max_concurrent:
        text = f"{serve.provisioned} are kept warm, and {serve.max_concurrent} may run"
        yield Problem((*AT, "provisioned"), text, "raise 'maxConcurrent', or lower it")


def variant(serve: Serverless) -> dict[str, Json]:
    """The variant but its name and its model."""
    config: dict[str, Json] = {
        "MemorySizeInMB": gibibytes(serve.memory) * _MEGABYTES,
        "MaxConcurrency": serve.max_concurrent,
    }
    if serve.provisioned is not None:
        config["ProvisionedConcurrency"] = serve.provisioned
    return {"ServerlessConfig": config}


def lines() -> dict[Path, Path]:
    """Which field is behind which property."""
    here = ("ProductionVariants", "0")
    config = (*here, "ServerlessConfig")
    return {
        (*here, "VariantName"): (*AT, "variant"),
        (*config, "MemorySizeInMB"): (*AT, "memory"),
        (*config, "MaxConcurrency"): (*AT, "maxConcurrent"),
        (*config, "ProvisionedConcurrency"): (*AT, "provisioned"),
    }
