"""A batch transform in script mode: a model answers rows by the functions of its script.

Sources: aws/sagemaker-inference-toolkit, README (`model_fn`, `input_fn`, `predict_fn`,
`output_fn`); SageMaker API, CreateTransformJob (`.out`); developer guide, "Associate prediction
results with input records".
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.sandbox.standin.learning import unpacked
from reconciler.sandbox.standin.run import Container
from reconciler.sandbox.standin.storage import LostError, Store

ML = "/opt/ml"
ANSWERS = "transform"
DRIVER = Path(__file__).with_name("predictor.py")


def prepared(job: Mapping[str, Any], place: Path, store: Store) -> Container:
    """Bring the model, its code and the rows, and write what is asked for.

    Raises:
        LostError: something could not be read.
    """
    for name in ("model", "rows", "driver", ANSWERS):
        (place / name).mkdir(parents=True, exist_ok=True)
    _opened(str(job["archive"]), place, "model", store)
    code = f"{ML}/model/code"
    if str(job["code"]).startswith("s3://"):
        code = f"{ML}/code"
        _opened(str(job["code"]), place, "code", store)
    folder = place / code.removeprefix(ML).lstrip("/")
    if not (folder / str(job["program"])).resolve().is_relative_to(folder.resolve()):
        raise LostError(f"{job['program']} is not in the code")
    if not (folder / str(job["program"])).is_file():
        raise LostError(f"there is no {job['program']} in {job['code'] or job['archive']}")
    if not store.fetch(str(job["uri"]), place / "rows"):
        raise LostError(f"No S3 objects found under S3 URL {job['uri']!r}")
    shutil.copyfile(DRIVER, place / "driver/predictor.py")
    asked = {name: job[name] for name in ("program", "type", "split", "accept", "assemble",
                                          "before", "join", "after")}  # fmt: skip
    asked |= {"code": code, "model": f"{ML}/model", "rows": f"{ML}/rows",
              "answers": f"{ML}/{ANSWERS}"}  # fmt: skip
    (place / "driver/asked.json").write_text(json.dumps(asked))
    variables = {str(name): str(each) for name, each in job["environment"].items()}
    return Container(
        f"{ML}/driver/predictor.py", folder=f"{ML}/model", paths=(code,), variables=variables
    )


def _opened(uri: str, place: Path, name: str, store: Store) -> None:
    archive = place / f"{name}.tar.gz"
    store.bring(uri, archive)
    (place / name).mkdir(parents=True, exist_ok=True)
    unpacked(archive, place / name)


def arguments(_: Mapping[str, Any]) -> list[str]:
    """The command line after the program."""
    return [f"{ML}/driver/asked.json"]


def kept(job: Mapping[str, Any], place: Path, store: Store, *, well: bool) -> None:
    """Put the answers, each beside the name of its rows; none of a job that has failed.

    Raises:
        LostError: S3 refuses.
    """
    if well:
        store.send(place / ANSWERS, str(job["output"]))
