"""How instances share a training, and what AWS's containers are told about it.

The names are those that the SageMaker Python SDK gives its containers as hyperparameters.
Source: SageMaker Python SDK 2.257.7, estimator.Framework._distribution_configuration and
pytorch.estimator.PyTorch._pytorch_distribution_configuration.
"""

import json
from typing import Annotated, TypeAlias

from pydantic import Field

from reconciler.facts.distribution import launcher
from reconciler.kinds.api import Choice, Maybe, Section
from reconciler.kinds.terms.image import Custom, Framework
from reconciler.kinds.training.tuning import Scalar
from reconciler.model.value import Json

Options: TypeAlias = Annotated[str, Field(min_length=1, max_length=2000)]
Processes: TypeAlias = Annotated[int, Field(ge=1, le=128)]


class Torchrun(Section):
    """``torchrun`` starts a process for each GPU or chip of every instance."""


class DataParallel(Section):
    """AWS's data parallel library (SMDDP): each GPU has the model and a share of the data."""

    options: Maybe[Options] = Field(None, examples=["-verbose -x NCCL_DEBUG=VERSION"])
    """Further options of ``mpirun``."""


class ModelParallel(Section):
    """AWS's model parallel library (SMP): each GPU has a part of the model."""

    settings: Annotated[dict[str, Scalar], Field(max_length=100)] = Field(default_factory=dict)
    """What the library is told: ``hybrid_shard_degree`` and the like."""
    processes: Maybe[Processes] = None
    """Processes of each instance; for versions of the library that MPI starts."""
    options: Maybe[Options] = None
    """Further options of ``mpirun``; for the same versions."""


class Mpi(Section):
    """``mpirun`` starts the script; for Horovod, DeepSpeed or MPI itself."""

    processes: Maybe[Processes] = None
    """Processes of each instance. By default the container chooses."""
    options: Maybe[Options] = Field(None, examples=["-x HOROVOD_HIERARCHICAL_ALLREDUCE=1"])
    """Further options of ``mpirun``."""


class ParameterServer(Section):
    """One instance keeps the parameters, the others compute."""


class MultiWorkerMirrored(Section):
    """TensorFlow's ``MultiWorkerMirroredStrategy``: the container tells it of all instances."""


class Own(Section):
    """The script or the image shares the work by itself; it reads who is there."""


class Distribution(Choice):
    """How several instances share one training."""

    torchrun: Maybe[Torchrun] = None
    data_parallel: Maybe[DataParallel] = None
    model_parallel: Maybe[ModelParallel] = None
    mpi: Maybe[Mpi] = None
    parameter_server: Maybe[ParameterServer] = None
    multi_worker_mirrored: Maybe[MultiWorkerMirrored] = None
    own: Maybe[Own] = None


def way(distribution: Distribution) -> str:
    """Which one it is, by its name in YAML."""
    (name,) = distribution.model_fields_set
    found: str = Distribution.model_fields[name].alias or name
    return found


def launch(
    distribution: Distribution | None, algorithm: Framework | Custom, instance_type: Json
) -> dict[str, Json]:
    """The hyperparameters that tell a container of it, as the texts that it reads."""
    if distribution is None:
        return {}
    found = told(distribution, instance_type, _launcher(distribution, algorithm))
    return {
        name: value if value is instance_type else json.dumps(value)
        for name, value in found.items()
    }


def _launcher(distribution: Distribution, algorithm: Framework | Custom) -> str:
    """What starts the model parallel library; of an own image what its processes say."""
    if isinstance(algorithm, Framework):
        return launcher(algorithm.framework)
    library = distribution.model_parallel
    return "mpi" if library is not None and library.processes is not None else "torchrun"


def told(distribution: Distribution, instance_type: Json, starts: str) -> dict[str, Json]:
    """What the container is told, before it is written as text; nothing when it needs nothing.

    `starts` starts the model parallel library: ``mpi`` or ``torchrun``.
    """
    typed: dict[str, Json] = {"sagemaker_instance_type": instance_type}
    if distribution.torchrun is not None:
        return {"sagemaker_torch_distributed_enabled": True, **typed}
    if (data := distribution.data_parallel) is not None:
        options = {"sagemaker_distributed_dataparallel_custom_mpi_options": data.options or ""}
        return {"sagemaker_distributed_dataparallel_enabled": True, **typed, **options}
    if (library := distribution.model_parallel) is not None:
        parameters = {"mp_parameters": library.settings} if library.settings else {}
        off = {"sagemaker_distributed_dataparallel_enabled": False}
        start: dict[str, Json] = {"sagemaker_torch_distributed_enabled": True}
        if starts == "mpi":
            start = _mpi(library.processes, library.options)
        return {**start, **parameters, **off, **typed}
    if distribution.mpi is not None:
        return _mpi(distribution.mpi.processes, distribution.mpi.options)
    if distribution.parameter_server is not None:
        return {"sagemaker_parameter_server_enabled": True}
    if distribution.multi_worker_mirrored is not None:
        return {"sagemaker_multi_worker_mirrored_strategy_enabled": True}
    return {}


def _mpi(processes: int | None, options: str | None) -> dict[str, Json]:
    """How ``mpirun`` starts a script."""
    count = {} if processes is None else {"sagemaker_mpi_num_of_processes_per_host": processes}
    custom = {"sagemaker_mpi_custom_mpi_options": options or ""}
    return {"sagemaker_mpi_enabled": True, **count, **custom}
