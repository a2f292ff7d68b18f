"""Marks first, then at most one call; and nothing where the endpoint is not as it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from unit.fakes import refusal

from reconciler.aws.errors import Denied
from reconciler.aws.rollout.reading import Reading, read
from reconciler.aws.rollout.sending import BusyError, MovedError, Told, send, weight
from reconciler.rollout.marks import encode
from reconciler.rollout.values import Act, Phase, RolloutAction

from .made import ARN, BASE, NAME, endpoint, marks, sent, session, tags, variant

NEXT = marks(step=2)
BUSY = refusal("ValidationException", f'Cannot update in-progress endpoint "{ARN}".')

LATE = refusal(
    "ValidationException",
    'The variant name(s) "candidate" is/are not present within endpoint configuration "c1".',
)


def action(act: Act = Act.WEIGH, **more: Any) -> RolloutAction:
    return RolloutAction(act=act, phase=Phase.BAKING, why="the step has baked", **more)


def reading(body: Mapping[str, Any] | None = None) -> Reading:
    found = read(session(body or endpoint(), tags(marks())), NAME)
    assert found is not None
    return found


def done(*script: Any, what: RolloutAction) -> tuple[list[tuple[str, dict]], list[Told]]:
    aws, told = session(*script), list[Told]()
    send(aws, reading(), what, told.append)
    return sent(aws), told


def test_weights_of_all_variants_are_one_call_after_the_marks() -> None:
    what = action(shares={"primary": 0.75, "candidate": 0.25}, marks=encode(NEXT))
    calls, told = done(tags(marks()), {}, tags(NEXT), endpoint(), {}, what=what)

    assert [method for method, _ in calls] == [
        "list_tags", "add_tags", "list_tags", "describe_endpoint",
        "update_endpoint_weights_and_capacities",
    ]  # fmt: skip
    assert calls[-1][1] == {
        "EndpointName": NAME,
        "DesiredWeightsAndCapacities": [
            {"VariantName": "primary", "DesiredWeight": 75.0},
            {"VariantName": "candidate", "DesiredWeight": 25.0},
        ],
    }
    assert [each.call.method for each in told] == [
        "add_tags", "update_endpoint_weights_and_capacities",
    ]  # fmt: skip


@pytest.mark.scenario("R16")
def test_a_weight_of_zero_is_sent() -> None:
    calls, _ = done(endpoint(), {}, what=action(shares={"primary": 1.0, "candidate": 0.0}))

    assert {"VariantName": "candidate", "DesiredWeight": 0.0} in calls[-1][1][
        "DesiredWeightsAndCapacities"
    ]


def test_a_capacity_is_sent_without_weights() -> None:
    calls, _ = done(endpoint(), {}, what=action(Act.SCALE, counts={"candidate": 2}))

    assert calls[-1][1]["DesiredWeightsAndCapacities"] == [
        {"VariantName": "candidate", "DesiredInstanceCount": 2}
    ]


def test_the_capacity_of_two_variants_is_no_call() -> None:
    with pytest.raises(ValueError, match="one variant"):
        done(what=action(Act.SCALE, counts={"candidate": 2, "primary": 4}))


def test_the_way_back_is_one_update() -> None:
    calls, _ = done(endpoint(), {}, what=action(Act.SETTLE, config=BASE))

    assert calls[-1] == (
        "update_endpoint",
        {"EndpointName": NAME, "EndpointConfigName": BASE, "RetainAllVariantProperties": False},
    )


@pytest.mark.scenario("R13")
@pytest.mark.parametrize(
    "shares",
    [{"primary": 0.5, "old": 0.5}, {"candidate": 1.0}],
    ids=["a variant that is not there", "not all of them"],
)
def test_names_that_are_not_live_are_refused_before_anything_is_written(shares: dict) -> None:
    aws = session()
    with pytest.raises(MovedError):
        send(aws, reading(), action(shares=shares, marks=encode(NEXT)), bool)

    assert sent(aws) == []


@pytest.mark.scenario("R13")
@pytest.mark.parametrize(
    "now",
    [
        endpoint(variant("primary", 95.0, 4), variant("canary", 5.0, 1)),
        endpoint(variant("primary", 50.0, 4), variant("candidate", 50.0, 1)),
        endpoint() | {"EndpointStatus": "Updating"},
        endpoint() | {"EndpointConfigName": "somebody-else-s"},
    ],
    ids=["another variant", "other weights", "an update", "another configuration"],
)
def test_what_moved_since_it_was_read_is_not_touched(now: dict) -> None:
    aws = session(now)
    with pytest.raises(MovedError):
        send(aws, reading(), action(shares={"primary": 0.75, "candidate": 0.25}), bool)

    assert [method for method, _ in sent(aws)] == ["describe_endpoint"]


def test_marks_that_somebody_wrote_meanwhile_are_not_written_over() -> None:
    aws = session(tags(marks(word="abort")))
    with pytest.raises(MovedError):
        send(aws, reading(), action(Act.MARK, marks=encode(NEXT)), bool)

    assert [method for method, _ in sent(aws)] == ["list_tags"]


@pytest.mark.scenario("R190")
def test_the_second_of_two_drivers_finds_the_marks_of_the_first_and_stops() -> None:
    """Both looked at the same moment; the first has written right after the second."""
    other = marks(step=2, since=1001.0)
    aws = session(tags(marks()), {}, *[tags(other)] * 4)
    what = action(shares={"primary": 0.5, "candidate": 0.5}, marks=encode(NEXT))
    with pytest.raises(MovedError):
        send(aws, reading(), what, bool)

    assert "update_endpoint_weights_and_capacities" not in dict(sent(aws))


def test_marks_that_show_late_are_waited_for() -> None:
    what = action(Act.MARK, marks=encode(NEXT))
    calls, _ = done(tags(marks()), {}, tags(marks()), tags(NEXT), what=what)

    assert [method for method, _ in calls] == ["list_tags", "add_tags", "list_tags", "list_tags"]


def test_marks_that_do_not_show_at_all_are_nobody_elses() -> None:
    with pytest.raises(BusyError, match="does not show the marks"):
        done(tags(marks()), {}, *[tags(marks())] * 6, what=action(Act.MARK, marks=encode(NEXT)))


BOTH = variant("primary", 95.0, 4, DesiredWeight=75.0)
OTHER = variant("candidate", 5.0, 1, DesiredWeight=25.0)


@pytest.mark.parametrize(
    ("what", "now"),
    [
        ({"shares": {"primary": 0.75, "candidate": 0.25}}, endpoint(BOTH, OTHER)),
        ({"counts": {"candidate": 3}}, endpoint(
            variant("primary", 95.0, 4), variant("candidate", 5.0, 1, DesiredInstanceCount=3))),
        ({"config": BASE},
         endpoint(PendingDeploymentSummary={"EndpointConfigName": BASE, "StartTime": "x"})),
    ],
    ids=["weights", "instances", "a configuration"],
)  # fmt: skip
def test_what_the_marks_announce_and_aws_is_at_is_no_move_of_somebody_else(
    what: dict, now: dict
) -> None:
    """It was read too early: AWS has shown an older state than that after our own call."""
    late = now | {"EndpointStatus": "Updating"}
    told = action(marks=encode(NEXT), **what)
    with pytest.raises(BusyError, match="on its way by now"):
        done(tags(marks()), {}, tags(NEXT), late, what=told)


@pytest.mark.parametrize("answer", [BUSY, LATE], ids=["busy", "late"])
def test_an_update_that_is_under_way_is_no_failure(answer: Any) -> None:
    with pytest.raises(BusyError):
        done(endpoint(), answer, what=action(shares={"primary": 0.75, "candidate": 0.25}))


@pytest.mark.scenario("R08")
def test_a_refusal_is_not_tried_again() -> None:
    aws = session(endpoint(), refusal("AccessDeniedException", "not authorized"))
    with pytest.raises(Denied):
        send(aws, reading(), action(Act.FINISH, config="c2"), bool)

    assert [method for method, _ in sent(aws)].count("update_endpoint") == 1


@pytest.mark.parametrize(
    ("share", "wanted"), [(0.05, 5.0), (0.8, 80.0), (1.0, 100.0), (0.0, 0.0), (0.005, 0.5)]
)
def test_shares_are_weights_of_a_hundred(share: float, wanted: float) -> None:
    """Whole ones stay what they are as 32 bits (AWS_FACTS 1.4)."""
    assert weight(share) == wanted
