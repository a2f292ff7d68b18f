"""A version of a model as SageMaker describes it.

Source: SageMaker API reference, DescribeModelPackage. The batch read carries neither metrics nor
stage nor metadata, so it makes no `Version`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from reconciler.registry.stage import Stage, stage_of

Body: TypeAlias = Mapping[str, Any]
APPROVED, REJECTED, PENDING = "Approved", "Rejected", "PendingManualApproval"
COMPLETED = "Completed"


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a version: what runs, and the model file that it loads."""

    image: str = ""
    image_digest: str = ""
    """``sha256:…``, as SageMaker found it at registration."""
    data: str = ""
    """``s3://…`` of the model file; of all files of a prefix where `prefix` says so."""
    etag: str = ""
    """The ETag of that file at registration, without quotes."""
    prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a group."""

    arn: str
    group: str
    number: int
    status: str = COMPLETED
    approval: str = PENDING
    approval_note: str = ""
    said_stage: str = ""
    """``ModelLifeCycle.Stage`` as AWS gives it; nothing where none was ever set."""
    stage_status: str = ""
    created: datetime | None = None
    containers: tuple[Container, ...] = ()
    reports: Mapping[str, str] = field(default_factory=dict)
    """``s3://…`` of each report in ``ModelMetrics``, by its path: ``ModelQuality.Statistics``."""
    baselines: Mapping[str, str] = field(default_factory=dict)
    """``s3://…`` in ``DriftCheckBaselines``, by path: ``ModelQuality.Constraints``."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """``CustomerMetadataProperties``."""
    commit: str = ""
    repository: str = ""
    generated_by: str = ""
    """What made it: the ARN of an execution."""

    @property
    def stage(self) -> Stage | None:
        """The stage; nothing where AWS has a word that is none of ours."""
        return stage_of(self.said_stage)


def version_of(body: Body) -> Version:
    """A version from an answer of DescribeModelPackage.

    Raises:
        KeyError: the answer lacks what a versioned package always has.
        ValueError: a time in it is no time.
    """
    cycle = body.get("ModelLifeCycle") or {}
    made = body.get("MetadataProperties") or {}
    inference = body.get("InferenceSpecification") or {}
    return Version(
        arn=body["ModelPackageArn"],
        group=body["ModelPackageGroupName"],
        number=int(body["ModelPackageVersion"]),
        status=body["ModelPackageStatus"],
        approval=body.get("ModelApprovalStatus") or PENDING,
        approval_note=body.get("ApprovalDescription") or "",
        said_stage=cycle.get("Stage") or "",
        stage_status=cycle.get("StageStatus") or "",
        created=time_of(body.get("CreationTime")),
        containers=tuple(_container(each) for each in inference.get("Containers") or ()),
        reports=dict(_places(body.get("ModelMetrics") or {})),
        baselines=dict(_places(body.get("DriftCheckBaselines") or {})),
        metadata=dict(body.get("CustomerMetadataProperties") or {}),
        commit=made.get("CommitId") or "",
        repository=made.get("Repository") or "",
        generated_by=made.get("GeneratedBy") or "",
    )


def _container(body: Body) -> Container:
    source = (body.get("ModelDataSource") or {}).get("S3DataSource") or {}
    return Container(
        image=body.get("Image") or "",
        image_digest=body.get("ImageDigest") or "",
        data=body.get("ModelDataUrl") or source.get("S3Uri") or "",
        etag=(body.get("ModelDataETag") or source.get("ETag") or "").strip('"'),
        prefix=source.get("S3DataType") == "S3Prefix",
    )


def _places(body: Body, at: str = "") -> Iterator[tuple[str, str]]:
    for key, item in body.items():
        here = f"{at}.{key}" if at else key
        if isinstance(item, Mapping):
            if isinstance(uri := item.get("S3Uri"), str):
                yield here, uri
            else:
                yield from _places(item, here)


def time_of(said: object) -> datetime | None:
    """A time as an SDK or a JSON document gives it, in UTC; nothing where there is none.

    Raises:
        ValueError: it is neither a time nor nothing.
    """
    if said is None or said == "":
        return None
    when = said if isinstance(said, datetime) else datetime.fromisoformat(str(said))
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
