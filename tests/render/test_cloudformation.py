"""A graph as a template that CloudFormation takes."""

from __future__ import annotations

import json
import re

import pytest
from sweeps import only_long

from reconciler.model.address import Address
from reconciler.model.diagnostic import Severity, Span
from reconciler.model.graph import Graph, Node, Origin, build_graph
from reconciler.model.value import UNKNOWN, Join, JsonText, Ref
from reconciler.render.cloudformation.template import template
from reconciler.resources.api import Place, fill, load
from tests.resources.samples import SAMPLES

from .linted import problems

PLACE = Place("123456789012", "eu-west-1", "acme", "prod")
RESOURCES = load()
ROLE = Address("AWS::IAM::Role", "acme-prod-work")
BUCKET = Address("AWS::S3::Bucket", "acme-prod-raw-123456789012")
KEY = Address("AWS::KMS::Key", "acme-prod-data")
TOPIC = Address("AWS::SNS::Topic", "acme-prod-alerts")
MODEL = Address("AWS::SageMaker::Model", "acme-prod-fraud-9c8d2f00")
GROUP = Address("AWS::SageMaker::FeatureGroup", "acme-prod-customer")
PIPELINE = Address("AWS::SageMaker::Pipeline", "acme-prod-train")
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def role(**props):
    return Node(ROLE, {"RoleName": ROLE.name, "AssumeRolePolicyDocument": TRUST, **props})


def bucket(**props):
    return Node(BUCKET, {"BucketName": BUCKET.name, **props})


def model(**props):
    return Node(MODEL, {"ModelName": MODEL.name, **props})


def compiled(*nodes):
    return template(Graph({node.address: node for node in nodes}), RESOURCES, PLACE)


def properties(wanted, *nodes):
    """What became of the properties of one resource."""
    out, _ = compiled(*nodes)
    (body,) = (each for each in out["Resources"].values() if each["Type"] == wanted.type)
    return body["Properties"]


def whole(address, props):
    """A node as compilation finishes it: its name and its tags put in."""
    resource = RESOURCES[address.type]
    named = {prop: fill(form, PLACE.slots(address.name)) for prop, form in resource.named.items()}
    tags = [{"Key": "moorline:platform", "Value": "acme"}]
    return Node(address, {**named, **props, **({"Tags": tags} if resource.tags else {})})


def realistic(out):
    """The samples name networks by short ids, which cfn-lint knows to be wrong."""
    text = re.sub(r'"(sg|subnet)-[0-9]+"', r'"\1-0123456789abcdef0"', json.dumps(out))
    return json.loads(text)


def together(form, *types):
    """What cfn-lint objects to in a template of samples and what they need."""
    known: dict[Address, Node] = {}

    def add(sample):
        for other in sample.needs:
            add(other)
        known[sample.address] = whole(sample.address, getattr(sample, form))

    for type_ in types:
        add(SAMPLES[type_])
    out, _ = template(build_graph(known.values())[0], RESOURCES, PLACE)
    assert {each["Type"] for each in out["Resources"].values()} >= {*types}
    return problems(realistic(out))


def test_cfn_lint_takes_every_type():
    assert together("full", *sorted(SAMPLES)) == []


@only_long
@pytest.mark.parametrize("form", ["minimal", "full"])
@pytest.mark.parametrize("type_", sorted(SAMPLES))
def test_cfn_lint_takes_every_type_alone(type_, form):
    assert together(form, type_) == []


def test_cfn_lint_would_find_a_mistake():
    out, _ = compiled(role(MaxSessionDuration=1))
    assert problems(out)


VALUES = {
    "the name of a type whose Ref is its name": (Ref(BUCKET, "BucketName"), {"Ref": "RAW"}),
    "an attribute": (Ref(BUCKET, "Arn"), {"Fn::GetAtt": ["RAW", "Arn"]}),
    "a string with a reference": (
        Join(("s3://", Ref(BUCKET, "BucketName"), "/models")),
        {"Fn::Join": ["", ["s3://", {"Ref": "RAW"}, "/models"]]},
    ),
    "the name of a type whose Ref is an ARN": (Ref(MODEL, "ModelName"), MODEL.name),
    "an ARN that CloudFormation does not give": (
        Ref(GROUP, "FeatureGroupArn"),
        f"arn:aws:sagemaker:eu-west-1:123456789012:feature-group/{GROUP.name}",
    ),
    "an attribute that has another name there": (
        Ref(TOPIC, "Arn"),
        {"Fn::GetAtt": ["SNSTopicAcmeProdAlerts", "TopicArn"]},
    ),
    "a string of known parts": (Join((Ref(MODEL, "ModelName"), "/x")), f"{MODEL.name}/x"),
}


