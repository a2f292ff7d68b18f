"""What the way back of a rollout needs: the configuration before, its models and their files.

AWS takes no endpoint back to a configuration that is gone, or whose model is, and starts no
instances of a model whose file is. Nothing of it shows while the old instances run. What could not
be looked at is not known to be gone.
Sources: SageMaker API reference, UpdateEndpoint, DescribeEndpointConfig, DescribeModel; S3 API
reference, HeadObject (404 only to who may list the bucket, else 403).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.aws.errors import AwsError, Denied, Expired, Gone
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.resources.api import absent
from reconciler.rollout.phase import BACK
from reconciler.rollout.values import STOPS, Marks

MISSING = (
    absent("ValidationException", r"^Could not find (endpoint configuration|model)\b"),
    absent("NoSuchKey"),
    absent("NoSuchBucket"),
    absent("404"),
)


def lacks(session: Session, marks: Marks, *, files: bool, word: str = "") -> str:
    """What is gone that a rollout goes back to, in words; "" where nothing is known to be.

    Nobody who goes back is stopped by not being told.

    Raises:
        AwsError: AWS did not say, while the rollout goes on.
    """
    reader = ReadOnly(session, "sagemaker", MISSING)
    try:
        return gone(reader, marks.base, files=files)
    except Expired:
        raise
    except AwsError:
        if word in STOPS or marks.doing in BACK:
            return ""
        raise


def gone(reader: ReadOnly, config: str, *, files: bool) -> str:
    """What of a configuration is not there: itself, a model, a model's file; "" if nothing.

    Raises:
        AwsError: AWS did not say, and not for want of rights.
    """
    params = {"EndpointConfigName": config}
    body = _read(reader, "describe_endpoint_config", params)
    if body is None:
        return f"the endpoint configuration {config!r}"
    for name in sorted({str(each.get("ModelName") or "") for each in body["ProductionVariants"]}):
        model = _read(reader, "describe_model", {"ModelName": name}) if name else {}
        if model is None:
            return f"the model {name!r}"
        for url in _files(model) if files else ():
            bucket, _, key = url.removeprefix("s3://").partition("/")
            at = {"Bucket": bucket, "Key": key}
            if _read(reader.of("s3", MISSING), "head_object", at) is None:
                return f"the model file {url!r}"
    return ""


def _read(reader: ReadOnly, method: str, params: Mapping[str, str]) -> Mapping[str, Json] | None:
    """An answer; nothing of what is not there, and no members where it may not be looked at."""
    try:
        return reader.call(method, params)
    except Gone:
        return None
    except Expired:
        raise
    except Denied:
        return {"ProductionVariants": ()}


def _files(model: Mapping[str, Json]) -> Iterator[str]:
    """The single files that a model is loaded from; of a folder nobody says what is in it."""
    for each in (model.get("PrimaryContainer"), *(model.get("Containers") or ())):
        url = str((each or {}).get("ModelDataUrl") or "")
        if url.startswith("s3://") and not url.endswith("/"):
            yield url
