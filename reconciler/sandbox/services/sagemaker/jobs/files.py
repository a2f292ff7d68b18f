"""Objects that jobs read and write, in the sandbox's S3."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

from moto.s3.models import s3_backends

from reconciler.access.workloads.site import place
from reconciler.sandbox.services.stepfunctions import acting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.sandbox.services.sagemaker.store import Call

MANIFESTS = frozenset({"ManifestFile", "AugmentedManifestFile"})
ADMINISTRATOR = "service"
"""Whose key is used for what a role was asked for already."""


def below(call: Call, uri: str) -> list[str]:
    """The keys of the objects below a place; nothing where there is no such bucket."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    backend = s3_backends[call.backend.account_id][call.backend.partition]
    found = backend.buckets.get(bucket)
    return sorted(key for key in found.keys.keys() if key.startswith(prefix)) if found else []  # noqa: SIM118  (moto's own dictionary)


def absent(call: Call, uri: str, role: str) -> str:
    """Why a job cannot begin whose input is not there; empty where it is.

    The text is that of people's reports of training and processing jobs.
    """
    if not uri.startswith("s3://") or below(call, uri):
        return ""
    bucket, _ = place(uri)
    return (
        f'ClientError: No S3 objects found under S3 URL "{uri}" given in input data source. Please'
        f" ensure that the bucket exists in the selected region ({call.backend.region_name}), that"
        f' objects exist under that S3 prefix, and that the role "{role}" has "s3:ListBucket"'
        f' permissions on bucket "{bucket}".'
    )


def put(call: Call, uri: str, body: bytes, key: str | None = None) -> str:
    """Write an object for a job; why it cannot be done, or nothing."""
    bucket, _, name = uri.removeprefix("s3://").partition("/")
    sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
    given = {"Bucket": bucket, "Key": name, "Body": body, **sealed}
    try:
        acting.call(ADMINISTRATOR, call.backend.region_name, "s3", "PutObject", given)
    except acting.RefusedError as refused:
        return f"ClientError: {refused.code}: {refused.message}"
    return ""


def model(told: dict[str, Any]) -> bytes:
    """The archive of a model that nobody has trained: it says so."""
    text = json.dumps({"simulated": True, **told}, sort_keys=True).encode()
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        entry = tarfile.TarInfo("simulated.json")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))
    return made.getvalue()


def sources(channels: Any) -> Iterator[str]:  # noqa: ANN401  (InputDataConfig)
    """The places in S3 that channels of a training job read."""
    for channel in channels or ():
        source = (channel.get("DataSource") or {}).get("S3DataSource") or {}
        if source.get("S3Uri"):
            yield str(source["S3Uri"])
