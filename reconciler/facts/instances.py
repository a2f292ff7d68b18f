"""What an instance type has: disks of its own, GPUs, cores. Unknown types have no answer.

Source: `schemas/instances.json`, which names AWS's pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from reconciler.facts.files import read

_CORES = {"medium": 2, "large": 2, "xlarge": 4}
_NEURON = ("inf", "trn")
_OTHER_CORES = {"c4.8xlarge": 36, "d2.8xlarge": 36}


def local_storage(instance_type: str) -> bool | None:
    """Whether a type such as ``ml.g5.xlarge`` has disks of its own; nothing when unknown."""
    return _of(instance_type).get("localStorage")


def local_gigabytes(instance_type: str) -> int | None:
    """The total size of the disks of its own, in GB; nothing when unknown or without any."""
    sizes: dict[str, int] = _of(instance_type).get("gigabytes", {})
    return sizes.get(instance_type.rpartition(".")[2])


def has_gpu(instance_type: str) -> bool | None:
    """Whether it has NVIDIA GPUs, whose use SageMaker measures; nothing when unknown."""
    return _of(instance_type).get("gpu")


def has_accelerator(instance_type: str) -> bool | None:
    """Whether it has GPUs or Neuron devices; nothing when unknown."""
    return family(instance_type).startswith(_NEURON) or has_gpu(instance_type)


def cores(instance_type: str) -> int | None:
    """How many virtual cores it has; nothing when unknown.

    A size named ``Nxlarge`` has 4 N, with the exceptions that are written here.
    Source: EC2 instance types, vCPUs.
    """
    if not _of(instance_type):
        return None
    name = instance_type.removeprefix("ml.")
    size = name.rpartition(".")[2]
    if name in _OTHER_CORES:
        return _OTHER_CORES[name]
    if size in _CORES:
        return _CORES[size]
    times = size.removesuffix("xlarge")
    return 4 * int(times) if times != size and times.isdigit() else None


def family(instance_type: str) -> str:
    """``g5`` of ``ml.g5.xlarge``."""
    return instance_type.removeprefix("ml.").partition(".")[0]


def _of(instance_type: str) -> Mapping[str, Any]:
    known: Mapping[str, Any] = _families().get(family(instance_type), {})
    return known


@cache
def _families() -> dict[str, Any]:
    found: dict[str, Any] = read("instances.json")["families"]
    return found
