"""Patches, identifiers, comparisons and transforms as tables, without any AWS."""

from __future__ import annotations

from typing import Any

import pytest
from sweeps import sample

from reconciler.facts import facts
from reconciler.facts.store import known_types, served_types
from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Reason
from reconciler.model.value import JsonText, Ref
from reconciler.resources.api import load
from reconciler.resources.cloudcontrol.builder import record
from reconciler.resources.cloudcontrol.compare import Comparison
from reconciler.resources.cloudcontrol.events import about
from reconciler.resources.cloudcontrol.identity import identity
from reconciler.resources.cloudcontrol.notation import equal, rewritten
from reconciler.resources.cloudcontrol.patch import patch, tag_patch
from reconciler.resources.cloudcontrol.repair import Unrepairable
from reconciler.resources.cloudcontrol.transform import CannotTell, same
from reconciler.resources.generic import IDENTIFIER, PRIMARY

TYPES = sorted(served_types())


# -- identifiers

IDENTIFIERS = {
    "a name": ("AWS::Kinesis::Stream", {"Name": "a"}, "a"),
    "several parts": (
        "AWS::ApiGatewayV2::Stage",
        {"ApiId": "x", "StageName": "v|1"},
        '{"ApiId":"x","StageName":"v|1"}',
    ),
    "made by AWS": ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}, None),
    "a part that is not known yet": (
        "AWS::ApiGatewayV2::Stage",
        {"ApiId": Ref(Address("AWS::ApiGatewayV2::Api", "a"), "ApiId"), "StageName": "v1"},
        None,
    ),
}


@pytest.mark.parametrize("case", IDENTIFIERS)
def test_the_identifier_that_properties_have(case: str) -> None:
    type_, props, expected = IDENTIFIERS[case]
    assert identity(facts(type_)).of(props) == expected


@pytest.mark.scenario("CC49")
@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a|b", "a|b", True),
        ("b|a", "a|b", False),
        ('{"Cluster": "c", "ServiceArn": "arn:aws:ecs:eu-west-1:1:service/c/s"}',
         "arn:aws:ecs:eu-west-1:1:service/c/s|arn:aws:ecs:eu-west-1:1:cluster/c", True),
        ("arn:aws:ecs:eu-west-1:1:service/c/s|c",
         "arn:aws:ecs:eu-west-1:1:service/c/s|arn:aws:ecs:eu-west-1:1:cluster/c", True),
        ("s|c", "t|c", False),
    ],
)  # fmt: skip
def test_two_spellings_of_one_identifier(one: str, other: str, expected: bool) -> None:
    assert identity(facts("AWS::ECS::Service")).same(one, other) is expected


@pytest.mark.parametrize("type_", sample(TYPES, 90))
def test_a_record_of_any_type(type_: str) -> None:
    made = record(facts(type_))
    assert made.generic is not None
    assert made.read.params["TypeName"] == type_
    assert made.operation is not None
    assert set(made.operation.timeout) >= {"create_resource", "delete_resource"}
    assert PRIMARY in made.outputs
    assert made.generic.found in {"name", "tags", "listing", "nothing"}


def test_no_type_has_a_property_that_is_called_like_our_output() -> None:
    assert not [type_ for type_ in TYPES if PRIMARY in facts(type_).properties]


def test_types_without_a_file_are_found_and_not_listed() -> None:
    known = load()
    assert "AWS::EC2::VPC" in known
    assert known["AWS::EC2::VPC"].type == "AWS::EC2::VPC"
    assert "AWS::EC2::VPC" not in [*known]
    for type_ in sorted(known_types() - served_types() - {*known})[:5]:
        assert type_ not in known
    assert known.get("AWS::No::Such") is None


# -- comparison

COMPARED: dict[str, tuple[str, Any, Any, str]] = {
    "what is not declared": (
        "AWS::Kinesis::Stream",
        {"ShardCount": 1},
        {"RetentionPeriodHours": 24},
        "ShardCount",
    ),
    "a number as text": ("AWS::Kinesis::Stream", {"ShardCount": 1}, {"ShardCount": "1"}, ""),
    "an empty list and none": ("AWS::Kinesis::Stream", {"DesiredShardLevelMetrics": []}, {}, ""),
    "tags in any order": (
        "AWS::Batch::ComputeEnvironment",
        {"ComputeResources": {"Subnets": ["a", "b"]}},
        {"ComputeResources": {"Subnets": ["a", "c"]}},
        "ComputeResources.Subnets",
    ),
    "what cannot be read": (
        "AWS::Pipes::Pipe",
        {"SourceParameters": {"SqsQueueParameters": {"BatchSize": 1}}},
        {},
        "",
    ),
    "what AWS alone sets": ("AWS::Kinesis::Stream", {"Arn": "x"}, {"Arn": "y"}, ""),
    "a lower-case name": (
        "AWS::RDS::DBInstance",
        {"DBClusterIdentifier": "ABC"},
        {"DBClusterIdentifier": "abc"},
        "",
    ),
    "a release of a version": (
        "AWS::RDS::DBInstance",
        {"EngineVersion": "8.0"},
        {"EngineVersion": "8.0.45"},
        "",
    ),
    "another version": (
        "AWS::RDS::DBInstance",
        {"EngineVersion": "8.0"},
        {"EngineVersion": "8.4.1"},
        "EngineVersion",
    ),
    "a policy with one action": (
        "AWS::SQS::QueuePolicy",
        {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "a:B", "Resource": "*"}]}},
        {"PolicyDocument": '{"Statement":[{"Effect":"Allow","Action":["a:B"],"Resource":["*"]}]}'},
        "",
    ),
    "a policy that allows more": (
        "AWS::SQS::QueuePolicy",
        {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "a:B", "Resource": "*"}]}},
        {"PolicyDocument": {"Statement": {"Effect": "Allow", "Action": ["a:B", "a:C"]}}},
        "PolicyDocument",
    ),
}


