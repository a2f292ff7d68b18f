"""Records an execution of a training in a managed MLflow: values, metrics, data, versions.

A processing job; see the package. It speaks MLflow's REST interface with requests that are signed,
so the image needs no library of it. What cannot be recorded is said in the job's log and fails
nothing: a model is no worse for it. Sources: MLflow, REST API 2.0; SageMaker developer guide,
"Integrate MLflow", and aws/sagemaker-mlflow (host, header and service of the signature).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Client = Any
Post = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
ROOT = "/api/2.0/mlflow/"
SERVICE, HEADER = "sagemaker-mlflow", "x-mlflow-sm-tracking-server-arn"
AGAIN, PAUSE, SECONDS = 3, 5.0, 30
MOST = 100
"""Parameters, metrics or tags of one log-batch."""
PARAMETER = 6000
"""Characters of a parameter's value."""
THERE = "RESOURCE_ALREADY_EXISTS"


class RecordError(Exception):
    """Why nothing is recorded. `code` is MLflow's own word, where it has one."""

    def __init__(self, why: str, code: str = "") -> None:
        super().__init__(why)
        self.code = code


def host(arn: str) -> str:
    """The address of the MLflow of an ARN.

    Raises:
        RecordError: there is none in its partition.
    """
    partition, region = arn.split(":")[1], arn.split(":")[3]
    if partition not in {"aws", "aws-us-gov"}:
        raise RecordError(f"there is no managed MLflow in the partition {partition}")
    return f"https://{region}.experiments.sagemaker.aws"


