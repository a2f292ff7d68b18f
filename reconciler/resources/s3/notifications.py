"""Whom a bucket tells of new objects: EventBridge is ours to say, everybody else's entry stays.

PutBucketNotificationConfiguration replaces the whole document, in which other teams have their
topics, queues and functions. Source: S3 API reference, PutBucketNotificationConfiguration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.value import Json, Props
from reconciler.resources.api import Request, Whole
from reconciler.resources.parts import Reader

EVENTS, ON = "EventBridgeConfiguration", "EventBridgeEnabled"
OTHERS = ("LambdaFunctionConfigurations", "QueueConfigurations", "TopicConfigurations")
GET = "get_bucket_notification_configuration"
PUT = "put_bucket_notification_configuration"


@dataclass(frozen=True, slots=True)
class Notifications:
    """Events to EventBridge, on or off."""

    prop: str = "NotificationConfiguration"
    last: bool = False
    reads: tuple[str, ...] = (GET,)
    writes: tuple[str, ...] = (PUT,)

    @property
    def wholes(self) -> Mapping[str, Whole]:
        return {GET: Whole(empty="a bucket that tells nobody has no member (the S3 API, as above)")}

    def read(self, reader: Reader, key: Props) -> Json:
        """Whether EventBridge is told, and what others have, as the API has it."""
        found = reader.call(GET, key)
        others = {name: found[name] for name in OTHERS if found.get(name)}
        return {EVENTS: {ON: EVENTS in found}, **others}

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        """One put, with what others have."""
        others = {name: before[name] for name in OTHERS if before and before.get(name)}
        on = bool(((after or {}).get(EVENTS) or {}).get(ON))
        whole = {**others, **({EVENTS: {}} if on else {})}
        yield Request(PUT, {"NotificationConfiguration": whole})
