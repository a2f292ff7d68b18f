"""What runs code in AWS, and since when or until when: Glue, EMR Serverless, Lambda. Pure.

Sources: botocore, Glue CreateJob (WorkerType, GlueVersion, ExecutionClass), Lambda's Runtime;
Glue developer guide, "AWS Glue version support policy"; EMR Serverless user guide, "Understanding
application behavior"; Lambda developer guide, "Lambda runtimes". AWS adds versions all the time,
so what is not known here is a doubt and never an error; what has ended is known for good.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

GLUE_ENDED = {"0.9": "2026-04-01", "1.0": "2026-04-01", "2.0": "2026-04-01"}
"""Versions that start no run any more, since when."""
GLUE_VERSIONS = ("3.0", "4.0", "5.0", "5.1", "6.0")
GLUE_WORKERS: Mapping[str, tuple[float, str]] = {
    "G.025X": (0.25, "streaming"),
    "G.1X": (1, ""),
    "G.2X": (2, ""),
    "G.4X": (4, "3.0"),
    "G.8X": (8, "3.0"),
    "G.12X": (12, "4.0"),
    "G.16X": (16, "4.0"),
    "R.1X": (1, "4.0"),
    "R.2X": (2, "4.0"),
    "R.4X": (4, "4.0"),
    "R.8X": (8, "4.0"),
    "Z.2X": (2, "ray"),
    "Standard": (1, "ended"),
}
"""DPUs of a worker, and the version from which on Spark jobs take it, or who alone does."""
LAMBDA_ENDED = frozenset(
    {
        "nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x",
        "nodejs12.x", "nodejs14.x", "nodejs16.x", "nodejs18.x", "java8", "python2.7",
        "python3.6", "python3.7", "python3.8", "python3.9", "dotnetcore1.0", "dotnetcore2.0",
        "dotnetcore2.1", "dotnetcore3.1", "dotnet6", "go1.x", "ruby2.5", "ruby2.7",
        "provided",
    }
)  # fmt: skip
"""Runtimes with which no function can be made any more."""
LAMBDA_OLD = frozenset({"python3.10", "nodejs20.x", "provided.al2"})
"""Runtimes without security updates, of which the creation still passes."""
EMR_FIRST = (6, 6, 0)
"""The first release of EMR Serverless."""
EMR_WORKERS: Mapping[int, tuple[int, int, int]] = {
    1: (2, 8, 1),
    2: (4, 16, 1),
    4: (8, 30, 1),
    8: (16, 60, 4),
    16: (32, 120, 8),
}
"""By vCPUs of a worker: the least and the most memory in GB, and its steps."""
EMR_DISK = (20, 200)
"""The least and the most disk of a worker in GB."""
_OTHERS = {"streaming": "streaming jobs", "ray": "Ray jobs", "ended": "Glue 1.0 and older"}
_VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}")
_EMR = re.compile(r"emr-(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a version or a size; a doubt is not an error."""

    text: str
    help: str
    doubt: bool = False


def glue_version(version: str) -> Fault | None:
    """What is wrong with a version of Glue for a Spark job."""
    if since := GLUE_ENDED.get(version):
        text = f"Glue {version} has ended: since {since} it starts no run"
        return Fault(text, f"use {GLUE_VERSIONS[-3]} or newer")
    if version not in GLUE_VERSIONS:
        known = ", ".join(GLUE_VERSIONS)
        newer = bool(_VERSION.fullmatch(version)) and _number(version) > _number(GLUE_VERSIONS[-1])
        said = "is not known" if newer else "does not exist"
        return Fault(f"Glue {version} {said}", f"known are {known}", doubt=newer)
    return None


def glue_worker(worker: str, version: str) -> Fault | None:
    """What is wrong with a type of worker for a Spark job of a version."""
    if worker not in GLUE_WORKERS:
        near = ", ".join(name for name, (_, of) in GLUE_WORKERS.items() if of not in _OTHERS)
        return Fault(f"Glue has no worker type {worker!r}", f"there are {near}")
    _, only = GLUE_WORKERS[worker]
    if only in _OTHERS:
        return Fault(f"{worker} is for {_OTHERS[only]} alone", "use G.1X or larger")
    if only and version in GLUE_VERSIONS and _number(version) < _number(only):
        text = f"{worker} needs Glue {only} or newer, and this is {version}"
        return Fault(text, "raise 'version'")
    return None


def lambda_runtime(runtime: str) -> Fault | None:
    """What is wrong with a runtime of Lambda."""
    if runtime in LAMBDA_ENDED:
        return Fault(f"Lambda makes no function with {runtime} any more", "use python3.13 or newer")
    if runtime in LAMBDA_OLD:
        text = f"Lambda gives {runtime} no security updates any more"
        return Fault(text, "move to a newer one before its creation is refused", doubt=True)
    return None


def emr_release(release: str) -> Fault | None:
    """What is wrong with a release of EMR Serverless."""
    found = _EMR.fullmatch(release)
    if found and tuple(map(int, found.groups())) < EMR_FIRST:
        first = ".".join(map(str, EMR_FIRST))
        text = f"EMR Serverless begins with emr-{first}"
        return Fault(f"{text}, and this is {release}", "use emr-7.5.0 or newer")
    return None


def emr_worker(cores: int, memory: int, disk: int) -> Fault | None:
    """What is wrong with the size of a worker: vCPUs, and GB of memory and disk."""
    if cores not in EMR_WORKERS:
        sizes = ", ".join(map(str, EMR_WORKERS))
        return Fault(f"EMR Serverless has no worker of {cores} vCPUs", f"there are {sizes}")
    least, most, step = EMR_WORKERS[cores]
    if not least <= memory <= most or (memory - least) % step:
        text = f"a worker of {cores} vCPUs has {least} to {most} GB of memory in steps of {step}"
        return Fault(f"{text}, and not {memory}", "choose one of these")
    if not EMR_DISK[0] <= disk <= EMR_DISK[1]:
        text = f"a worker has {EMR_DISK[0]} to {EMR_DISK[1]} GB of disk, and not {disk}"
        return Fault(text, "choose one of these")
    return None


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
