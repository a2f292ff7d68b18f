"""Cloud Control as a test uses it: every answer is held to botocore's shape."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from reconciler.sandbox.inprocess import Sandbox
from sandbox.conformance import Params, call

OVER = {"SUCCESS", "FAILED", "CANCEL_COMPLETE"}
STREAM, GROUP, VPC = "AWS::Kinesis::Stream", "AWS::Logs::LogGroup", "AWS::EC2::VPC"


@dataclass(frozen=True)
class Controlled:
    """The client, in short."""

    client: Any

    def call(self, operation: str, **params: Any) -> Params:
        return call(self.client, operation, **params)

    def begin_create(self, type_: str, model: Any, **more: Any) -> Params:
        state = model if isinstance(model, str) else json.dumps(model)
        found = self.call("CreateResource", TypeName=type_, DesiredState=state, **more)
        return dict(found["ProgressEvent"])

    def begin_update(self, type_: str, identifier: str, *ops: Params, **more: Any) -> Params:
        patch = json.dumps(ops)
        given = {"TypeName": type_, "Identifier": identifier, "PatchDocument": patch}
        return dict(self.call("UpdateResource", **given, **more)["ProgressEvent"])

    def begin_delete(self, type_: str, identifier: str, **more: Any) -> Params:
        given = {"TypeName": type_, "Identifier": identifier}
        return dict(self.call("DeleteResource", **given, **more)["ProgressEvent"])

    def status(self, event: Params) -> Params:
        found = self.call("GetResourceRequestStatus", RequestToken=event["RequestToken"])
        return dict(found["ProgressEvent"])

    def end(self, event: Params) -> Params:
        while event["OperationStatus"] not in OVER:
            event = self.status(event)
        return event

    def create(self, type_: str, model: Any, **more: Any) -> Params:
        return self.end(self.begin_create(type_, model, **more))

    def update(self, type_: str, identifier: str, *ops: Params, **more: Any) -> Params:
        return self.end(self.begin_update(type_, identifier, *ops, **more))

    def delete(self, type_: str, identifier: str, **more: Any) -> Params:
        return self.end(self.begin_delete(type_, identifier, **more))

    def get(self, type_: str, identifier: str) -> Params:
        found = self.call("GetResource", TypeName=type_, Identifier=identifier)
        return dict(json.loads(found["ResourceDescription"]["Properties"]))

    def listed(self, type_: str, **more: Any) -> list[str]:
        found, token = [], None
        while True:
            given = {"NextToken": token} if token else {}
            page = self.call("ListResources", TypeName=type_, **given, **more)
            found += [each["Identifier"] for each in page["ResourceDescriptions"]]
            if not (token := page.get("NextToken")):
                return found


def controlled(aws: Sandbox, region: str = "eu-west-1") -> Controlled:
    return Controlled(aws.client("cloudcontrol", region))


def once(aws: Sandbox) -> Any:
    """A client that sends nothing again by itself."""
    settings = Config(retries={"total_max_attempts": 1})
    keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
    return boto3.client("cloudcontrol", region_name=aws.region, config=settings, **keys)


def code(call_: Any) -> str:
    """The code of the exception that a call ends with, and its text; nothing where it does not."""
    try:
        call_()
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    return ""


def add(path: str, value: Any) -> Params:
    return {"op": "add", "path": path, "value": value}


def tags(**pairs: str) -> list[Params]:
    return [{"Key": key, "Value": value} for key, value in pairs.items()]
