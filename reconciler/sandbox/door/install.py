"""Turns an installed moto into the sandbox, once per process.

moto has no public extension surface, so everything leaned upon is checked first and a moto that
moved is refused with one message instead of odd behaviour later.
"""

from __future__ import annotations

import importlib
import threading

SUPPORTED = "5.2."
_LOCK = threading.Lock()
_DONE: list[str] = []

# module -> attributes the sandbox calls, replaces or wraps
INTERNALS: dict[str, tuple[str, ...]] = {
    "moto.core.base_backend": ("BackendDict", "BaseBackend.urls", "BaseBackend.reset"),
    "moto.core.botocore_stubber": ("BotocoreStubber.process_request", "MockRawResponse"),
    "moto.core.exceptions": ("ServiceException", "JsonRESTError"),
    "moto.core.resource_tagging": ("TaggedResource", "iter_taggable_backends"),
    "moto.core.responses": (
        "method_names_from_class",
        "ActionResult",
        "BaseResponse.call_action",
        "EmptyResult",
    ),
    "moto.cloudtrail.responses": ("CloudTrailResponse",),
    "moto.budgets.responses": ("BudgetsResponse.backend",),
    "moto.cloudwatch.models": (
        "CloudWatchBackend.put_metric_alarm",
        "CloudWatchBackend.delete_alarms",
        "CloudWatchBackend.set_alarm_state",
        "MetricAggregatedDatum",
        "cloudwatch_backends",
    ),
    "moto.cloudwatch.exceptions": ("InvalidParameterCombination", "ValidationError"),
    "moto.cloudwatch.responses": (
        "CloudWatchResponse.describe_alarms",
        "CloudWatchResponse.get_metric_data",
        "CloudWatchResponse.get_metric_statistics",
        "CloudWatchResponse.list_metrics",
    ),
    "moto.events.models": (
        "EventsBackend.put_events",
        "EventPattern.load",
        "EventPattern.matches_event",
        "Rule.send_to_targets",
        "events_backends",
    ),
    "moto.glue.models": ("glue_backends",),
    "moto.athena.models": ("athena_backends",),
    "moto.emrserverless.models": ("emrserverless_backends",),
    "moto.core.utils": ("create_loader",),
    "moto.core.models": ("MockAWS._enable_patching", "botocore_stubber", "responses_mock"),
    "moto.iam.models": (
        "IAMBackend._init_aws_policies",
        "IAMBackend._init_managed_policies",
        "AWSManagedPolicy",
    ),
    "moto.iam.responses": ("IamResponse.get_account_authorization_details",),
    "moto.kms.models": ("KmsBackend.create_key",),
    "moto.kms.responses": ("KmsResponse.list_aliases", "KmsResponse._validate_cmk_id"),
    "moto.resourcegroupstaggingapi.responses": ("ResourceGroupsTaggingAPIResponse.get_resources",),
    "moto.s3.models": (
        "FakeBucket.get_permission",
        "FakeBucket.set_lifecycle",
        "PublicAccessBlock",
        "S3Backend.create_bucket",
        "S3Backend.get_bucket_encryption",
        "s3_backends.bucket_accounts",
    ),
    "moto.s3.responses": (
        "S3Response.all_buckets",
        "S3Response.get_bucket_lifecycle",
        "S3Response._bucket_response",
        "S3Response._bucket_response_put",
        "S3Response._key_response",
    ),
    "moto.s3.notifications": ("_send_event_bridge_message", "_detail_type"),
    "moto.scheduler.models": ("Schedule.update", "scheduler_backends"),
    "moto.sagemaker.models": (
        "SageMakerModelBackend.iter_tagged_resources",
        "SageMakerModelBackend._get_resource_from_arn",
    ),
    "moto.sagemaker.responses": ("SageMakerResponse.sagemaker_backend",),
    "moto.sts.models": ("STSBackend.assume_role",),
    "moto.sts.responses": (
        "TokenResponse.assume_role",
        "TokenResponse.assume_role_with_web_identity",
    ),
    "moto.sns.responses": ("SNSResponse.list_subscriptions_by_topic", "SNSResponse.subscribe"),
}


class UnsupportedMotoError(RuntimeError):
    """The installed moto is not the one this sandbox was built on."""


def check() -> None:
    """Raise UnsupportedMotoError unless moto is 5.2.x and has every internal leaned upon."""
    import moto  # noqa: PLC0415  (the check is the point)

    missing = [
        f"{module}.{path}"
        for module, paths in INTERNALS.items()
        for path in paths
        if not _has(module, path)
    ]
    if moto.__version__.startswith(SUPPORTED) and not missing:
        return
    lacks = f"; missing {', '.join(missing)}" if missing else ""
    msg = f"The sandbox needs moto {SUPPORTED}x but found {moto.__version__}{lacks}. "
    raise UnsupportedMotoError(msg + "Install 'moto>=5.2.5,<5.3'.")


def install() -> None:
    """Install the sandbox into moto; repeated calls do nothing."""
    with _LOCK:
        if _DONE:
            return
        check()
        for name in ("door.entry", "services.register"):
            importlib.import_module(f"reconciler.sandbox.{name}").install()
        _DONE.append("installed")


def _has(module: str, path: str) -> bool:
    try:
        found: object = importlib.import_module(module)
    except ImportError:
        return False
    for part in path.split("."):
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True
