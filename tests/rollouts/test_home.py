"""What a rollout goes back to was deleted meanwhile: said at once, and nothing goes further."""

from __future__ import annotations

import pytest

from reconciler.aws.errors import AwsError, Retry
from reconciler.rollout.values import Act, Phase, Signals, Verdict

from .made import BASE, MIDDLE
from .stage import IMAGE, ROLE, Stage
from .test_driver import rest, until

CONTAINER = {"Image": IMAGE, "ModelDataUrl": "s3://team-models/m1.tar.gz"}


@pytest.fixture
def baking(stage: Stage) -> Stage:
    until(stage, Phase.BAKING, 1)
    return stage


def lost(stage: Stage, what: str) -> None:
    """Somebody deletes it."""
    if what == "config":
        stage.sagemaker.delete_endpoint_config(EndpointConfigName=BASE)
        return
    stage.sagemaker.delete_model(ModelName="m1")
    if what == "file":
        s3 = stage.aws.client("s3")
        where = {"LocationConstraint": "eu-west-1"}
        s3.create_bucket(Bucket="team-models", CreateBucketConfiguration=where)
        s3.put_object(Bucket="team-models", Key="m1.tar.gz", Body=b"1")
        stage.sagemaker.create_model(
            ModelName="m1", ExecutionRoleArn=ROLE, PrimaryContainer=CONTAINER
        )
        s3.delete_object(Bucket="team-models", Key="m1.tar.gz")


def again(stage: Stage) -> None:
    variant = {"VariantName": "primary", "ModelName": "m1", "InstanceType": "ml.c7g.xlarge",
               "InitialInstanceCount": 4}  # fmt: skip
    stage.sagemaker.create_endpoint_config(EndpointConfigName=BASE, ProductionVariants=[variant])


@pytest.mark.scenario("R05")
@pytest.mark.parametrize("what", ["config", "model", "file"])
def test_it_is_said_at_once_and_the_candidate_gets_no_more_traffic(
    what: str, baking: Stage
) -> None:
    lost(baking, what)
    assert baking.look().signals.lacks
    assert rest(baking) is Phase.PAUSED
    assert (baking.ladder[-1], baking.endpoint["EndpointConfigName"]) == (5, MIDDLE)
    baking.advance("promote")
    baking.advance()
    assert baking.ladder[-1] == 25


def test_a_way_back_takes_the_traffic_and_ends_when_the_base_is_there_again(baking: Stage) -> None:
    lost(baking, "config")
    baking.judge = lambda *_: Signals(verdict=Verdict.FAILED)
    *_, last = baking.run()
    assert last.action is not None
    assert (last.action.act, last.action.phase) == (Act.HOLD, Phase.ABORTING)
    assert baking.weights == {"primary": 100, "candidate": 0}
    assert "update_endpoint" not in baking.moves
    again(baking)
    assert rest(baking) is Phase.ROLLED_BACK


def test_what_may_not_be_looked_at_is_not_gone_and_an_abort_waits_for_no_answer(
    baking: Stage,
) -> None:
    for service, method in (
        ("sagemaker", "DescribeModel"),
        ("sagemaker", "DescribeEndpointConfig"),
    ):
        baking.aws.fail(service, method, "AccessDeniedException", times=1)
        assert baking.look().signals.lacks == ""
    baking.aws.fail("sagemaker", "DescribeEndpointConfig", "ThrottlingException", times=99)
    assert baking.look("abort").action is not None
    assert baking.look().action is not None  # it bakes: nothing is asked for yet
    baking.settle(700)
    with pytest.raises(Retry):
        baking.look()
    baking.judge = lambda *_: Signals(verdict=Verdict.FAILED)
    baking.advance()
    assert baking.ladder[-1] == 0  # what is not known keeps nobody from going back


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDenied"])
def test_alarms_that_cannot_be_read_stop_more_traffic_alone(code: str, baking: Stage) -> None:
    baking.alarms = ("theirs",)
    baking.aws.fail("cloudwatch", "DescribeAlarms", code, times=99)
    found = baking.look()
    assert "could not be read" in found.signals.findings[-1].said
    baking.settle(700)
    with pytest.raises(AwsError):
        baking.look()
    baking.advance("pause")
    assert rest(baking) is Phase.PAUSED  # a look after it is one as well
    baking.judge = lambda *_: Signals(verdict=Verdict.FAILED)
    assert rest(baking) is Phase.ROLLED_BACK
    assert max(baking.ladder) == 5
