"""A job of SageMaker's done here: its files come from the sandbox's S3, and go back there.

The script finds what SageMaker's own containers give it: its channels and code below ``/opt/ml``,
their configuration files, and the variables of the training toolkit. All reads and writes of S3 are
sent as the job's role. Sources: SageMaker developer guide, "Using the SageMaker training and
inference toolkits" (environment variables), "How Amazon SageMaker provides training information"
(inputdataconfig.json, resourceconfig.json, hyperparameters.json, failure), "Build your own
processing container" (processingjobconfig.json, message).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.sandbox.standin import learning, processing, serving, storage
from reconciler.sandbox.standin.heard import Heard
from reconciler.sandbox.standin.run import Container, Ended, Job, folder, inside

ML = "opt/ml"
PARTS: Mapping[str, Any] = {
    "processing": processing, "training": learning, "transform": serving,
}  # fmt: skip
REASON = 1024
"""Characters of a failure that SageMaker keeps."""
QUIET = {
    "JOBLIB_MULTIPROCESSING": "0", "LOKY_MAX_CPU_COUNT": "1", "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
}  # fmt: skip
"""The process may begin no other one, and has little room for threads."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a job went, as the sandbox is told, and what it has printed."""

    told: dict[str, Any]
    output: str
    alone: bool
    mounted: bool


def do(endpoint: str, job: Mapping[str, Any], seconds: float) -> Done:
    """Do a job that waits."""
    part = PARTS[str(job["what"])]
    store = storage.Store(endpoint, job)
    heard = Heard(job.get("metrics") or (), job.get("early"))
    with folder() as home:
        place = home / ML
        try:
            made: Container = part.prepared(job, place, store)
        except storage.LostError as lost:
            told = {"ok": False, "error": f"ClientError: {lost}", "log": str(lost)}
            return Done(told, str(lost), alone=True, mounted=True)
        keys = job["credentials"]
        run = Job(
            script=Path(made.program), arguments=part.arguments(job), endpoint=endpoint,
            region=job["region"], key=keys["key"], secret=keys["secret"], token=keys["token"],
            seconds=min(seconds, float(job["seconds"])),
            container=Container(
                made.program, module=made.module, folder=made.folder, paths=made.paths,
                variables={**QUIET, **made.variables}, heard=heard.line,
                watch=_over(job, place, heard),
            ),
        )  # fmt: skip
        ended = inside(run, home)
        told = _told(job, place, ended, heard)
        try:
            part.kept(job, place, store, well=bool(told["ok"]))
        except storage.LostError as lost:
            told |= {"ok": False, "error": f"ClientError: {lost}", "interrupted": False}
        return Done(told, ended.output, ended.alone, ended.mounted)


def _over(job: Mapping[str, Any], place: Path, heard: Heard) -> Any:  # noqa: ANN401  (what says so)
    """Whether it is ended now: stopped early, or its instance is taken away.

    That is taken away, where it is asked for, once the job has a checkpoint.
    """
    kept = place / "checkpoints"

    def now() -> bool:
        return heard.stopped or (bool(job.get("interrupted")) and any(_files(kept)))

    return now


def _files(place: Path) -> Iterator[Path]:
    try:
        yield from (each for each in place.rglob("*") if each.is_file())
    except OSError:
        return


def _told(job: Mapping[str, Any], place: Path, ended: Ended, heard: Heard) -> dict[str, Any]:
    told: dict[str, Any] = {
        "ok": ended.ok or ended.broken or heard.stopped,
        "interrupted": ended.broken and not heard.stopped,
        "stopped": heard.stopped,
        "curve": heard.curve,
        "metrics": heard.metrics,
        "log": heard.text,
    }
    message = text(place / "output/message")
    if message:
        told["message"] = message
    if not told["ok"]:
        told["error"] = _why(job, place, ended)
    return told


def _why(job: Mapping[str, Any], place: Path, ended: Ended) -> str:
    """FailureReason as containers give it: the file of that name, else the last of the log."""
    code = ended.code if ended.code >= 0 else 128 - ended.code
    failure = text(place / "output/failure")
    if failure:
        return f"AlgorithmError: {failure}, exit code: {code}"[:REASON]
    if job["what"] == "training":
        said = f'ExecuteUserScriptError:\nExitCode {code}\nErrorMessage "{ended.error}"'
        return f"AlgorithmError: {said}, exit code: {code}"[:REASON]
    return f"AlgorithmError: See job logs for more information: {ended.error}"[:REASON]


def text(path: Path) -> str:
    """A small file that the script may have written; it is followed nowhere."""
    if path.resolve() != path or not path.is_file():
        return ""
    with path.open("rb") as file:
        return file.read(REASON).decode("utf-8", "replace").strip()


def write(path: Path, content: Any) -> None:  # noqa: ANN401  (any JSON value)
    """Write a configuration file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
