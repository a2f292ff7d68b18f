"""A processing job: its inputs in folders, its outputs taken from folders.

Source: SageMaker developer guide, "Build your own processing container".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.sandbox.standin.run import Container
from reconciler.sandbox.standin.storage import LostError, Store

ML = "/opt/ml"
MODULE = "-m"


def _inside(place: Path, path: str) -> Path:
    """A folder of the container, which has to be below ``/opt/ml``.

    Raises:
        LostError: it is not.
    """
    found = (place / path.removeprefix(ML).lstrip("/")).resolve()
    if not path.startswith(f"{ML}/") or not found.is_relative_to(place.resolve()):
        raise LostError(f"{path} is not below {ML}, where a job has its files here")
    return found


def prepared(job: Mapping[str, Any], place: Path, store: Store) -> Container:
    """Bring the inputs, make the folders of the outputs, and write the configuration.

    Raises:
        LostError: something could not be read.
    """
    for name in ("config", "output"):
        (place / name).mkdir(parents=True, exist_ok=True)
    for each in job["inputs"]:
        store.fetch(each["uri"], _inside(place, each["path"]))
    for each in job["outputs"]:
        _inside(place, each["path"]).mkdir(parents=True, exist_ok=True)
    told = {"ProcessingJobArn": job["id"], "ProcessingJobName": job["job"],
            "Environment": job["environment"]}  # fmt: skip
    (place / "config/processingjobconfig.json").write_text(json.dumps(told))
    hosts = {"current_host": "algo-1", "hosts": ["algo-1"]}
    (place / "config/resourceconfig.json").write_text(json.dumps(hosts))
    module = job["entry"][0] == MODULE
    program = str(job["entry"][1 if module else 0])
    if not module and not _inside(place, program).is_file():
        raise LostError(f"there is no file {program}")
    folders = (
        [str(Path(program).parent)] if not module else [each["path"] for each in job["inputs"]]
    )
    return Container(
        program, module=module, paths=tuple(folders),
        variables={"PROCESSING_JOB_NAME": str(job["job"]), "PROCESSING_JOB_ARN": str(job["id"]),
                   **{str(key): str(value) for key, value in job["environment"].items()}},
    )  # fmt: skip


def arguments(job: Mapping[str, Any]) -> list[str]:
    """The command line after the program."""
    first = 2 if job["entry"][0] == MODULE else 1
    return [*job["entry"][first:], *job["arguments"]]


def kept(job: Mapping[str, Any], place: Path, store: Store, *, well: bool) -> None:
    """Put the outputs of a job that has ended well: what becomes of others is not documented.

    Raises:
        LostError: S3 refuses.
    """
    for each in job["outputs"] if well else ():
        if each["uri"].startswith("s3://"):
            store.send(_inside(place, each["path"]), each["uri"])
