"""Inputs of feature groups: a statement of Athena over the offline store, in a step of its own.

The files of a store are not read: with Iceberg there are rows among them that the table does not
have. Sources: Athena user guide, "Access to workgroups", "UNLOAD"; SageMaker API,
DescribeFeatureGroup.
"""

from __future__ import annotations

from reconciler.kinds.api import Scope, gibibytes
from reconciler.kinds.terms.asset import asset
from reconciler.kinds.terms.athena import SEES, allow_run
from reconciler.kinds.terms.location import Spot
from reconciler.kinds.terms.permissions import allow_find, allow_write
from reconciler.kinds.terms.text import text
from reconciler.kinds.training import tools
from reconciler.kinds.training.channel import EXECUTION, Origin
from reconciler.kinds.training.job import Job
from reconciler.kinds.training.origin import DATA, Mount, origins, step_names, store
from reconciler.kinds.training.places import QUERY, below
from reconciler.kinds.training.processing import CODE, INPUT, Work, processing
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import Step
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Ref

GROUP = "AWS::Athena::WorkGroup"
SCRIPT, STATEMENT = "query.py", "statement"
STARTED = {"Get": "Execution.StartDateTime"}
_FORMATS = {"text/csv": "csv", "application/jsonlines": "json", "application/json": "json"}


def steps(spec: Training, job: Job, scope: Scope) -> tuple[list[Step], list[Node], list[Address]]:
    """The steps, their workgroups, and what has to be there before the pipeline is."""
    names = step_names(spec)
    made: list[Step] = []
    nodes: list[Node] = []
    needs: list[Address] = []
    for path, origin in origins(spec):
        if path in names:
            found = store(origin, path, scope)
            if found:
                step, before = _step(names[path], path, origin, found, spec, job, scope)
                made.append(step)
                nodes.append(_workgroup(path, origin, job, scope))
                needs += before
    return made, nodes, needs


def group(path: Path, scope: Scope) -> Address:
    """The workgroup of a query, by the path of its origin."""
    return scope.address(GROUP, f"{QUERY}-{path[-1]}")


def _step(  # noqa: PLR0913 - one query, and all that it is about
    name: str,
    path: Path,
    origin: Origin,
    found: dict[str, Json],
    spec: Training,
    job: Job,
    scope: Scope,
) -> tuple[Step, list[Address]]:
    program, entry = tools.script(scope, SCRIPT, path)
    reads = {CODE: tools.mounted(program)}
    said: list[Json] = []
    query = origin.query
    needs = [*program.needs]
    if query is not None and query.file is not None:
        own = asset(scope, query.file, at=(*path, "query", "file"))
        reads[STATEMENT] = Mount(own.uri, own.spot)
        needs += own.needs
        said = ["--file", f"{INPUT}/{STATEMENT}/{own.key.rpartition('/')[2]}"]
    elif query is not None:
        said = [*tools.pieces("--sql", query.sql or "")]
    if origin.as_of is not None:
        said += ["--as-of", STARTED if origin.as_of == EXECUTION else origin.as_of]
    work = Work(
        name=name,
        purpose=QUERY,
        at=path,
        worker=tools.SMALL,
        image=tools.image(scope, tools.SMALL, path),
        entry=entry,
        arguments=(
            "--group", found["featureGroup"],
            "--workgroup", Ref(group(path, scope), "Name"),
            "--format", _FORMATS.get(origin.content_type or "", "parquet"),
            *said,
        ),
        reads=reads,
        writes={DATA: (path[-1],)},
        calls=True,
        once=True,
        fresh=origin.as_of == EXECUTION,
        lines=_lines(path, [*reads]),
    )  # fmt: skip
    step, role = processing(work, spec, job, scope)
    spot = Spot(
        found["uri"], found["bucketArn"], text(found["bucketArn"], f"/{found['prefix']}*"),
        found["keyArn"],
    )  # fmt: skip
    allow_find(scope, role, spot)
    scope.grant(role, ("sagemaker:DescribeFeatureGroup",), on=(found["arn"],))
    allow_run(scope, role, group(path, scope).name)
    scope.grant(role, SEES, on=found["tables"])
    results = below(spec, scope, QUERY)
    allow_write(scope, role, results)
    allow_find(scope, role, results)
    parts = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts")
    scope.grant(role, parts, on=(results.objects,))
    scope.grant(role, ("s3:GetBucketLocation",), on=(results.bucket, found["bucketArn"]))
    return step, needs


def _lines(path: Path, reads: list[str]) -> dict[Path, Path]:
    app: Path = ("Arguments", "AppSpecification", "ContainerArguments")
    found: dict[Path, Path] = {app: (*path, "query")}
    if STATEMENT in reads:
        at = ("Arguments", "ProcessingInputs", str(reads.index(STATEMENT)))
        found[at] = (*path, "query", "file")
    return found


def _workgroup(path: Path, origin: Origin, job: Job, scope: Scope) -> Node:
    """Athena names what it writes by the query, so results of two executions do not meet."""
    encrypted: dict[str, Json] = {"EncryptionOption": "SSE_S3"}
    if job.output.key is not None:
        encrypted = {"EncryptionOption": "SSE_KMS", "KmsKey": job.output.key}
    config: dict[str, Json] = {
        "EnforceWorkGroupConfiguration": True,
        "PublishCloudWatchMetricsEnabled": True,
        "ResultConfiguration": {
            "OutputLocation": text(job.output.uri, f"/{QUERY}/results"),
            "EncryptionConfiguration": encrypted,
            "ExpectedBucketOwner": scope.place.account,
        },
    }
    query = origin.query
    if query is not None and query.max_scan is not None:
        config["BytesScannedCutoffPerQuery"] = gibibytes(query.max_scan) << 30
    return scope.node(
        group(path, scope),
        {"State": "ENABLED", "WorkGroupConfiguration": config, "RecursiveDeleteOption": True},
        lines={
            (): path,
            ("WorkGroupConfiguration", "BytesScannedCutoffPerQuery"): (*path, "query", "maxScan"),
            ("WorkGroupConfiguration", "ResultConfiguration"): ("output",),
        },
    )
