"""What stands in front of an endpoint, as specs say it: faults, nodes, rights, and the template."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.compile import compiler
from reconciler.model.graph import Node
from reconciler.model.value import Ref
from reconciler.render.cloudformation.template import template
from reconciler.resources import api as resources
from reconciler.specs import overlay
from reconciler.specs.source import parse
from tests.render.linted import problems as linted

from .world import World, named, problems

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/0d3b4a2e-0000-4000-8000-000000000000"
BASE = """
model:
  image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1
  artifact: s3://team-models/models/1.tar.gz
  etag: 0123456789abcdef0123456789abcdef
serve: {realtime: {instanceType: ml.c7g.xlarge, instances: 2}}
"""
NETWORK = "{vpc: vpc-0a1b2c3d, subnets: [subnet-0a1b2c3d, subnet-0b1b2c3d], clients: [10.0.0.0/8]}"
DOMAIN = f'domain: {{name: fraud.example.com, certificate: "{CERTIFICATE}"}}'
FAILOVER = "failover: {zone: Z0123456789ABCDEFGHIJ, order: first}"
CANARY = "strategy: {canary: {steps: [30%, 100%], bake: 10m}}"
JWT = "{jwt: {issuer: https://id.example.com/, audiences: [acme], scopes: [score]}}"


def exposed(inner: str, more: str = "") -> str:
    return f"{BASE}{more}\nexpose: {{{inner}}}\n"


def balancer(more: str = "", network: str = NETWORK) -> str:
    return f"balancer: {{network: {network}{more}}}"


@pytest.mark.parametrize(
    ("inner", "more", "at", "why"),
    [
        ("", "", "expose", "one thing stands in front"),
        (f"api: {{auth: iam}}, {balancer()}", "", "expose", "one thing stands in front"),
        (
            "api: {auth: iam, accessLogs: {expireAfter: 100d}}",
            "",
            "expose.api.accessLogs.expireAfter",
            "keeps no log for 100 days",
        ),
        (
            balancer(network=NETWORK.replace("[10.0.0.0/8]", "[]")),
            "",
            "expose.balancer.network",
            "nobody may reach it",
        ),
        (balancer(", public: true"), "", "expose.balancer.public", "without encryption"),
        (
            balancer(", shares: {primary: 70%, beta: 20%}"),
            "",
            "expose.balancer.shares",
            "add up to 90%",
        ),
        (
            balancer(", shares: {primary: 0%, beta: 0%}"),
            "",
            "expose.balancer.shares",
            "add up to 0%",
        ),
        (
            balancer(", shares: {primary: 99.5%, beta: 0.5%}"),
            "",
            "expose.balancer.shares",
            "whole per cent",
        ),
        (
            balancer(", shares: {alpha: 70%, beta: 30%}"),
            "",
            "expose.balancer.shares",
            "'primary', is not among them",
        ),
        (
            balancer(", shares: {primary: 70%, candidate: 30%}"),
            CANARY,
            "expose.balancer.shares.candidate",
            "while no rollout runs",
        ),
        (
            balancer(", shares: {primary: 70%, beta: 30%}"),
            CANARY,
            "expose.balancer.shares",
            "tries a new version as 'candidate'",
        ),
        (f"api: {{auth: iam}}, {FAILOVER}", "", "expose.failover", "here is none"),
        (
            f"api: {{auth: iam}}, {DOMAIN}, {FAILOVER.replace('order: first', '')}",
            "",
            "expose.failover",
            "a place or a part",
        ),
        (
            f"api: {{auth: iam}}, {DOMAIN}, {FAILOVER.replace('first', 'first, parts: 1')}",
            "",
            "expose.failover",
            "a place or a part",
        ),
    ],
)
def test_what_cannot_be_is_refused(inner: str, more: str, at: str, why: str) -> None:
    found = [
        (".".join(each.path), each.message) for each in problems("Rollout", exposed(inner, more))
    ]
    assert [at] == [path for path, message in found if why in message], found


RIGHT = {
    "iam": "api: {auth: iam}",
    "jwt": f"api: {{auth: {JWT}, rate: 10, burst: 20}}",
    "hosted": f"api: {{auth: iam}}, {DOMAIN}, {FAILOVER}",
    "balanced": balancer(),
    "split": balancer(", shares: {primary: 70%, beta: 30%}"),
    "public": f"{balancer(', public: true')}, {DOMAIN}, {FAILOVER}".replace(
        "order: first", "parts: 0"
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_can_be_is_not(name: str) -> None:
    assert problems("Rollout", exposed(RIGHT[name])) == []


def built(inner: str, more: str = "") -> list[Node]:
    specs = {("Rollout", "fraud"): exposed(inner, more), ("DataSource", "artifacts"): "s3: {}"}
    world = World(specs)
    nodes = world.build_all()
    assert [each.message for each in world.found] == []
    return nodes


def routes(nodes: list[Node]) -> dict[str, Any]:
    found = named(nodes, "AWS::ApiGatewayV2::Route")
    return {each.props["RouteKey"]: each.props for each in found}


def test_an_api_lets_nobody_in_unsigned() -> None:
    signed = routes(built(RIGHT["iam"]))
    assert signed["POST /invocations"]["AuthorizationType"] == "AWS_IAM"
    nodes = built(RIGHT["jwt"])
    tokens = routes(nodes)["POST /invocations"]
    assert (tokens["AuthorizationType"], tokens["AuthorizationScopes"]) == ("JWT", ["score"])
    (authorizer,) = named(nodes, "AWS::ApiGatewayV2::Authorizer")
    assert tokens["AuthorizerId"] == Ref(authorizer.address, "AuthorizerId")
    assert signed.keys() == {"POST /invocations", "GET /health"}, "health says whether, no more"
    (stage,) = named(nodes, "AWS::ApiGatewayV2::Stage")
    limits = stage.props["DefaultRouteSettings"]
    assert (limits["ThrottlingRateLimit"], limits["ThrottlingBurstLimit"]) == (10, 20)
    line = json.loads(stage.props["AccessLogSettings"]["Format"])
    assert {"id", "status", "caller", "subject"} <= line.keys()
    assert stage.props["AccessLogSettings"]["DestinationArn"].endswith(":acme-test-fraud-access")


@pytest.mark.parametrize("name", RIGHT)
def test_the_function_may_call_one_endpoint_and_nothing_else(name: str) -> None:
    (role,) = [
        each for each in named(built(RIGHT[name]), "AWS::IAM::Role") if "front" in each.address.name
    ]
    (policy,) = role.props["Policies"]
    allowed = {
        (action, str(place))
        for each in policy["PolicyDocument"]["Statement"]
        for action in each["Action"]
        for place in each["Resource"]
    }
    own = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/acme-test-fraud"
    calls = {"sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint"}
    assert {each for each in allowed if not each[0].startswith("logs:")} == {
        (it, own) for it in calls
    }
    logs = "arn:aws:logs:eu-west-1:123456789012:log-group:acme-test-fraud-front"
    assert all(place.startswith(logs) for action, place in allowed if action.startswith("logs:"))


def test_a_function_is_let_in_before_it_is_registered() -> None:
    nodes = built(RIGHT["balanced"])
    groups = named(nodes, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert len(groups) == 2
    for group in groups:
        (permission,) = group.depends_on
        (own,) = [each for each in nodes if each.address == permission]
        assert own.props["Principal"] == "elasticloadbalancing.amazonaws.com"
        assert own.props["SourceArn"].endswith(f":targetgroup/{group.address.name}/*")
        assert own.props["FunctionName"] == group.props["Targets"][0]["Id"]


@pytest.mark.scenario("R16")
@pytest.mark.parametrize(("name", "weights"), [("balanced", (100, 0)), ("split", (70, 30))])
def test_every_group_has_its_weight_and_none_is_sent_too(
    name: str, weights: tuple[int, int]
) -> None:
    (rule,) = named(built(RIGHT[name]), "AWS::ElasticLoadBalancingV2::ListenerRule")
    (action,) = rule.props["Actions"]
    found = {
        each["TargetGroupArn"].target.name.rpartition("-")[2]: each["Weight"]
        for each in action["ForwardConfig"]["TargetGroups"]
    }
    other = "candidate" if name == "balanced" else "beta"
    assert found == {"primary": weights[0], other: weights[1]}
    assert {"Key": "moorline:split", "Value": "acme-test-fraud"} in rule.props["Tags"]


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.scenario("R65")
def test_every_record_of_several_is_watched(name: str) -> None:
    for record in named(built(RIGHT[name]), "AWS::Route53::RecordSet"):
        assert record.props["AliasTarget"]["EvaluateTargetHealth"] is True
        assert record.props["SetIdentifier"] == record.address.name
        assert ("HealthCheckId" in record.props) == (name == "hosted")


TEST = """
strategy:
  abTest:
    metric: Invocation5XXErrors
    variants:
      primary: {weight: 70%}
      beta:
        weight: 30%
        model:
          image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:2
          artifact: s3://team-models/models/2.tar.gz
          etag: 0123456789abcdef0123456789abcdee
