"""Everything that is alive in an account, read without any of Moorline's discovery.

Each type is listed with plain calls, so that a duplicate or a forgotten resource
shows; what a resource is like comes from Moorline's readers. Ids and times that
AWS chooses are taken out.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from engine.files import MODELS
from engine.platform import HOME, Clients, Platform, Site, client

from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import Session
from reconciler.aws.single import Single
from reconciler.compile import compiler
from reconciler.facts.store import facts
from reconciler.model.address import Address
from reconciler.model.value import Props
from reconciler.resources import api as resources

NOTES = "moorline:attempt"
"""Tags that say what was tried, and when."""
CHOSEN = {"ResolvedOutputS3Uri", "SubscriptionArn", "TableName"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
State = dict[str, Any]


def names(site: Site = HOME) -> Iterator[tuple[str, str, dict[str, str] | None]]:
    """Type, name and key of every live resource of a region, of the types Moorline manages."""
    for type_, service, method, at, name in LISTS:
        paginator = client(service, site.region, site.account).get_paginator(method)
        params = {"AccountId": site.account} if service == "budgets" else {}
        for page in paginator.paginate(**params):
            for item in page.get(at, ()):
                if not item[name].startswith(MODELS):  # given, and of another team
                    yield type_, item[name].rpartition(":")[2], None
    kms = client("kms", site.region, site.account)
    for item in kms.get_paginator("list_keys").paginate().search("Keys"):
        state = kms.describe_key(KeyId=item["KeyId"])["KeyMetadata"]["KeyState"]
        if state != "PendingDeletion":
            yield "AWS::KMS::Key", item["KeyId"], {"KeyId": item["KeyId"]}


LISTS = (
    ("AWS::Budgets::Budget", "budgets", "describe_budgets", "Budgets", "BudgetName"),
    ("AWS::CloudWatch::Alarm", "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("AWS::IAM::Role", "iam", "list_roles", "Roles", "RoleName"),
    ("AWS::S3::Bucket", "s3", "list_buckets", "Buckets", "Name"),
    ("AWS::SNS::Topic", "sns", "list_topics", "Topics", "TopicArn"),
    *(
        (f"AWS::SageMaker::{kind}", "sagemaker", method, at, f"{kind}Name")
        for kind, method, at in (
            ("Endpoint", "list_endpoints", "Endpoints"),
            ("EndpointConfig", "list_endpoint_configs", "EndpointConfigs"),
            ("FeatureGroup", "list_feature_groups", "FeatureGroupSummaries"),
            ("Model", "list_models", "Models"),
            ("ModelPackageGroup", "list_model_package_groups", "ModelPackageGroupSummaryList"),
            ("Pipeline", "list_pipelines", "PipelineSummaries"),
        )
    ),
)


def _said(props: Props) -> Props:
    """Properties without a bucket key that is of no use: no key of KMS encrypts with it.

    Who has no word on it keeps what is live, so it stays when another run had a key meanwhile.
    """
    held = props.get("BucketEncryption") or {}
    rules = held.get("ServerSideEncryptionConfiguration") or ()
    unused = {"SSEAlgorithm": "AES256"}
    said = [
        {key: it for key, it in rule.items() if key != "BucketKeyEnabled"}
        if rule.get("ServerSideEncryptionByDefault") == unused
        else rule
        for rule in rules
    ]
    kept = {**held, "ServerSideEncryptionConfiguration": said}
    return {**props, "BucketEncryption": kept} if rules else props


def state(scene: Platform) -> State:
    """What is alive, by type and name; two of the same name are numbered."""
    clock, site = FakeClock(), scene.site
    clients, limiter = Clients(site.region, site.account), Limiter(clock, unlimited=True)
    session = Session(clients, clock=clock, limiter=limiter)
    single = Single(session, compiler.place_of(scene.request().view))
    known = resources.load()
    found: list[tuple[Address, Any]] = []
    ids: dict[str, str] = {}
    for type_, name, key in names(site):
        resource = known[type_]
        chosen = {path[0] for path in facts(type_).read_only if len(path) == 1}
        wanted = {*facts(type_).properties, *(part.prop for part in resource.parts)} - chosen
        observed = single.read(resource, Address(type_, name), wanted, key=key)
        assert observed is not None, (type_, name)
        tags = {k: v for k, v in (observed.tags or {}).items() if not k.startswith(NOTES)}
        called = tags.get(resources.NAME_TAG, f"nameless key {len(ids)}") if key else name
        if key:
            ids[name] = called
        body = {"props": _said(observed.props), "tags": tags, "status": str(observed.status)}
        found.append((Address(type_, called), body))
    seen: Counter[Address] = Counter()
    out: State = {}
    for address, body in sorted(found, key=lambda item: item[0]):
        seen[address] += 1
        label = str(address) if seen[address] == 1 else f"{address} ({seen[address]})"
        out[label] = _plain(body, ids)
    return out


def _plain(value: Any, ids: Mapping[str, str]) -> Any:
    text = json.dumps(value, default=str, sort_keys=True)
    for id_, name in ids.items():
        text = text.replace(id_, f"<key {name}>")
    return json.loads(UUID.sub("<id>", text), object_hook=_kept)


def _kept(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in CHOSEN}


def difference(one: State, other: State) -> dict[str, tuple[Any, Any]]:
    """Where two states differ; empty when they are the same."""
    labels = sorted(one.keys() | other.keys())
    return {key: (one.get(key), other.get(key)) for key in labels if one.get(key) != other.get(key)}
