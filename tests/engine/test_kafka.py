"""The store kafka: a cluster, a mapping to a function, a delivery into the lake."""

from __future__ import annotations

import json

import pytest
from resources.samples.network import SUBNETS, VPC, standing

from reconciler.model.plan import Plan

from .platform import Platform, join, spec

NETWORK = f"network: {{vpc: {VPC}, subnets: [{', '.join(SUBNETS)}]}}"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:score"
MAPPING = "AWS::Lambda::EventSourceMapping"
THERE = "arn:aws:kafka:eu-west-1:123456789012:cluster/events/0d3b4a2e-1"
LAKE = spec("DataSource", "lake", "{s3: {}}")


def events(more: str = "", cluster: str = NETWORK) -> str:
    to = f"function: {{function: '{FUNCTION}', role: score{more}}}"
    return spec("DataSource", "events", f"{{kafka: {{topic: transactions, {cluster}, {to}}}}}")


def said(plan: Plan) -> dict[str, str]:
    return {each.code: each.message for each in plan.diagnostics}


@pytest.mark.scenario("D37")
def test_a_mapping_is_deleted_before_another_one_of_its_pair_is_made(platform: Platform) -> None:
    standing()
    platform.converge(events())
    assert platform.plan().steps == ()
    platform.allow, platform.text = "traffic", events(", start: oldest")
    plan = platform.plan()
    steps = [(str(it.action), it.needs) for it in plan.steps if it.address.type == MAPPING]
    assert [action for action, _ in steps] == ["delete", "replace"]
    assert steps[1][1] == (f"{plan.steps[0].id}",)
    assert "begins at TRIM_HORIZON" in said(plan)["EVENT002"]
    assert platform.apply(plan).failures == {}
    assert platform.plan().steps == ()


def test_a_topic_goes_into_the_lake_and_permissions_name_it(platform: Platform) -> None:
    standing()
    body = f"{{kafka: {{topic: transactions, {NETWORK}, lake: {{to: lake}}}}}}"
    platform.converge(join(LAKE, spec("DataSource", "events", body)))
    role = platform.client("iam").get_role_policy(
        RoleName="acme-dev-events-delivery", PolicyName="moorline"
    )
    topics = [
        each["Resource"]
        for each in role["PolicyDocument"]["Statement"]
        if "kafka-cluster:ReadData" in each["Action"]
    ]
    assert topics == [["arn:aws:kafka:eu-west-1:123456789012:topic/acme-dev-events/*/transactions"]]


def test_a_slip_in_a_topic_is_caught_where_the_cluster_says(platform: Platform) -> None:
    platform.text = events(cluster=f"existing: {{cluster: '{THERE}'}}")
    plan = platform.plan()
    assert "was not checked (NotFoundException)" in said(plan)["EVENT003"]
    assert plan.steps != ()  # what cannot be asked holds up nothing
    kafka = platform.client("kafka")
    kafka.create_topic(
        ClusterArn=THERE, TopicName="transaction", PartitionCount=1, ReplicationFactor=3
    )
    plan = platform.plan()
    assert plan.steps == ()
    (found,) = [each for each in plan.diagnostics if each.is_error]
    assert (found.message, found.help) == (
        "the cluster has no topic 'transactions'",
        "its topics are: transaction",
    )
    kafka.create_topic(
        ClusterArn=THERE, TopicName="transactions", PartitionCount=1, ReplicationFactor=3
    )
    assert not [each for each in platform.plan().diagnostics if each.is_error]


@pytest.mark.scenario("D93")
def test_a_secret_for_scram_is_looked_at_and_may_be_read(platform: Platform) -> None:
    secrets = platform.client("secretsmanager")
    body = f"existing: {{cluster: '{THERE}', auth: scram, secretName: NAME}}"
    platform.client("kafka").create_topic(
        ClusterArn=THERE, TopicName="transactions", PartitionCount=1, ReplicationFactor=3
    )
    platform.text = events(cluster=body.replace("NAME", "AmazonMSK_events"))
    assert "there is no secret 'AmazonMSK_events' here" in said(platform.plan())["SPEC030"]
    secrets.create_secret(Name="events", SecretString="{}")
    platform.text = events(cluster=body.replace("NAME", "events"))
    found = [each.message for each in platform.plan().diagnostics if each.is_error]
    assert found == [
        "MSK takes secrets whose names begin with 'AmazonMSK_'",
        "secret 'events' has AWS's own key, with which MSK takes none",
    ]
    kms = platform.client("kms").create_key()["KeyMetadata"]["Arn"]
    made = secrets.create_secret(Name="AmazonMSK_events", SecretString="{}", KmsKeyId=kms)
    platform.text = events(cluster=body.replace("NAME", "AmazonMSK_events"))
    plan = platform.plan()
    (mapping,) = [step for step in plan.steps if step.address.type == MAPPING]
    access = mapping.desired["SourceAccessConfigurations"]
    assert access == [{"Type": "SASL_SCRAM_512_AUTH", "URI": made["ARN"]}]
    (policy,) = [step for step in plan.steps if step.address.type == "AWS::IAM::ManagedPolicy"]
    written = json.dumps(policy.desired["PolicyDocument"])
    assert made["ARN"] in written
    assert kms in written
    assert mapping.needs  # the policy is there before Lambda tries to read
