"""kind: Resource. What is wrong with a spec, at its line, and what references become."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from sweeps import LONG

from reconciler.compile import check, compiler
from reconciler.facts import facts, known_types
from reconciler.kinds.reference import Malformed, Use, opened, parts
from reconciler.kinds.resource.tags import given
from reconciler.kinds.resource.unshown import hide
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.given import marked
from reconciler.model.graph import Graph
from reconciler.model.value import UNKNOWN, Hidden, Join, Ref, from_json, hidden, reveal, to_json
from reconciler.resources import api as resources
from reconciler.resources.api import HOLDS_TAG
from reconciler.specs import overlay
from reconciler.specs.source import parse

from .specs import ALL, world

ENVIRONMENT = """
apiVersion: moorline/v1
kind: Environment
metadata: {name: test}
spec: {platform: acme, account: "123456789012", region: eu-west-1, variables: {size: 2}}
---
"""
FIRST = ENVIRONMENT.count("\n") + 1


def compiled(text: str) -> tuple[Graph, list[Diagnostic]]:
    read = parse(ENVIRONMENT + text.strip("\n") + "\n", "f.yaml")
    view, found = overlay.resolve(read.documents, "test")
    assert view is not None, found
    specs, problems = compiler.read(read.documents, view)
    graph, more = compiler.build(specs, view)
    return graph, [*read.diagnostics, *found, *problems, *more, *check.refusals(graph)]


def resource(name: str, body: str) -> str:
    head = f"apiVersion: moorline/v1\nkind: Resource\nmetadata: {{name: {name}}}\nspec:\n"
    return head + "\n".join(f"  {line}" for line in body.strip("\n").splitlines()) + "\n"


def good(text: str) -> Graph:
    graph, found = compiled(text)
    assert found == []
    return graph


STREAM = resource("events", "type: AWS::Kinesis::Stream\nproperties: {ShardCount: 1}")
HEAD = 4
"""Lines before the body of a spec."""

WRONG = {
    "an unknown type": ("type: AWS::Kinesis::Strem", "RES001", 1, 7, "'AWS::Kinesis::Stream'"),
    "a type without handlers": ("type: AWS::IAM::AccessKey", "RES002", 1, 7, "no handlers"),
    "an unknown property": (
        "type: AWS::Kinesis::Stream\nproperties:\n  ShardCont: 1",
        "RES006",
        3,
        3,
        "did you mean 'ShardCount'?",
    ),
    "a wrong type": (
        "type: AWS::Kinesis::Stream\nproperties:\n  ShardCount: one",
        "RES006",
        3,
        15,
        "must be an integer, not the string 'one'",
    ),
    "a value of a closed list, deep in two lists": (
        (
            "type: AWS::S3::Bucket\nproperties:\n  LifecycleConfiguration:\n    Rules:\n"
            "      - {Id: a, Status: Enabled, ExpirationInDays: 3}\n"
            "      - Id: b\n        Status: Enabled\n        Transitions:\n"
            "          - {StorageClass: GLACIER, TransitionInDays: 1}\n"
            "          - {StorageClass: GLACIR, TransitionInDays: 1}"
        ),
        "RES006",
        10,
        28,
        "did you mean 'GLACIER'?",
    ),
    "a pattern": (
        "type: AWS::Kinesis::Stream\nproperties: {Name: 'a b', ShardCount: 1}",
        "RES006",
        2,
        20,
        "does not match",
    ),
    "a number below its least": (
        "type: AWS::Kinesis::Stream\nproperties: {ShardCount: 0}",
        "RES006",
        2,
        26,
        "at least 1",
    ),
    "a required member of a list's item": (
        (
            "type: AWS::Kinesis::Stream\nproperties:\n  Tags:\n    - {Key: a, Value: b}\n"
            "    - {Value: c}"
        ),
        "RES006",
        5,
        7,
        "'Key' is missing",
    ),
    "what only AWS sets": (
        "type: AWS::Kinesis::Stream\nproperties:\n  Arn: x",
        "RES006",
        3,
        3,
        "is set by AWS",
    ),
    "exactly one of two": (
        "type: AWS::Route53::RecordSet\nproperties: {Name: a, Type: A}",
        "RES006",
        2,
        13,
        "exactly one of 'HostedZoneId', 'HostedZoneName'",
    ),
    "Ref": (
        "type: AWS::Kinesis::Stream\nproperties:\n  Name: {Ref: Other}",
        "RES003",
        3,
        10,
        "'Ref' is a function",
    ),
    "a function in a list": (
        (
            "type: AWS::Lambda::Function\nproperties:\n  Role: x\n  Code: {}\n  Layers:\n"
            "    - {'Fn::GetAtt': [A, Arn]}"
        ),
        "RES003",
        6,
        8,
        "'Fn::GetAtt' is a function",
    ),
    "a short function": (
        "type: AWS::Kinesis::Stream\nproperties:\n  Name: !Sub x",
        "RES003",
        3,
        9,
        "!Sub is a function",
    ),
    "half a reference": (
        "type: AWS::Kinesis::Stream\nproperties:\n  Name: ${ref:Kinesis}",
        "RES004",
        3,
        9,
        "'${ref:Kinesis}' is not a reference",
    ),
    "a reference as a key": (
        (
            "type: AWS::Lambda::Function\nproperties:\n  Role: x\n  Code: {}\n  Environment:\n"
            "    Variables:\n      ${ref:Resource/x}: y"
        ),
        "RES004",
        7,
        7,
        "cannot be a reference",
    ),
    "a reference in a tag": (
        (
            "type: AWS::Kinesis::Stream\nproperties:\n  Tags:\n"
            "    - {Key: a, Value: '${ref:Resource/wrong.Arn}'}"
        ),
        "RES004",
        4,
        7,
        "a tag cannot be",
    ),
    "a reference to itself": (
        "type: AWS::SNS::Topic\nproperties:\n  DisplayName: ${ref:Resource/wrong.TopicArn}",
        "RES004",
        3,
        16,
        "the spec that it stands in",
    ),
    "a name that is a reference": (
        "type: AWS::SNS::Topic\nproperties:\n  TopicName: ${ref:Resource/events}",
        "RES004",
        3,
        14,
        "has to be known before",
    ),
    "a spec that is not there": (
        "type: AWS::SNS::Topic\nproperties:\n  DisplayName: ${ref:Resource/evens}",
        "SPEC021",
        3,
        16,
        "did you mean 'events'?",
    ),
    "a kind that is not there": (
        "type: AWS::SNS::Topic\nproperties:\n  DisplayName: ${ref:Resorce/events}",
        "SPEC021",
        3,
        16,
        "unknown kind 'Resorce'; did you mean 'Resource'?",
    ),
    "an output that is not there": (
        "type: AWS::SNS::Topic\nproperties:\n  DisplayName: a ${ref:Resource/events.Ar}",
        "RES005",
        3,
        16,
        "did you mean 'Arn'?",
    ),
    "a variable that is not there": (
        "type: AWS::SNS::Topic\nproperties:\n  DisplayName: ${sizes}",
        "ENV007",
        3,
        16,
        "did you mean 'size'?",
    ),
    "a pseudo parameter": (
        "type: AWS::SNS::Topic\nproperties:\n  DisplayName: ${AWS::Region}",
        "ENV009",
        3,
        16,
        "'${AWS::Region}'",
    ),
    "a tag of ours": (
        (
            "type: AWS::SSM::Parameter\nproperties:\n  Type: String\n  Value: x\n"
            "  Tags: {'moorline:spec': x}"
        ),
        "TAG001",
        5,
        27,
        "that Moorline writes itself",
    ),
    "a tag twice": (
        (
            "type: AWS::Kinesis::Stream\nproperties:\n  Tags:\n    - {Key: a, Value: b}\n"
            "    - {Key: a, Value: c}"
        ),
        "TAG001",
        5,
        7,
        "twice",
    ),
    "a bucket that holds nothing": (
        "type: AWS::S3::Bucket\nholds: nothing",
        "RES008",
        2,
        8,
        "holds records",
    ),
    "a null where something has to be": (
        "type: AWS::Lambda::Function\nproperties: {Role: null, Code: {ZipFile: a}}",
        "RES006",
        2,
        1,
        "'Role' is missing",
    ),
    "a null of no property": (
        "type: AWS::Kinesis::Stream\nproperties: {ShardCont: null}",
        "RES006",
        2,
        14,
        "did you mean 'ShardCount'?",
    ),
    "a null of a type with an adapter of its own": (
        "type: AWS::SNS::Topic\nproperties: {DisplayName: null}",
        "RES011",
        2,
        27,
        "takes no null",
    ),
    "a sensitive property that is not there": (
        "type: AWS::SSM::Parameter\nsecrets: [Valu]\nproperties: {Type: String, Value: x}",
        "RES012",
        2,
        11,
        "no property 'Valu'",
    ),
    "a sensitive property without a value": (
        "type: AWS::SSM::Parameter\nsecrets: [Policies]\nproperties: {Type: String, Value: x}",
        "RES012",
        2,
        11,
        "nothing of it is hidden",
    ),
    "what an adapter of its own cannot hide": (
        "type: AWS::SNS::Topic\nsecrets: [DisplayName]\nproperties: {DisplayName: x}",
        "RES012",
        2,
        10,
        "own adapter",
    ),
    "more than AWS takes": (
        f"type: AWS::SSM::Parameter\nproperties: {{Type: String, Value: {'x' * 262_144}}}",
        "RES006",
        2,
        13,
        "262,144 characters",
    ),
    "what a type without tags holds": (
        (
            "type: AWS::IAM::RolePolicy\nholds: nothing\n"
            "properties: {RoleName: a, PolicyName: b, PolicyDocument: {}}"
        ),
        "RES008",
        2,
        8,
        "has no tags",
    ),
}


@pytest.mark.parametrize(("body", "code", "line", "column", "says"), WRONG.values(), ids=WRONG)
def test_it_is_told_at_its_line(body: str, code: str, line: int, column: int, says: str) -> None:
    _, found = compiled(f"{resource('wrong', body)}---\n{STREAM}")
    (first,) = [each for each in found if each.code == code]
    assert first.at is not None
    place = (first.at.line - FIRST - HEAD + 1, first.at.column - 2)
    assert (place, says in first.message) == ((line, column), True), first


def test_two_that_nothing_tells_apart_are_told_at_the_second() -> None:
    """No tags, no name, and the same of what cannot change."""
    one, two = (
        resource(name, f"type: AWS::Lambda::Url\nproperties: {{AuthType: {auth}, {function}}}")
        for name, auth, function in (
            ("one", "NONE", "TargetFunctionArn: f"),
            ("two", "AWS_IAM", "TargetFunctionArn: f"),
        )
    )
    _, found = compiled(f"{one}---\n{two}")
    (told,) = [each for each in found if each.code == "CLOUD009"]
    assert told.at is not None
    assert told.at.line > FIRST + one.count("\n")
    assert "nothing in AWS tells" in told.message
    _, found = compiled(f"{one}---\n{two.replace('TargetFunctionArn: f', 'TargetFunctionArn: g')}")
    assert [each for each in found if each.code == "CLOUD009"] == []


def test_everything_is_told_in_one_run() -> None:
    body = (
        "type: AWS::Kinesis::Stream\nproperties:\n  ShardCont: 1\n  Name: {Ref: X}\n"
        "  RetentionPeriodHours: soon\n  Tags: [{Key: '${ref:x}', Value: b}]"
    )
    _, found = compiled(resource("wrong", body))
    assert {each.code for each in found} == {"RES003", "RES004", "RES006"}
    assert len([each for each in found if each.code == "RES006"]) == 2


def test_no_message_shows_what_is_write_only() -> None:
    secret = "canary-canary-canary"
    body = (
        "type: AWS::Lambda::Function\nproperties:\n  Role: arn:aws:iam::123456789012:role/x\n"
        f"  Code: {{ZipFile: [{secret}], S3Bucket: '{secret} {secret}'}}"
    )
    _, found = compiled(resource("fn", body))
    assert {each.code for each in found} == {"RES006"}
    assert secret not in str(found)


PIECES = {
    "plain": ("plain",),
    "": ("",),
    "$${x}": ("${x}",),
    "${ref:A/b}": (Use("A", "b"),),
    "${ref:A/b.C.d}": (Use("A", "b", "C.d"),),
    "x${ref:A/b.C}y$${ref:A/b}": ("x", Use("A", "b", "C"), "y${ref:A/b}"),
    "${ref:A/b.C}${ref:A/b.D}": (Use("A", "b", "C"), Use("A", "b", "D")),
    "${ref:A/b.}": (Malformed("${ref:A/b.}"),),
    "${ref:A/b": (Malformed("${ref:A/b"),),
    "${ref:a b/c}": (Malformed("${ref:a b/c}"),),
}


@pytest.mark.parametrize(("text", "pieces"), PIECES.items(), ids=PIECES)
def test_a_text_in_pieces(text: str, pieces: tuple[object, ...]) -> None:
    assert parts(text) == pieces


def test_a_reference_is_written_as_it_is_read() -> None:
    for text in ("${ref:A/b}", "${ref:A/b.C.d}"):
        (use,) = parts(text)
        assert str(use) == text


def test_what_is_open_is_a_mark() -> None:
    tree = {"a": ["${ref:A/b}", 1], "b": "x${ref:A/b}", "c": "$${d}"}
    assert opened(tree) == {"a": [UNKNOWN, 1], "b": Join(("x",)), "c": "${d}"}


def test_values_of_other_specs_come_in_everywhere() -> None:
    body = (
        "type: AWS::Lambda::Function\nproperties:\n  Role: ${ref:Security/core.roles.run}\n"
        "  MemorySize: 128\n  Code: {S3Bucket: '${ref:DataSource/raw.bucket}', S3Key: k}\n"
        "  Layers: ['${ref:Resource/events.Arn}']\n"
        "  Environment:\n    Variables:\n      STREAM: ${ref:Resource/events}\n"
        "      BOTH: a-${ref:Resource/events.Name}-$${b}-${size}"
    )
    others = (
        "apiVersion: moorline/v1\nkind: DataSource\nmetadata: {name: raw}\nspec: {s3: {}}\n---\n"
        "apiVersion: moorline/v1\nkind: Security\nmetadata: {name: core}\nspec:\n  roles:\n"
        "    run:\n      description: x\n      assumedBy: {service: lambda.amazonaws.com}\n"
        "      statements: [{actions: ['logs:PutLogEvents'], resources: ['*']}]\n"
    )
    graph = good(f"{resource('fn', body)}---\n{STREAM}---\n{others}")
    node = graph.nodes[Address("AWS::Lambda::Function", "acme-test-fn")]
    stream = Address("AWS::Kinesis::Stream", "acme-test-events")
    role = Address("AWS::IAM::Role", "acme-test-core-run")
    bucket = Address("AWS::S3::Bucket", "acme-test-raw-123456789012")
    assert node.props["Role"] == Ref(role, "Arn")
    assert node.props["Layers"] == [Ref(stream, "Arn")]
    assert node.props["Environment"]["Variables"] == {
        "STREAM": Ref(stream, "Name"),
        "BOTH": Join(("a-", Ref(stream, "Name"), "-${b}-2")),
    }
    assert reveal(node.props["Code"])["S3Bucket"] == Ref(bucket, "BucketName")
    assert node.needs == {stream, role, bucket}


def test_a_value_that_follows_from_a_name_makes_it_wait_all_the_same() -> None:
    registry = "apiVersion: moorline/v1\nkind: ModelRegistry\nmetadata: {name: fraud}\nspec: {}\n"
    body = (
        "type: AWS::SNS::Topic\nproperties: {DisplayName: '${ref:ModelRegistry/fraud.groupName}'}"
    )
    graph = good(f"{resource('x', body)}---\n{registry}")
    node = graph.nodes[Address("AWS::SNS::Topic", "acme-test-x")]
    group = Address("AWS::SageMaker::ModelPackageGroup", "acme-test-fraud")
    assert (node.props["DisplayName"], node.needs) == ("acme-test-fraud", {group})


def test_a_given_name_is_taken_word_for_word() -> None:
    text = resource(
        "x", "type: AWS::Kinesis::Stream\nproperties: {Name: Given_Name, ShardCount: 1}"
    )
    (node,) = good(text)
    assert (node.address.name, node.props["Name"]) == ("Given_Name", "Given_Name")


@pytest.mark.parametrize(
    ("holds", "tag"),
    [("", "records"), ("\nholds: nothing", "nothing"), ("\nholds: history", "history")],
)
def test_what_nobody_knows_holds_records_until_its_spec_says_otherwise(
    holds: str, tag: str
) -> None:
    (node,) = good(
        resource("x", f"type: AWS::Athena::DataCatalog\nproperties: {{Type: GLUE}}{holds}")
    )
    assert {each["Key"]: each["Value"] for each in node.props["Tags"]}[HOLDS_TAG] == tag


def test_tags_in_either_form_become_one() -> None:
    listed, mapped = facts("AWS::Kinesis::Stream"), facts("AWS::SSM::Parameter")
    one = [*given({"Tags": [{"Key": "a", "Value": "b"}]}, listed)]
    other = [*given({"Tags": {"a": "b"}}, mapped)]
    assert [(each.key, each.value) for each in (*one, *other)] == [("a", "b")] * 2
    assert [each.at for each in (*one, *other)] == [("Tags", "0"), ("Tags", "a")]


def test_write_only_texts_are_hidden_and_nothing_else() -> None:
    at = Address("AWS::Lambda::Function", "f")
    props = {"Code": {"ZipFile": "a", "S3Bucket": Join(("b", Ref(at, "Arn")))}, "MemorySize": 128}
    hid = hide(props, at, facts(at.type))
    assert [".".join(each.path) for each in hidden(hid)] == ["Code.ZipFile", "Code.S3Bucket"]
    assert reveal(hid) == props
    assert not any(each.readable for each in hidden(hid))
    assert to_json(hid["Code"]["ZipFile"]) == {"$hidden": [at.type, "f", "Code", "ZipFile"]}
    assert "'a'" not in repr(hid["Code"])
    with pytest.raises(LookupError, match=r"Code\.ZipFile"):
        reveal(Hidden(at, ("Code", "ZipFile")))


def test_what_is_sensitive_or_known_to_be_a_secret_is_hidden_and_compared() -> None:
    at = Address("AWS::ApiGateway::ApiKey", "k")
    props = {"Value": "a" * 20, "Description": "b", "StageKeys": [{"StageName": "c"}]}
    hid = hide(props, at, facts(at.type), ["StageKeys.StageName"])
    assert [".".join(each.path) for each in hidden(hid)] == ["Value", "StageKeys.0.StageName"]
    assert all(each.readable for each in hidden(hid))
    assert marked(hid) == {("Value",), ("StageKeys", "StageName")}
    assert from_json(to_json(hid["Value"])) == hid["Value"]
    assert to_json(hid["Value"]) == {"$marked": [at.type, "k", "Value"]}


TYPES = sorted(known_types())
DRAWN = TYPES if LONG else random.Random(2026).sample(TYPES, 40)


@pytest.mark.parametrize("type_", DRAWN)
def test_any_type_is_checked_and_either_built_or_refused(type_: str) -> None:
    graph, found = compiled(resource("any", f"type: {type_}"))
    codes = {each.code for each in found if each.is_error}
    if resources.lookup(type_) is None:
        assert "RES002" in codes
    else:
        assert codes <= {"RES006", "GRAPH005", "PLACE002", "CLOSED001"}, found
        assert codes or [node.address.type for node in graph] == [type_]


def test_the_page_names_every_output_of_other_kinds() -> None:
    page = (Path(__file__).parents[2] / "docs" / "any-type.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (`.*) \|$", page, re.MULTILINE))
    said = {kind: set(re.findall(r"`([\w.]+)`", row)) for kind, row in rows.items()}
    platform, known = world(), defaultdict[str, set[str]](set)
    for kind, name in ALL:
        for output, value in platform.peer(kind, name).items():
            known[kind].add(f"{output}.NAME" if isinstance(value, dict) else output)
    del known["Resource"]
    assert {kind: names for kind, names in known.items() if names} == said


def test_types_without_a_file_go_before_what_they_may_use_and_never_after_it() -> None:
    """Deletion runs against `refers`, so the types of a plan must not refer to each other."""
    known = resources.load()
    uses = {type_: set(record.refers) for type_, record in known.items()}
    drawn = [type_ for type_ in DRAWN if type_ not in uses and resources.lookup(type_)]
    for type_ in (*drawn, "AWS::Lambda::Function", "AWS::EC2::Subnet", "AWS::SQS::Queue"):
        record = resources.lookup(type_)
        assert record is not None
        TopologicalSorter({**uses, type_: set(record.refers)}).prepare()
