"""One reading of an endpoint is whole, or there is none."""

from __future__ import annotations

import pytest
from unit.fakes import refusal

from reconciler.aws.errors import INCOMPLETE, AwsError
from reconciler.aws.rollout.driving import About, look
from reconciler.aws.rollout.reading import read
from reconciler.rollout.values import Act, Doing, Phase, Variant

from .made import ARN, MIDDLE, NAME, endpoint, marks, sent, session, tags, variant


def test_a_reading_has_weights_marks_and_alarms() -> None:
    late = {"AlarmArn": "arn:late", "AlarmName": "late", "StateValue": "ALARM"}
    firing = {"MetricAlarms": [late], "CompositeAlarms": []}
    found = read(session(endpoint(), tags(marks()), firing), NAME, ["late", "gone"])

    assert found is not None
    assert (found.arn, found.live.config, found.live.status) == (ARN, MIDDLE, "InService")
    assert found.live.variants[1] == Variant(
        name="candidate", weight=5.0, asked_weight=5.0, count=1, asked_count=1
    )
    assert found.live.marks == marks()
    assert found.live.alarms == {"late": "ALARM", "gone": ""}


def test_the_endpoint_is_read_before_its_tags() -> None:
    """Marks are written before what they announce: newer ones are of something to come."""
    aws = session(endpoint(), tags(marks()))
    read(aws, NAME)

    assert [method for method, _ in sent(aws)] == ["describe_endpoint", "list_tags"]


def test_an_endpoint_that_is_not_there_is_no_reading() -> None:
    gone = refusal("ValidationException", f'Could not find endpoint "{ARN}".')

    assert read(session(gone), NAME) is None


@pytest.mark.scenario("R16")
def test_a_weight_of_zero_is_a_weight() -> None:
    body = endpoint(variant("primary", 100.0, 4), variant("candidate", 0.0, 1))
    found = read(session(body, tags()), NAME)

    assert found is not None
    assert [each.weight for each in found.live.variants] == [100.0, 0.0]


def test_what_aws_does_not_say_is_not_known() -> None:
    body = endpoint(variant("primary", None, 4), variant("candidate", 5.0, None))
    found = read(session(body, tags()), NAME)

    assert found is not None
    assert [(each.weight, each.count) for each in found.live.variants] == [(None, 4), (5.0, None)]


@pytest.mark.parametrize(
    "body",
    [
        endpoint() | {"ProductionVariants": []},
        endpoint({"CurrentWeight": 1.0}),
        {key: value for key, value in endpoint().items() if key != "EndpointStatus"},
        {key: value for key, value in endpoint().items() if key != "EndpointConfigName"},
    ],
    ids=["without variants", "a variant without a name", "no status", "no configuration"],
)
def test_half_an_answer_is_none(body: dict) -> None:
    with pytest.raises(AwsError) as caught:
        read(session(body, *[body, tags()] * 3), NAME)

    assert caught.value.code == INCOMPLETE


def test_a_tag_without_a_value_is_no_whole_answer() -> None:
    with pytest.raises(AwsError) as caught:
        read(session(endpoint(), {"Tags": [{"Key": "moorline:rollout"}]}), NAME)

    assert caught.value.code == INCOMPLETE


@pytest.mark.parametrize("word", ["abort", "pause"])
def test_alarms_that_cannot_be_read_stop_no_abort_and_no_pause(word: str) -> None:
    aws = session(endpoint(), tags(marks()))
    found = look(aws, About(endpoint=NAME, alarms=("late",)), word)

    assert found.sends
    assert [method for method, _ in sent(aws)][:2] == ["describe_endpoint", "list_tags"]
    assert "describe_alarms" not in dict(sent(aws))


def test_on_the_way_back_nobody_asks_for_alarms() -> None:
    aws = session(endpoint(), tags(marks(doing=Doing.ABORT, tries=0)))
    assert look(aws, About(endpoint=NAME, alarms=("late",))).sends
    assert "describe_alarms" not in dict(sent(aws))


def test_a_listing_of_tags_that_fails_is_no_rollout_that_does_not_run() -> None:
    denied = refusal("AccessDeniedException", "no")

    with pytest.raises(AwsError):
        read(session(endpoint(), denied), NAME)


@pytest.mark.parametrize("word", ["", "abort", "promote"])
def test_two_versions_without_marks_are_not_no_rollout(word: str) -> None:
    """Somebody has removed the tags while a rollout went on: nobody knows what to go back to."""
    found = look(session(endpoint(), tags()), About(endpoint=NAME), word)

    assert found.action is not None
    assert (found.action.act, found.action.phase) == (Act.STOP, Phase.AMBIGUOUS)
    assert not found.sends


def test_one_version_without_marks_has_no_rollout() -> None:
    body = endpoint(variant("candidate", 1.0, 4))
    assert look(session(body, tags()), About(endpoint=NAME)).action is None
