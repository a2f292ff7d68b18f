"""Lives, errors and time, played as they were reported of other tools."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.change import Action
from reconciler.model.event import StepFailed
from reconciler.model.value import JsonText, Ref
from reconciler.sandbox.services.cloudcontrol import faults

from .common import ACCOUNT, ROLE, alone, errors, make, paths, record, said, sent, true
from .world import World, node

STREAM, VPC = "AWS::Kinesis::Stream", "AWS::EC2::VPC"
ROUTED = "AWS::EC2::SubnetRouteTableAssociation"
FLOW, CANARY = "AWS::AppFlow::Flow", "AWS::Synthetics::Canary"
WATCHED: dict[str, Any] = {
    "ArtifactS3Location": "s3://acme-test-lake/canary",
    "Code": {"Handler": "index.handler", "S3Bucket": "acme-test-code", "S3Key": "a.zip"},
    "ExecutionRoleArn": ROLE,
    "RuntimeVersion": "syn-nodejs-puppeteer-9.1",
    "Schedule": {"Expression": "rate(1 hour)"},
}
TRUST = JsonText({"Version": "2012-10-17", "Statement": []})
FLOWING: dict[str, Any] = {
    "DestinationFlowConfigList": [
        {
            "ConnectorType": "S3",
            "DestinationConnectorProperties": {"S3": {"BucketName": "acme-test-lake"}},
        }
    ],
    "SourceFlowConfig": {
        "ConnectorType": "S3",
        "SourceConnectorProperties": {"S3": {"BucketName": "acme-test-in", "BucketPrefix": "a"}},
    },
    "Tasks": [{"TaskType": "Map_all", "SourceFields": []}],
    "TriggerConfig": {"TriggerType": "OnDemand"},
}


def stream(**more: Any) -> Any:
    return node(STREAM, "acme-test-s", **{"ShardCount": 1, **more})


def routed() -> list[Any]:
    subnet = node("AWS::EC2::Subnet", "acme-test-n", VpcId="vpc-1", CidrBlock="10.0.0.0/24")
    table = node("AWS::EC2::RouteTable", "acme-test-t", VpcId="vpc-1")
    both = {
        "SubnetId": Ref(subnet.address, "SubnetId"),
        "RouteTableId": Ref(table.address, "RouteTableId"),
    }
    return [subnet, table, node(ROUTED, "acme-test-a", **both)]


@pytest.mark.scenario("CC25")
def test_an_association_that_is_not_found_right_after_it_was_made(world: World) -> None:
    faults.habits(ROUTED, unseen=4)
    nodes = routed()
    world.good(*nodes)
    alone(ROUTED)
    assert world.good(*nodes).steps == ()
    assert faults.counted("create", ROUTED) == 1


@pytest.mark.scenario("CC26")
def test_a_database_whose_run_ended_is_taken_up_by_the_next(world: World) -> None:
    type_ = "AWS::Neptune::DBInstance"
    made = node(type_, "acme-test-d", DBInstanceClass="db.t4g.medium")
    faults.habits(type_, seconds={"create": 300.0})
    faults.plan("poll", type_, lost=True, nth=2, times=3)
    planned = world.plan(made)
    real, seen = world.session.clock.sleep, [0]

    def sleep(seconds: float) -> None:
        seen[0] += 1
        if seen[0] > 6:
            raise Ended
        real(seconds)

    world.session.clock.sleep = sleep  # type: ignore[method-assign]
    with pytest.raises(Ended):
        world.apply(planned.steps)
    assert faults.true_models(type_) == {}  # AWS is at it
    if world.turn(made).failed:
        world.good(made)
    alone(type_)
    assert world.good(made).steps == ()


class Ended(BaseException):
    """The end of a process."""


@pytest.mark.scenario("CC27")
def test_a_flow_that_exists_since_our_own_attempt(world: World) -> None:
    faults.plan("create", FLOW, code="AlreadyExists", work="done")
    turn = world.turn(node(FLOW, "acme-test-f", **FLOWING))
    assert turn.failed == []
    alone(FLOW)
    assert world.good(node(FLOW, "acme-test-f", **FLOWING)).steps == ()


@pytest.mark.scenario("CC27")
def test_a_flow_of_somebody_else_stays_theirs(world: World) -> None:
    made = node(FLOW, "acme-test-f", **FLOWING)
    planned = world.plan(made)
    make(world, FLOW, FlowName="acme-test-f", Description="theirs", **FLOWING)  # after the plan
    events = world.apply(planned.steps)
    assert [event.code for event in events if isinstance(event, StepFailed)] == ["APPLY003"]
    assert true(FLOW)["Description"] == "theirs"
    turn = world.plan(made)
    assert turn.steps == ()
    assert any("not ours" in each for each in errors(turn))


@pytest.mark.scenario("CC28")
def test_an_update_whose_polls_are_throttled_is_sent_once(world: World) -> None:
    world.good(stream())
    faults.plan("poll", STREAM, code="ThrottlingException", times=5)
    assert world.good(stream(ShardCount=2)).actions == [Action.UPDATE]
    assert faults.counted("update", STREAM) == 1


@pytest.mark.scenario("CC29")
@pytest.mark.parametrize("how", ["answer", "event"])
def test_a_failure_that_worked_is_not_a_second_network(world: World, how: str) -> None:
    made = node(VPC, "acme-test-v", CidrBlock="10.0.0.0/16")
    if how == "event":
        faults.plan("create", VPC, code="ServiceInternalError", work="done", identifier=False)
    else:
        faults.plan("create", VPC, lost=True)
    if world.turn(made).failed:
        world.good(made)
    alone(VPC)


@pytest.mark.scenario("CC29")
def test_where_nothing_tells_nothing_is_made(world: World) -> None:
    type_ = "AWS::CloudFront::OriginAccessControl"
    turn = world.plan(node(type_, "acme-test-o", OriginAccessControlConfig={"Name": "x"}))
    assert turn.steps == ()
    assert any("not made" in each for each in errors(turn))


@pytest.mark.scenario("CC30")
@pytest.mark.parametrize("work", ["half", "done", "none"])
def test_a_canary_that_failed_to_start_is_not_forgotten(world: World, work: str) -> None:
    made = node(CANARY, "acme-test-c", **WATCHED)
    faults.plan("create", CANARY, code="GeneralServiceException", work=work)
    world.turn(made)
    world.good(made)
    alone(CANARY)
    assert world.good(made).steps == ()
    world.good()
    assert faults.true_models(CANARY) == {}


@pytest.mark.scenario("CC31")
@pytest.mark.parametrize(
    ("code", "work"),
    [("GeneralServiceException", "half"), ("InternalFailure", "done"), ("Throttling", "none")],
)
def test_an_update_that_failed_half_way_is_planned_from_what_is_there(
    world: World, code: str, work: str
) -> None:
    props = {"RetentionPeriodHours": 24}
    world.good(stream(**props))
    faults.plan("update", STREAM, code=code, work=work)
    edited = stream(ShardCount=2, RetentionPeriodHours=48)
    if world.turn(edited).failed:
        world.good(edited)
    shown = true(STREAM)
    assert (shown["ShardCount"], shown["RetentionPeriodHours"]) == (2, 48)
    assert world.good(edited).steps == ()


@pytest.mark.scenario("CC32")
def test_a_gateway_that_goes_slowly_and_is_given_up_by_its_handler(world: World) -> None:
    type_ = "AWS::EC2::NatGateway"
    made = node(type_, "acme-test-n", SubnetId="subnet-1")
    world.good(made)
    faults.habits(type_, seconds={"delete": 900.0})
    faults.plan("delete", type_, code="NotStabilized", work="done")
    assert world.good().actions == [Action.DELETE]
    assert faults.true_models(type_) == {}


@pytest.mark.scenario("CC33")
@pytest.mark.parametrize("code", ["InvalidRequest", "AccessDenied", "GeneralServiceException"])
def test_a_role_that_has_not_spread_is_waited_for(world: World, code: str) -> None:
    type_ = "AWS::KinesisFirehose::DeliveryStream"
    role = node("AWS::IAM::Role", "acme-test-r", AssumeRolePolicyDocument=TRUST)
    bucket = {"BucketARN": "arn:aws:s3:::acme-test-lake", "RoleARN": Ref(role.address, "Arn")}
    text = "Firehose is unable to assume role arn:aws:iam::123456789012:role/acme-test-r"
    faults.plan("create", type_, code=code, message=text, identifier=False, times=2)
    turn = world.turn(role, node(type_, "acme-test-f", ExtendedS3DestinationConfiguration=bucket))
    assert [each.message for each in turn.failed] == []
    alone(type_)


@pytest.mark.scenario("CC33")
def test_bad_input_is_not_asked_for_again(world: World) -> None:
    faults.plan("create", STREAM, code="InvalidRequest", message="no such thing", identifier=False)
    turn = world.turn(stream())
    assert len(turn.failed) == 1
    assert faults.counted("create", STREAM) == 1


@pytest.mark.scenario("CC34")
@pytest.mark.parametrize("operation", ["read", "update", "delete"])
def test_a_refusal_is_never_taken_for_absence(world: World, operation: str) -> None:
    """AWS answers that access is denied, also where it means that nothing is there."""
    world.good(stream())
    if operation == "read":
        faults.plan("read", STREAM, code="AccessDeniedException", times=99)
        turn = world.plan(stream())
        assert turn.steps == ()
        assert any(found.is_error for found in turn.diagnostics)
        assert "AWS001" in said(turn)
        return
    faults.plan(operation, STREAM, code="AccessDenied", message="not authorized", times=99)
    turn = world.turn(stream(ShardCount=2)) if operation == "update" else world.turn()
    (failed,) = turn.failed
    assert "not authorized" in failed.message
    assert faults.counted(operation, STREAM) == 1
    alone(STREAM)


@pytest.mark.scenario("CC35")
@pytest.mark.parametrize("message", ["", None])
def test_a_failure_without_words_lets_others_go_on(world: World, message: str | None) -> None:
    faults.plan("create", VPC, code="InternalFailure", message=message, identifier=False, times=9)
    net = node(VPC, "acme-test-v", CidrBlock="10.0.0.0/16")
    turn = world.turn(net, stream())
    (failed,) = turn.failed
    assert all(word in failed.message for word in (VPC, "--request-token", "acme-test-v"))
    alone(STREAM)


@pytest.mark.scenario("CC36")
def test_a_handler_that_is_throttled_gets_a_new_token_each_time(world: World) -> None:
    type_ = "AWS::SageMaker::ImageVersion"
    versions = [
        node(type_, f"acme-test-v{n}", ImageName="acme-test-i", BaseImage=f"{ACCOUNT}.x/y:{n}")
        for n in range(3)
    ]
    faults.plan("create", type_, code="Throttling", nth=2, times=3, identifier=False)
    with sent(world) as calls:
        turn = world.turn(*versions)
    assert [each.message for each in turn.failed] == []
    tokens = [params["ClientToken"] for method, params in calls if method == "CreateResource"]
    assert len(tokens) == len({*tokens})
    assert len(faults.true_models(type_)) == 3


@pytest.mark.scenario("CC37")
def test_requests_beyond_the_rate_are_asked_again_and_doubled_by_none(world: World) -> None:
    faults.plan("create", STREAM, code="ThrottlingException", at="answer", times=3)
    faults.plan("read", STREAM, code="ThrottlingException", nth=2, times=3)
    assert world.good(stream()).actions == [Action.CREATE]
    alone(STREAM)


@pytest.mark.scenario("CC37")
def test_a_limit_of_the_account_is_said_and_not_tried_again(world: World) -> None:
    text = "You have exceeded the limit of streams"
    faults.plan("create", STREAM, code="ServiceLimitExceeded", message=text, identifier=False)
    (failed,) = world.turn(stream()).failed
    assert text in failed.message
    assert faults.counted("create", STREAM) == 1


@pytest.mark.scenario("CC38")
def test_a_subnet_whose_deletion_is_known_already(world: World) -> None:
    type_ = "AWS::EC2::Subnet"
    made = node(type_, "acme-test-n", VpcId="vpc-1", CidrBlock="10.0.0.0/24")
    world.good(made)
    faults.habits(type_, repeated="conflict")
    faults.plan("delete", type_, lost=True)
    assert world.good().actions == [Action.DELETE]
    assert faults.true_models(type_) == {}
    assert faults.counted("delete", type_) == 1


@pytest.mark.scenario("CC39")
def test_a_create_of_the_same_name_that_is_under_way(world: World) -> None:
    planned = world.plan(stream())
    client = world.aws.client("cloudcontrol")
    text = '{"Name": "acme-test-s", "ShardCount": 1}'
    client.create_resource(TypeName=STREAM, DesiredState=text)
    events = world.apply(planned.steps)
    codes = [event.code for event in events if isinstance(event, StepFailed)]
    assert codes == ["APPLY003"]  # theirs, once it is there
    alone(STREAM)


@pytest.mark.scenario("CC40")
@pytest.mark.parametrize("how", ["event", "answer"])
def test_a_deletion_of_what_is_gone_is_done_by_its_code_alone(world: World, how: str) -> None:
    type_ = "AWS::CodeDeploy::DeploymentGroup"
    props = {"ApplicationName": "acme-test-a", "ServiceRoleArn": ROLE}
    world.good(node(type_, "acme-test-g", **props))
    planned = world.plan()
    faults.habits(type_, missing=how)
    text = "No Deployment Group found for name"
    fault: dict[str, Any] = {"at": "answer", "code": "ResourceNotFoundException", "status": 400}
    faults.plan(
        "delete", type_, message=text, **(fault if how == "answer" else {"code": "NotFound"})
    )
    record(type_).ends = 0.0
    events = world.apply(planned.steps)
    assert [event.code for event in events if hasattr(event, "code")] == []


@pytest.mark.scenario("CC40")
def test_a_refused_deletion_in_the_words_of_an_absence_is_none(world: World) -> None:
    world.good(stream())
    text = "Stream acme-test-s does not exist: resource not found"
    faults.plan("delete", STREAM, code="AccessDenied", message=text, times=9)
    assert len(world.turn().failed) == 1
    alone(STREAM)


@pytest.mark.scenario("CC41")
def test_what_waits_for_its_end_is_not_deleted_twice_and_not_an_orphan(world: World) -> None:
    type_ = "AWS::KMS::ReplicaKey"
    props = {
        "PrimaryKeyArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-1",
        "KeyPolicy": {"Version": "2012-10-17", "Statement": []},
    }
    faults.habits(type_, lingers=7 * 86400.0)
    world.good(node(type_, "acme-test-k", **props))
    assert world.good().actions == [Action.DELETE]
    assert world.good().steps == ()


@pytest.mark.scenario("CC42")
def test_an_association_whose_parent_is_gone_is_absent(world: World) -> None:
    type_ = "AWS::WAFv2::WebACLAssociation"
    api = "arn:aws:apigateway:eu-west-1::/restapis/acme/stages/test"
    acl = f"arn:aws:wafv2:eu-west-1:{ACCOUNT}:regional/webacl/acme/1"
    nodes = [node(type_, "acme-test-a", ResourceArn=api, WebACLArn=acl), stream()]
    world.good(*nodes)
    faults.plan("read", type_, code="ResourceNotFoundException", status=400, times=2)
    turn = world.plan(*nodes)
    assert errors(turn) == []
    assert [(step.action, step.address.type) for step in turn.steps] == [(Action.CREATE, type_)]


@pytest.mark.scenario("CC43")
def test_what_can_never_be_read_is_not_made_again(world: World) -> None:
    type_ = "AWS::Pipes::Pipe"
    ends = {"Source": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:acme-test-q"}
    ends["Target"] = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:acme-test-r"
    made = node(type_, "acme-test-s", RoleArn=ROLE, **ends)
    faults.habits(type_, unreadable=True)
    first, second = world.turn(made), world.turn(made)
    assert first.failed  # created, and cannot be read
    assert second.failed or second.steps == ()
    alone(type_)


@pytest.mark.scenario("CC44")
def test_a_replacement_under_the_same_name_waits_until_the_name_is_free(world: World) -> None:
    type_ = "AWS::EKS::Cluster"
    props: dict[str, Any] = {
        "RoleArn": ROLE,
        "ResourcesVpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"]},
    }
    world.good(node(type_, "acme-test-c", **props))
    faults.habits(type_, held=45.0)
    other = {**props, "RoleArn": f"{ROLE}-2"}
    edited = node(type_, "acme-test-c", **other)
    turn = world.turn(edited)
    actions = [step.action for step in turn.steps]
    assert actions == [Action.DELETE, Action.REPLACE]  # a name of ours: the old one goes first
    assert [each.message for each in turn.failed] == []
    alone(type_)
    assert world.good(edited).steps == ()


@pytest.mark.scenario("CC44")
def test_a_replacement_that_fails_after_its_deletion_is_made_by_the_next_run(world: World) -> None:
    type_ = "AWS::EKS::Cluster"
    props: dict[str, Any] = {
        "RoleArn": ROLE,
        "ResourcesVpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"]},
    }
    world.good(node(type_, "acme-test-c", **props))
    faults.plan("create", type_, code="InvalidRequest", message="no", identifier=False)
    edited = node(type_, "acme-test-c", **{**props, "RoleArn": f"{ROLE}-2"})
    assert len(world.turn(edited).failed) == 1
    turn = world.good(edited)
    assert turn.actions == [Action.CREATE]


def test_the_paths_of_a_patch_are_ours(world: World) -> None:
    world.good(stream())
    assert paths(world.good(stream(ShardCount=2))) == ["/ShardCount"]
