"""The versions of a group: all of them from a listing, one of them whole from a description.

BatchDescribeModelPackage carries neither metrics, stage nor metadata, and ListModelPackages shows
unversioned packages unless a group is named; so a group is listed, and what is judged is described.
Source: SageMaker API reference, ListModelPackages, DescribeModelPackage; AWS_FACTS 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.aws.errors import AwsError, Gone, incomplete
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.registry.version import Version, version_of
from reconciler.resources.api import Absent, absent

MISSING: tuple[Absent, ...] = (
    absent("ValidationException", r"does not exist"),
    absent("ResourceNotFound"),
)
"""A group or a version that is not there. Source: AWS_FACTS 6.3."""
MOST = 200
"""Pages of a hundred versions each."""


def listed(session: Session, group: str) -> list[Version] | None:
    """Every version of a group, the newest number first; nothing where there is no group.

    They have number, status, approval and stage, and none of what a description has.

    Raises:
        AwsError: AWS did not say.
    """
    params = {
        "ModelPackageGroupName": group,
        "SortBy": "CreationTime",
        "SortOrder": "Descending",
        "MaxResults": 100,
    }
    reader = ReadOnly(session, "sagemaker", MISSING)
    try:
        found = reader.pages("list_model_packages", params, "ModelPackageSummaryList", most=MOST)
    except Gone:
        return None
    versions = {each.arn: each for each in (version_of(summary) for summary in found)}
    return sorted(versions.values(), key=lambda each: each.number, reverse=True)


def pages(reader: ReadOnly, request: Mapping[str, Json]) -> Iterator[list[Json]]:
    """Summaries page by page; none of a group that is not there.

    Raises:
        AwsError: AWS did not say, or leads back to a page that was read.
    """
    token: str | None = None
    seen: set[str] = set()
    while True:
        page = {**request, "NextToken": token} if token else request
        try:
            body = reader.call("list_model_packages", page)
        except AwsError as error:
            if any(matcher.matches(error.code, error.message) for matcher in MISSING):
                return
            raise
        yield body["ModelPackageSummaryList"]
        token = body.get("NextToken")
        if not token:
            return
        if token in seen:
            raise incomplete("sagemaker.list_model_packages", "it names a page that was read")
        seen.add(token)


def described(session: Session, arn: str) -> tuple[Version, Mapping[str, Json]]:
    """A version and AWS's whole answer about it.

    Raises:
        Gone: it was deleted.
        AwsError: AWS did not say.
    """
    reader = ReadOnly(session, "sagemaker", MISSING)
    body = reader.call("describe_model_package", {"ModelPackageName": arn})
    try:
        return version_of(body), body
    except (KeyError, ValueError, TypeError) as error:
        raise incomplete(f"sagemaker.describe_model_package {arn}", repr(error)) from error


def why(error: AwsError) -> str:
    """Why something is not known, in one line."""
    return " ".join(str(error).split())
