"""The stores rds and redshift: made, changed, waited for, refused and let go, on the sandbox."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from resources.samples.network import SUBNETS, VPC, standing

from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.event import StepFailed
from reconciler.model.plan import Plan
from reconciler.sandbox.inprocess import Sandbox

from .platform import Platform, spec

NETWORK = f"network: {{vpc: {VPC}, subnets: [{', '.join(SUBNETS)}]}}"
CLUSTER = "AWS::RDS::DBCluster/acme-dev-orders"
NAME = "acme-dev-orders"


def orders(more: str = "", version: str = "16.4", keep: str = "7d") -> str:
    said = f'{NETWORK}, version: "{version}", backups: {{keep: {keep}}}'
    said += ', maintenance: "sun:03:00-sun:04:00"'
    return spec("DataSource", "orders", f"{{rds: {{{said}{more}}}}}")


@pytest.fixture
def live(platform: Platform) -> Platform:
    """A cluster that is there."""
    standing()
    platform.converge(orders())
    return platform


def codes(plan: Plan) -> set[str]:
    return {each.code for each in plan.diagnostics}


def cluster(platform: Platform) -> dict[str, Any]:
    found: dict[str, Any] = platform.client("rds").describe_db_clusters(DBClusterIdentifier=NAME)[
        "DBClusters"
    ][0]
    return found


def touched(plan: Plan) -> list[str]:
    return sorted(".".join(field.path) for step in plan.steps for field in step.fields)


def test_it_is_whole_and_its_crawler_reads_exactly_its_secret(live: Platform) -> None:
    secret = cluster(live)["MasterUserSecret"]["SecretArn"]
    iam, glue = live.client("iam"), live.client("glue")
    policy = iam.get_role_policy(RoleName=f"{NAME}-crawler", PolicyName="moorline")
    read = [
        each["Resource"]
        for each in policy["PolicyDocument"]["Statement"]
        if "secretsmanager:GetSecretValue" in each["Action"]
    ]
    assert read == [[secret]]
    made = glue.get_connection(Name=NAME, HidePassword=True)["Connection"]
    said = made["ConnectionProperties"]
    assert said["SECRET_ID"] == secret
    assert said["JDBC_CONNECTION_URL"].startswith(f"jdbc:postgresql://{NAME}.cluster-")
    assert made["PhysicalConnectionRequirements"]["AvailabilityZone"] == "eu-west-1a"
    assert glue.get_crawler(Name=NAME)["Crawler"]["DatabaseName"] == "acme_dev_orders_crawled"
    assert live.plan().steps == ()


def test_what_waits_for_the_window_is_pending_and_no_drift(live: Platform, aws: Sandbox) -> None:
    live.text = orders(version="16.6", keep="14d")
    plan = live.plan()
    assert touched(plan) == ["BackupRetentionPeriod", "EngineVersion"]
    assert "DB001" in codes(plan)
    run = live.apply(plan)
    assert run.failures == {}
    assert run.calls == ["modify_db_cluster"]
    now = cluster(live)
    assert (now["EngineVersion"], now["BackupRetentionPeriod"]) == ("16.4", 7)
    assert now["PendingModifiedValues"] == {"EngineVersion": "16.6", "BackupRetentionPeriod": 14}
    again = live.plan()
    assert again.steps == ()
    assert "DB001" in codes(again)  # and it says what waits, and for when
    assert "sun:03:00-sun:04:00" in str([each.message for each in again.diagnostics])
    aws.clock.advance(8 * 86400)
    assert cluster(live)["EngineVersion"] == "16.6"
    assert live.plan().steps == ()
    assert "DB001" not in codes(live.plan())


def test_now_is_finished_when_the_apply_ends_and_says_that_it_restarts(live: Platform) -> None:
    live.text = orders(", applyAt: now", version="16.6")
    plan = live.plan()
    assert "DB002" in codes(plan)
    assert live.apply(plan).failures == {}
    now = cluster(live)
    assert (now["EngineVersion"], now["Status"]) == ("16.6", "available")
    assert not now.get("PendingModifiedValues")
    assert live.plan().steps == ()


def test_what_waits_lands_when_the_spec_says_now(live: Platform) -> None:
    live.converge(orders(keep="14d"))
    assert cluster(live)["BackupRetentionPeriod"] == 7
    live.converge(orders(", applyAt: now", keep="14d"))
    assert cluster(live)["BackupRetentionPeriod"] == 14


@pytest.mark.scenario("D91")
def test_encryption_of_a_live_cluster_is_never_a_replacement(platform: Platform) -> None:
    standing()
    body = "{type: AWS::RDS::DBCluster, properties: {Engine: aurora-postgresql, MasterUsername: o,"
    plain = f"{body} ManageMasterUserPassword: trueMORE}}}}"
    platform.converge(spec("Resource", "plain", plain.replace("MORE", "")))
    for same in (", StorageEncrypted: false", ""):
        platform.text = spec("Resource", "plain", plain.replace("MORE", same))
        assert platform.plan().steps == ()
    platform.allow = "records"
    for more in (", StorageEncrypted: true", ", KmsKeyId: alias/other"):
        platform.text = spec("Resource", "plain", plain.replace("MORE", more))
        plan = platform.plan()
        assert plan.steps == ()
        assert "DB004" in codes(plan)


def test_a_version_does_not_go_back(live: Platform) -> None:
    live.text = orders(version="15.8")
    plan = live.plan()
    assert plan.steps == ()
    assert [each.code for each in plan.diagnostics if each.is_error] == ["DB003"]


def test_a_minor_version_that_was_upgraded_by_itself_is_no_change(live: Platform) -> None:
    live.converge(orders(", minorUpgrades: true"))
    live.client("rds").modify_db_cluster(
        DBClusterIdentifier=NAME, EngineVersion="16.8", ApplyImmediately=True
    )
    live.aws.clock.advance(600)
    assert live.plan().steps == ()


@pytest.mark.scenario("D30")
def test_a_deletion_is_refused_while_it_is_protected_and_keeps_a_snapshot(
    live: Platform,
) -> None:
    live.allow, live.text = "records, history", ""
    refused = {step.address.type: step.refused for step in live.plan().steps if step.refused}
    assert "deletion protection is on" in refused["AWS::RDS::DBCluster"]
    live.converge(orders(", deletionProtection: false"))
    live.text = ""
    plan = live.plan()
    sent = {
        call.method: dict(call.params)
        for step in plan.steps
        for call in step.calls
        if call.method.startswith("delete_db_")
    }
    assert [*sent["delete_db_instance"]] == ["DBInstanceIdentifier"]  # no snapshot of a member
    assert sent["delete_db_cluster"]["FinalDBSnapshotIdentifier"].startswith(f"{NAME}-final-")
    assert live.apply(plan).failures == {}
    kept = live.client("rds").describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert [each["DBClusterSnapshotIdentifier"] for each in kept] == [
        sent["delete_db_cluster"]["FinalDBSnapshotIdentifier"]
    ]
    assert live.plan().steps == ()


def test_without_a_last_snapshot_only_where_the_spec_says_so(live: Platform) -> None:
    live.allow = "records"
    live.converge(orders(", deletionProtection: false, finalSnapshot: false"))
    live.text = ""
    (sent,) = [
        call.params
        for step in live.plan().steps
        for call in step.calls
        if call.method == "delete_db_cluster"
    ]
    assert sent == {"DBClusterIdentifier": NAME, "SkipFinalSnapshot": True}


def test_subnets_are_looked_at_before_anything_is_made(platform: Platform) -> None:
    standing()
    platform.text = orders().replace(SUBNETS[1], "subnet-0ddddddd")
    plan = platform.plan()
    assert "there is no subnet 'subnet-0ddddddd' here" in messages(plan)
    platform.text = orders().replace(VPC, "vpc-0ddddddd")
    assert f"subnet '{SUBNETS[0]}' is in {VPC}, not in vpc-0ddddddd" in messages(platform.plan())


def messages(plan: Plan) -> str:
    return "\n".join(each.message for each in plan.diagnostics)


# -- redshift


def sales(capacity: str = "{base: 128, atMost: 256}", limits: str = "", more: str = "") -> str:
    said = f"{NETWORK}, capacity: {capacity}, parameters: {{{limits}}}{more}"
    return spec("DataSource", "sales", f"{{redshift: {{{said}}}}}")


LIMITS = 'max_query_execution_time: "14400", max_return_row_count: "1000"'


@pytest.fixture
def warehouse(platform: Platform) -> Platform:
    """A warehouse that is there, and old enough to change."""
    standing()
    platform.converge(sales(limits=LIMITS))
    return platform


def updates(events: Iterable[Any]) -> list[dict[str, Any]]:
    """What each UpdateWorkgroup changed."""
    found = [each.call for each in events if getattr(each, "call", None)]
    return [
        {key: value for key, value in call.params.items() if key != "workgroupName"}
        for call in found
        if call.method == "update_workgroup"
    ]


@pytest.mark.scenario("D23")
@pytest.mark.scenario("D25")
@pytest.mark.scenario("D27")
def test_a_workgroup_changes_one_parameter_after_the_other(warehouse: Platform) -> None:
    warehouse.text = sales("{base: 512, atMost: 1024}", 'max_query_execution_time: "14400"')
    plan = warehouse.plan()
    assert "STAGE001" in codes(plan)
    run = warehouse.apply(plan)
    assert not [each for each in run.events if isinstance(each, StepFailed)]
    lifted = [{"parameterKey": "max_return_row_count", "parameterValue": "-1"}]
    assert [it for it in updates(run.events) if "configParameters" not in it] == [
        {"maxCapacity": 1024},
        {"baseCapacity": 512},
    ]
    assert {"configParameters": lifted} in updates(run.events)
    assert warehouse.plan().steps == ()  # what Redshift has by default is no difference
    warehouse.text = sales("{base: 128, atMost: 256}", 'max_query_execution_time: "14400"')
    run = warehouse.apply(warehouse.plan())
    assert updates(run.events) == [{"baseCapacity": 128}, {"maxCapacity": 256}]
    warehouse.text = sales("{base: 128}", 'max_query_execution_time: "14400"')
    run = warehouse.apply(warehouse.plan())
    assert updates(run.events) == [{"maxCapacity": -1}]
    assert warehouse.plan().steps == ()


@pytest.mark.scenario("D28")
def test_a_namespace_goes_over_to_the_password_that_aws_makes(platform: Platform) -> None:
    standing()
    platform.client("redshift-serverless").create_namespace(
        namespaceName="acme-dev-sales", adminUsername="moorline", adminUserPassword="Own-word-1"
    )
    platform.text = spec(
        "Resource",
        "sales",
        "{type: AWS::RedshiftServerless::Namespace, properties: "
        "{AdminUsername: moorline, ManageAdminPassword: true}}",
    )
    address = Address("AWS::RedshiftServerless::Namespace", "acme-dev-sales")
    plan = platform.plan(adopt=[address])
    (step,) = plan.steps
    assert step.action is Action.ADOPT
    sent = [dict(call.params) for call in step.calls if call.method == "update_namespace"]
    assert sent == [{"namespaceName": "acme-dev-sales", "manageAdminPassword": True}]
    assert platform.apply(plan).failures == {}
    assert platform.plan().steps == ()
    assert "Own-word-1" not in str(plan)


def test_a_parameter_that_somebody_changes_is_drift(warehouse: Platform, aws: Sandbox) -> None:
    warehouse.client("redshift-serverless").update_workgroup(
        workgroupName="acme-dev-sales",
        configParameters=[{"parameterKey": "max_return_row_count", "parameterValue": "5"}],
    )
    aws.clock.advance(600)
    assert touched(warehouse.plan()) == ["ConfigParameters.max_return_row_count.ParameterValue"]


def test_the_sandbox_refuses_two_parameters_in_one_request(warehouse: Platform) -> None:
    client = warehouse.client("redshift-serverless")
    warehouse.aws.clock.advance(600)
    with pytest.raises(client.exceptions.ValidationException, match="multiple parameters"):
        client.update_workgroup(
            workgroupName="acme-dev-sales", baseCapacity=64, enhancedVpcRouting=False
        )


@pytest.mark.scenario("D52")
def test_a_crawler_that_runs_is_waited_for_and_a_failed_one_is_no_matter(
    live: Platform, aws: Sandbox
) -> None:
    glue = live.client("glue")
    aws.outcome(NAME, "failed", "no route to the database")
    glue.start_crawler(Name=NAME)
    live.text = orders(", crawl: {prefix: shop_}")
    plan = live.plan()
    assert "PLAN002" in codes(plan)
    run = live.apply(plan)
    assert run.failures == {}
    assert run.calls == ["update_crawler"]  # and nothing has stopped it
    found = glue.get_crawler(Name=NAME)["Crawler"]
    assert (found["State"], found["LastCrawl"]["Status"]) == ("READY", "FAILED")
    assert found["TablePrefix"] == "shop_"
    assert live.plan().steps == ()
    assert not [each for each in live.plan().diagnostics if each.is_error]
