"""What AWS says of a resource in more than one place, or in words of its own, as data of a type."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.context import look_closer
from reconciler.aws.errors import AwsError, Gone, Rejected, Retry
from reconciler.aws.limiter import Limiter
from reconciler.aws.observe import observe
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.single import Single, state
from reconciler.model.change import Action, Cause, Effect, Observed, Status
from reconciler.model.graph import Graph, build_graph
from reconciler.model.policy import Policy
from reconciler.plan.diff import compare, guard
from reconciler.plan.lent import unsettled
from reconciler.plan.live import Live
from reconciler.plan.order import pending, plan
from reconciler.resources.api import (
    Detail,
    Lifecycle,
    Listing,
    Op,
    Resource,
    Settling,
    Whole,
    absent,
    codes,
)
from reconciler.resources.codecs import first
from reconciler.resources.owner import Owner, scaled
from reconciler.resources.parts import Request, Switch
from reconciler.resources.scaled import Scalable
from reconciler.resources.whole import fault, members, refusal
from reconciler.resources.word import Word

from .fakes import NAME, OWN, PLACE, Clients, address, node, refusal as refused, resource

HERE = address("base")


def session(*script: Any) -> Session:
    clock = FakeClock()
    return Session(Clients(*script), clock=clock, limiter=Limiter(clock, unlimited=True))


def seen(kind: Resource, *script: Any, wanted: tuple[str, ...] = ("Size",)) -> Observed | None:
    return Single(session(*script), PLACE).read(kind, HERE, wanted, tags=OWN)


# -- state in several places


TABLE = Lifecycle(
    field="Table.Status",
    ready=codes("ACTIVE"),
    busy=codes("UPDATING"),
    settles=(
        Settling(path="Table.Indexes.*.Status", busy=codes("CREATING"), failed=codes("FAILED")),
        Settling(path="Table.Encryption.Status", busy=codes("ENABLING")),
    ),
)
PLACES: dict[str, tuple[dict[str, Any], Status, str]] = {
    "all is done": ({"Status": "ACTIVE"}, Status.READY, ""),
    "an index is built": (
        {"Status": "ACTIVE", "Indexes": [{"Status": "ACTIVE"}, {"Status": "CREATING"}]},
        Status.BUSY,
        "CREATING",
    ),
    "it is encrypted": (
        {"Status": "ACTIVE", "Indexes": [], "Encryption": {"Status": "ENABLING"}},
        Status.BUSY,
        "ENABLING",
    ),
    "an index has failed": (
        {"Status": "ACTIVE", "Indexes": [{"Status": "FAILED"}]},
        Status.READY,
        "FAILED",
    ),
    "one has failed and one is built": (
        {"Status": "ACTIVE", "Indexes": [{"Status": "FAILED"}, {"Status": "CREATING"}]},
        Status.BUSY,
        "CREATING",
    ),
    "nothing has a state": ({"Status": "ACTIVE", "Indexes": [{}]}, Status.READY, ""),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_state_is_looked_for_wherever_the_type_says(case: str) -> None:
    raw, status, why = PLACES[case]
    assert state(TABLE, {"Table": raw})[:2] == (status, why)


# -- a reading that needs several calls


POLICY = resource(
    "M::Base",
    details=(
        Detail(
            method="get_version",
            into="Document",
            at="Version.Document",
            params=NAME,
            takes={"VersionId": "DefaultVersionId"},
            unset=codes("NoVersion"),
        ),
    ),
)


def test_a_description_takes_the_further_reads_that_it_names() -> None:
    reading = session({"DefaultVersionId": "v2"}, {"Version": {"Document": {"a": 1}}})
    found = Single(reading, PLACE).read(POLICY, HERE, ("Document",), tags=OWN)
    assert found is not None
    assert found.props == {"Document": {"a": 1}}
    clients: Any = reading.clients
    assert clients.only.sent[1] == ("get_version", {"Name": HERE.name, "VersionId": "v2"})


def test_what_names_no_further_read_has_none_and_unset_is_nothing() -> None:
    found = seen(POLICY, {"Size": 1}, wanted=("Document",))
    assert found is not None
    assert found.props == {}
    unset = seen(POLICY, {"DefaultVersionId": "v2"}, refused("NoVersion"), wanted=("Document",))
    assert unset is not None
    assert unset.props == {}


def test_a_further_read_that_fails_or_is_empty_is_unknown_and_not_absent() -> None:
    denied = refused("AccessDenied", status=403)
    with pytest.raises(AwsError):
        seen(POLICY, {"DefaultVersionId": "v2"}, denied, wanted=("Document",))
    gone = (refused("NotFound"), {"DefaultVersionId": "v2"})  # and yet it is there
    with pytest.raises(Retry, match="it is there"):
        seen(POLICY, {"DefaultVersionId": "v2"}, *gone, wanted=("Document",))
    assert (
        seen(POLICY, {"DefaultVersionId": "v2"}, refused("NotFound"), refused("NotFound")) is None
    )
    assert "get_version" in POLICY.methods
    assert POLICY.wholes["get_version"].has == members("Version.Document")


# -- absent by message, and by an empty list


ATHENA = resource("M::Base", absent=(absent("InvalidRequestException", r"is not found"),))


def test_a_vague_code_says_absent_by_its_message_only() -> None:
    assert seen(ATHENA, refused("InvalidRequestException", "WorkGroup x is not found")) is None
    with pytest.raises(Rejected):
        seen(ATHENA, refused("InvalidRequestException", "WorkGroup x is disabled"))


def test_an_empty_list_says_absent_where_the_answer_is_one_list() -> None:
    kind = resource("M::Base", root=first("Them"), whole=Whole(items="Them"))
    assert seen(kind, {"Them": []}) is None
    assert seen(kind, {"Them": [{"Size": 1}]}) is not None


# -- success that is a failure


ANSWERS: dict[str, tuple[dict[str, Any], tuple[str, str] | None]] = {
    "events.put_targets": (
        {"FailedEntryCount": 1, "FailedEntries": [{"ErrorCode": "Gone", "ErrorMessage": "no"}]},
        ("Gone", "no"),
    ),
    "events.put_targets, all well": ({"FailedEntryCount": 0, "FailedEntries": []}, None),
    "ec2.create_flow_logs": (
        {"FlowLogIds": [], "Unsuccessful": [{"Error": {"Code": "AlreadyExists", "Message": "m"}}]},
        ("AlreadyExists", "m"),
    ),
    "glue.batch_delete_table": (
        {"Errors": [{"TableName": "t", "ErrorDetail": {"ErrorCode": "E", "ErrorMessage": "m"}}]},
        ("E", "m"),
    ),
    "tag_resources": (
        {"FailedResourcesMap": {"arn": {"StatusCode": 400, "ErrorCode": "E", "ErrorMessage": "m"}}},
        ("E", "m"),
    ),
    "a number alone": ({"FailedEntryCount": 2}, ("", "")),
    "batch_describe_model_package": (
        {"BatchDescribeModelPackageErrorMap": {"arn": {"ErrorCode": "E", "ErrorResponse": "r"}}},
        ("E", ""),
    ),
    "firehose.put_record_batch": ({"Unprocessed": [{"Code": "E", "Message": "m"}]}, ("E", "m")),
    "nothing of the kind": ({"Arn": "x"}, None),
}  # fmt: skip


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_of_success_may_say_what_was_refused(case: str) -> None:
    answer, told = ANSWERS[case]
    assert refusal(None, answer) == told


def test_a_type_may_name_further_members_that_say_so() -> None:
    whole = Whole(failed=("Validation.Messages",))
    answer = {"Validation": {"Messages": [{"Message": "no such metric"}]}}
    assert refusal(whole, answer) == ("", "")
    assert refusal(None, answer) is None
    assert "has failures in 'Validation.Messages'" in fault(whole, {}, answer)


def test_a_write_that_succeeded_and_failed_is_a_refusal_with_its_own_code() -> None:
    answer = {"FailedEntryCount": 1, "FailedEntries": [{"ErrorCode": "Odd", "ErrorMessage": "no"}]}
    with pytest.raises(Rejected, match="no") as caught:
        session(answer).send("events", "put_targets", {})
    assert caught.value.code == "Odd"
    gone = {"Errors": [{"ErrorCode": "NotFound", "ErrorMessage": "no"}]}
    with pytest.raises(Gone):
        session(gone).send("glue", "batch_delete", {}, absent=(absent("NotFound"),))


def test_a_refusal_inside_of_success_that_passes_is_sent_again() -> None:
    busy = {"FailedEntries": [{"ErrorCode": "ThrottlingException", "ErrorMessage": ""}]}
    reading = session(busy, {"FailedEntryCount": 0})
    assert reading.send("events", "put_targets", {}) == {"FailedEntryCount": 0}
    assert reading.total == 2


# -- listed though deleted


def test_what_is_only_listed_still_is_not_there() -> None:
    listing = Listing(
        method="list_them", at="Them", name="Name", gone={"State": codes("deleted", "deleting")}
    )
    kind = resource("M::Base", listings=(listing,))
    items = [{"Name": f"acme-dev-{name}", "State": name} for name in ("available", "deleted")]
    there, gone = node(address("base", "available")), node(address("base", "deleted"))
    graph, _ = build_graph([there, gone])
    index: dict[str, Any] = {"ResourceTagMappingList": []}
    reading = session(index, {"Them": items}, {"Size": 1}, {"Tags": []})
    live, _ = observe(reading, graph, {kind.type: kind}, PLACE)
    assert live.found[gone.address] is None
    assert live.found[there.address] is not None


# -- state as a desired property


TRIGGER = Switch(
    prop="Running",
    get="get_trigger",
    at="Trigger.State",
    on="start_trigger",
    off="stop_trigger",
    means={"ACTIVATED": True, "CREATED": False, "DEACTIVATED": False},
)


@pytest.mark.parametrize(("word", "on"), [("ACTIVATED", True), ("CREATED", False)])
def test_a_word_says_whether_it_is_on(word: str, on: bool) -> None:
    reader = ReadOnly(session({"Trigger": {"State": word}}), "glue")
    assert TRIGGER.read(reader, {}) is on
    calls = [request.method for request in TRIGGER.calls(on, not on)]
    assert calls == ["stop_trigger" if on else "start_trigger"]
    assert [*TRIGGER.calls(on, on)] == []


def test_a_new_word_is_neither_on_nor_off_but_unknown() -> None:
    whole = TRIGGER.wholes["get_trigger"]
    said = fault(whole, {}, {"Trigger": {"State": "PAUSED"}})
    assert said == "'Trigger.State' says 'PAUSED', of which nothing is known"
    assert fault(whole, {}, {"Trigger": {"State": "CREATED"}}) == ""


GLUE = Word(
    prop="State",
    get="get_trigger",
    at="Trigger.State",
    sets={"ACTIVATED": Op("start_trigger"), "DEACTIVATED": Op("stop_trigger", {"Now": True})},
    means={"CREATED": "DEACTIVATED"},
)


def test_a_word_is_set_by_its_own_call_and_an_equal_one_by_none() -> None:
    reader = ReadOnly(session({"Trigger": {"State": "CREATED"}}), "glue")
    assert GLUE.read(reader, {}) == "DEACTIVATED"
    assert [*GLUE.calls("DEACTIVATED", "ACTIVATED")] == [Request("start_trigger", {})]
    assert [*GLUE.calls("ACTIVATED", "DEACTIVATED")] == [Request("stop_trigger", {"Now": True})]
    assert [*GLUE.calls("CREATED", "DEACTIVATED")] == [*GLUE.calls("ACTIVATED", None)] == []
    assert GLUE.writes == ("start_trigger", "stop_trigger")
    said = fault(GLUE.wholes["get_trigger"], {}, {"Trigger": {"State": "ODD"}})
    assert "of which nothing is known" in said


# -- what others own at run time


STREAM = resource(
    "M::Base",
    effects=dict.fromkeys(("Shards", "Mode", "Size", "Columns", "Indexes"), Effect.IN_PLACE),
    keyed={"Indexes": "Name"},
    owners=(
        scaled("Shards", "Mode.Name", "ON_DEMAND"),
        Owner(path="Columns.Seen", who=Cause.CRAWLER),
        Owner(path="Indexes.Units", who=Cause.AUTOSCALER),
    ),
)
WANT = {
    "Shards": 1, "Mode": {"Name": "ON_DEMAND"}, "Size": 1,
    "Columns": {"Seen": ["a"], "Own": 1}, "Indexes": [{"Name": "i", "Units": 5, "Kind": "x"}],
}  # fmt: skip
HAVE = {
    "Shards": 4, "Mode": {"Name": "ON_DEMAND"}, "Size": 1,
    "Columns": {"Seen": ["a", "b"], "Own": 1}, "Indexes": [{"Name": "i", "Units": 9, "Kind": "x"}],
}  # fmt: skip


def test_what_others_move_by_right_is_no_difference() -> None:
    found = compare(HERE, WANT, Observed(HAVE, tags=OWN), STREAM)
    assert found.action is Action.NONE
    provisioned = {**HAVE, "Mode": {"Name": "PROVISIONED"}}
    paths = {each.path for each in compare(HERE, WANT, Observed(provisioned), STREAM).fields}
    assert paths == {("Mode", "Name")}  # the spec hands the number over with the mode
    back = {**WANT, "Mode": {"Name": "PROVISIONED"}}
    paths = {each.path for each in compare(HERE, back, Observed(HAVE, tags=OWN), STREAM).fields}
    assert paths == {("Mode", "Name"), ("Shards",)}  # and takes it back with it


def test_a_change_beside_it_sends_what_others_have_set() -> None:
    wanted = {**WANT, "Size": 2, "Columns": {"Seen": ["a"], "Own": 2}}
    graph, _ = build_graph([node(HERE, wanted)])
    there = {HERE: Observed(HAVE, tags=OWN)}
    draft = plan(graph, Live(there), {STREAM.type: STREAM}, PLACE, Policy())
    (step,) = draft.steps
    assert step.desired["Shards"] == 4
    assert step.desired["Columns"] == {"Seen": ["a", "b"], "Own": 2}
    assert step.desired["Indexes"] == [{"Name": "i", "Units": 9, "Kind": "x"}]
    assert {each.path for each in step.fields} == {("Size",), ("Columns", "Own")}


def test_drift_says_whose_it_is_and_an_apply_is_not_held_up_by_it() -> None:
    graph, _ = build_graph([node(HERE, WANT)])
    draft = plan(
        graph, Live({HERE: Observed(HAVE, tags=OWN)}), {STREAM.type: STREAM}, PLACE, Policy()
    )
    assert draft.steps == []
    (moving,) = draft.moving
    assert {(each.path, each.cause) for each in moving.owned} == {
        (("Shards",), Cause.AUTOSCALER),
        (("Columns", "Seen"), Cause.CRAWLER),
        (("Indexes", "i", "Units"), Cause.AUTOSCALER),
    }
    later = {**HAVE, "Shards": 8}
    assert guard(Observed(HAVE, tags=OWN), STREAM) == guard(Observed(later, tags=OWN), STREAM)
    other = {**HAVE, "Size": 8}
    assert guard(Observed(HAVE, tags=OWN), STREAM) != guard(Observed(other, tags=OWN), STREAM)


def test_nothing_is_lent_where_nobody_owns_anything() -> None:
    kind = resource("M::Base", effects=STREAM.effects)
    assert compare(HERE, WANT, Observed(HAVE, tags=OWN), kind).action is Action.UPDATE


def test_the_reads_of_a_type_are_all_named() -> None:
    kind = resource("M::Base", read=Op("describe_it", NAME), details=POLICY.details)
    assert {"describe_it", "get_version"} <= kind.methods


AUTO = Scalable(namespace="made", resource="it/", dimensions={"Units.Read": "made:it:Read"})
SCALING = resource(
    "M::Base",
    effects=dict.fromkeys(("Units", "Size"), Effect.IN_PLACE),
    owners=AUTO.owners,
    pending=AUTO.pending,
    update=lambda change: [Request("update_it", {"Units": change.desired["Units"]})],
)


def asked(dimension: str, **more: Any) -> tuple[Session, Live, Graph]:
    graph, _ = build_graph([node(HERE, {"Units": {"Read": 5, "Write": 5}, "Size": 1, **more})])
    have = {"Units": {"Read": 9, "Write": 5}, "Size": 1}
    live = Live({HERE: Observed(have, tags=OWN)})
    target = {"ResourceId": f"it/{HERE.name}", "ScalableDimension": dimension}
    bounds = {"MinCapacity": 0, "MaxCapacity": 9, "ScalableTargetARN": "arn"}
    reading = session({"ScalableTargets": [{**target, **bounds}]})
    changes = [*pending(graph, live, {"M::Base": SCALING}, PLACE)]
    live, problems = look_closer(
        reading, live, changes, {"M::Base": SCALING}, Single(reading, PLACE)
    )
    assert problems == []
    return reading, live, graph


def test_an_autoscaler_is_asked_for_only_when_its_number_differs() -> None:
    reading, live, graph = asked("made:it:Read")
    assert reading.total == 1
    draft = plan(graph, live, {"M::Base": SCALING}, PLACE, Policy())
    assert draft.steps == []
    (moving,) = draft.moving
    assert [(each.path, each.cause) for each in moving.owned] == [
        (("Units", "Read"), Cause.AUTOSCALER)
    ]
    other, _, _ = asked("made:it:Write", Units={"Read": 9, "Write": 5}, Size=2)
    assert other.total == 0


def test_a_number_that_nobody_scales_is_a_difference_like_any_other() -> None:
    _, live, graph = asked("made:it:Write")
    (step,) = plan(graph, live, {"M::Base": SCALING}, PLACE, Policy()).steps
    assert [each.path for each in step.fields] == [("Units", "Read")]


def test_where_nobody_asked_a_number_holds_no_apply_up() -> None:
    have, later = ({"Units": {"Read": it, "Write": 5}, "Size": 1} for it in (5, 7))
    assert guard(Observed(have, tags=OWN), SCALING) == guard(Observed(later, tags=OWN), SCALING)
    fields = compare(HERE, have, Observed(later, tags=OWN), SCALING).fields
    assert unsettled(fields, SCALING) == []
    wrong = compare(HERE, have, Observed({**have, "Size": 2}, tags=OWN), SCALING).fields
    assert len(unsettled(wrong, SCALING)) == 1
