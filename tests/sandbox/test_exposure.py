"""What the sandbox refuses in front of endpoints, as AWS does, and what two ways show alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox.inprocess import Sandbox

ZONE = "Z0123456789ABCDEFGHIJ"
GROUPS = [f"arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/{it}/1" for it in "ab"]


def client(aws: Sandbox, service: str, region: str = "eu-west-1") -> Any:
    return aws.client(service, region)


def made(aws: Sandbox, type_: str, **props: Any) -> dict[str, Any]:
    """What Cloud Control says of what it was asked to make."""
    control = client(aws, "cloudcontrol")
    asked = control.create_resource(TypeName=type_, DesiredState=json.dumps(props))
    aws.clock.advance(600)
    token = asked["ProgressEvent"]["RequestToken"]
    event = control.get_resource_request_status(RequestToken=token)["ProgressEvent"]
    return dict(event)


def record(name: str, set_: str = "", **more: Any) -> dict[str, Any]:
    own = {"SetIdentifier": set_} if set_ else {}
    return {
        "Name": name,
        "Type": "CNAME",
        "TTL": 60,
        "ResourceRecords": [{"Value": "one.example.com"}],
        **own,
        **more,
    }


@pytest.fixture
def route53(aws: Sandbox) -> Any:
    found = client(aws, "route53")
    found.create_hosted_zone(Name="example.com", CallerReference=f"sandbox:{ZONE}")
    return found


def change(route53: Any, *changes: tuple[str, dict[str, Any]]) -> str:
    """The error's code, or nothing."""
    batch = [{"Action": action, "ResourceRecordSet": it} for action, it in changes]
    try:
        route53.change_resource_record_sets(HostedZoneId=ZONE, ChangeBatch={"Changes": batch})
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def names(route53: Any) -> list[tuple[str, str]]:
    found = route53.list_resource_record_sets(HostedZoneId=ZONE)["ResourceRecordSets"]
    return [(it["Name"], it.get("SetIdentifier", "")) for it in found if it["Type"] == "CNAME"]


SIMPLE = record("api.example.com")
A, B = record("api.example.com", "a", Weight=90), record("api.example.com", "b", Weight=0)


@pytest.mark.parametrize(
    "refused",
    [
        [("CREATE", SIMPLE), ("CREATE", A)],
        [("CREATE", A), ("UPSERT", record("api.example.com", "b", Failover="PRIMARY"))],
        [("CREATE", A), ("CREATE", A)],
        [("DELETE", A)],
        [("CREATE", A), ("DELETE", {**A, "TTL": 30})],
        [("CREATE", record("api.example.com", Weight=1))],
        [("CREATE", record("api.example.org"))],
        [
            ("CREATE", record("api.example.com", "a", Failover="PRIMARY")),
            ("CREATE", record("api.example.com", "b", Failover="PRIMARY")),
        ],
    ],
)
def test_a_batch_that_route53_refuses_changes_nothing(
    route53: Any, refused: list[tuple[str, dict[str, Any]]]
) -> None:
    assert change(route53, *refused) == "InvalidChangeBatch"
    assert names(route53) == []


def test_records_under_one_name_are_told_by_their_identifier(route53: Any) -> None:
    assert change(route53, ("CREATE", A), ("CREATE", B)) == ""
    assert change(route53, ("DELETE", B), ("UPSERT", {**A, "TTL": 30})) == ""
    assert names(route53) == [("api.example.com.", "a")]


@pytest.mark.scenario("R63")
def test_one_batch_takes_a_simple_record_to_weighted_ones(route53: Any) -> None:
    assert change(route53, ("CREATE", SIMPLE)) == ""
    assert change(route53, ("CREATE", A)) == "InvalidChangeBatch"
    assert change(route53, ("DELETE", SIMPLE), ("CREATE", A), ("CREATE", B)) == ""
    assert [it for _, it in names(route53)] == ["a", "b"]


def test_a_health_check_is_one_for_all_regions(aws: Sandbox) -> None:
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": "api.example.com"}
    event = made(aws, "AWS::Route53::HealthCheck", HealthCheckConfig=config)
    asked = {"TypeName": "AWS::Route53::HealthCheck", "Identifier": event["Identifier"]}
    found = client(aws, "cloudcontrol", "eu-central-1").get_resource(**asked)
    assert json.loads(found["ResourceDescription"]["Properties"])["HealthCheckConfig"] == config


def forward(*weights: int) -> list[dict[str, Any]]:
    pairs = zip(GROUPS, weights, strict=True)
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in pairs]
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]


def test_elb_and_cloud_control_show_the_same_weights(aws: Sandbox) -> None:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/acme/1/2"
    where = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/invocations"]}}]
    event = made(
        aws,
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        ListenerArn=arn,
        Priority=10,
        Conditions=where,
        Actions=forward(100, 0),
    )
    own, elb = event["Identifier"], client(aws, "elbv2")
    (rule,) = elb.describe_rules(RuleArns=[own])["Rules"]
    assert (rule["Priority"], rule["IsDefault"]) == ("10", False)
    assert rule["Actions"][0]["ForwardConfig"] == forward(100, 0)[0]["ForwardConfig"]
    elb.modify_rule(RuleArn=own, Actions=forward(70, 30))
    asked = {"TypeName": "AWS::ElasticLoadBalancingV2::ListenerRule", "Identifier": own}
    found = client(aws, "cloudcontrol").get_resource(**asked)["ResourceDescription"]
    (action,) = json.loads(found["Properties"])["Actions"]
    groups = action["ForwardConfig"]["TargetGroups"]
    assert sorted(it["Weight"] for it in groups) == [30, 70]
    for wrong in (forward(0, 0), forward(1000, 0)):
        with pytest.raises(ClientError, match="ValidationError"):
            elb.modify_rule(RuleArn=own, Actions=wrong)


@pytest.mark.parametrize(
    ("type_", "props", "why"),
    [
        ("LoadBalancer", {"Name": "a" * 33, "Subnets": ["subnet-1", "subnet-2"]}, "32"),
        ("LoadBalancer", {"Name": "acme", "Subnets": ["subnet-1"]}, "two subnets"),
        ("TargetGroup", {"Name": "a" * 33, "TargetType": "lambda"}, "32"),
        (
            "TargetGroup",
            {"TargetType": "lambda", "Targets": [{"Id": "arn:aws:lambda:x:1:function:a"}]},
            "does not have permission to invoke",
        ),
    ],
)
def test_what_load_balancers_refuse(
    aws: Sandbox, type_: str, props: dict[str, Any], why: str
) -> None:
    event = made(aws, f"AWS::ElasticLoadBalancingV2::{type_}", **props)
    assert event["OperationStatus"] == "FAILED"
    assert why in event["StatusMessage"]