@pytest.mark.parametrize(("value", "expected"), VALUES.values(), ids=VALUES)
def test_a_reference_becomes(value, expected):
    raw = "S3BucketAcmeProdRaw123456789012"
    others = [Node(address, {}) for address in (MODEL, GROUP, TOPIC)]
    found = properties(ROLE, role(Description=value), bucket(), *others)["Description"]
    assert json.dumps(found) == json.dumps(expected).replace("RAW", raw)


def test_a_resource_waits_for_what_it_needs_and_does_not_refer_to():
    description = Ref(MODEL, "ModelName")
    out, _ = compiled(role(Description=description), model())
    assert out["Resources"]["IAMRoleAcmeProdWork"]["DependsOn"] == [
        "SageMakerModelAcmeProdFraud9c8d2f00"
    ]


def test_a_reference_is_dependency_enough():
    out, _ = compiled(role(), model(ExecutionRoleArn=Ref(ROLE, "Arn")))
    assert "DependsOn" not in out["Resources"]["SageMakerModelAcmeProdFraud9c8d2f00"]


def test_a_document_becomes_text_where_text_is_due():
    body = {"Steps": [{"Role": Ref(ROLE, "Arn"), "Text": Join(('a"', Ref(ROLE, "Arn")))}]}
    pipeline = Node(PIPELINE, {"PipelineDefinition": {"PipelineDefinitionBody": body}})
    found = properties(PIPELINE, role(), pipeline)["PipelineDefinition"]["PipelineDefinitionBody"]
    parts = ["ARN" if isinstance(part, dict) else part for part in found["Fn::Join"][1]]
    assert json.loads("".join(parts)) == {"Steps": [{"Role": "ARN", "Text": 'a"ARN'}]}


def test_a_document_without_references_becomes_one_string():
    body = JsonText({"Version": "2020-12-01"})
    pipeline = Node(PIPELINE, {"PipelineDefinition": {"PipelineDefinitionBody": body}})
    found = properties(PIPELINE, pipeline)["PipelineDefinition"]["PipelineDefinitionBody"]
    assert json.loads(found) == {"Version": "2020-12-01"}


@pytest.mark.parametrize(
    ("node", "type_", "expected"),
    [
        pytest.param(
            bucket(BucketPolicy=TRUST),
            "AWS::S3::BucketPolicy",
            {"Bucket": {"Ref": "S3BucketAcmeProdRaw123456789012"}, "PolicyDocument": TRUST},
            id="the policy of a bucket",
        ),
        pytest.param(
            Node(KEY, {"AliasName": "alias/acme-prod-data"}),
            "AWS::KMS::Alias",
            {
                "AliasName": "alias/acme-prod-data",
                "TargetKeyId": {"Fn::GetAtt": ["KMSKeyAcmeProdData", "KeyId"]},
            },
            id="the alias of a key",
        ),
        pytest.param(
            Node(TOPIC, {"TopicPolicy": TRUST}),
            "AWS::SNS::TopicPolicy",
            {
                "Topics": [{"Fn::GetAtt": ["SNSTopicAcmeProdAlerts", "TopicArn"]}],
                "PolicyDocument": TRUST,
            },
            id="the policy of a topic",
        ),
    ],
)
def test_a_property_of_ours_becomes_a_resource(node, type_, expected):
    out, found = compiled(node)
    (companion,) = (each for each in out["Resources"].values() if each["Type"] == type_)
    assert companion["Properties"] == expected
    assert found == []


