"""Changes that AWS takes one at a time, or only while something does not run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.model.change import Action, Change, Effect, Observed
from reconciler.model.graph import Node, build_graph
from reconciler.model.plan import Plan, Step
from reconciler.model.policy import Policy
from reconciler.model.value import Ref
from reconciler.plan import calls
from reconciler.plan.diff import compare
from reconciler.plan.live import Live
from reconciler.plan.order import plan
from reconciler.plan.stages import stages
from reconciler.plan.waits import longest
from reconciler.resources.api import STOPPED_TAG, Lifecycle, Op, Resource, codes
from reconciler.resources.parts import Request
from reconciler.resources.stages import Apart, OneByOne, Stages, Stopped

from .fakes import NAME, OWN, PLACE, address, resource

HERE = address("table")
POLICY = Policy(allow=frozenset({"records", "traffic", "keys", "history", "access"}))


def index(name: str, key: str, **more: Any) -> dict[str, Any]:
    return {"IndexName": name, "Key": key, **more}


def attributes(props: Any, known: Any) -> list[Any]:
    """Just those that a key uses."""
    used = {props["Key"], *(each["Key"] for each in props.get("Indexes") or ())}
    by_name = {each["Name"]: each for each in known}
    return [by_name[name] for name in sorted(used)]


def update(change: Change) -> Iterator[Request]:
    """What differs, in one request."""
    props = sorted({each.path[0] for each in change.fields} - {"Tags"})
    if props:
        yield Request("update_it", {prop: change.desired[prop] for prop in props})


def table(**more: Any) -> Resource:
    order = Stages(
        one_by_one=(
            OneByOne(
                prop="Indexes",
                fixed=frozenset({"Key", "Projection.Type"}),
                adds=600.0,
                removes=60.0,
                without="queries of it fail",
            ),
        ),
        apart=(Apart(props=frozenset({"Stream"}), seconds=30.0, risk="its readers begin anew"),),
        follows={"Attributes": attributes},
    )
    names = ("Attributes", "Key", "Indexes", "Stream", "Size", "Mode")
    given: dict[str, Any] = {
        "effects": dict.fromkeys(names, Effect.IN_PLACE),
        "keyed": {"Indexes": "IndexName", "Attributes": "Name"},
        "stages": order,
        "update": update,
    }
    return resource("M::Table", **{**given, **more})


def attribute(*names: str) -> list[Any]:
    return [{"Name": name, "Type": "S"} for name in names]


LIVE = {
    "Attributes": attribute("id", "mail", "town"),
    "Key": "id",
    "Indexes": [index("by-mail", "mail"), index("by-town", "town", Size=1)],
    "Size": 5,
}


def staged(desired: Any, live: Any = LIVE, kind: Resource | None = None) -> list[Any]:
    kind = kind or table()
    change = compare(HERE, desired, Observed(live, tags=OWN), kind)
    return [(each.says, each.change.desired) for each in stages(change, kind)]


def test_removals_come_one_by_one_then_what_stays_changes_then_additions_come() -> None:
    wanted = {
        **LIVE,
        "Attributes": attribute("age", "id", "name", "town"),
        "Indexes": [
            index("by-age", "age"),
            index("by-name", "name"),
            index("by-town", "town", Size=9),
        ],
        "Size": 9,
    }
    found = staged(wanted)
    assert [says for says, _ in found] == [
        "removes 'by-mail' of Indexes",
        "changes Indexes, Size",
        "adds 'by-age' to Indexes",
        "adds 'by-name' to Indexes",
    ]
    sizes = [(len(props["Indexes"]), props["Size"]) for _, props in found]
    assert sizes == [(1, 5), (1, 9), (2, 9), (3, 9)]
    assert [len(props["Attributes"]) for _, props in found] == [2, 2, 3, 4]
    assert found[-1][1] == wanted


def test_what_no_request_changes_of_an_item_is_made_anew_and_said() -> None:
    wanted = {**LIVE, "Attributes": attribute("id", "town", "zip"), "Indexes": [
        index("by-mail", "zip"), index("by-town", "town", Size=1)]}  # fmt: skip
    kind = table()
    change = compare(HERE, wanted, Observed(LIVE, tags=OWN), kind)
    found = stages(change, kind)
    assert [each.says for each in found] == [
        "removes 'by-mail' of Indexes",
        "adds 'by-mail' to Indexes again",
    ]
    assert [each.seconds for each in found] == [60.0, 600.0]
    assert found[1].risk == "until 'by-mail' is there, queries of it fail"
    assert [len(call.params) for call in calls.update(change, kind, PLACE)] == [3, 3]


def test_fields_that_exclude_each_other_have_requests_of_their_own() -> None:
    found = staged({**LIVE, "Stream": "NEW", "Size": 6, "Mode": "x"})
    assert [says for says, _ in found] == ["changes Mode, Size", "changes Stream"]
    assert "Stream" not in {k for k, v in found[0][1].items() if v}


def test_what_goes_together_stays_one_request_and_nothing_sends_nothing() -> None:
    assert len(staged({**LIVE, "Size": 6})) == 1
    assert staged(LIVE) == []
    assert len(staged({**LIVE, "Size": 6}, kind=table(stages=Stages()))) == 1


def test_tags_are_of_one_stage_only() -> None:
    kind = table()
    desired = {**LIVE, "Stream": "NEW", "Indexes": [], "Attributes": attribute("id"),
               "Tags": [{"Key": "team", "Value": "risk"}]}  # fmt: skip
    change = compare(HERE, desired, Observed(LIVE, tags={}), kind)
    touched = [each.change.touches("Tags") for each in stages(change, kind)]
    assert touched == [False, False, True, False]


def test_what_is_not_known_yet_is_sent_once() -> None:
    ref = Ref(address("base"), "Id")
    kind = table()
    change = compare(HERE, {**LIVE, "Size": 7, "Mode": "x"}, Observed(LIVE, tags=OWN), kind)
    change = Change(HERE, Action.UPDATE, change.reason, {**change.desired, "Mode": ref},
                    change.observed, change.fields)  # fmt: skip
    assert [call.params["Mode"] for call in calls.update(change, kind, PLACE)] == [ref]


def test_items_that_nothing_tells_apart_are_an_error_and_no_guess() -> None:
    twice = [index("by-mail", "mail"), index("by-mail", "town")]
    with pytest.raises(ValueError, match="nothing tells apart"):
        staged({**LIVE, "Indexes": twice})


def planned(desired: Any, observed: Observed, kind: Resource) -> tuple[list[Step], dict[str, str]]:
    graph, _ = build_graph([Node(HERE, desired)])
    draft = plan(graph, Live({HERE: observed}), {kind.type: kind}, PLACE, POLICY)
    return draft.steps, {each.code: each.message for each in draft.diagnostics}


def test_a_plan_says_how_many_requests_how_long_and_what_fails_meanwhile() -> None:
    kind = table()
    wanted = {**LIVE, "Attributes": attribute("id", "name", "town"), "Stream": "NEW",
              "Indexes": [index("by-name", "name"), index("by-town", "town", Size=1)]}  # fmt: skip
    steps, said = planned(wanted, Observed(LIVE, tags=OWN), kind)
    assert "changes in 3 requests, one after the other, in about 12 min: " in said["STAGE001"]
    assert "removes 'by-mail' of Indexes; changes Stream; adds 'by-name'" in said["STAGE001"]
    assert len(steps[0].calls) == 3
    found = longest(Plan("dev", "acme", "1", "eu-west-1", tuple(steps)), {kind.type: kind})
    assert found is not None
    assert found.seconds == 60.0 + 30.0 + 600.0
    risks, _ = planned(wanted, Observed(LIVE, tags=OWN), kind), None
    assert "readers begin anew" in risks[1]["STAGE002"] or "queries" in risks[1]["STAGE002"]


# -- stop, update, start


def application() -> Resource:
    params = {"Name": "{name}"}
    return table(
        stages=Stages(
            stopped=Stopped(
                running=codes("STARTED", "STARTING"),
                stop=Op("stop_it", params),
                start=Op("start_it", params),
                seconds=120.0,
                risk="its running jobs end",
            )
        ),
        lifecycle=Lifecycle(
            field="State", ready=codes("STARTED", "STOPPED"), busy=codes("STOPPING")
        ),
        read=Op("describe_it", NAME),
    )


def runs(state: str, **tags: str) -> Observed:
    return Observed({"Size": 5}, tags={**OWN, **tags}, state=state)


def sent(desired: Any, observed: Observed) -> list[str]:
    kind = application()
    change = compare(HERE, desired, observed, kind)
    return [call.method for call in calls.update(change, kind, PLACE)]


def test_what_runs_is_stopped_for_a_change_and_started_again() -> None:
    assert sent({"Size": 6}, runs("STARTED")) == [
        "tag",
        "stop_it",
        "update_it",
        "start_it",
        "untag",
    ]
    _, said = planned({"Size": 6}, runs("STARTED"), application())
    assert (
        "stopped for this change and started again (about 2 min): its running" in said["STAGE002"]
    )


def test_what_does_not_run_is_changed_and_left_as_it_is() -> None:
    assert sent({"Size": 6}, runs("STOPPED")) == ["update_it"]
    assert "STAGE002" not in planned({"Size": 6}, runs("STOPPED"), application())[1]


def test_tags_stop_nothing() -> None:
    tags = [{"Key": key, "Value": value} for key, value in {**OWN, "team": "x"}.items()]
    assert sent({"Size": 5, "Tags": tags}, runs("STARTED")) == ["tag"]


@pytest.mark.parametrize("size", [5, 6])
def test_what_an_apply_left_stopped_is_started(size: int) -> None:
    tags = [{"Key": key, "Value": value} for key, value in OWN.items()]
    left = runs("STOPPED", **{STOPPED_TAG: "for a change"})
    assert sent({"Size": size, "Tags": tags}, left) == [
        *["update_it"] * (size == 6),
        "start_it",
        "untag",
    ]
    assert "STAGE003" in planned({"Size": size, "Tags": tags}, left, application())[1]


def test_what_starts_by_itself_is_stopped_and_no_more_by_the_state_that_was_asked_for() -> None:
    stop = Op("stop_it", {"id": "{name}"}, "other")
    kind = table(
        stages=Stages(
            stopped=Stopped(
                running=codes("STARTED"), stop=stop, told="word", free=frozenset({"Size"})
            )
        )
    )

    def calls_of(word: str, **wanted: Any) -> list[tuple[str, str]]:
        seen = Observed({"Size": 5, "Mode": "a"}, tags=OWN, context={"word": word})
        change = compare(HERE, {"Size": 5, "Mode": "a", **wanted}, seen, kind)
        return [(call.service, call.method) for call in calls.update(change, kind, PLACE)]

    assert calls_of("STARTED", Mode="b")[0] == ("other", "stop_it")
    assert len(calls_of("STARTED", Mode="b")) == 2
    assert ("other", "stop_it") not in calls_of("STOPPED", Mode="b")
    assert ("other", "stop_it") not in calls_of("STARTED", Size=6)