"""


def test_the_groups_of_a_test_are_its_variants_and_its_driver_opens_them() -> None:
    (rule,) = named(built(RIGHT["balanced"], TEST), "AWS::ElasticLoadBalancingV2::ListenerRule")
    groups = rule.props["Actions"][0]["ForwardConfig"]["TargetGroups"]
    assert sorted(each["Weight"] for each in groups) == [0, 100]
    found = problems("Rollout", exposed(RIGHT["split"], TEST))
    assert [each.message for each in found] == ["a test has the shares of its variants"]
    parts = TEST.replace("70%", "69.5%").replace("30%", "30.5%")
    found = problems("Rollout", exposed(RIGHT["balanced"], parts))
    assert ["whole per cent" in each.message for each in found] == [True, True]
    other = TEST.partition("beta:")[2].replace("30%", "5%")
    many = "".join(f"\n      v{number}:{other.rstrip()}" for number in range(5))
    found = problems("Rollout", exposed(RIGHT["balanced"], f"{TEST.replace('70%', '45%')}{many}"))
    assert ["and the test 7 variants" in each.message for each in found] == [True]


ON = "instanceType: ml.m5.large, instances: 1, output: {to: artifacts}"


@pytest.mark.parametrize(
    "serve", [f"async: {{{ON}}}", f"batch: {{{ON}, source: artifacts, path: in}}"]
)
def test_nothing_stands_in_front_of_what_has_no_address(serve: str) -> None:
    usual = "{realtime: {instanceType: ml.c7g.xlarge, instances: 2}}"
    found = problems("Rollout", exposed(RIGHT["iam"]).replace(usual, f"{{{serve}}}"))
    assert "EXPOSE006" in {each.code for each in found}


HEAD = """apiVersion: moorline/v1
kind: Environment
metadata: {name: test}
spec:
  platform: acme
  account: "123456789012"
  region: eu-west-1
  assets: {source: artifacts}
---
apiVersion: moorline/v1
kind: DataSource
metadata: {name: artifacts}
spec: {s3: {}}
"""


def test_the_template_is_one_that_cfn_lint_takes() -> None:
    text, head = HEAD, "---\napiVersion: moorline/v1\nkind: Rollout\n"
    for name, inner in RIGHT.items():
        body = exposed(inner).replace("\n", "\n  ").rstrip()
        text += f"{head}metadata: {{name: {name}}}\nspec:{body}\n"
    documents = parse(text, "f.yaml").documents
    view, found = overlay.resolve(documents, "test")
    assert view is not None, found
    specs, found = compiler.read(documents, view)
    assert found == []
    graph, found = compiler.build(specs, view)
    assert [each.message for each in found if each.is_error] == []
    made, _ = template(graph, resources.load(), compiler.place_of(view))
    types = {each["Type"].split("::")[1] for each in made["Resources"].values()}
    assert types >= {"ApiGatewayV2", "ElasticLoadBalancingV2", "Lambda", "Route53"}
    assert linted(made) == []
