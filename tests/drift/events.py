"""Events in the shape of LookupEvents, and a drifted alarm to blame on them."""

from __future__ import annotations

import json
from typing import Any

from reconciler.drift.actor import Scene, name
from reconciler.drift.sighting import Sighting, sighting
from reconciler.model.actor import Actor
from reconciler.model.address import Address
from reconciler.model.change import Action, Call, Cause, Effect, FieldChange, Reason
from reconciler.model.plan import Step
from reconciler.resources import api as resources
from reconciler.resources.api import Place

ACCOUNT, REGION = "123456789012", "eu-west-1"
PLACE = Place(ACCOUNT, REGION, "acme", "prod")
ALARM = "acme-prod-latency"
ARN = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{ALARM}"
APPLY = f"arn:aws:iam::{ACCOUNT}:role/moorline-apply"
CLI = "aws-cli/2.31.0 md/awscrt#0.27 ua/2.1 os/linux md/command#cloudwatch.put-metric-alarm"
SDK = "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux lang/python#3.13"
OURS = f"{SDK} moorline/0.4"
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.13.1 terraform-provider-aws/6.20 aws-sdk-go-v2/1.39"
CONSOLE = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36"


def user(name_: str = "alice") -> dict[str, Any]:
    return {"type": "IAMUser", "userName": name_, "accountId": ACCOUNT, "principalId": "AIDA"}


def session(role: str, name_: str, **context: Any) -> dict[str, Any]:
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "userName": role}
    return {
        "type": "AssumedRole",
        "principalId": f"AROA:{name_}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.rpartition('/')[2]}/{name_}",
        "accountId": ACCOUNT,
        "sessionContext": {"sessionIssuer": issuer, **context},
    }


def event(event_name: str = "PutMetricAlarm", **more: Any) -> dict[str, Any]:
    """One item of LookupEvents: alice's CLI sets the alarm, but for what is given."""
    names = more.pop("names", [ALARM])
    said = {
        "eventVersion": "1.11",
        "userIdentity": user(),
        "eventTime": "2026-11-20T14:02:11Z",
        "eventSource": "monitoring.amazonaws.com",
        "eventName": event_name,
        "awsRegion": REGION,
        "userAgent": CLI,
        "sourceIPAddress": "198.51.100.7",
        "requestParameters": {"alarmName": ALARM, "threshold": 400000},
        "readOnly": False,
        "recipientAccountId": ACCOUNT,
        **more,
    }
    return {
        "EventName": event_name,
        "ReadOnly": "false",
        "Resources": [{"ResourceType": "AWS::CloudWatch::Alarm", "ResourceName": n} for n in names],
        "CloudTrailEvent": json.dumps(said),
    }


def seen(*items: dict[str, Any]) -> list[Sighting]:
    found = [sighting(item) for item in items]
    return [each for each in found if each is not None]


def field(*path: str, cause: Cause = Cause.HAND) -> FieldChange:
    return FieldChange(path, 400000, 250000, Effect.IN_PLACE, cause=cause)


def drifted(*fields: FieldChange, type_: str = "AWS::CloudWatch::Alarm", **more: Any) -> Step:
    """A step that restores an alarm's threshold, but for what is given."""
    address = Address(type_, more.pop("named", ALARM))
    calls = (Call("cloudwatch", "put_metric_alarm", {"AlarmName": ALARM, "Threshold": 250000}),)
    given = {
        "action": Action.UPDATE,
        "reason": Reason.DIFFERS,
        "calls": calls,
        "guard": "g",
        "desired": {"AlarmName": ALARM, "Threshold": 250000},
        "fields": fields or (field("Threshold"),),
        **more,
    }
    return Step(str(address), address, **given)


def blamed(*items: dict[str, Any], step: Step | None = None, **scene: Any) -> Actor:
    """Who did it, by these events."""
    step = step or drifted()
    resource = resources.load()[step.address.type]
    place = scene.pop("place", PLACE)
    return name(step, seen(*items), resource, Scene(place, **{"apply_role": APPLY, **scene}))
