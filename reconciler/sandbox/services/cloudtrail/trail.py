"""CloudTrail's event history: every write that reaches the sandbox, and LookupEvents.

As documented: management events only (no object, record or message is in it), newest first, at
most 50 a page, one attribute, 90 days, each region its own, IAM and its like in us-east-1. Unlike
AWS it leaves reads out, has an event at once, and lists names and ARNs of all resources alike.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.exceptions import JsonRESTError

from reconciler.sandbox.protocol.requests import Sent, parameters
from reconciler.sandbox.services.cloudtrail import identity, touched
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.sandbox.protocol.wire import Answer

READS = ("Get", "List", "Describe", "Head", "BatchGet", "BatchDescribe", "Search", "Lookup")
DATA = {
    "kms": {"Encrypt", "Decrypt", "GenerateDataKey", "Sign", "Verify", "ReEncrypt"},
    "cloudwatch": {"PutMetricData"},
    "logs": {"PutLogEvents"},
    "sns": {"Publish", "PublishBatch"},
    "sts": {"AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"},
}
"""Reads by another name, and what only a trail with data events has."""
RUNTIME = ("sagemaker-featurestore-runtime", "sagemaker-runtime", "sagemaker-metrics")
GLOBAL = {"iam", "sts", "cloudfront", "route53", "organizations", "budgets"}
"""Services whose events are in us-east-1, wherever the call came from."""
SOURCES = {
    "cloudcontrol": "cloudcontrolapi",
    "cloudwatch": "monitoring",
    "stepfunctions": "states",
    "resourcegroupstaggingapi": "tag",
}
S3_EVENTS = {
    "PutBucketLifecycleConfiguration": "PutBucketLifecycle",
    "DeleteBucketLifecycle": "DeleteBucketLifecycle",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "DeleteBucketPublicAccessBlock",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
}
"""Events of S3 that are not called like the operation."""
LARGEST = 4096
"""Characters of parameters that are kept; AWS leaves out what has more than 100 KB."""
PAGE = 50
DAYS = 90 * 86400
ERRORS = 400
NOT_IMPLEMENTED = 501
SCALING = "application-autoscaling.amazonaws.com"
ATTRIBUTES = {"EventId": "eventID", "EventName": "eventName", "EventSource": "eventSource"}


def install() -> None:
    """Give moto's CloudTrail its event history."""
    response: Any = CloudTrailResponse
    response.lookup_events = _lookup_events


def record(service: str, operation: str, sent: Sent, answer: Answer) -> None:
    """Note down a write and how it ended. The caller holds the sandbox's lock."""
    status, headers, body = answer
    if not _kept(service, operation) or status == NOT_IMPLEMENTED:
        return
    text = body if isinstance(body, str) else body.decode(errors="replace")
    given = parameters(service, sent)
    region = "us-east-1" if service in GLOBAL else sent.region
    who, name = identity.of(sent.access_key, _account())
    said: dict[str, Any] = {
        "userIdentity": who,
        "eventSource": _source(service),
        "eventName": S3_EVENTS.get(operation, operation) if service == "s3" else operation,
        "awsRegion": region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": sent.agent,
        "requestParameters": given if len(json.dumps(given)) <= LARGEST else None,
    }
    made = text if operation.startswith("Create") and status < ERRORS else ""
    resources = touched.resources(service, given, made, _account(), sent.region)
    if status >= ERRORS:
        code, message = touched.error(headers, text)
        said |= {"errorCode": code, "errorMessage": message}
    _keep(said, name, sent.access_key, resources)


def scaled(endpoint: str, variant: str, count: int, region: str) -> None:
    """Note down what an autoscaler did, through its service-linked role."""
    who, name = identity.service_linked(
        "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint", SCALING, _account()
    )
    desired = [{"variantName": variant, "desiredInstanceCount": count}]
    said = {
        "userIdentity": who,
        "eventSource": _source("sagemaker"),
        "eventName": "UpdateEndpointWeightsAndCapacities",
        "awsRegion": region,
        "sourceIPAddress": SCALING,
        "userAgent": SCALING,
        "requestParameters": {"endpointName": endpoint, "desiredWeightsAndCapacities": desired},
    }
    given = {"endpointName": endpoint}
    found = touched.resources("sagemaker", given, "", _account(), region)
    _keep(said, name, "", found)


def _account() -> str:
    """The account that the sandbox stands for, as moto has it."""
    return os.environ.get("MOTO_ACCOUNT_ID", "123456789012")


def _kept(service: str, operation: str) -> bool:
    if operation == "Unknown" or operation.startswith(READS) or service in RUNTIME:
        return False
    if service == "s3":
        return "Bucket" in operation or operation in S3_EVENTS
    return operation not in DATA.get(service, ())


