"""Specs of databases, warehouses and topics: what is said of bad ones, what good ones become."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.kinds.api import Lookup
from reconciler.model.diagnostic import Severity

from .world import World, named, problems, spec_of

NETWORK = (
    "network: {vpc: vpc-0a1b2c3d, subnets: [subnet-0a1b2c3d, subnet-0b1b2c3d, subnet-0c1b2c3d]}"
)
TWO = "network: {vpc: vpc-0a1b2c3d, subnets: [subnet-0a1b2c3d, subnet-0b1b2c3d]}"
THERE = (
    "existing: {host: db.example.com, port: 5432, database: orders, secretName: orders/reader, "
    "network: {subnets: [subnet-0a1b2c3d], securityGroups: [sg-0a1b2c3d]}}"
)
ARN = "arn:aws:kafka:eu-west-1:123456789012:cluster/events/0d3b4a2e-1"
FUNCTION = "function: {function: 'arn:aws:lambda:eu-west-1:123456789012:function:f', role: f}"


@pytest.mark.parametrize(
    ("text", "path", "says"),
    [
        ("rds: {}", ("rds",), "needs a network"),
        (f"rds: {{{TWO}, backups: {{keep: 40d}}}}", ("rds", "backups", "keep"), "1 to 35 days"),
        (f"rds: {{{TWO}, user: postgres}}", ("rds", "user"), "engines keep"),
        (
            f"rds: {{{TWO}, instanceClass: db.r6g.large, capacity: {{atLeast: 1, atMost: 2}}}}",
            ("rds", "capacity"),
            "does not scale",
        ),
        (
            f"rds: {{{TWO}, capacity: {{atLeast: 4, atMost: 2}}}}",
            ("rds", "capacity", "atMost"),
            "less than",
        ),
        (f"rds: {{{THERE}, instances: 3}}", ("rds", "instances"), "does not manage"),
        (f"{{awsName: orders-db, rds: {{{TWO}}}}}", ("awsName",), "name of a bucket"),
        (
            f"rds: {{{TWO.replace('0b1b2c3d', '0a1b2c3d')}}}",
            ("rds", "network", "subnets", "1"),
            "named twice",
        ),
        ("redshift: {}", ("redshift",), "needs a network"),
        (f"redshift: {{{TWO}}}", ("redshift", "network", "subnets"), "three subnets"),
        (
            f"redshift: {{{NETWORK}, capacity: {{base: 64, atMost: 8}}}}",
            ("redshift", "capacity", "atMost"),
            "less than",
        ),
        ("kafka: {topic: a}", ("kafka",), "in one cluster"),
        (f"kafka: {{topic: a, {TWO}, {FUNCTION}}}", ("kafka", "topic"), "Lambda reads no topic"),
        (
            f"kafka: {{topic: ab, existing: {{cluster: '{ARN}', auth: scram}}}}",
            ("kafka", "existing"),
            "needs the secret",
        ),
        (
            f"kafka: {{topic: ab, existing: {{cluster: '{ARN}', secretName: s}}}}",
            ("kafka", "existing", "secretName"),
            "takes no secret",
        ),
    ],
)
def test_what_cannot_be_is_said_at_its_line(text: str, path: tuple[str, ...], says: str) -> None:
    found = [each for each in problems("DataSource", text) if each.path == path]
    assert [each for each in found if says in each.message and each.severity is Severity.ERROR]


@pytest.mark.parametrize(
    "text",
    [
        "kafka: {topic: '..'}",
        "kafka: {topic: a b}",
        f"kafka: {{topic: {'x' * 250}}}",
        "kafka: {topic: __consumer_offsets}",
        f"rds: {{{TWO}, maintenance: sunday}}",
        f"rds: {{{TWO}, crawl: {{schedule: rate(1 hour)}}}}",
        f"rds: {{{TWO}, crawl: {{schedule: 'cron(0 25 * * ? *)'}}}}",
        f"rds: {{{TWO.replace(']', '], clients: [0.0.0.0/0]')}}}",
        f"rds: {{{TWO}, password: hunter2}}",
        f"redshift: {{{NETWORK}, adminPassword: hunter2}}",
    ],
)
def test_what_has_no_such_form_is_no_spec(text: str) -> None:
    spec, found = spec_of("DataSource", text)
    assert spec is None
    assert "hunter2" not in str(found)


@pytest.mark.scenario("D92")
@pytest.mark.parametrize(
    ("text", "severities"),
    [
        (f"rds: {{{TWO}, capacity: {{atLeast: 0, atMost: 2, pauseAfter: 5m}}}}", []),
        (f"rds: {{{TWO}, capacity: {{atLeast: 0, atMost: 512, pauseAfter: 25h}}}}", ["warning"]),
        (f"rds: {{{TWO}, capacity: {{atLeast: 1, atMost: 2, pauseAfter: 5m}}}}", ["warning"]),
        (f"rds: {{{TWO}, instanceClass: db.r99zz.large}}", []),
        (
            f"kafka: {{topic: ab, {TWO}, {FUNCTION.replace('role: f', 'role: f, onFailure: kafka://bad')}}}",
            [],
        ),
    ],
)
def test_what_a_newer_service_may_take_is_no_error(text: str, severities: list[str]) -> None:
    assert [str(each.severity) for each in problems("DataSource", text)] == severities
    world = World({("DataSource", "it"): text})
    made = json.dumps([str(node.props) for node in world.build_all()])
    if "min: 0" in text:
        assert "'MinCapacity': 0.0" in made


def test_the_zone_of_a_connection_is_what_aws_says() -> None:
    ids = "subnet-0a1b2c3d,subnet-0b1b2c3d"
    zones = {id_: {"vpc": "vpc-0a1b2c3d", "zone": "eu-west-1a"} for id_ in ids.split(",")}
    facts: dict[Lookup, Any] = {Lookup("subnets", (("ids", ids),)): zones}
    world = World({("DataSource", "orders"): f"rds: {{{TWO}}}"}, facts)
    (node,) = named(world.build_all(), "AWS::Glue::Connection")
    where = node.props["ConnectionInput"]["PhysicalConnectionRequirements"]
    assert where["AvailabilityZone"] == "eu-west-1a"
    assert [each.message for each in world.found] == ["the subnets are in 1 availability zone"]


def test_an_existing_database_has_a_connection_and_nothing_that_holds_data() -> None:
    world = World({("DataSource", "orders"): f"rds: {{{THERE}}}"})
    nodes = world.build_all()
    assert {node.address.type.split("::")[1] for node in nodes} == {"Glue", "IAM"}
    (node,) = named(nodes, "AWS::Glue::Connection")
    said = node.props["ConnectionInput"]["ConnectionProperties"]
    assert said["SECRET_ID"] == "orders/reader"
    (role,) = named(nodes, "AWS::IAM::Role")
    allowed = json.dumps(role.props["Policies"])
    assert "secret:orders/reader-??????" in allowed
    assert allowed.count("secretsmanager:GetSecretValue") == 1
