"""Tags, secrets and models, played as they were reported of other tools."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.model.change import Action
from reconciler.model.plan import plan_to_json
from reconciler.model.value import Ref
from reconciler.sandbox.services.cloudcontrol import faults

from .common import ACCOUNT, ROLE, alone, errors, patch, paths, record, said, sent, true
from .lives import Here, text
from .world import World, node

APP, STREAM = "AWS::ServiceCatalogAppRegistry::Application", "AWS::Kinesis::Stream"
AWS_TAG = {"aws:servicecatalog:applicationName": "acme"}


@pytest.mark.scenario("CC55")
def test_a_tag_of_aws_in_a_map_is_neither_drift_nor_sent_back(world: World) -> None:
    faults.habits(APP, system_tags=AWS_TAG, system_tags_refused=False)
    world.good(node(APP, "acme-test-a"))
    assert world.good(node(APP, "acme-test-a")).steps == ()
    turn = world.good(node(APP, "acme-test-a", Tags={"team": "fraud"}))
    assert paths(turn) == ["/Tags/team"]
    turn = world.good(node(APP, "acme-test-a"))
    assert patch(turn.steps[0]) == [{"op": "remove", "path": "/Tags/team"}]


@pytest.mark.scenario("CC55")
def test_a_tag_of_aws_in_a_list_is_not_in_the_list_that_is_sent(world: World) -> None:
    faults.habits(STREAM, system_tags={"aws:cloudformation:stack-name": "theirs"})
    world.good(node(STREAM, "acme-test-s", ShardCount=1))
    assert world.good(node(STREAM, "acme-test-s", ShardCount=1)).steps == ()
    turn = world.good(node(STREAM, "acme-test-s", ShardCount=1, Tags={"team": "fraud"}))
    (op,) = patch(turn.steps[0])
    assert op["path"] == "/Tags"
    assert not any(tag["Key"].startswith("aws:") for tag in op["value"])


@pytest.mark.scenario("CC55")
def test_where_aws_refuses_its_own_tags_the_failure_says_it(world: World) -> None:
    faults.habits(APP, system_tags=AWS_TAG, system_tags_refused=True)
    world.good(node(APP, "acme-test-a"))
    turn = world.turn(node(APP, "acme-test-a", Tags={"team": "fraud"}))
    (failed,) = turn.failed
    assert "aws: prefixed" in failed.message


@pytest.mark.scenario("CC56")
def test_a_type_without_a_block_for_tags_keeps_its_own_property(world: World) -> None:
    """Tags that the handler drops are no reason for an update in each run."""
    type_ = "AWS::SSM::Parameter"
    made = node(type_, "acme-test-p", Type="String", Value="a")
    world.good(made)
    record(type_).model.pop("Tags")  # the index has them, the handler does not show them
    turn = world.turn(made)
    assert all(step.action is not Action.CREATE for step in turn.steps)
    assert all(step.action is not Action.DELETE for step in turn.steps)
    alone(type_)


@pytest.mark.scenario("CC56")
def test_a_type_that_takes_no_tags_is_sent_none(world: World) -> None:
    type_ = "AWS::EC2::SubnetRouteTableAssociation"
    with sent(world) as calls:
        world.good(node(type_, "acme-test-a", SubnetId="subnet-1", RouteTableId="rtb-1"))
    (made,) = [params for method, params in calls if method == "CreateResource"]
    assert json.loads(made["DesiredState"]).keys() == {"SubnetId", "RouteTableId"}


FIXED: dict[str, dict[str, Any]] = {
    "AWS::SageMaker::StudioLifecycleConfig": {
        "StudioLifecycleConfigAppType": "JupyterServer",
        "StudioLifecycleConfigContent": "bHM=",
    },
    "AWS::MSK::ServerlessCluster": {
        "ClusterName": "acme-test-l",
        "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}},
        "VpcConfigs": [{"SubnetIds": ["subnet-1", "subnet-2"]}],
    },
    "AWS::Batch::ComputeEnvironment": {"Type": "UNMANAGED"},
    "AWS::Route53RecoveryControl::Cluster": {},
}


@pytest.mark.scenario("CC57")
@pytest.mark.parametrize("type_", FIXED)
def test_tags_that_are_fixed_replace_and_change_nothing(world: World, type_: str) -> None:
    props = FIXED[type_]
    world.good(node(type_, "acme-test-l", **props))
    assert world.good(node(type_, "acme-test-l", **props)).steps == ()
    turn = world.plan(node(type_, "acme-test-l", **props, Tags={"team": "fraud"}))
    assert turn.steps == ()
    assert "CLOUD005" in turn.codes


@pytest.mark.scenario("CC57")
def test_tags_that_a_creation_does_not_take_come_after_it(world: World) -> None:
    type_ = "AWS::Cases::Domain"
    made = node(type_, "acme-test-d")
    world.good(made)
    assert any(tag["Key"] == "moorline:name" for tag in true(type_)["Tags"])
    assert world.good(made).steps == ()


CANARY = "canary-of-a-password"


@pytest.mark.scenario("CC58")
def test_a_password_is_in_no_plan_event_or_message(world: World) -> None:
    type_ = "AWS::Redshift::Cluster"
    here = Here(world.aws, allow="records, traffic, keys, history, access")
    sort = {"NodeType": "ra3.large", "ClusterType": "single-node", "DBName": "acme"}
    props = {**sort, "MasterUsername": "acme", "MasterUserPassword": CANARY}
    here.text = text(type_, props)
    planned = here.plan()
    message = f"The parameter MasterUserPassword '{CANARY}' is not valid"
    faults.plan("create", type_, code="InvalidRequest", message=message, identifier=False)
    refused = here.apply(planned)
    assert refused.failures
    written = [str(event) for event in refused.events] + [str(planned)]
    here.restart()
    assert here.apply(here.plan()).failures == {}
    assert true(type_)["MasterUserPassword"] == CANARY
    here.text = text(type_, {**props, "AutomatedSnapshotRetentionPeriod": 5})
    here.restart()
    changed = here.plan()
    written += [str(changed), json.dumps(plan_to_json(changed))]
    assert [each for each in written if CANARY in each] == []
    assert here.apply(changed).failures == {}
    assert true(type_)["MasterUserPassword"] == CANARY  # sent again, or it would be lost


@pytest.mark.scenario("CC58")
def test_a_secret_that_aws_shows_is_in_no_plan(world: World) -> None:
    type_ = "AWS::Cognito::UserPoolClient"
    made = node(type_, "acme-test-c", UserPoolId="eu-west-1_abc", GenerateSecret=True)
    world.good(made)
    record(type_).made["ClientSecret"] = CANARY
    other = node(type_, "acme-test-c", UserPoolId="eu-west-1_abc", RefreshTokenValidity=9)
    turn = world.plan(other)
    assert CANARY not in said(turn)
    for step in turn.steps:
        assert CANARY not in str([(each.before, each.after) for each in step.fields])
        assert CANARY not in str(step.desired)


OUT = {
    "AWS::Backup::BackupVault": {},
    "AWS::S3::AccessPoint": {"Bucket": "acme-test-lake"},
    "AWS::ResourceGroups::Group": {},
    "AWS::Pipes::Pipe": {
        "RoleArn": ROLE,
        "Source": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:acme-test-q",
        "Target": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:acme-test-t",
    },
}


@pytest.mark.scenario("CC59")
@pytest.mark.parametrize(
    ("type_", "model"), [(each, ("thin", "none")[n % 2]) for n, each in enumerate(OUT)]
)
def test_an_arn_is_read_and_never_guessed_from_an_event(
    world: World, type_: str, model: str
) -> None:
    arn = {"AWS::Backup::BackupVault": "BackupVaultArn"}.get(type_, "Arn")
    faults.habits(type_, model=model)
    first = node(type_, "acme-test-o", **OUT[type_])
    user = node("AWS::SSM::Parameter", "acme-test-u", Type="String", Value=Ref(first.address, arn))
    world.good(first, user)
    assert true("AWS::SSM::Parameter")["Value"] == record(type_).made[arn]
    assert str(record(type_).made[arn]).startswith("arn:")


@pytest.mark.scenario("CC59")
def test_an_attribute_that_is_missing_is_a_failure_and_no_other_value(world: World) -> None:
    type_ = "AWS::Backup::BackupVault"
    first = node(type_, "acme-test-o")
    world.good(first)
    del record(type_).made["BackupVaultArn"]
    arn = Ref(first.address, "BackupVaultArn")
    user = node("AWS::SSM::Parameter", "acme-test-u", Type="String", Value=arn)
    turn = world.turn(first, user)
    assert turn.failed or errors(turn)
    assert faults.true_models("AWS::SSM::Parameter") == {}


@pytest.mark.scenario("CC60")
@pytest.mark.parametrize("form", ["object", "text"])
def test_what_may_be_an_object_or_its_text_is_one_thing(world: World, form: str) -> None:
    type_ = "AWS::Events::Rule"
    pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"]}
    given: Any = pattern if form == "object" else json.dumps(pattern)
    made = node(type_, "acme-test-r", EventPattern=given)
    world.good(made)
    shown = json.dumps(pattern, sort_keys=True) if form == "object" else pattern
    record(type_).model["EventPattern"] = shown
    assert world.good(made).steps == ()


@pytest.mark.scenario("CC60")
def test_a_twin_of_a_deprecated_property_is_no_change(world: World) -> None:
    """What AWS shows besides, under another name, is data."""
    world.good(node(STREAM, "acme-test-s", ShardCount=1))
    faults.habits(STREAM, adds={"DesiredShardLevelMetrics": ["ALL"]})
    assert world.good(node(STREAM, "acme-test-s", ShardCount=1)).steps == ()


@pytest.mark.scenario("CC60")
def test_a_document_that_is_too_long_is_refused_by_aws_and_said(world: World) -> None:
    type_ = "AWS::SSM::Document"
    long = {"schemaVersion": "2.2", "description": "x" * 270_000}
    turn = world.turn(node(type_, "acme-test-d", Content=long))
    assert turn.failed or errors(turn)
    assert faults.true_models(type_) == {}