def _source(service: str) -> str:
    return f"{SOURCES.get(service, service)}.amazonaws.com"


def _keep(
    said: dict[str, Any], name: str, access_key: str, resources: list[dict[str, str]]
) -> None:
    WORLD.recorded += 1
    now = WORLD.clock.now()
    id_ = str(uuid.UUID(hashlib.sha256(f"{WORLD.recorded}".encode()).hexdigest()[:32]))
    event = {
        "eventVersion": "1.11",
        **said,
        "eventTime": f"{datetime.fromtimestamp(int(now), tz=UTC):%Y-%m-%dT%H:%M:%SZ}",
        "responseElements": None,
        "requestID": id_,
        "eventID": id_,
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": _account(),
        "eventCategory": "Management",
    }
    WORLD.events.append(
        {"at": int(now), "name": name, "key": access_key, "resources": resources, "event": event}
    )


# -- LookupEvents


def _lookup_events(self: Any) -> str:  # noqa: ANN401  (moto's response)
    return json.dumps(lookup(json.loads(self.body or "{}"), self.region))


def lookup(params: Mapping[str, Any], region: str) -> dict[str, Any]:
    """A page of events, newest first."""
    key, value = _attribute(params.get("LookupAttributes") or [])
    size = params.get("MaxResults", PAGE)
    if not 1 <= size <= PAGE:
        raise JsonRESTError(
            "InvalidMaxResultsException", "Max results must be between 1 and 50, both inclusive."
        )
    start, end = params.get("StartTime"), params.get("EndTime")
    if start is not None and end is not None and start > end:
        raise JsonRESTError("InvalidTimeRangeException", "Start time must be before end time.")
    if params.get("EventCategory", "insight") != "insight":
        raise JsonRESTError("InvalidEventCategoryException", "The event category is not valid.")
    asked = hashlib.sha256(json.dumps([key, value, start, end, region]).encode()).hexdigest()
    before = _position(params.get("NextToken"), asked)
    oldest = max(WORLD.clock.now() - DAYS, int(start or 0))
    found = [
        (number, item)
        for number, item in _numbered()
        if number < before
        and item["event"]["awsRegion"] == region
        and "EventCategory" not in params
        and oldest <= item["at"] <= (end if end is not None else item["at"])
        and _matches(item, key, value)
    ]
    page = found[:size]
    answer: dict[str, Any] = {"Events": [_shown(item) for _, item in page]}
    if len(found) > size:
        token = json.dumps([asked, page[-1][0]]).encode()
        answer["NextToken"] = base64.urlsafe_b64encode(token).decode()
    return answer


def _numbered() -> list[tuple[int, dict[str, Any]]]:
    """The events with their number since the beginning, newest first."""
    first = WORLD.recorded - len(WORLD.events)
    return [*enumerate(WORLD.events, first)][::-1]


def _attribute(given: list[dict[str, str]]) -> tuple[str, str]:
    if not given:
        return "", ""
    known = {*ATTRIBUTES, "ReadOnly", "Username", "ResourceType", "ResourceName", "AccessKeyId"}
    if len(given) > 1 or given[0].get("AttributeKey") not in known:
        raise JsonRESTError(
            "InvalidLookupAttributesException", "Exactly one valid lookup attribute may be given."
        )
    return given[0]["AttributeKey"], given[0].get("AttributeValue", "")


def _position(token: str | None, asked: str) -> int:
    if token is None:
        return WORLD.recorded + 1
    try:
        whose, number = json.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        whose, number = "", 0
    if whose != asked:
        raise JsonRESTError("InvalidNextTokenException", "The token is not one of this request.")
    return int(number)


def _matches(item: dict[str, Any], key: str, value: str) -> bool:
    match key:
        case "":
            return True
        case "Username":
            return bool(item["name"] == value)
        case "AccessKeyId":
            return bool(item["key"] == value)
        case "ReadOnly":
            return value == "false"
        case "ResourceName" | "ResourceType":
            return any(each[key] == value for each in item["resources"])
        case _:
            return bool(item["event"][ATTRIBUTES[key]] == value)


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    event = item["event"]
    return {
        "EventId": event["eventID"],
        "EventName": event["eventName"],
        "ReadOnly": "false",
        **({"AccessKeyId": item["key"]} if item["key"] else {}),
        "EventTime": item["at"],
        "EventSource": event["eventSource"],
        "Username": item["name"],
        "Resources": item["resources"],
        "CloudTrailEvent": json.dumps(event),
    }