@pytest.mark.parametrize("case", COMPARED)
def test_what_differs(case: str) -> None:
    type_, want, have, expected = COMPARED[case]
    judged = Comparison(facts(type_)).judge(want, have)
    assert ".".join(judged.differences[0].path if judged.differences else ()) == expected
    assert judged.unsure == ()


DOUBTED: dict[str, tuple[str, Any, Any]] = {
    "case without a formula": ("AWS::Kinesis::Stream", {"Name": "Abc"}, {"Name": "abc"}),
    "a dot at the end": ("AWS::Route53::DNSSEC", {"HostedZoneId": "a.b"}, {"HostedZoneId": "a.b."}),
    "a long and a short form": (
        "AWS::Pipes::Pipe",
        {"Source": "arn:aws:sqs:eu-west-1:1:q"},
        {"Source": "q"},
    ),
    "a rate in another unit": (
        "AWS::Scheduler::Schedule",
        {"ScheduleExpression": "rate(60 minutes)"},
        {"ScheduleExpression": "rate(1 hour)"},
    ),
    "a formula that is not known": (
        "AWS::EC2::Subnet",
        {"CidrBlock": "10.0.0.1/16"},
        {"CidrBlock": "10.0.0.0/16"},
    ),
}


@pytest.mark.parametrize("case", DOUBTED)
def test_what_nobody_can_tell_is_no_difference(case: str) -> None:
    type_, want, have = DOUBTED[case]
    judged = Comparison(facts(type_)).judge(want, have)
    assert judged.differences == ()
    assert len(judged.unsure) == 1


@pytest.mark.parametrize(
    ("want", "have", "differs", "doubts"),
    [
        (["a", "b"], ["b", "a"], False, True),
        (["a", "b"], ["a", "b"], False, False),
        (["a", "b"], ["a", "c"], True, False),
        (["a"], ["a", "b"], True, False),
    ],
)
def test_an_order_of_which_nothing_is_said(
    want: list[str], have: list[str], differs: bool, doubts: bool
) -> None:
    type_, place = next(
        (type_, path)
        for type_ in TYPES
        for path in ((name,) for name in facts(type_).properties)
        if (shape := facts(type_).shape_at(path))
        and shape.is_list
        and facts(type_).ordered(path) is None
        and path not in facts(type_).read_only | facts(type_).write_only
    )
    judged = Comparison(facts(type_)).judge({place[0]: want}, {place[0]: have})
    assert bool(judged.differences) is differs
    assert bool(judged.unsure) is doubts


def test_the_same_reading_in_another_order_has_the_same_form() -> None:
    comparison = Comparison(facts("AWS::CloudWatch::Alarm"))
    one = {"Dimensions": [{"Name": "a"}, {"Name": "b"}], "AlarmRule": '{"b": 1, "a": 2}'}
    two = {"Dimensions": [{"Name": "b"}, {"Name": "a"}], "AlarmRule": '{"a":2,"b":1}', "X": []}
    assert comparison.form(one) == comparison.form(two)


@pytest.mark.parametrize(
    ("want", "have", "expected"),
    [(1, 1.0, True), (True, "true", True), (True, 1, False), ("1", 1, True), ("a", "A", False)],
)
def test_scalars(want: Any, have: Any, expected: bool) -> None:
    assert equal(want, have) is expected


def test_prose_in_another_case_is_another_text() -> None:
    assert not rewritten("A big change", "a big change")


# -- transforms

FORMULAS = [
    ("$lowercase(A)", {"A": "XY"}, "xy", True),
    ("$lowercase(A)", {"A": "XY"}, "xz", False),
    ("A $OR $join([A, '.'])", {"A": "a.b"}, "a.b.", True),
    (
        '$join(["arn:.+?:kms:.+?:.+?:key\\/", A])',
        {"A": "k1"},
        "arn:aws:kms:eu-west-1:1:key/k1",
        True,
    ),
    ('$split(A, "/")[-1]', {"A": "x/y"}, "y", True),
    ("A * 1000", {"A": 5}, 5000, True),
    ('$contains(A, ".") ? A : A & ".0"', {"A": "3"}, "3.0", True),
    ("A=[] ? null : A", {"A": []}, None, True),
    ("$replace(A, /\\s+$/, '')", {"A": "x \n"}, "x", True),
    ('"vpc"', {}, "vpc", True),
]


