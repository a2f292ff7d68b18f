"""What containers are told of how instances share a training, as the SDK tells them."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from reconciler.kinds.terms.image import Custom, Framework
from reconciler.kinds.training.distribution import Distribution, launch

TYPE = {"Get": "Parameters.TrainingInstanceType"}
DDP = "sagemaker_distributed_dataparallel"
OFF = {f"{DDP}_enabled": "false", "sagemaker_instance_type": TYPE}
MP = {"enabled": True, "parameters": {"partitions": 2, "microbatches": 4}}
SHARDED = {"enabled": True, "parameters": {"hybrid_shard_degree": 2}}


class Way(NamedTuple):
    """A way in our words and in those of the SDK, and what both make of it."""

    framework: str
    ours: Mapping[str, Any]
    sdk: Mapping[str, Any]
    told: Mapping[str, Any]


WAYS = {
    "torchrun": Way(
        "pytorch",
        {"torchrun": {}},
        {"torch_distributed": {"enabled": True}},
        {"sagemaker_torch_distributed_enabled": "true", "sagemaker_instance_type": TYPE},
    ),
    "data parallel": Way(
        "pytorch",
        {"dataParallel": {}},
        {"smdistributed": {"dataparallel": {"enabled": True}}},
        {f"{DDP}_enabled": "true", "sagemaker_instance_type": TYPE,
         f"{DDP}_custom_mpi_options": '""'},
    ),
    "data parallel with options": Way(
        "pytorch",
        {"dataParallel": {"options": "-v"}},
        {"smdistributed": {"dataparallel": {"enabled": True, "custom_mpi_options": "-v"}}},
        {f"{DDP}_enabled": "true", "sagemaker_instance_type": TYPE,
         f"{DDP}_custom_mpi_options": '"-v"'},
    ),
    "model parallel by MPI": Way(
        "pytorch",
        {"modelParallel": {"settings": MP["parameters"], "processes": 8, "options": "-x A=1"}},
        {"smdistributed": {"modelparallel": MP},
         "mpi": {"enabled": True, "processes_per_host": 8, "custom_mpi_options": "-x A=1"}},
        {"sagemaker_mpi_enabled": "true", "sagemaker_mpi_num_of_processes_per_host": "8",
         "sagemaker_mpi_custom_mpi_options": '"-x A=1"',
         "mp_parameters": '{"partitions": 2, "microbatches": 4}', **OFF},
    ),
    "model parallel by torchrun": Way(
        "pytorch-smp",
        {"modelParallel": {"settings": SHARDED["parameters"]}},
        {"torch_distributed": {"enabled": True}, "smdistributed": {"modelparallel": SHARDED}},
        {"sagemaker_torch_distributed_enabled": "true",
         "mp_parameters": '{"hybrid_shard_degree": 2}', **OFF},
    ),
    "MPI": Way(
        "pytorch",
        {"mpi": {}},
        {"mpi": {"enabled": True}},
        {"sagemaker_mpi_enabled": "true", "sagemaker_mpi_custom_mpi_options": '""'},
    ),
    "MPI with processes": Way(
        "pytorch",
        {"mpi": {"processes": 4, "options": "-x B"}},
        {"mpi": {"enabled": True, "processes_per_host": 4, "custom_mpi_options": "-x B"}},
        {"sagemaker_mpi_enabled": "true", "sagemaker_mpi_num_of_processes_per_host": "4",
         "sagemaker_mpi_custom_mpi_options": '"-x B"'},
    ),
    "parameter server": Way(
        "tensorflow",
        {"parameterServer": {}},
        {"parameter_server": {"enabled": True}},
        {"sagemaker_parameter_server_enabled": "true"},
    ),
    "TensorFlow's own": Way(
        "tensorflow",
        {"multiWorkerMirrored": {}},
        {"multi_worker_mirrored_strategy": {"enabled": True}},
        {"sagemaker_multi_worker_mirrored_strategy_enabled": "true"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
def test_a_container_is_told(name: str) -> None:
    way = WAYS[name]
    given = Distribution.model_validate(way.ours)
    assert launch(given, Framework(framework=way.framework, version="2.2"), TYPE) == way.told


def test_an_own_image_is_told_the_same() -> None:
    image = Custom(image="123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1")
    for name in ("torchrun", "MPI", "model parallel by MPI", "model parallel by torchrun"):
        way = WAYS[name]
        assert launch(Distribution.model_validate(way.ours), image, TYPE) == way.told
    assert launch(Distribution.model_validate({"own": {}}), image, TYPE) == {}
    assert launch(None, image, TYPE) == {}


@pytest.mark.sagemaker_sdk
@pytest.mark.parametrize("name", WAYS)
def test_the_sdk_tells_the_same(name: str) -> None:
    """The classes that tell containers by hyperparameters are in version 2 of the SDK alone."""
    pytorch = pytest.importorskip("sagemaker.pytorch", reason="version 2 of the SDK")
    parameters = pytest.importorskip("sagemaker.workflow.parameters")
    if not hasattr(pytorch, "PyTorch"):
        pytest.skip("version 2 of the SDK")
    session = SimpleNamespace(
        boto_region_name="us-west-2", config=None, local_mode=False, sagemaker_config={},
        settings=None, default_bucket_prefix=None, default_bucket=lambda: "b",
    )  # fmt: skip
    type_ = parameters.ParameterString("TrainingInstanceType", default_value="ml.p4d.24xlarge")
    way = WAYS[name]
    arguments = {
        "entry_point": "train.py", "role": "arn:aws:iam::123456789012:role/r",
        "py_version": "py310", "instance_type": type_, "instance_count": 2,
        "distribution": dict(way.sdk), "sagemaker_session": session, "image_uri": "a/b:1",
    }  # fmt: skip
    if way.framework == "tensorflow":
        tensorflow = pytest.importorskip("sagemaker.tensorflow")
        made = tensorflow.TensorFlow(framework_version="2.11", model_dir=False, **arguments)
        found = made._distribution_configuration(made.distribution)
    else:
        made = pytorch.PyTorch(framework_version="2.2", **arguments)
        found = made._pytorch_distribution_configuration(made.distribution)
    texts = made._json_encode_hyperparameters(found)
    assert {key: getattr(each, "expr", each) for key, each in texts.items()} == way.told
