"""What AWS demands of the caller besides: the rows, and that no documented demand is missed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name

from reconciler.access import table
from reconciler.access.caller import DEMANDS, demanded, rows
from reconciler.access.calls import asked
from reconciler.delivery.actions import methods
from reconciler.resources.api import load

from .offline import ACCOUNT, KEY, REGION, SESSION, Call, Offline, call, faults, filled, model

GROUP = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:feature-group/acme"
CONFIG = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint-config/c"


class Sealed(Offline):
    """Everything is encrypted under one key."""

    def encryption(self, _arn: str) -> str:
        return KEY


@pytest.mark.parametrize("row", DEMANDS, ids=lambda row: f"{row.service}-{row.operations[0]}")
def test_every_row_is_true_to_the_table(row: Any) -> None:
    assert row.source
    for action in row.actions:
        assert table.action(action).name == action
    for operation in row.operations:
        assert operation in model(row.service).operation_names
        params = filled(row.service, operation)
        params.pop("IncludedData", None)
        params |= {"AlarmActions": ["arn:aws:automate:eu-west-1:ec2:stop"]}
        params.pop("ServerSideEncryption", None)
        params.get("OfflineStoreConfig", {}).pop("DisableGlueTableCreation", None)
        each = Call(row.service, operation, params, REGION, ACCOUNT, SESSION)
        found = demanded(each, Sealed())
        assert {it.action for it in found} >= set(row.actions)
        assert [fault for it in found for fault in faults(it)] == []


def test_an_online_store_under_a_key_needs_the_caller_to_use_it() -> None:
    stores = {"SecurityConfig": {"KmsKeyId": KEY}}
    each = call(
        "sagemaker", "CreateFeatureGroup", FeatureGroupName="acme", OnlineStoreConfig=stores
    )
    found = {it.action: it for it in demanded(each, Offline())}
    assert found["kms:CreateGrant"].resource == KEY
    assert found["kms:CreateGrant"].context["kms:grantisforawsresource"] == ("true",)
    assert found["kms:Decrypt"].context["kms:viaservice"] == (f"sagemaker.{REGION}.amazonaws.com",)
    assert found["kms:ListAliases"].resource == "*"
    assert demanded(call("sagemaker", "CreateFeatureGroup", FeatureGroupName="a"), Offline()) == ()


def test_an_offline_store_has_its_table_made_by_the_caller() -> None:
    store = {"FeatureGroupName": "acme", "OfflineStoreConfig": {"S3StorageConfig": {}}}
    found = {(it.action, it.resource.split(":", 5)[-1]) for it in demanded(
        call("sagemaker", "CreateFeatureGroup", **store), Offline()
    )}  # fmt: skip
    table = "table/sagemaker_featurestore/new"
    assert {at for action, at in found if action == "glue:CreateTable"} == {
        "catalog", "database/sagemaker_featurestore", table,
    }  # fmt: skip
    assert ("glue:CreateDatabase", table) not in found
    store["OfflineStoreConfig"] = {"DisableGlueTableCreation": True}
    assert demanded(call("sagemaker", "CreateFeatureGroup", **store), Offline()) == ()


def test_an_endpoint_that_goes_takes_what_scales_it_along() -> None:
    (found,) = demanded(call("sagemaker", "DeleteEndpoint", EndpointName="e"), Offline())
    assert found.action == "application-autoscaling:DeregisterScalableTarget"
    assert found.context["application-autoscaling:service-namespace"] == ("sagemaker",)


def test_an_online_store_is_read_with_its_key() -> None:
    each = call("sagemaker-featurestore-runtime", "GetRecord", FeatureGroupName="acme")
    assert [it.action for it in demanded(each, Offline(sealed={GROUP: KEY}))] == ["kms:Decrypt"]
    assert demanded(each, Offline()) == ()


def test_a_guarded_rollout_reads_its_alarms() -> None:
    guard = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "late"}]}}
    each = call(
        "sagemaker",
        "UpdateEndpoint",
        EndpointName="e",
        EndpointConfigName="c",
        DeploymentConfig=guard,
    )
    found = [(it.action, it.resource) for it in demanded(each, Offline(sealed={CONFIG: KEY}))]
    alarm = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:late"
    assert found == [("kms:CreateGrant", KEY), ("cloudwatch:DescribeAlarms", alarm)]


def test_a_put_uses_the_key_it_names_or_the_buckets() -> None:
    world = Offline(sealed={"arn:aws:s3:::b": KEY})
    put = {"Bucket": "b", "Key": "k"}
    assert [it.resource for it in demanded(call("s3", "PutObject", **put), world)] == [KEY]
    assert demanded(call("s3", "PutObject", **put, ServerSideEncryption="AES256"), world) == ()
    named = call("s3", "PutObject", **put, SSEKMSKeyId="alias/acme")
    (found,) = demanded(named, Offline())
    assert (found.resource, found.context["kms:requestalias"]) == (KEY, ("alias/acme",))


SAYS = re.compile(r"must|need|require|permission", re.IGNORECASE)
ACTION = re.compile(r"\b([a-z][a-z0-9-]+:[A-Z][A-Za-z]{3,})\b")
ELSEWHERE = {
    ("CreateBucket", "s3:PutBucketAcl"): "for an ACL other than private",
    ("CreateBucket", "s3:PutBucketPublicAccessBlock"): "for PutPublicAccessBlock, in a sentence",
    ("glue CreateConnection", "glue:PassConnection"): "for connections of federated resources",
    ("CreateEndpoint", "sagemaker:CreateEndpointConfig"): "for who makes the config as well",
    ("CreateEndpointConfig", "kms:Encrypt"): "of the execution role",
    ("CreateEndpointConfig", "s3:PutObject"): "of the bucket's policy",
    ("DeleteObject", "s3:DeleteObject"): "where no version is named",
    ("DeleteObject", "s3:BypassGovernanceRetention"): "to go around a lock, which is in a header",
    ("PutObject", "kms:Decrypt"): "for parts of an upload: S3 user guide, permissions of SSE-KMS",
    ("PutBucketLifecycleConfiguration", "s3:DeleteObject"): "what one would deny",
    ("PutBucketLifecycleConfiguration", "s3:DeleteObjectVersion"): "what one would deny",
}
"""What documentation mentions and nobody demands of the caller here, with the reason."""


def documented(service: str, operation: str) -> Iterator[str]:
    """The actions that sentences about permissions name in an operation's documentation."""
    found = model(service).operation_model(operation)
    yield from _named(found.documentation)
    yield from _of(found.input_shape, set())