@pytest.mark.scenario("CC20")
@pytest.mark.parametrize(("formula", "scope", "live", "expected"), FORMULAS)
def test_a_formula(formula: str, scope: Any, live: Any, expected: bool) -> None:
    assert same(formula, live, scope) is expected


@pytest.mark.parametrize(
    "formula", ["($x := A; $x)", "A~>function($a){$a}", "$match(A, /a/)", "A ^ B"]
)
def test_a_formula_that_is_not_known(formula: str) -> None:
    with pytest.raises(CannotTell):
        same(formula, "b", {"A": "a"})


def test_of_the_formulas_of_all_types_most_are_known() -> None:
    texts = [text for type_ in TYPES for text in facts(type_).transforms.values()]
    known = 0
    for text in texts:
        try:
            same(text, "never", {})
        except CannotTell:
            continue
        known += 1
    assert known / len(texts) > 0.85


# -- patches


def test_a_value_below_what_aws_lacks_is_sent_with_what_is_around_it() -> None:
    about_ = facts("AWS::Lambda::Function")
    want = {
        "FunctionName": "f",
        "VpcConfig": {"SubnetIds": ["a"]},
        "Role": "r",
        "Code": {"ZipFile": "x"},
    }
    found = patch([("VpcConfig", "SubnetIds")], want, {"FunctionName": "f", "Role": "r"}, about_)
    assert [(op["op"], op["path"]) for op in found] == [("add", "/Code"), ("add", "/VpcConfig")]


@pytest.mark.parametrize("type_", sample(TYPES, 120))
def test_no_patch_has_what_cannot_be_sent(type_: str) -> None:
    about_ = facts(type_)
    want: dict[str, Any] = dict.fromkeys(about_.properties, "x")
    changed = [(name,) for name in about_.properties]
    try:
        found = patch(changed, want, {}, about_)
    except Unrepairable:
        return
    fixed = {f"/{path[0]}" for path in about_.create_only | about_.read_only if len(path) == 1}
    assert not fixed & {op["path"] for op in found}


def test_nothing_changed_is_no_patch() -> None:
    about_ = facts("AWS::MSK::Configuration")
    want = {"Name": "n", "ServerProperties": "a=b"}
    assert patch([], want, {"Name": "n"}, about_) == []
    assert patch([("Name",)], want, {"Name": "n"}, about_) == []


def test_a_slash_in_a_key_is_escaped() -> None:
    about_ = facts("AWS::SSM::Parameter")
    (op,) = tag_patch({"a/b~c": "x"}, {}, about_, {"Tags": {}})
    assert op["path"] == "/Tags/a~1b~0c"


@pytest.mark.scenario("CC09")
def test_a_twin_inside_a_declared_list_is_mended_by_the_list() -> None:
    about_ = facts("AWS::WAFv2::RuleGroup")
    one = {"Statement": {"ByteMatchStatement": {"SearchString": "a"}}, "Name": "r"}
    both = {
        "Statement": {"ByteMatchStatement": {"SearchString": "a", "SearchStringBase64": "YQ=="}},
        "Name": "r",
    }
    want = {"Description": "new", "Rules": [one]}
    found = patch([("Description",)], want, {"Description": "old", "Rules": [both]}, about_)
    assert {"op": "add", "path": "/Rules", "value": [one]} in found


# -- answers


@pytest.mark.parametrize(
    ("answer", "whole"),
    [
        ({"Identifier": "a", "Properties": "{}"}, True),
        ({"Identifier": "a", "Properties": "not json"}, False),
        ({"Identifier": "b", "Properties": "{}"}, False),
        ({"Identifier": "a", "Properties": "[]"}, False),
    ],
)
def test_a_whole_answer(answer: Any, whole: bool) -> None:
    asked = {"TypeName": "AWS::Kinesis::Stream", IDENTIFIER: "a"}
    assert (about(asked, {"ResourceDescription": answer}) == "") is whole


def test_a_document_with_references_is_sent_when_they_are_known() -> None:
    made = record(facts("AWS::Pipes::Pipe"))
    assert made.generic is not None
    ref = Ref(Address("AWS::Kinesis::Stream", "s"), "Arn")
    wanted = {"Name": "p", "Source": ref}
    change = Change(Address(made.type, "p"), Action.CREATE, Reason.ABSENT, wanted, None)
    (request,) = made.generic.make(change)
    assert isinstance(request.params["DesiredState"], JsonText)
    assert request.params["DesiredState"].document["Source"] == ref
