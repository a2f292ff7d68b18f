"""A new version on trial on an endpoint: what its tags, weights and variants mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Effect, FieldChange, Observed, Reason
from reconciler.model.value import Json
from reconciler.resources.api import load
from reconciler.resources.sagemaker import trial
from reconciler.rollout.marks import PREFIX, encode
from reconciler.rollout.values import Doing, Marks, Step

AT = Address("AWS::SageMaker::Endpoint", "scorer")
ENDPOINT = load()[AT.type]
MARKS = Marks(
    digest="d",
    step=0,
    since=0,
    base="scorer-1",
    middle="scorer-middle-2",
    target="scorer-2",
    version="fraud/13",
    steps=(Step(0.05, 1, 600), Step(0.5, 2, 600), Step(1.0, 4, 600)),
    stable_count=4,
)


def tagged(marks: Marks | None) -> list[Json]:
    found = encode(marks) if marks else {}
    return [{"Key": key, "Value": text} for key, text in found.items()]


def observed(
    config: str, weights: dict[str, float], marks: Marks | None = None, **outputs: Json
) -> Observed:
    variants = [
        {"VariantName": name, "DesiredWeight": weight, "CurrentWeight": weight,
         "DesiredInstanceCount": 4}
        for name, weight in weights.items()
    ]  # fmt: skip
    told = {"ProductionVariants": variants, "EndpointArn": "arn", "EndpointStatus": "InService"}
    tags = {"owner": "fraud-team", **(encode(marks) if marks else {})}
    return Observed({"EndpointConfigName": config}, told | outputs, tags=tags)


def change(
    desired: str, live: Observed, marks: Marks | None = None, *, touches: bool = True
) -> Change:
    before = live.props["EndpointConfigName"]
    moved = FieldChange(("EndpointConfigName",), before, desired, Effect.IN_PLACE)
    wanted = {"EndpointConfigName": desired, "Tags": [{"Key": "owner", "Value": "fraud-team"},
                                                      *tagged(marks)]}  # fmt: skip
    fields = (moved,) if touches else ()
    return Change(AT, Action.UPDATE, Reason.DIFFERS, wanted, live, fields)


def sent(seen: Change) -> list[str]:
    return [each.method for each in ENDPOINT.update(seen)]


REST = {"primary": 1.0}
BOTH = {"primary": 100.0, "candidate": 0.0}
AT_50 = {"primary": 50.0, "candidate": 50.0}


def test_marks_are_written_before_the_update_that_they_announce() -> None:
    seen = change(MARKS.middle, observed(MARKS.base, REST), MARKS)
    tags, moved = ENDPOINT.update(seen)
    assert (tags.method, moved.method) == ("add_tags", "update_endpoint")
    keys = {each["Key"] for each in tags.params["Tags"]}
    assert encode(MARKS).keys() | {"moorline:attempted", "moorline:attempt-base"} == keys


@pytest.mark.parametrize("weights", [AT_50, BOTH], ids=["at a step", "without traffic"])
def test_a_rollout_that_is_given_up_loses_its_traffic_first(weights: dict[str, float]) -> None:
    following = replace(MARKS, middle="scorer-middle-3", target="scorer-3", over=MARKS.middle)
    live = observed(MARKS.middle, weights, replace(MARKS, step=2, doing=Doing.BAKE))
    calls = [*ENDPOINT.update(change("scorer-middle-3", live, following))]
    back = [each for each in calls if "weights" in each.method]
    assert len(back) == (1 if weights is AT_50 else 0)
    if back:
        given = {
            each["VariantName"]: each["DesiredWeight"]
            for each in back[0].params["DesiredWeightsAndCapacities"]
        }
        assert given == {"candidate": 0, "primary": 100}


def test_a_spec_without_weights_may_only_go_back() -> None:
    live = observed(MARKS.middle, AT_50, replace(MARKS, step=2, doing=Doing.BAKE))
    back, on = change(MARKS.base, live), change(MARKS.target, live)
    assert sent(back) == ["add_tags", "update_endpoint_weights_and_capacities", "add_tags",
                          "update_endpoint"]  # fmt: skip
    written = trial.written(back)
    assert written is not None
    assert (written.word, written.doing, written.step) == ("abort", Doing.SETTLE, 2)
    assert ENDPOINT.pending.held(back) == ""
    assert "`abort` goes back and an apply then starts this" in ENDPOINT.pending.held(on)
    assert "at step 2 of 3" in ENDPOINT.pending.held(on)


@pytest.mark.scenario("R120")
@pytest.mark.parametrize(("weights", "held"), [(AT_50, True), (BOTH, False)])
def test_traffic_does_not_go_back_to_instances_that_are_not_there(
    weights: dict[str, float], *, held: bool
) -> None:
    """Scaled in meanwhile, for want of traffic: an abort gives it its instances first."""
    marks = replace(MARKS, step=2, doing=Doing.BAKE, stable_count=9)
    following = replace(MARKS, middle="scorer-middle-3", target="scorer-3", over=MARKS.middle)
    live = observed(MARKS.middle, weights, marks)
    for seen in (change(MARKS.base, live), change("scorer-middle-3", live, following)):
        assert ("4 of the 9 instances" in ENDPOINT.pending.held(seen)) is held


@pytest.mark.parametrize(
    ("marks", "config"),
    [(None, MARKS.middle), (replace(MARKS, ended="completed"), MARKS.middle), (MARKS, MARKS.base)],
    ids=["no marks", "it has ended", "it has not begun"],
)
def test_nothing_is_held_where_nothing_runs(marks: Marks | None, config: str) -> None:
    assert ENDPOINT.pending.held(change("scorer-9", observed(config, REST, marks))) == ""


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (BOTH, ""),
        ({"primary": 100.0, "candidate": 1e-9}, ""),
        (AT_50, "50 % of the traffic"),
        (REST, "lacks a variant"),
    ],
    ids=["none", "none in 32 bits", "half", "no candidate"],
)
@pytest.mark.scenario("R16")
def test_a_start_is_done_when_the_new_version_is_there_without_traffic(
    weights: dict[str, float], said: str
) -> None:
    desired = {"EndpointConfigName": MARKS.middle, "Tags": tagged(MARKS)}
    found = ENDPOINT.verify(desired, observed(MARKS.middle, weights, MARKS))
    assert (said in found) if said else found == ""


def test_who_drives_it_may_have_moved_on_before_the_apply_looked() -> None:
    desired = {"EndpointConfigName": MARKS.middle, "Tags": tagged(MARKS)}
    live = observed(MARKS.middle, AT_50, replace(MARKS, step=2, doing=Doing.MOVE))
    assert ENDPOINT.verify(desired, live) == ""


def test_weights_that_aws_does_not_say_are_no_success() -> None:
    desired = {"EndpointConfigName": MARKS.middle, "Tags": tagged(MARKS)}
    variants = [{"VariantName": name} for name in BOTH]
    live = observed(MARKS.middle, {}, MARKS, ProductionVariants=variants)
    assert "does not say" in ENDPOINT.verify(desired, live)


@pytest.mark.parametrize("ended", ["aborted by hand", "rolled-back errors", "failed", "completed"])
def test_the_same_target_is_not_tried_again_after_it_went_wrong(ended: str) -> None:
    live = observed(MARKS.base, REST, replace(MARKS, ended=ended))
    edited = replace(MARKS, middle="scorer-middle-9")  # by other steps
    desired = {"EndpointConfigName": edited.middle, "Tags": tagged(edited)}
    found = ENDPOINT.pending.spent(desired, live)
    assert bool(found) is (ended != "completed")
    another = replace(MARKS, middle="scorer-middle-9", target="scorer-9")
    desired = {"EndpointConfigName": another.middle, "Tags": tagged(another)}
    assert ENDPOINT.pending.spent(desired, live) == ""


def test_what_marks_name_is_kept_until_it_has_ended() -> None:
    keeps = ENDPOINT.pending.keeps
    assert {*keeps(encode(replace(MARKS, over="scorer-middle-1")))} == {
        MARKS.base, MARKS.middle, MARKS.target, "scorer-middle-1"
    }  # fmt: skip
    assert [*keeps(encode(replace(MARKS, ended="completed")))] == []
    assert [*keeps({"owner": "fraud-team"})] == []


def test_of_marks_that_cannot_be_read_every_word_is_kept() -> None:
    broken = {**encode(MARKS), f"{PREFIX}-at": "half"}
    assert {MARKS.base, MARKS.middle, MARKS.target} <= {*ENDPOINT.pending.keeps(broken)}


def test_marks_get_the_moment_at_which_they_are_sent() -> None:
    def since(marks: Marks) -> float:
        params = {"ResourceArn": "arn", "Tags": [{"Key": "a", "Value": "b"}, *tagged(marks)]}
        found = ENDPOINT.pending.stamped("add_tags", params, 1700.0)
        assert found["Tags"][0] == {"Key": "a", "Value": "b"}
        written = trial.announced(found)
        assert written is not None
        return written.since

    assert since(MARKS) == 1700.0
    assert since(replace(MARKS, since=5.0)) == 5.0
    other: dict[str, Any] = {"EndpointName": "scorer"}
    assert ENDPOINT.pending.stamped("update_endpoint", other, 1.0) == other


def test_what_else_changes_is_planned_without_marks() -> None:
    live = observed(MARKS.middle, AT_50, MARKS)
    decided = ENDPOINT.pending.decide(change(MARKS.middle, live, MARKS, touches=False))
    assert decided == {"Tags": [{"Key": "owner", "Value": "fraud-team"}]}
    assert "Tags" not in ENDPOINT.pending.decide(change(MARKS.middle, live, MARKS))


@pytest.mark.parametrize(
    ("step", "share", "owned"),
    [(0, 0, True), (1, 5, True), (1, 0, True), (2, 5, True), (2, 50, True), (3, 100, True),
     (1, 50, True), (1, 100, False), (2, 40, False), (3, 5, False)],
)  # fmt: skip
def test_weights_are_the_rollouts_as_far_as_they_are_those_of_a_step(
    step: int, share: int, owned: bool
) -> None:
    weights = {"primary": 100.0 - share, "candidate": float(share)}
    assert trial.of_a_step(replace(MARKS, step=step), weights) is owned


def test_a_candidate_that_goes_with_its_rollout_is_no_loss() -> None:
    (narrowing,) = ENDPOINT.narrows
    shown = observed(MARKS.middle, AT_50).outputs
    live = {**shown, "EndpointConfigName": MARKS.middle}
    alone = {"ProductionVariants": [{"VariantName": "primary", "InitialInstanceCount": 4}]}
    back = replace(MARKS, doing=Doing.SETTLE, word="abort")
    wanted = {"EndpointConfigName": {**alone, "EndpointConfigName": MARKS.base}}
    assert narrowing.lost(live, {**wanted, "Tags": tagged(back)}) == ""
    assert narrowing.lost({**live, "Tags": tagged(MARKS)}, wanted) == ""
    assert "candidate" in narrowing.lost(live, wanted)
    other = {"EndpointConfigName": {**alone, "EndpointConfigName": "scorer-9"}}
    assert "candidate" in narrowing.lost({**live, "Tags": tagged(MARKS)}, other)
