"""The model file of a rollout: which one it is, by its ETag.

A file that is overwritten under its key changes what instances load that start later, so the ETag
goes into the digest that names the model: another file is another model, with a deployment of its
own. SageMaker's `ModelDataUrl` takes no version of an object. Source: S3 user guide, "Checking
object integrity" (an ETag is of the content); SageMaker API reference, `ContainerDefinition`.
"""

from __future__ import annotations

from reconciler.kinds.api import Lookup, Scope
from reconciler.kinds.rollout.spec import Packaged
from reconciler.kinds.terms.location import Location, at, named
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json, Ref

FILE_TAG = "moorline:file"
"""The ETag of the file that a model was made of."""
_PATH = ("model", "artifact")


def file_lookup(model: Packaged, scope: Scope) -> Lookup:
    """The question for the file's ETag. Offline nobody asks, which is no difference."""
    bucket, key = _place(model, scope)
    return Lookup("object", (("bucket", bucket), ("key", key)), {"etag": "", "bucket": None})


def file_of(model: Packaged, scope: Scope) -> str | None:
    """The ETag that the model is named by; nothing when it has to wait for the file or an answer.

    It is "" of an image that needs no file.
    AWS makes no model of a file that is not there, whatever its ETag is to be.
    Source: SageMaker API reference, CreateModel; people's reports of "Could not find model data".
    """
    if model.artifact is None:
        return ""
    fact = scope.fact(file_lookup(model, scope))
    if fact is not None and fact["etag"] == "" and fact["bucket"] is not None:
        return _absent(model, fact, scope)
    if model.etag is not None:
        if fact is not None and fact["etag"] not in (None, "", model.etag):
            scope.problem(
                ("model", "etag"),
                f"the file has the ETag {fact['etag']!r}, and {model.etag!r} is asked for",
                help="somebody has overwritten it: bring it back, or take the new one's ETag",
                code="PLACE006",
            )
        return model.etag
    if fact is None or fact["etag"] is None:
        if fact is not None:
            scope.problem(
                _PATH,
                "S3 does not say whether the model file is there, or which one it is",
                help="allow s3:ListBucket on the bucket to the role that plans, or give 'etag'",
                code="PLACE005",
                severity=Severity.WARNING,
            )
        scope.defer(
            "its model file could not be looked at",
            "let the role that plans list it, or give its ETag in 'model.etag'",
        )
        return None
    return str(fact["etag"])


def _absent(model: Packaged, fact: Json, scope: Scope) -> str | None:
    """Say that there is no file; where a spec makes the bucket, the rollout waits for one."""
    ours = isinstance(at(_file(model), scope).bucket, Ref)
    if fact["bucket"]:  # else it is made by this plan, or said of the bucket
        scope.problem(
            _PATH,
            "there is no such model file: AWS makes no model of it, and instances that start later"
            " could not load it",
            help="upload it, or correct the path",
            code="PLACE006",
            severity=Severity.WARNING if ours else Severity.ERROR,
        )
    if not ours:
        return model.etag or ""
    bucket, key = _place(model, scope)
    first = "" if fact["bucket"] else " once the apply has made its bucket"
    scope.defer(
        f"its model file is not there yet; it belongs at s3://{bucket}/{key}",
        f"upload the model to s3://{bucket}/{key}{first}",
    )
    return None


def _place(model: Packaged, scope: Scope) -> tuple[Json, str]:
    return named(at(_file(model), scope).uri)


def _file(model: Packaged) -> Location:
    if model.artifact is None:
        raise AssertionError
    return model.artifact
