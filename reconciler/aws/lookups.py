"""Answers to the questions that specs ask of AWS before they can be compiled.

One reader per kind of question; a kind names it in `Lookup.what`. Read only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from reconciler.aws.errors import AwsError, incomplete
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.survey import unreadable
from reconciler.kinds.scope import Lookup
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.value import Json
from reconciler.resources.api import Absent, absent

Reader: TypeAlias = Callable[[Session, Mapping[str, str]], Json]
MISSING: tuple[Absent, ...] = (
    absent("ValidationException", r"does not exist"),
    absent("ResourceNotFound"),
)
"""A model package group that is not there yet has no versions. Source: AWS_FACTS 6.3."""


def answer(
    session: Session, lookups: Iterable[Lookup]
) -> tuple[dict[Lookup, Json], list[Diagnostic]]:
    """What AWS says to each question; nothing where it has no answer."""
    facts: dict[Lookup, Json] = {}
    found: list[Diagnostic] = []
    for lookup in lookups:
        try:
            facts[lookup] = READERS[lookup.what](session, dict(lookup.params))
        except AwsError as error:
            found.append(unreadable(error, None))
    return facts, found


def _model_package(session: Session, params: Mapping[str, str]) -> Json:
    """A version of a registry group: ``latest-approved`` or a number.

    Returns ``{"arn", "version", "status"}``, or nothing when there is none.
    ListModelPackages shows unversioned packages only unless a group is named
    (AWS_FACTS 3), and has no filter for a version number.
    """
    wanted = params["version"]
    request: dict[str, Json] = {
        "ModelPackageGroupName": params["group"],
        "SortBy": "CreationTime",
        "SortOrder": "Descending",
        "MaxResults": 100,
    }
    if wanted == "latest-approved":
        request["ModelApprovalStatus"] = "Approved"
    reader = ReadOnly(session, "sagemaker")
    token: str | None = None
    seen: set[str] = set()
    while True:
        page = {**request, "NextToken": token} if token else request
        try:
            body = reader.call("list_model_packages", page)
        except AwsError as error:
            if any(matcher.matches(error.code, error.message) for matcher in MISSING):
                return None
            raise
        versions = body["ModelPackageSummaryList"]
        if wanted == "latest-approved" and versions:
            return _version(max(versions, key=lambda each: int(each["ModelPackageVersion"])))
        for each in versions:
            if str(each.get("ModelPackageVersion")) == wanted:
                return _version(each)
        token = body.get("NextToken")
        if not token:
            return None
        if token in seen:
            raise incomplete("sagemaker.list_model_packages", "it names a page that was read")
        seen.add(token)


def _version(summary: Mapping[str, Json]) -> Json:
    return {
        "arn": summary["ModelPackageArn"],
        "version": int(summary["ModelPackageVersion"]),
        "status": summary.get("ModelApprovalStatus", ""),
    }


READERS: Mapping[str, Reader] = {"model-package": _model_package}
