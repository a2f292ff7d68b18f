"""What the adapters of databases, crawlers and mappings decide, with values alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Observed
from reconciler.plan.diff import compare
from reconciler.plan.stages import stages
from reconciler.resources.api import load
from reconciler.resources.ec2.rules import Itself, Rules
from reconciler.resources.glue import crawler
from reconciler.resources.rds import db_cluster, db_instance, landing
from reconciler.resources.redshiftserverless import namespace, workgroup

NOW = [{"Key": "moorline:apply-at", "Value": "now"}]


def changed(type_: str, live: dict[str, Any], wanted: dict[str, Any], **outputs: Any) -> Change:
    """A change of something that is there."""
    return compare(Address(type_, "it"), wanted, Observed(live, outputs), load()[type_])


def said(change: Change) -> dict[str, str]:
    review = load()[change.address.type].pending.review
    return {each.code: each.message for each in review(change) if hasattr(each, "code")}


# -- databases


@pytest.mark.parametrize(
    ("wanted", "live", "upgrades", "differs"),
    [
        ("16.4", "16.4", False, False),
        ("16", "16.4", False, False),
        ("8.0", "8.0.mysql_aurora.3.08.0", False, False),
        ("1", "16.4", False, True),
        ("16.4", "16.6", False, True),
        ("16.4", "16.6", True, False),
        ("16.6", "16.4", True, True),
        ("15.8", "16.6", True, True),
    ],
)
def test_a_shorter_version_is_met_and_a_minor_one_may_have_gone_up(
    wanted: str, live: str, upgrades: bool, differs: bool
) -> None:
    before = {
        "Engine": "aurora-postgresql",
        "EngineVersion": live,
        "AutoMinorVersionUpgrade": upgrades,
    }
    change = changed("AWS::RDS::DBCluster", before, {"EngineVersion": wanted})
    assert bool(change.fields) is differs


@pytest.mark.scenario("D36")
@pytest.mark.parametrize(
    ("wanted", "live", "most", "fields", "refused"),
    [
        ("1000", "2662", 4000, 0, False),  # it has grown by itself
        ("1000", "2662", None, 1, True),
        ("3000", "2662", 4000, 1, False),
        ("2662", "2662", None, 0, False),
        ("500", "5000", 4000, 1, True),  # beyond what it may grow to by itself
    ],
)
def test_storage_that_grew_by_itself_stays_and_none_shrinks(
    wanted: str, live: str, most: int | None, fields: int, refused: bool
) -> None:
    before = {"AllocatedStorage": live, "MaxAllocatedStorage": most}
    change = changed("AWS::RDS::DBInstance", before, {"AllocatedStorage": wanted})
    assert len(change.fields) == fields
    assert ("DB003" in said(change)) is refused
    if refused:
        assert live in said(change)["DB003"]
        assert wanted in said(change)["DB003"]


@pytest.mark.scenario("D32")
def test_a_password_of_ones_own_is_never_gone_back_to() -> None:
    live = {"ManageMasterUserPassword": True}
    managed = changed("AWS::RDS::DBCluster", live, {"ManageMasterUserPassword": False})
    assert "DB005" in said(managed)
    other = {"ManageMasterUserPassword": False}
    change = changed("AWS::RDS::DBCluster", other, {"ManageMasterUserPassword": False})
    assert (change.fields, said(change)) == ((), {})  # decided by what is live, and nothing sent


@pytest.mark.parametrize("now", [True, False])
def test_what_waits_counts_as_there_unless_it_is_to_land_at_once(now: bool) -> None:
    waits = {"EngineVersion": "16.6", "MasterUserPassword": "secret"}
    answer = {
        "DBClusterIdentifier": "it",
        "EngineVersion": "16.4",
        "TagList": NOW if now else [],
        "PendingModifiedValues": waits,
    }
    found = load()["AWS::RDS::DBCluster"].root.decode({"DBClusters": [answer]})
    assert found["EngineVersion"] == ("16.4" if now else "16.6")
    assert "secret" not in str(found[landing.PENDING])


def test_what_waits_is_let_land_by_a_request_that_changes_nothing() -> None:
    seen = Observed(
        {"BackupRetentionPeriod": 7}, {landing.PENDING: {"EngineVersion": "16.6"}}, tags={}
    )
    wanted = {"BackupRetentionPeriod": 7, "Tags": NOW}
    change = compare(
        Address("AWS::RDS::DBCluster", "it"), wanted, seen, load()["AWS::RDS::DBCluster"]
    )
    assert [each.params for each in db_cluster.update(change)] == [{"ApplyImmediately": True}]


def test_of_a_member_nothing_is_sent_that_is_its_clusters() -> None:
    live = {"DBClusterIdentifier": "c", "DBInstanceClass": "db.r6g.large", "EngineVersion": "16.4"}
    wanted = {**live, "DBInstanceClass": "db.r6g.xlarge", "EngineVersion": "16.6"}
    change = changed("AWS::RDS::DBInstance", live, wanted)
    (request,) = db_instance.update(change)
    assert request.params == {"DBInstanceClass": "db.r6g.xlarge", "ApplyImmediately": False}


def test_another_major_version_is_said_to_be_one() -> None:
    live = {"Engine": "aurora-postgresql", "EngineVersion": "15.8"}
    (request,) = db_cluster.update(changed("AWS::RDS::DBCluster", live, {"EngineVersion": "16.6"}))
    assert request.params["AllowMajorVersionUpgrade"] is True


@pytest.mark.scenario("D91")
@pytest.mark.parametrize("prop", ["StorageEncrypted", "KmsKeyId"])
@pytest.mark.parametrize("type_", ["AWS::RDS::DBCluster", "AWS::RDS::DBInstance"])
def test_another_encryption_is_refused_whatever_is_allowed(type_: str, prop: str) -> None:
    live = {"StorageEncrypted": False, "KmsKeyId": "a"}
    change = changed(type_, live, {prop: True if prop == "StorageEncrypted" else "b"})
    assert change.action is Action.REPLACE
    assert "DB004" in said(change)
    for same in ({}, {"StorageEncrypted": False}):
        assert changed(type_, {}, same).action is Action.NONE


# -- warehouses


@pytest.mark.scenario("D23")
@pytest.mark.parametrize(
    ("live", "wanted", "order"),
    [
        ((128, 256), (512, 1024), ["MaxCapacity", "BaseCapacity"]),
        ((512, 1024), (128, 256), ["BaseCapacity", "MaxCapacity"]),
        ((128, 256), (256, 256), ["BaseCapacity"]),
        ((128, 256), (128, 512), ["MaxCapacity"]),
        ((128, None), (512, 1024), ["BaseCapacity", "MaxCapacity"]),
        ((128, 256), (512, -1), ["MaxCapacity", "BaseCapacity"]),
    ],
)
def test_of_two_capacities_the_one_that_makes_room_goes_first(
    live: tuple[int, Any], wanted: tuple[int, int], order: list[str]
) -> None:
    names = ("BaseCapacity", "MaxCapacity")
    before = {key: it for key, it in zip(names, live, strict=True) if it is not None}
    change = changed(
        "AWS::RedshiftServerless::Workgroup", before, dict(zip(names, wanted, strict=True))
    )
    found = [stage.change for stage in stages(change, load()[change.address.type])]
    sent = [request for each in found for request in workgroup.update(each)]
    assert [[*each.params] for each in sent] == [[name[0].lower() + name[1:]] for name in order]


@pytest.mark.scenario("D25")
def test_a_limit_that_goes_is_unset_and_what_nobody_declared_stays() -> None:
    def config(**values: str) -> list[dict[str, str]]:
        return [{"ParameterKey": key, "ParameterValue": it} for key, it in values.items()]

    usual = {"datestyle": "ISO", "enable_large_strings_opt_in": "false", "auto_mv": "true"}
    live = {
        "ConfigParameters": config(**usual, max_query_execution_time="1", max_return_row_count="2")
    }
    wanted = {"ConfigParameters": config(max_query_execution_time="1")}
    change = changed("AWS::RedshiftServerless::Workgroup", live, wanted)
    (request,) = workgroup.update(change)
    assert request.params["configParameters"] == [
        {"parameterKey": "max_return_row_count", "parameterValue": "-1"}
    ]
    live = {"ConfigParameters": config(**usual, max_query_execution_time="1")}
    assert changed("AWS::RedshiftServerless::Workgroup", live, wanted).fields == ()


@pytest.mark.scenario("D28")
def test_roles_go_as_a_whole_and_no_password_is_ever_sent() -> None:
    live = {"IamRoles": ["a", "b"], "DefaultIamRoleArn": "b", "ManageAdminPassword": False}
    change = changed(
        "AWS::RedshiftServerless::Namespace",
        live,
        {"IamRoles": ["a", "b"], "DefaultIamRoleArn": ""},
    )
    (request,) = namespace.update(change)
    assert request.params == {"iamRoles": ["a", "b"], "defaultIamRoleArn": ""}
    change = changed("AWS::RedshiftServerless::Namespace", live, {"ManageAdminPassword": True})
    (request,) = namespace.update(change)
    assert request.params == {"manageAdminPassword": True}


# -- crawlers

TYPE = "AWS::Glue::Crawler"
READ = {
    "Role": "service-role/crawl",
    "DatabaseName": "orders",
    "Configuration": '{"CreatePartitionIndex":true,"Version":1.0}',
    "SchemaChangePolicy": {
        "UpdateBehavior": "UPDATE_IN_DATABASE",
        "DeleteBehavior": "DEPRECATE_IN_DATABASE",
    },
    "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVERYTHING"},
    "Classifiers": [],
    "Targets": {"S3Targets": [{"Path": "s3://b/"}]},
}


@pytest.mark.scenario("D54")
def test_a_crawler_that_says_little_is_no_drift() -> None:
    least = {
        "Role": "arn:aws:iam::123456789012:role/service-role/crawl",
        "DatabaseName": "orders",
        "Configuration": '{"Version": 1.0, "CreatePartitionIndex": true}',
        "Targets": {"S3Targets": [{"Path": "s3://b/"}]},
    }
    answer = {
        "Crawler": {
            **READ,
            "Targets": {"S3Targets": [{"Path": "s3://b/", "Exclusions": []}], "JdbcTargets": []},
        }
    }
    live = load()[TYPE].root.decode(answer)
    for more in ({}, {"Configuration": ""}, {"SchemaChangePolicy": READ["SchemaChangePolicy"]}):
        assert changed(TYPE, live, {**least, **more}).fields == ()
    hand = {**READ["SchemaChangePolicy"], "DeleteBehavior": "DELETE_FROM_DATABASE"}
    live = {**live, "SchemaChangePolicy": hand}
    wanted = {**least, "SchemaChangePolicy": READ["SchemaChangePolicy"]}
    assert [each.path for each in changed(TYPE, live, wanted).fields] == [
        ("SchemaChangePolicy", "DeleteBehavior")
    ]
    other = {**least, "Role": "arn:aws:iam::123456789012:role/other"}
    assert [each.path for each in changed(TYPE, live, other).fields] == [("Role",)]


@pytest.mark.scenario("D53")
@pytest.mark.parametrize("prop", sorted(crawler.CLEARED))
@pytest.mark.parametrize("empty", [None, ""])
def test_what_a_spec_takes_away_is_sent_as_empty(prop: str, empty: Any) -> None:
    live = {
        "Schedule": {"ScheduleExpression": "cron(0 1 * * ? *)"},
        "Classifiers": ["csv"],
        "Configuration": '{"Version": 1.0, "Grouping": {"TableLevelConfiguration": 2}}',
    }
    before = {prop: live.get(prop, "test")}
    change = changed(TYPE, before, {prop: {} if prop == "Schedule" and empty == "" else empty})
    if not change.fields:  # nothing and null are one where nobody asks for either
        change = replace(change, fields=changed(TYPE, before, {prop: "x"}).fields)
    (request,) = crawler.update(change)
    assert request.params == {prop: crawler.CLEARED[prop]}


@pytest.mark.scenario("D52")
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("CrawlerRunningException", "Crawler with name x is running"),
        ("InvalidInputException", "Crawler x is currently running"),
        ("SchedulerTransitioningException", "busy"),
    ],
)
def test_both_ways_to_say_that_a_crawler_runs_go_away_by_themselves(
    code: str, message: str
) -> None:
    assert any(each.matches(code, message) for each in load()[TYPE].transient)
    assert not any(
        each.matches("InvalidInputException", "no such role") for each in load()[TYPE].transient
    )


# -- groups and mappings


def test_rules_that_come_are_there_before_others_go() -> None:
    def rule(port: int, **more: Any) -> dict[str, Any]:
        return {"IpProtocol": "6", "FromPort": port, "ToPort": port, "CidrIp": "10.0.0.0/8", **more}

    part = Rules(prop="SecurityGroupIngress", word="ingress")
    calls = [*part.calls([rule(1), rule(2)], [rule(2, Description="new"), rule(3)])]
    assert [each.method.split("_")[0] for each in calls] == ["authorize", "revoke", "update"]
    assert [*part.calls([{**rule(1), "IpProtocol": "tcp"}], [rule(1)])] == []  # numbers and words
    out = Rules(
        prop="SecurityGroupEgress",
        word="egress",
        new=({"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"},),
    )
    calls = [*out.calls(None, [rule(443)])]
    assert [each.method.split("_")[0] for each in calls] == ["authorize", "revoke"]
    assert [*Itself().calls("sg-1", "sg-1")] == []


@pytest.mark.scenario("D39")
def test_a_mapping_that_lambda_turned_off_says_why() -> None:
    type_ = "AWS::Lambda::EventSourceMapping"
    change = changed(type_, {"Enabled": False}, {"Enabled": True}, Identifier="uuid")
    pending = load()[type_].pending
    asking = pending.context(change)
    look = next(asking)
    assert (look.method, look.params) == ("get_event_source_mapping", {"UUID": "uuid"})
    answer = {
        "State": "Disabled",
        "StateTransitionReason": "Lambda Initiated",
        "LastProcessingResult": "PROBLEM: stream was recreated",
    }
    with pytest.raises(StopIteration) as end:
        asking.send(answer)
    assert change.observed is not None
    seen = replace(change, observed=replace(change.observed, context=end.value.value))
    assert "Lambda Initiated; PROBLEM: stream was recreated" in said(seen)["EVENT001"]
