"""What stands in front of an endpoint, through whole plans and applies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler import engine
from reconciler.aws import failover
from reconciler.cli.verbs.failover import drill
from reconciler.model.change import Cause
from reconciler.rollout import marks
from reconciler.rollout.split import Split, forward, reached, shares_of
from reconciler.rollout.values import Marks, Step
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .platform import Platform, Site, join, paths, spec, steps

ASSETS, ZONE = "{source: artifacts}", "Z0123456789ABCDEFGHIJ"
ARTIFACTS = spec("DataSource", "artifacts", "{s3: {}}")
API = """
  expose:
    api: {auth: iam, rate: 50, burst: 100, accessLogs: {expireAfter: 30d}}
"""
BALANCER = """
  expose:
    balancer:
      network:
        vpc: vpc-0a1b2c3d
        subnets: [subnet-0a1b2c3d, subnet-0b1b2c3d]
        clients: [10.0.0.0/8]
      shares: {primary: 70%, beta: 30%}
"""
CERTIFICATE = "arn:aws:acm:{region}:123456789012:certificate/0d3b4a2e-0000-4000-8000-000000000000"
DE = Site("dev-de", "eu-central-1")
ALL = "records, traffic, keys, history, access"


def exposed(body: str) -> str:
    return join(ARTIFACTS, specs.ROLLOUT + body.lstrip("\n"))


def failing_over(region: str, how: str) -> str:
    return f"""
  expose:
    api: {{auth: iam}}
    domain: {{name: fraud.example.com, certificate: "{CERTIFICATE.format(region=region)}"}}
    failover: {{zone: {ZONE}, {how}}}
