"""Whether the role of a job may do what the job needs, before it does it.

Asked is IAM, of the very objects that are read and written; what a role cannot do is the job's
FailureReason. Sources of what is needed: `access.workloads`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.access.workloads.site import (
    Site,
    Work,
    attach,
    disks,
    logs,
    place,
    pull,
    sealed,
)
from reconciler.sandbox.iam import working
from reconciler.sandbox.services.sagemaker.jobs import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.sandbox.services.sagemaker.store import Call

SOURCE = "SageMaker developer guide, execution role permissions"
MOST = 20
"""Objects of a place that are asked for: the first and the last ones."""
LOGS = ("logs:createlogstream", "logs:putlogevents")


def site(call: Call) -> Site:
    """Where a job is."""
    where = call.backend
    return Site(where.region_name, where.account_id, where.partition, ())


def refused(call: Call, role: str, works: Iterable[Work]) -> str:
    """Why a job fails whose role may not do something; empty where it may, or is not known."""
    asked = [*works]
    why = working.refusal(site(call), [role], vital=working.RUNNING, told=lambda _: iter(asked))
    return f"ClientError: {why}" if why else ""


def writes_logs(call: Call, role: str, group: str) -> bool:
    """Whether what a job prints reaches CloudWatch Logs."""
    return not working.refusal(
        site(call), [role], vital=LOGS, told=lambda where: logs(where, role, group)
    )


def reading(call: Call, role: str, uri: str) -> Iterator[Work]:
    """Listing a place and reading its objects."""
    where, (bucket, prefix) = site(call), place(uri)
    yield where.does(role, SOURCE, "s3.ListObjectsV2", Bucket=bucket, Prefix=prefix)
    found = files.below(call, uri)
    for key in found if len(found) <= MOST else [*found[: MOST // 2], *found[-MOST // 2 :]]:
        yield where.does(role, SOURCE, "s3.GetObject", Bucket=bucket, Key=key)


def writing(call: Call, role: str, uri: str, key: str | None = None) -> Iterator[Work]:
    """Writing one object."""
    bucket, name = place(uri)
    where = site(call)
    yield where.does(role, SOURCE, "s3.PutObject", Bucket=bucket, Key=name, **sealed(key))
    if key:
        via = {"kms:viaservice": f"s3.{where.region}.amazonaws.com"}
        yield where.does(role, SOURCE, "kms.Encrypt", KeyId=key, context=via)


def machine(
    call: Call, role: str, image: str, key: str | None, network: Mapping[str, Any] | None
) -> Iterator[Work]:
    """What an instance needs before anything runs: its image, its disk, its network."""
    where = site(call)
    yield from pull(where, role, image)
    yield from disks(where, role, key)
    yield from attach(where, role, network)


def script(call: Call, role: str, hyperparameters: Mapping[str, str]) -> Iterator[Work]:
    """The archive that a framework's image downloads itself, as the job's role."""
    written = hyperparameters.get("sagemaker_submit_directory")
    if written:
        bucket, key = place(unquoted(written))
        yield site(call).does(role, SOURCE, "s3.GetObject", Bucket=bucket, Key=key)


def unquoted(written: str) -> str:
    """A hyperparameter as the training toolkit reads it: JSON, else the text itself."""
    try:
        found = json.loads(written)
    except ValueError:
        return written
    return found if isinstance(found, str) else written
