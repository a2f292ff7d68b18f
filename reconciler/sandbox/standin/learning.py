"""A training job in script mode: what the training toolkit of AWS's framework images sets up.

Source: aws/sagemaker-training-toolkit, README (environment variables); SageMaker developer guide,
"How Amazon SageMaker provides training information".
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.sandbox.standin.run import Container
from reconciler.sandbox.standin.storage import LostError, Store, own

ML = "/opt/ml"
HOST = "algo-1"
OWN = ("sagemaker_", "_tuning_")
"""Beginnings of hyperparameters that are the toolkit's, and not the script's."""
PARTS = {"output/data": "output.tar.gz"}


def prepared(job: Mapping[str, Any], place: Path, store: Store) -> Container:
    """Bring code, channels and checkpoints, and write the configuration.

    Raises:
        LostError: something could not be read.
    """
    for name in ("code", "input/config", "input/data", "model", "output/data", "checkpoints"):
        (place / name).mkdir(parents=True, exist_ok=True)
    archive = place / "sourcedir.tar.gz"
    store.bring(str(job["code"]), archive)
    unpacked(archive, place / "code")
    channels = {}
    for each in job["channels"]:
        if each["uri"].startswith("s3://"):
            store.fetch(each["uri"], place / "input/data" / each["name"])
        channels[each["name"]] = {
            "TrainingInputMode": "File", "S3DistributionType": each["distribution"],
            "RecordWrapperType": "None", **({"ContentType": each["type"]} if each["type"] else {}),
        }  # fmt: skip
    kept = job.get("checkpoints") or {}
    if kept.get("S3Uri"):
        store.fetch(f"{str(kept['S3Uri']).rstrip('/')}/", place / "checkpoints")
    count = int((job.get("resources") or {}).get("InstanceCount") or 1)
    given = dict(job["hyperparameters"])
    resources = {"current_host": HOST, "hosts": [HOST], "network_interface_name": "lo"}
    config = place / "input/config"
    for name, content in (("hyperparameters", given), ("inputdataconfig", channels),
                          ("resourceconfig", resources)):  # fmt: skip
        (config / f"{name}.json").write_text(json.dumps(content))
    program = str(job["program"])
    script = (place / "code" / program).resolve()
    if not script.is_relative_to((place / "code").resolve()) or not script.is_file():
        raise LostError(f"there is no {program} in {job['code']}")
    return Container(
        f"{ML}/code/{program}", folder=f"{ML}/code",
        paths=(str(Path(f"{ML}/code/{program}").parent), f"{ML}/code"),
        variables=_variables(job, channels, count),
    )  # fmt: skip


def unpacked(archive: Path, place: Path) -> None:
    """Unpack an archive; nothing of it lies outside, and nothing is a link or a device.

    Raises:
        LostError: it is no archive, or holds such a thing.
    """
    try:
        with tarfile.open(archive) as opened:
            opened.extractall(place, filter="data")
    except (tarfile.TarError, OSError) as broken:
        raise LostError(f"the archive cannot be unpacked: {broken}") from None


def values(given: Mapping[str, str]) -> dict[str, Any]:
    """Hyperparameters as the toolkit reads them: JSON where they are, else texts."""
    found: dict[str, Any] = {}
    for name, text in given.items():
        if not name.startswith(OWN):
            try:
                found[name] = json.loads(text)
            except (TypeError, ValueError):
                found[name] = text
    return found


def arguments(job: Mapping[str, Any]) -> list[str]:
    """The command line: ``--name value`` of each hyperparameter, in the order of names."""
    found = values(job["hyperparameters"])
    return [
        part
        for name in sorted(found)
        for part in ((f"--{name}" if len(name) > 1 else f"-{name}"), _written(found[name]))
    ]


def _written(value: Any) -> str:  # noqa: ANN401  (any JSON value)
    return value if isinstance(value, str) else str(value)


def _variables(job: Mapping[str, Any], channels: Mapping[str, Any], count: int) -> dict[str, str]:
    found = values(job["hyperparameters"])
    resources = job.get("resources") or {}
    told = {
        "CHANNELS": sorted(channels),
        "CURRENT_HOST": HOST,
        "CURRENT_INSTANCE_TYPE": resources.get("InstanceType", ""),
        "HOSTS": [HOST],
        "HPS": found,
        "INPUT_CONFIG_DIR": f"{ML}/input/config",
        "INPUT_DATA_CONFIG": channels,
        "INPUT_DIR": f"{ML}/input",
        "JOB_NAME": job["job"],
        "LOG_LEVEL": 20,
        "MODEL_DIR": f"{ML}/model",
        "MODULE_DIR": job["code"],
        "MODULE_NAME": str(job["program"]).removesuffix(".py"),
        "NETWORK_INTERFACE_NAME": "lo",
        "NUM_CPUS": 1,
        "NUM_GPUS": 0,
        "OUTPUT_DATA_DIR": f"{ML}/output/data",
        "OUTPUT_DIR": f"{ML}/output",
        "RESOURCE_CONFIG": {"current_host": HOST, "hosts": [HOST], "instances": count},
        "USER_ARGS": arguments(job),
        "USER_ENTRY_POINT": job["program"],
        **{f"CHANNEL_{name.upper()}": f"{ML}/input/data/{name}" for name in channels},
        **{f"HP_{name.upper()}": value for name, value in found.items()},
    }
    own = {f"SM_{name}": each if isinstance(each, str) else json.dumps(each)
           for name, each in told.items()}  # fmt: skip
    named = {"TRAINING_JOB_NAME": str(job["job"]), "TRAINING_JOB_ARN": str(job["id"])}
    return {**own, **named, **{str(k): str(v) for k, v in job["environment"].items()}}


def kept(job: Mapping[str, Any], place: Path, store: Store, *, well: bool) -> None:
    """Put the model, what else it has written, and its checkpoints.

    Raises:
        LostError: S3 refuses.
    """
    told = job.get("checkpoints") or {}
    if told.get("S3Uri"):
        store.send(place / "checkpoints", str(told["S3Uri"]))
    if not well:
        return
    own(place / "model")
    own(place / "output/data")
    store.put(str(job["model"]), packed(place / "model"))
    if any((place / "output/data").iterdir()):
        beside = str(job["model"]).rpartition("/")[0]
        store.put(f"{beside}/output.tar.gz", packed(place / "output/data"))


def packed(place: Path) -> bytes:
    """A folder as an archive: the same files give the same bytes."""
    import gzip  # noqa: PLC0415  (only where something is packed)

    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", mtime=0) as squeezed, tarfile.open(
        fileobj=squeezed, mode="w"
    ) as archive:  # fmt: skip
        for each in sorted(place.rglob("*")):
            if each.is_file() and not each.is_symlink():
                entry = tarfile.TarInfo(each.relative_to(place).as_posix())
                body = each.read_bytes()
                entry.size, entry.mode = len(body), 0o644
                archive.addfile(entry, io.BytesIO(body))
    return made.getvalue()