def test_a_user_of_a_resource_waits_for_its_companions():
    user = model(ExecutionRoleArn=Ref(BUCKET, "Arn"))
    out, _ = compiled(bucket(BucketPolicy=TRUST), user)
    assert out["Resources"]["SageMakerModelAcmeProdFraud9c8d2f00"]["DependsOn"] == [
        "S3BucketPolicyAcmeProdRaw123456789012"
    ]


def test_what_holds_data_is_kept():
    out, _ = compiled(bucket(), role())
    raw, work = out["Resources"]["S3BucketAcmeProdRaw123456789012"], out["Resources"]
    assert (raw["DeletionPolicy"], raw["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert "DeletionPolicy" not in work["IAMRoleAcmeProdWork"]


def test_a_property_that_only_the_api_has_is_left_out_and_reported():
    at = Span("specs/rollout/fraud.yaml", 12, 5)
    path = ("PrimaryContainer", "AdditionalModelDataSources")
    node = Node(
        MODEL,
        {"PrimaryContainer": {"Image": "x", "AdditionalModelDataSources": [{"ChannelName": "a"}]}},
        origin=Origin("Rollout/fraud", Span("specs/rollout/fraud.yaml", 1, 1), {path: at}),
    )
    out, (found,) = compiled(node)
    (body,) = out["Resources"].values()
    assert body["Properties"] == {"PrimaryContainer": {"Image": "x"}}
    assert (found.code, found.severity, found.at) == ("EXPORT001", Severity.WARNING, at)


def test_an_empty_property_is_left_out():
    assert properties(BUCKET, bucket(LoggingConfiguration={})) == {"BucketName": BUCKET.name}


def test_a_value_that_nobody_knows_becomes_a_parameter():
    out, _ = compiled(model(PrimaryContainer={"Image": "x", "ModelDataUrl": UNKNOWN}))
    (body,) = out["Resources"].values()
    name = body["Properties"]["PrimaryContainer"]["ModelDataUrl"]["Ref"]
    assert out["Parameters"][name]["Type"] == "String"


def test_a_model_version_is_a_parameter_with_the_version_of_the_graph():
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/acme-prod-fraud/13"
    out, _ = compiled(model(PrimaryContainer={"ModelPackageName": arn}))
    (body,) = out["Resources"].values()
    name = body["Properties"]["PrimaryContainer"]["ModelPackageName"]["Ref"]
    assert out["Parameters"][name]["Default"] == arn


def test_parameters_of_two_resources_are_apart():
    other = Node(Address("AWS::SageMaker::Model", "other"), {"EnableNetworkIsolation": UNKNOWN})
    out, _ = compiled(model(EnableNetworkIsolation=UNKNOWN), other)
    assert len(out["Parameters"]) == 2


def test_more_than_500_resources_are_written_and_reported():
    nodes = [
        Node(Address("AWS::IAM::Role", f"r{number}"), {"AssumeRolePolicyDocument": TRUST})
        for number in range(501)
    ]
    out, (found,) = compiled(*nodes)
    assert len(out["Resources"]) == 501
    assert (found.code, found.severity) == ("EXPORT002", Severity.WARNING)


def test_names_that_differ_in_punctuation_only_get_different_ids():
    names = ["a-b", "A-B", "a.b", "c"]
    out, _ = compiled(*(Node(Address("AWS::IAM::Role", name), {}) for name in names))
    assert len(out["Resources"]) == 4
    assert "IAMRoleC" in out["Resources"]
    assert all(id_.isalnum() for id_ in out["Resources"])


def test_the_order_of_nodes_does_not_matter():
    nodes = [role(), bucket(BucketPolicy=TRUST), model(ExecutionRoleArn=Ref(ROLE, "Arn"))]
    assert json.dumps(compiled(*nodes)) == json.dumps(compiled(*reversed(nodes)))


def test_a_resource_says_which_spec_line_it_comes_from():
    origin = Origin("Security/platform", Span("specs/security.yaml", 7, 3))
    out, _ = compiled(Node(ROLE, {"AssumeRolePolicyDocument": TRUST}, origin=origin))
    (body,) = out["Resources"].values()
    assert body["Metadata"]["Moorline"] == {
        "Spec": "Security/platform",
        "At": "specs/security.yaml:7",
    }
