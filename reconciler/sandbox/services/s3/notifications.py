"""Notifications of buckets: that EventBridge is told is said, too.

Source: S3 API reference, GetBucketNotificationConfiguration.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.s3.responses import S3Response


def install() -> None:
    """Repair GetBucketNotificationConfiguration."""
    response: Any = S3Response
    get = response.get_bucket_notification

    def get_bucket_notification(self: Any) -> Any:  # noqa: ANN401  (moto's response)
        found = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if not found or found.event_bridge is None:
            return get(self)
        plain = self.serialized

        def serialized(result: Any) -> Any:  # noqa: ANN401  (moto's)
            told = dict(getattr(result, "result", None) or {})
            return plain(ActionResult({**told, "EventBridgeConfiguration": {}}))

        self.serialized = serialized
        try:
            return get(self)
        finally:
            del self.serialized

    response.get_bucket_notification = get_bucket_notification