"""


def platform_of(aws: Sandbox, text: str, site: Site | None = None) -> Platform:
    platform = Platform(aws, text, allow=ALL, assets=ASSETS, **({"site": site} if site else {}))
    ec2 = platform.client("ec2")
    vpc = ec2.create_vpc(
        CidrBlock="10.20.0.0/16",
        TagSpecifications=[tagged("vpc", "vpc-0a1b2c3d")],
    )["Vpc"]["VpcId"]
    for number, id_ in enumerate(("subnet-0a1b2c3d", "subnet-0b1b2c3d")):
        ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=f"10.20.{number}.0/24",
            AvailabilityZone=f"{platform.site.region}{'ab'[number]}",
            TagSpecifications=[tagged("subnet", id_)],
        )
    return platform


def tagged(what: str, id_: str) -> dict[str, Any]:
    return {"ResourceType": what, "Tags": [{"Key": "sandbox:id", "Value": id_}]}


def live(platform: Platform, type_: str) -> list[dict[str, Any]]:
    found = platform.client("cloudcontrol").list_resources(TypeName=type_)["ResourceDescriptions"]
    return [json.loads(each["Properties"]) for each in found]


def destroyed(platform: Platform) -> None:
    """All goes but the bucket, which keeps the code of the functions."""
    plan = platform.plan(destroy=True)
    assert {each.address.type for each in plan.refused} == {"AWS::S3::Bucket"}
    run = platform.apply(plan)
    assert run.failures == {}
    assert {each.partition("/")[0] for each in run.skipped} <= {"AWS::S3::Bucket", "AWS::IAM::Role"}


def test_an_api_is_made_once_and_goes_in_order(aws: Sandbox) -> None:
    platform = platform_of(aws, exposed(API))
    platform.converge()
    (api,) = live(platform, "AWS::ApiGatewayV2::Api")
    assert api["ProtocolType"] == "HTTP"
    platform.text = platform.text.replace("rate: 50", "rate: 70")
    changed = platform.converge()
    name = "acme-dev-scorer"
    assert paths(changed) == {name: ["DefaultRouteSettings.ThrottlingRateLimit"]}
    plan = platform.plan(destroy=True)
    order = [step.address.type.rpartition("::")[2] for step in plan.steps]
    assert order.index("Api") < order.index("Function") < order.index("Endpoint")
    destroyed(platform)
    assert live(platform, "AWS::ApiGatewayV2::Api") == []


def test_an_api_that_somebody_opened_is_closed_again(aws: Sandbox) -> None:
    platform = platform_of(aws, exposed(API))
    platform.converge()
    control = platform.client("cloudcontrol")
    (api,) = live(platform, "AWS::ApiGatewayV2::Api")
    asked = {"TypeName": "AWS::ApiGatewayV2::Route"}
    model = json.dumps({"ApiId": api["ApiId"]})
    routes = control.list_resources(**asked, ResourceModel=model)["ResourceDescriptions"]
    (own,) = [each["Identifier"] for each in routes if "AWS_IAM" in each["Properties"]]
    patch = '[{"op":"replace","path":"/AuthorizationType","value":"NONE"}]'
    control.update_resource(**asked, Identifier=own, PatchDocument=patch)
    aws.clock.advance(600)
    assert paths(platform.plan()) == {"acme-dev-scorer-invocations": ["AuthorizationType"]}
    cors = '[{"op":"add","path":"/CorsConfiguration","value":{"AllowOrigins":["*"]}}]'
    what = {"TypeName": "AWS::ApiGatewayV2::Api", "Identifier": api["ApiId"]}
    control.update_resource(**what, PatchDocument=cors)
    (stage,) = control.list_resources(TypeName="AWS::ApiGatewayV2::Stage", ResourceModel=model)[
        "ResourceDescriptions"
    ]
    limits = '{"POST /invocations":{"ThrottlingRateLimit":9999}}'
    own = f'[{{"op":"add","path":"/RouteSettings","value":{limits}}}]'
    what = {"TypeName": "AWS::ApiGatewayV2::Stage", "Identifier": stage["Identifier"]}
    control.update_resource(**what, PatchDocument=own)
    functions = platform.client("lambda")
    set_ = {"ENDPOINT": "acme-dev-scorer", "VARIANT": "beta"}
    functions.update_function_configuration(
        FunctionName="acme-dev-scorer-front", Environment={"Variables": set_}
    )
    aws.clock.advance(600)
    plan = platform.plan()
    found = {step.address.type: [*map(str, step.fields[0].path)] for step in plan.steps}
    assert found == {
        "AWS::ApiGatewayV2::Api": ["CorsConfiguration"],
        "AWS::ApiGatewayV2::Route": ["AuthorizationType"],
        "AWS::ApiGatewayV2::Stage": ["RouteSettings"],
        "AWS::Lambda::Function": ["Environment", "Variables", "VARIANT"],
    }
    assert platform.apply(plan).failures == {}
    assert steps(platform.plan()) == []


def split_of(platform: Platform, *variants: str) -> tuple[Any, Split]:
    elb, tagging = platform.client("elbv2"), platform.client("resourcegroupstaggingapi")
    found = {
        tag["Key"] + "=" + tag["Value"]: each["ResourceARN"]
        for each in tagging.get_resources()["ResourceTagMappingList"]
        for tag in each["Tags"]
        if tag["Key"] in {"moorline:split", "moorline:variant"}
    }
    names = variants or ("primary", "beta")
    groups = {name: found[f"moorline:variant={name}"] for name in names}
    return elb, Split(at=found["moorline:split=acme-dev-scorer"], groups=groups)


def move(elb: Any, split: Split, shares: dict[str, float]) -> None:
    read = getattr(elb, split.read.method)
    call = forward(split, shares, read(**split.read.params))
    getattr(elb, call.method)(**call.params)
    assert reached(split, shares, read(**split.read.params))


def marked(platform: Platform, **more: Any) -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/acme-dev-scorer"
    said = Marks(
        digest="d", step=1, since=1.0, base="b", middle="m", target="t", version="2",
        steps=(Step(0.5, 1, 60), Step(1.0, 2, 60)), stable_count=2, **more,
    )  # fmt: skip
    tags = [{"Key": key, "Value": value} for key, value in marks.encode(said).items()]
    platform.client("sagemaker").add_tags(ResourceArn=arn, Tags=tags)


@pytest.mark.scenario("R57")
def test_weights_belong_to_the_rollout_while_one_runs(aws: Sandbox) -> None:
    platform = platform_of(aws, exposed(BALANCER))
    platform.converge()
    elb, split = split_of(platform)
    answer = elb.describe_rules(RuleArns=[split.at])
    assert shares_of(split, answer) == {"primary": 0.7, "beta": 0.3}
    move(elb, split, {"primary": 0.4, "beta": 0.6})
    assert paths(platform.plan()) == {"acme-dev-scorer": ["Actions"]}
    marked(platform)
    platform.restart()
    plan, owned = engine.drifted(platform.plan(), platform.session)
    assert steps(plan) == []
    causes = {each.cause for step in owned for each in step.fields if "Weight" in each.path}
    assert causes == {Cause.ROLLOUT}
    platform.text = platform.text.replace("owner: fraud-team", "owner: risk-team")
    run = platform.apply(platform.plan())
    assert (run.failures, run.skipped) == ({}, {})
    assert reached(split, {"primary": 0.4, "beta": 0.6}, elb.describe_rules(RuleArns=[split.at]))
    marked(platform, ended="completed")
    assert paths(platform.plan()).keys() == {"acme-dev-scorer"}


@pytest.mark.scenario("R56")
def test_a_forward_in_another_shape_is_no_difference(aws: Sandbox) -> None:
    body = BALANCER.replace("70%, beta: 30%", "100%, beta: 0%")
    platform = platform_of(aws, exposed(body))
    platform.converge()
    elb, split = split_of(platform)
    alone = [{"Type": "forward", "TargetGroupArn": split.groups["primary"]}]
    elb.modify_rule(RuleArn=split.at, Actions=alone)
    assert steps(platform.plan()) == []
    kept = {"TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 60}}
    groups = [{"TargetGroupArn": split.groups["primary"], "Weight": 1}]
    stays = [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups, **kept}}]
    elb.modify_rule(RuleArn=split.at, Actions=stays)
    assert [action for action, _ in steps(platform.plan())] == ["update"]
    alone[0]["TargetGroupArn"] = split.groups["beta"]
    elb.modify_rule(RuleArn=split.at, Actions=alone)
    assert [action for action, _ in steps(platform.plan())] == ["update"]


def test_a_load_balancer_goes_before_its_functions(aws: Sandbox) -> None:
    platform = platform_of(aws, exposed(BALANCER))
    platform.converge()
    plan = platform.plan(destroy=True)
    order = [step.address.type.rpartition("::")[2] for step in plan.steps]
    wanted = ["ListenerRule", "LoadBalancer", "TargetGroup", "Function", "Endpoint"]
    places = [order.index(each) for each in wanted]
    assert places == sorted(places)
    destroyed(platform)


def records(platform: Platform) -> dict[str, dict[str, Any]]:
    found = platform.client("route53").list_resource_record_sets(HostedZoneId=ZONE)
    return {
        it["SetIdentifier"]: it for it in found["ResourceRecordSets"] if it.get("SetIdentifier")
    }


def zone(platform: Platform) -> None:
    platform.client("route53").create_hosted_zone(
        Name="example.com", CallerReference=f"sandbox:{ZONE}"
    )


def two_regions(aws: Sandbox) -> tuple[Platform, Platform]:
    first = platform_of(aws, exposed(failing_over("eu-west-1", "order: first")))
    second = platform_of(aws, exposed(failing_over("eu-central-1", "order: second")), DE)
    zone(first)
    return first, second


def test_two_regions_answer_for_a_name_and_neither_touches_the_other(aws: Sandbox) -> None:
    first, second = two_regions(aws)
    first.converge()
    alone = records(first)
    assert [it["Failover"] for it in alone.values()] == ["PRIMARY"]
    second.converge()
    both = records(first)
    assert both["acme-dev-scorer"] == alone["acme-dev-scorer"]
    assert both["acme-dev-de-scorer"]["Failover"] == "SECONDARY"
    assert len({it["HealthCheckId"] for it in both.values()}) == 2
    assert steps(first.plan()) == steps(second.plan()) == []
    told = drill(failover.members(first.session, ZONE, "fraud.example.com"))
    names = [[*each["answers"]] for each in (told["now"], *told["without"])]
    own, other = "acme-dev-scorer", "acme-dev-de-scorer"
    assert names == [[own], [own], [other], [own]]
    assert [each["failOpen"] for each in told["without"]] == [False, False, True]
    gone = second.plan(destroy=True)
    names = [step.address.name for step in gone.steps]
    assert all("dev-de" in it or it == "fraud.example.com" or "assets" in it for it in names)
    destroyed(second)
    assert records(first) == alone
    assert steps(first.plan()) == []


@pytest.mark.scenario("R63")
def test_a_name_with_another_policy_is_refused_and_told(aws: Sandbox) -> None:
    first, _ = two_regions(aws)
    simple = {"Name": "fraud.example.com", "Type": "A", "TTL": 60}
    simple["ResourceRecords"] = [{"Value": "192.0.2.1"}]
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": simple}]}
    first.client("route53").change_resource_record_sets(HostedZoneId=ZONE, ChangeBatch=batch)
    plan = first.plan()
    (found,) = [each for each in plan.diagnostics if each.code == "EXPOSE001"]
    assert "'a simple one'" in found.message
    assert found.is_error


@pytest.mark.scenario("R65")
def test_a_health_check_that_somebody_switched_off_is_drift(aws: Sandbox) -> None:
    first, _ = two_regions(aws)
    first.converge()
    (record,) = records(first).values()
    own = {"HealthCheckId": record["HealthCheckId"]}
    assert engine.drifted(first.plan(), first.session)[1] == ()
    first.client("route53").update_health_check(**own, Disabled=True)
    plan, owned = engine.drifted(first.plan(), first.session)
    assert owned == ()
    found = [(it.path, it.before, it.cause) for step in plan.steps for it in step.fields]
    assert found == [(("HealthCheckConfig", "Disabled"), True, Cause.HAND)]
