"""What Cloud Control can do with a type, and under which conditions: handlers, tags, equality."""

import jsonschema_rs
import pytest
from sweeps import sample

from reconciler.facts import facts, known_types, served_types
from reconciler.facts.check import problems
from reconciler.facts.level import level_of
from reconciler.facts.shape import Schema

SOME = sample(sorted(known_types()), 5)


@pytest.mark.parametrize(
    ("type_name", "identity"),
    [
        ("AWS::SageMaker::UserProfile", ["UserProfileName", "DomainId"]),
        ("AWS::SageMaker::Space", ["DomainId", "SpaceName"]),
        ("AWS::WAFv2::WebACL", ["Name", "Id", "Scope"]),
        ("AWS::ApiGatewayV2::Authorizer", ["AuthorizerId", "ApiId"]),
        ("AWS::ApiGatewayV2::Stage", ["ApiId", "StageName"]),
    ],
)
def test_an_identifier_keeps_the_order_of_the_schema(type_name: str, identity: list[str]) -> None:
    assert [path[-1] for path in facts(type_name).identity] == identity


def test_every_identifier_keeps_the_order_of_the_registry() -> None:
    aws = pytest.importorskip("schemas.generate.aws")
    paths = pytest.importorskip("schemas.generate.paths")
    try:
        folder = aws.source()
    except aws.SourceMissing:
        pytest.skip("cfn-lint is not installed")
    files = aws.index(folder)
    for name in SOME:
        text = (folder / "resources" / f"{files[name]}.json").read_bytes()
        raw, about = aws.json.loads(text), facts(name)
        assert ["/".join(it) for it in about.identity] == [
            paths.path_of(it) for it in raw["primaryIdentifier"]
        ]
        assert [["/".join(it) for it in ids] for ids in about.other_identities] == [
            [paths.path_of(it) for it in ids] for ids in raw.get("additionalIdentifiers", ())
        ]


@pytest.mark.parametrize(
    ("type_name", "level"),
    [
        ("AWS::Kinesis::Stream", "full"),
        ("AWS::SageMaker::ProcessingJob", "no update"),
        ("AWS::ECR::PullThroughCacheRule", "no update"),  # a handler, and nothing that may change
        ("AWS::SageMaker::DeviceFleet", "no list"),
        ("AWS::ACMPCA::Certificate", "no update, no list"),
        ("AWS::EMR::Cluster", "unserved"),
        ("AWS::CloudFormation::CustomResource", "unserved"),
    ],
)
def test_what_cloud_control_can_do_with_a_type(type_name: str, level: str) -> None:
    about = facts(type_name)
    assert about.level == level
    assert about.served == (level != "unserved") == (type_name in served_types())
    for verb in ("update", "list"):
        assert (verb in about.can) == (about.served and f"no {verb}" not in level)


def test_the_index_says_of_every_type_what_its_text_says() -> None:
    for name in SOME:
        about = facts(name)
        assert about.level == level_of(about.stated)
        assert about.can <= set(about.handlers)


def _free(**more: object) -> Schema:
    handlers = {verb: {"permissions": []} for verb in ("create", "read", "update", "delete")}
    return {"handlers": handlers, "properties": {"A": {}, "Tags": {}}, **more}


@pytest.mark.parametrize(
    ("raw", "updates"),
    [
        (_free(), True),
        (_free(createOnly=["A"]), True),
        (_free(createOnly=["A", "Tags"]), False),
        (_free(createOnly=["A"], readOnly=["Tags"]), False),
        (_free(createOnly=["A"], tagging={"tagUpdatable": False}), False),
        (_free(createOnly=["A"], tagging={"taggable": False, "property": "Tags"}), False),
        (_free(createOnly=["A/B", "Tags"]), False),
        (
            _free(
                createOnly=["A/B", "Tags"],
                properties={
                    "A": {"type": "array", "items": {"properties": {"B": {}, "C": {}}}},
                    "Tags": {},
                },
            ),
            True,
        ),
    ],
    ids=[
        "nothing fixed",
        "one fixed",
        "all fixed",
        "fixed and read only",
        "tags fixed",
        "not taggable",
        "all members fixed",
        "a member of items is free",
    ],
)
def test_an_update_needs_a_property_that_may_change(raw: Schema, updates: bool) -> None:
    assert ("no update" not in level_of(raw)) == updates


def test_time_and_parents_of_handlers() -> None:
    assert facts("AWS::RDS::DBInstance").handlers["create"].timeout == 2160
    assert facts("AWS::Kinesis::Stream").handlers["create"].timeout == 120
    parent = facts("AWS::EKS::Nodegroup").handlers["list"].parent
    assert parent is not None
    assert parent["required"] == ["ClusterName"]
    assert facts("AWS::Kinesis::Stream").handlers["list"].parent is None


def test_a_parent_stands_alone() -> None:
    for name in sample(sorted(served_types()), 4):
        handler = facts(name).handlers.get("list")
        if handler and handler.parent:
            validator = jsonschema_rs.Draft7Validator(handler.parent)
            validator.is_valid({})  # raises where a reference leads nowhere
            assert "resource-schema" not in str(handler.parent)


@pytest.mark.parametrize(
    ("type_name", "property_", "shape", "on_create", "updatable"),
    [
        ("AWS::Kinesis::Stream", "Tags", "list", True, True),
        ("AWS::SSM::Parameter", "Tags", "map", True, True),
        ("AWS::Cognito::UserPool", "UserPoolTags", "map", True, True),
        ("AWS::SageMaker::FeatureGroup", "Tags", "list", True, False),
    ],
)
def test_how_a_type_is_tagged(
    type_name: str, property_: str, shape: str, on_create: bool, updatable: bool
) -> None:
    tags = facts(type_name).tagging
    assert tags is not None
    assert tags.property == (property_,)
    assert (tags.shape, tags.taggable, tags.on_create, tags.updatable) == (
        shape,
        True,
        on_create,
        updatable,
    )


def test_a_type_without_tags_has_no_tagging() -> None:
    assert facts("AWS::SageMaker::ImageVersion").tagging is None


def test_what_counts_as_the_same_value() -> None:
    assert facts("AWS::RDS::DBInstance").transforms[("DBClusterIdentifier",)]
    assert ("Code",) not in facts("AWS::Lambda::Function").transforms


def test_order_is_known_or_unknown() -> None:
    stream = facts("AWS::Kinesis::Stream")
    assert stream.ordered(("Tags",)) is False
    assert stream.ordered(("Name",)) is None
    assert stream.ordered(("NoSuch",)) is None
    said = {facts(name).ordered((prop,)) for name in SOME for prop in facts(name).properties}
    assert said == {True, False, None}


def test_what_is_deprecated() -> None:
    assert ("InferenceAccelerators",) in facts("AWS::ECS::TaskDefinition").deprecated


def test_what_only_the_api_takes_is_refused_where_cloudformation_is_asked() -> None:
    added = {"ModelLifeCycle": {"Stage": "a", "StageStatus": "b"}}
    name = "AWS::SageMaker::ModelPackage"
    assert ("ModelLifeCycle",) in facts(name).api_only
    assert problems(name, added) == []
    [found] = problems(name, added, stated=True)
    assert found.path == ("ModelLifeCycle",)
    assert "service's own API" in found.message
