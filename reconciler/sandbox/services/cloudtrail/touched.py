"""Which resources a request is about, for CloudTrail's `Resources`, and how it failed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TITLES = {
    "cloudwatch": "CloudWatch",
    "iam": "IAM",
    "kms": "KMS",
    "s3": "S3",
    "sagemaker": "SageMaker",
    "sns": "SNS",
}
INSIDE = {"budget", "newBudget", "registryId", "schemaId"}
"""Structures that hold the name of what the request is about."""
ASIDE = {"attribute", "metric", "policy"}
"""Names of what is no resource."""
MOST = 10
_KEY = re.compile(r"(?P<stem>\w+?)(?:Names?|Arns?|ARNs?|Ids?|Identifiers?)")
_ARN = re.compile(r"arn:aws[\w-]*:[^\s\"<,]+")
_CODE, _MESSAGE = re.compile(r"<Code>([^<]+)"), re.compile(r"<Message>([^<]*)")


def resources(
    service: str, given: Mapping[str, Any], made: str, account: str, region: str
) -> list[dict[str, str]]:
    """Types and names. `made` is the answer of a call that made something, which names it."""
    if service == "cloudcontrol":
        return _controlled(given, made)
    title = TITLES.get(service, service.capitalize())
    found: dict[str, str] = {}
    for key, value in _named(given):
        if value == account or key in ASIDE:
            continue
        stem = key[:1].upper() + key[1:]
        for name in _names(service, stem, value, account, region):
            found.setdefault(name, f"AWS::{title}::{stem}")
    for arn in _ARN.findall(made)[:MOST]:
        found.setdefault(arn, f"AWS::{title}::Resource")
        found.setdefault(_tail(arn), f"AWS::{title}::Resource")
    items = [*found.items()][:MOST]
    return [{"ResourceType": type_, "ResourceName": name} for name, type_ in items]


def _controlled(given: Mapping[str, Any], made: str) -> list[dict[str, str]]:
    """What Cloud Control is asked for says itself which type it is of."""
    name = str(given.get("identifier") or "")
    if made and not name:
        name = str(json.loads(made).get("ProgressEvent", {}).get("Identifier") or "")
    names = dict.fromkeys((name, _tail(name) if name.startswith("arn:") else name))
    type_ = str(given.get("typeName") or "")
    return [{"ResourceType": type_, "ResourceName": each} for each in names if each]


def _named(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in given.items():
        if key in INSIDE and isinstance(value, dict):
            yield from _named(value)
        match = _KEY.fullmatch(key) or re.fullmatch(r"(?P<stem>name|resource)", key)
        if match:
            values = value if isinstance(value, list) else [value]
            yield from ((match["stem"], each) for each in values if isinstance(each, str) and each)


def _names(service: str, stem: str, value: str, account: str, region: str) -> Iterator[str]:
    yield value
    if value.startswith("arn:"):
        yield _tail(value)
    elif service == "kms" and stem in {"Key", "TargetKey"}:
        yield f"arn:aws:kms:{region}:{account}:key/{value}"


def _tail(arn: str) -> str:
    return re.split(r"[/:]", arn)[-1]


def error(headers: Mapping[str, str], body: str) -> tuple[str, str]:
    """Code and message of a failed call, in whichever protocol it was answered."""
    low = {key.lower(): value for key, value in headers.items()}
    if found := _CODE.search(body):
        said = _MESSAGE.search(body)
        return found[1], said[1] if said else ""
    try:
        data = json.loads(body)
    except ValueError:
        data = {}
    data = data if isinstance(data, dict) else {}
    code = str(data.get("__type") or low.get("x-amzn-errortype") or "ClientError")
    message = data.get("message") or data.get("Message") or ""
    return re.split(r"[#:]", code)[-1] if "#" in code else code.partition(":")[0], str(message)
