"""What an answer lacks, case by case; and answers that look odd and are whole."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import Session
from reconciler.aws.single import Single
from reconciler.aws.wholes import wholes
from reconciler.aws.wire import Broken, look
from reconciler.model.address import Address
from reconciler.model.change import Status
from reconciler.resources.api import Place, load
from reconciler.resources.whole import Whole, fault, members

from .capture import Parsed

PLACE = Place("123456789012", "eu-west-1", "acme", "dev")
ONE = Whole(has=members("Arn", "Deep.State"), same={"Name": ("Name",)})
PAGE = Whole(items="Items", each=members("Name"), each_same={"Group": "Group"}, tally="Count")
ANSWERS: dict[str, tuple[Whole, dict[str, Any], dict[str, Any], str]] = {
    "whole": (ONE, {"Name": "a"}, {"Arn": "x", "Deep": {"State": "s"}, "Name": "A"}, ""),
    "nothing": (ONE, {"Name": "a"}, {}, "it lacks 'Arn'"),
    "a null": (ONE, {}, {"Arn": None, "Deep": {"State": "s"}}, "it lacks 'Arn'"),
    "a path that ends": (ONE, {}, {"Arn": "x", "Deep": "s"}, "it lacks 'Deep.State'"),
    "another's": (
        ONE, {"Name": "a"}, {"Arn": "x", "Deep": {"State": "s"}, "Name": "b"}, "not about 'a'",
    ),
    "false and zero are something": (Whole(has=members("On", "N")), {}, {"On": False, "N": 0}, ""),
    "none of several": (Whole(one_of=("A", "B")), {}, {"C": 1}, "it has none of 'A', 'B'"),
    "an alias is repeated by nobody": (ONE, {"Name": "alias/a"}, {
        "Arn": "x", "Deep": {"State": "s"}, "Name": "b"}, ""),
    "an ARN asked for by its id": (
        Whole(same={"Key": ("Id",)}), {"Key": "arn:aws:kms:x:1:key/abc"}, {"Id": "abc"}, "",
    ),
    "an empty page": (PAGE, {}, {"Items": [], "Count": 0}, ""),
    "a page that says that it has none": (PAGE, {}, {"Count": 0}, ""),
    "a page without its list": (PAGE, {}, {"Count": 1}, "it lacks the list 'Items'"),
    "a page that lost items": (PAGE, {}, {"Items": [], "Count": 2}, "says another number"),
    "an item without a name": (PAGE, {}, {"Items": [{}], "Count": 1}, "lacks 'Name'"),
    "another group's item": (
        PAGE, {"Group": "a"}, {"Items": [{"Name": "x", "Group": "b"}], "Count": 1}, "not about 'a'",
    ),
    "an empty document that is data": (Whole(empty="AWS says so"), {}, {}, ""),
    "failures inside": (Whole(), {}, {"FailedEntryCount": 1}, "has failures in"),
    "no failures inside": (Whole(), {}, {"FailedEntryCount": 0, "Unsuccessful": []}, ""),
    "no policy": (Whole(policies=members("P")), {}, {"P": "[]"}, "'P' is no policy"),
}  # fmt: skip


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_lacks(case: str) -> None:
    whole, params, answer, lacks = ANSWERS[case]
    found = fault(whole, params, answer)
    assert lacks in found if lacks else found == ""


BODIES = {
    "an object": ("json", "X", {}, b"{}", True, ""),
    "nothing where nothing is expected": ("json", "X", {}, b"", False, ""),
    "nothing": ("json", "X", {}, b"", True, "empty"),
    "a list": ("json", "X", {}, b"[]", True, "no JSON object"),
    "half": ("json", "X", {}, b'{"a":', True, "no JSON"),
    "fewer bytes than told": ("json", "X", {"Content-Length": "9"}, b"{}", True, "2 of 9"),
    "packed bytes": (
        "json", "X", {"content-length": "9", "content-encoding": "gzip"}, b"{}", True, "",
    ),
    "a page": ("json", "X", {"Content-Type": "text/html"}, b"{}", True, "proxy"),
    "a root": ("query", "GetRole", {}, b"<GetRoleResponse></GetRoleResponse>", True, ""),
    "another root": ("query", "GetRole", {}, b"<ListRolesResponse/>", True, "root element"),
    "an open root": ("query", "GetRole", {}, b"<GetRoleResponse><a>", True, "no end"),
    "a root behind a prolog": (
        "rest-xml", "ListBuckets", {},
        b"<?xml version='1.0'?>\n<ListAllMyBucketsResult/>\n", True, "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BODIES)
def test_a_body_has_the_form_of_its_protocol(case: str) -> None:
    protocol, operation, headers, body, expects, wrong = BODIES[case]
    if not wrong:
        look(protocol, operation, headers, body, expects=bool(expects))
        return
    with pytest.raises(Broken, match=wrong):
        look(protocol, operation, headers, body, expects=bool(expects))


def read(type_: str, name: str, document: dict[str, Any]) -> Any:
    clock = FakeClock()
    session = Session(Parsed(document), clock=clock, limiter=Limiter(clock, unlimited=True))
    return Single(session, PLACE).read(load()[type_], Address(type_, name), (), tags={})


def test_a_replica_of_a_key_of_several_regions_is_a_key() -> None:
    arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"
    primary = arn.replace("eu-west-1", "us-east-1")
    key = {
        "KeyId": "mrk-1234abcd12ab34cd56ef1234567890ab",
        "Arn": arn,
        "KeyState": "Enabled",
        "Enabled": True,
        "MultiRegion": True,
        "MultiRegionConfiguration": {
            "MultiRegionKeyType": "REPLICA",
            "PrimaryKey": {"Arn": primary, "Region": "us-east-1"},
            "ReplicaKeys": [{"Arn": arn, "Region": "eu-west-1"}],
        },
    }
    found = read("AWS::KMS::Key", "acme-dev-data", {"KeyMetadata": key})
    assert (found.status, found.outputs["Arn"]) == (Status.READY, arn)


def test_an_endpoint_without_a_configuration_is_there() -> None:
    endpoint = {
        "EndpointName": "acme-dev-parts",
        "EndpointArn": "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/acme-dev-parts",
        "EndpointStatus": "InService",
        "CreationTime": "2026-11-29T00:00:00Z",
        "LastModifiedTime": "2026-11-29T00:00:00Z",
    }
    found = read("AWS::SageMaker::Endpoint", "acme-dev-parts", endpoint)
    assert found is not None
    assert found.status is Status.READY


def test_every_reason_for_an_empty_answer_names_its_source() -> None:
    told = {name: whole.empty for name, whole in wholes().items() if whole.empty}
    assert {name for _, name in told} == {
        "head_bucket",
        "get_bucket_versioning",
        "get_bucket_logging",
        "get_bucket_notification_configuration",
        "get_tags",
        "list_tags_for_resource",
    }
    assert all("API" in why for why in told.values())
