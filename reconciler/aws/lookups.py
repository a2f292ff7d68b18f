"""Answers to the questions that specs ask of AWS before they can be compiled.

One reader per kind of question; a kind names it in `Lookup.what`. Read only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from reconciler.aws import deployed, surroundings
from reconciler.aws.errors import AwsError, Denied, Gone, incomplete
from reconciler.aws.registry import resolving, versions
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.survey import unreadable
from reconciler.kinds.scope import Lookup
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.value import Json
from reconciler.resources.api import Absent, absent

Reader: TypeAlias = Callable[[Session, Mapping[str, str]], Json]
NO_BUCKET: tuple[Absent, ...] = (absent("NoSuchBucket"), absent("404"))
NO_SECRET: tuple[Absent, ...] = (absent("ResourceNotFoundException"),)
NO_IMAGE: tuple[Absent, ...] = (absent("RepositoryNotFoundException"),)
CURRENT = "AWSCURRENT"


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


def _versions(session: Session, params: Mapping[str, str]) -> Json:
    """All versions of a group as ListModelPackages has them, or nothing of one that is not there.

    A summary has number, status, approval and stage. Source: SageMaker API reference,
    ModelPackageSummary.
    """
    request = {"ModelPackageGroupName": params["group"], "MaxResults": 100}
    pages = [*versions.pages(ReadOnly(session, "sagemaker"), request)]
    return [summary for page in pages for summary in page] if pages else None


def _object(session: Session, params: Mapping[str, str]) -> Json:
    """An object by its bucket and key, from a listing, which reads no object.

    Returns ``{"etag", "bucket"}``: "" for an object that is not there, nothing for one of which
    S3 does not say; and whether the bucket is there. A key sorts before all that begin with it.
    Source: S3 API reference, ListObjectsV2 (UTF-8 binary order).
    """
    bucket, key = params["bucket"], params["key"]
    request = {"Bucket": bucket, "Prefix": key, "MaxKeys": 1}
    try:
        body = ReadOnly(session, "s3", NO_BUCKET).call("list_objects_v2", request)
    except Gone:
        return {"etag": "", "bucket": False}
    except Denied:
        return {"etag": None, "bucket": True}
    found = next((each for each in body.get("Contents") or () if each["Key"] == key), None)
    if found is None:
        return {"etag": "", "bucket": True}
    if not found.get("ETag"):
        raise incomplete(f"s3.list_objects_v2 {bucket}", "an object has no ETag")
    return {"etag": found["ETag"].strip('"'), "bucket": True}


def _secret(session: Session, params: Mapping[str, str]) -> Json:
    """A secret by its name or ARN: which version is current. Nobody reads what is in it.

    Returns ``{"arn", "version", "deleted", "asked", "key"}``: "" for a secret that is not there,
    for the version of one that holds nothing yet, and for the key where AWS's own encrypts it.
    Source: Secrets Manager API, DescribeSecret.
    """
    try:
        reader = ReadOnly(session, "secretsmanager", NO_SECRET)
        body = reader.call("describe_secret", {"SecretId": params["secret"]})
    except Gone:
        return {"arn": "", "version": "", "deleted": False, "asked": True, "key": ""}
    stages = body.get("VersionIdsToStages") or {}
    current = [version for version, said in stages.items() if CURRENT in said]
    if len(current) > 1:
        raise incomplete("secretsmanager.describe_secret", "two versions are current")
    version = current[0] if current else ""
    gone = bool(body.get("DeletedDate"))
    key = body.get("KmsKeyId") or ""
    return {
        "arn": body["ARN"],
        "version": version,
        "deleted": gone,
        "asked": True,
        "key": key,
    }


def _feature_group(session: Session, params: Mapping[str, str]) -> Json:
    """A feature group by its name, or by its ARN where another account shares it.

    Returns DescribeFeatureGroup's answer with all features, or nothing when there is none.
    """
    reader = ReadOnly(session, "sagemaker", versions.MISSING)
    try:
        body = dict(reader.call("describe_feature_group", {"FeatureGroupName": params["group"]}))
        seen: set[str] = set()
        while token := body.pop("NextToken", None):
            if token in seen:
                raise incomplete("describe_feature_group", "it names a page that was read")
            seen.add(token)
            asked = {"FeatureGroupName": params["group"], "NextToken": token}
            page = dict(reader.call("describe_feature_group", asked))
            body["FeatureDefinitions"] = [*body["FeatureDefinitions"], *page["FeatureDefinitions"]]
            body["NextToken"] = page.get("NextToken")
    except Gone:
        return None
    return body


def _image(session: Session, params: Mapping[str, str]) -> Json:
    """An image of a registry by its tag: which digest that stands for.

    Returns ``{"digest", "asked", "there"}``: no digest where the registry has no such tag, or, with
    nothing for ``there``, where it does not say. Asked by what a pull asks first, so that whoever
    may pull the image may ask this. Source: Amazon ECR API reference, BatchGetImage.
    """
    request = {
        "registryId": params["registry"],
        "repositoryName": params["repository"],
        "imageIds": [{"imageTag": params["tag"]}],
    }
    try:
        body = ReadOnly(session, "ecr", NO_IMAGE).call("batch_get_image", request)
    except Gone:
        return {"digest": "", "asked": True, "there": False}
    except Denied:
        return {"digest": "", "asked": True, "there": None}
    found = {each["imageId"].get("imageDigest") for each in body.get("images") or ()}
    missing = [each.get("failureCode") for each in body.get("failures") or ()]
    if not found and missing == ["ImageNotFound"]:
        return {"digest": "", "asked": True, "there": False}
    if len(found) != 1 or None in found:
        raise incomplete("ecr.batch_get_image", f"it tells {len(found)} digests of one tag")
    return {"digest": found.pop(), "asked": True, "there": True}


READERS: Mapping[str, Reader] = {
    "endpoint": deployed.endpoint,
    "feature-group": _feature_group,
    "image": _image,
    "kafka-topics": surroundings.topics,
    "model-package": resolving.resolve,
    "model-versions": _versions,
    "object": _object,
    "scram-secret": surroundings.scram,
    "secret": _secret,
    "subnets": surroundings.subnets,
}