def signed(arn: str) -> Post:
    """Requests to an MLflow, signed with the job's credentials."""
    import boto3  # noqa: PLC0415 - a test has no need of it
    from botocore.auth import SigV4Auth  # noqa: PLC0415
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415

    address, region = host(arn), arn.split(":")[3]
    credentials: Any = boto3.Session().get_credentials()

    def post(path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        method = "GET" if path.endswith("get-by-name") else "POST"
        data = json.dumps(body).encode() if method == "POST" else b""
        url = f"{address}{ROOT}{path}"
        if method == "GET":
            url = f"{url}?{urllib.parse.urlencode(body, quote_via=urllib.parse.quote)}"
        headers = {
            HEADER: arn,
            "Content-Type": "application/json",
            "X-Amz-Content-SHA256": hashlib.sha256(data).hexdigest(),
        }
        request = AWSRequest(method=method, url=url, data=data, headers=headers)
        SigV4Auth(credentials, SERVICE, region).add_auth(request)
        sent = urllib.request.Request(  # noqa: S310 - https, by `host`
            url, data=data or None, headers=dict(request.headers), method=method
        )
        return _answer(sent)

    return post


def _answer(request: urllib.request.Request) -> Mapping[str, Any]:
    """What MLflow answers; what it cannot for the moment is asked again.

    Raises:
        RecordError: it refuses, or cannot be reached.
    """
    for left in range(AGAIN - 1, -1, -1):
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                found: Mapping[str, Any] = json.loads(answer.read() or b"{}")
                return found
        except urllib.error.HTTPError as refused:
            text = refused.read().decode("utf-8", "replace")
            busy = refused.code == 429 or refused.code >= 500  # noqa: PLR2004 - HTTP's own
            if not busy or not left:
                raise RecordError(f"{refused.code} {text[:500]}", _code(text)) from None
        except OSError as why:
            if not left:
                raise RecordError(str(why)) from None
        time.sleep(PAUSE)
    raise RecordError("it was not asked")


def _code(text: str) -> str:
    try:
        return str(json.loads(text).get("error_code", ""))
    except (AttributeError, ValueError):
        return ""


def experiment(post: Post, name: str) -> str:
    """The id of an experiment, which is made where there is none."""
    try:
        return str(post("experiments/create", {"name": name})["experiment_id"])
    except RecordError as why:
        if why.code != THERE:
            raise
    found = post("experiments/get-by-name", {"experiment_name": name})
    return str(found["experiment"]["experiment_id"])


def values(job: Mapping[str, Any]) -> dict[str, str]:
    """Hyperparameters as they were meant: those of script mode are texts of JSON."""
    found = {}
    for name, text in (job.get("HyperParameters") or {}).items():
        if not name.startswith(("sagemaker_", "_tuning_")):
            found[name] = _plain(text)[:PARAMETER]
    return found


def _plain(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text


def metrics(job: Mapping[str, Any], evaluation: Mapping[str, Any]) -> dict[str, float]:
    """What the training job said last, and what the evaluation says."""
    found = {each["MetricName"]: each["Value"] for each in job.get("FinalMetricDataList") or ()}
    for name, each in (evaluation.get("metrics") or {}).items():
        value = each.get("value") if isinstance(each, dict) else None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            found[f"evaluation.{name}"] = value
    return {_word(name): float(value) for name, value in found.items()}


def _word(name: str) -> str:
    """A name as MLflow takes it: letters, digits and a few signs."""
    return "".join(it if it.isalnum() or it in "_-. /" else "." for it in name)[:250]


def batches(
    parameters: Mapping[str, str], found: Mapping[str, float], now: int
) -> Iterator[dict[str, Any]]:
    """Bodies of log-batch, none larger than MLflow takes."""
    params = [{"key": _word(name), "value": value} for name, value in parameters.items()]
    rows = [{"key": name, "value": value, "timestamp": now, "step": 0}
            for name, value in found.items()]  # fmt: skip
    for at in range(0, max(len(params), len(rows)), MOST):
        yield {"params": params[at : at + MOST], "metrics": rows[at : at + MOST]}


def record(  # noqa: PLR0913 - a run, and all that is known of it
    post: Post,
    name: str,
    tags: Mapping[str, str],
    job: Mapping[str, Any],
    evaluation: Mapping[str, Any],
    now: int,
) -> str:
    """Make a run with all that is known, and end it; its id.

    Raises:
        RecordError: MLflow does not take it.
    """
    told = [{"key": key, "value": value} for key, value in tags.items()]
    begun = {"experiment_id": experiment(post, name), "start_time": now, "tags": told}
    run = str(
        post("runs/create", {**begun, "run_name": tags["execution"]})["run"]["info"]["run_id"]
    )
    for body in batches(values(job), metrics(job, evaluation), now):
        post("runs/log-batch", {"run_id": run, **body})
    post("runs/update", {"run_id": run, "status": "FINISHED", "end_time": now})
    return run


def main(words: Sequence[str], clients: Client, posting: Callable[[str], Post], now: float) -> None:
    """Record, as the arguments say.

    Args:
        words: The arguments.
        clients: What makes a client of a service by its name.
        posting: What makes requests to the MLflow of an ARN.
        now: Seconds since 1970.
    """
    parser = argparse.ArgumentParser()
    for name in ("mlflow", "experiment", "job", "execution"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--evaluation", default="")
    parser.add_argument("--tag", action="append", default=[])
    given = parser.parse_args(words)
    evaluation = {}
    if given.evaluation:
        evaluation = json.loads(Path(given.evaluation).read_text(encoding="utf-8"))
    job = clients("sagemaker").describe_training_job(TrainingJobName=given.job)
    tags = dict(each.split("=", 1) for each in given.tag)
    tags |= {"execution": given.execution, "training_job": given.job}
    tags["image"] = str((job.get("AlgorithmSpecification") or {}).get("TrainingImage", ""))
    try:
        run = record(
            posting(given.mlflow), given.experiment, tags, job, evaluation, int(now * 1000)
        )
    except RecordError as why:
        sys.stdout.write(f"nothing is recorded in {given.mlflow}: {why}\n")
        return
    sys.stdout.write(f"recorded as run {run}\n")


if __name__ == "__main__":
    import boto3

    main(sys.argv[1:], boto3.client, signed, time.time())
