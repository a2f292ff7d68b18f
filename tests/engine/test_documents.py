"""What AWS's own handler tells of a bucket counts where it is as declared, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.delivery.actions import reads
from reconciler.facts import facts
from reconciler.resources.api import load

from . import specs
from .platform import Platform, codes, paths, steps

Lie = Callable[[Mapping[str, Any]], Mapping[str, Any]]
BUCKET = specs.name(specs.BUCKET)
TOLD = {
    "BucketEncryption",
    "OwnershipControls",
    "PublicAccessBlockConfiguration",
    "VersioningConfiguration",
}
OWN_CALLS = {
    "s3.get_bucket_encryption",
    "s3.get_bucket_ownership_controls",
    "s3.get_bucket_versioning",
    "s3.get_public_access_block",
}


@dataclass(frozen=True, slots=True)
class Lying:
    """Clients of which one tells documents that are not true."""

    inner: Any
    lie: Lie

    def client(self, service: str) -> Any:
        found = self.inner.client(service)
        return Documents(found, self.lie) if service == "cloudcontrol" else found


@dataclass(frozen=True, slots=True)
class Documents:
    inner: Any
    lie: Lie

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def get_resource(self, **params: Any) -> Mapping[str, Any]:
        return self.lie(self.inner.get_resource(**params))


def refused(code: str) -> Lie:
    def lie(_: Mapping[str, Any]) -> Mapping[str, Any]:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "GetResource")

    return lie


def told(change: Callable[[dict[str, Any]], Any], **more: str) -> Lie:
    """The answer with other properties, and another identifier where one is given."""

    def lie(true: Mapping[str, Any]) -> Mapping[str, Any]:
        found = true["ResourceDescription"]
        props = json.dumps(change(json.loads(found["Properties"])))
        return {**true, "ResourceDescription": {**found, "Properties": props, **more}}

    return lie


def untrue(props: dict[str, Any]) -> dict[str, Any]:
    return {
        **props,
        "BucketEncryption": {"ServerSideEncryptionConfiguration": []},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": False},
        "VersioningConfiguration": {"Status": "Suspended"},
    }


LIES: dict[str, Lie] = {
    "refused": refused("AccessDeniedException"),
    "not offered": refused("UnsupportedActionException"),
    "broken": refused("HandlerFailureException"),
    "not there": refused("ResourceNotFoundException"),
    "empty": lambda _: {"ResponseMetadata": {}},
    "no document": told(lambda _: None),
    "nothing in it": told(lambda _: {}),
    "parts left out": told(lambda it: {key: it[key] for key in it if key not in TOLD}),
    "parts emptied": told(lambda it: {**it, **{key: {} for key in TOLD}}),
    "another's by its identifier": told(dict, Identifier="another"),
    "another's by its name": told(lambda it: {**it, "BucketName": "another"}),
    "untrue": told(untrue),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_what_a_document_does_not_say_rightly_is_asked_of_s3(lie: Lie, platform: Platform) -> None:
    platform.converge(specs.RAW)
    platform.session.clients = Lying(platform.session.clients, lie)
    before = platform.session.calls.copy()
    plan = platform.plan()
    assert (steps(plan), codes(plan)) == ([], [])
    assert (platform.session.calls - before).keys() >= OWN_CALLS


def test_each_part_that_somebody_changes_is_seen(platform: Platform) -> None:
    platform.converge(specs.RAW)
    s3 = platform.client("s3")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    writer = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    s3.put_bucket_ownership_controls(Bucket=BUCKET, OwnershipControls=writer)
    s3.put_public_access_block(
        Bucket=BUCKET, PublicAccessBlockConfiguration={"BlockPublicAcls": True}
    )
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    found = paths(platform.plan())[BUCKET]
    assert {path.partition(".")[0] for path in found} == TOLD


def test_a_document_is_taken_only_for_what_it_always_gives_back() -> None:
    known = [each for each in load().values() if each.aside.document]
    assert [each.type for each in known] == ["AWS::S3::Bucket"]
    for resource in known:
        about = facts(resource.type)
        assert about.served
        assert "read" in about.can
        assert resource.aside.document <= {part.prop for part in resource.parts}
        assert not resource.aside.document & {path[0] for path in about.write_only}
        asked = reads([resource])
        assert asked >= {"cloudformation:GetResource", "s3:GetInventoryConfiguration"}