def _of(shape: Any, seen: set[str]) -> Iterator[str]:
    if shape is None or shape.name in seen:
        return
    seen.add(shape.name)
    for member in getattr(shape, "members", {}).values():
        yield from _named(member.documentation)
        yield from _of(member, seen)
    if shape.type_name == "list":
        yield from _of(shape.member, seen)


def _named(text: str) -> Iterator[str]:
    plain = re.sub(r"<[^>]+>", " ", text)
    for sentence in re.split(r"(?<=[.;]) ", plain):
        if SAYS.search(sentence) and "directory bucket" not in sentence:
            yield from ACTION.findall(sentence)


def written() -> Iterator[tuple[str, str]]:
    for resource in load().values():
        names = {xform_name(name): name for name in model(resource.service).operation_names}
        yield from ((resource.service, names[method]) for method in methods(resource)[1])


@pytest.mark.parametrize(("service", "operation"), sorted(set(written())))
def test_no_documented_demand_is_missed(service: str, operation: str) -> None:
    params = filled(service, operation)
    each = Call(service, operation, params, REGION, ACCOUNT, SESSION)
    world = Sealed()
    have = {it.action for it in (*asked(each, world), *demanded(each, world))}
    have |= {action for row in rows(service, operation) for action in row.actions}
    known = set()
    for name in set(documented(service, operation)):
        prefix = name.partition(":")[0]
        if prefix in table.services() and name in table.actions(prefix):
            known.add(name)
    here = {operation, f"{service} {operation}"}
    elsewhere = {name for at, name in ELSEWHERE if at in here}
    assert elsewhere <= known - have
    assert known - have - elsewhere == set()
