"""Every registered type, through the whole engine, on the sandbox.

Absent, created, unchanged, edited in place, retagged, deleted: after each
step a new plan finds nothing left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sweeps import LONG

from reconciler.aws.apply import apply
from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.observe import observe
from reconciler.aws.session import Session
from reconciler.facts import facts
from reconciler.model.address import Address
from reconciler.model.change import Action, Status
from reconciler.model.event import Event, StepFailed
from reconciler.model.graph import Graph, Node, build_graph
from reconciler.model.plan import Plan, Step
from reconciler.model.policy import Policy
from reconciler.model.value import JsonText, Ref, resolve
from reconciler.plan.order import plan
from reconciler.resources.api import Reach, load
from reconciler.sandbox.door.faults import Fault
from reconciler.sandbox.inprocess import Sandbox

from .samples import DEFINITION, PLACE, SAMPLES, Props, Sample, role

COSTLY = sorted(type_ for type_, each in SAMPLES.items() if each.costly)
TYPES = sorted(SAMPLES.keys() - {*COSTLY}) if not LONG else sorted(SAMPLES)
STAY = {"FeatureDefinitions", "SchemaDefinition"}
"""Features and versions of schemas are never taken back."""
ALL = Policy(allow=frozenset({"records", "traffic", "keys", "history", "access"}))
Turn = Callable[..., tuple[Step, ...]]


@pytest.fixture
def session(aws: Sandbox) -> Session:
    clock = FakeClock()
    return Session(aws, clock=clock, limiter=Limiter(clock, unlimited=True))


class Moving(FakeClock):
    """A wait moves the account's own time too, which nothing else does."""

    def __init__(self, aws: Sandbox) -> None:
        super().__init__()
        self._aws = aws
        aws.clock.configure(mode="manual")

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._aws.clock.advance(seconds)


@pytest.fixture
def turn(session: Session) -> Turn:
    """Plan and apply a graph of samples; the steps that were taken."""
    return turning(session)


def turning(session: Session) -> Turn:
    """Plan and apply with a session.

    What has neither tags nor a name is told by what the last apply asked for, as by a receipt.
    """
    last: dict[Address, Props] = {}

    def run(*nodes: Node) -> tuple[Step, ...]:
        graph, problems = build_graph(nodes)
        assert problems == []
        live, found = observe(session, graph, load(), PLACE, left=frozenset(last), applied={**last})
        assert found == []
        last.clear()
        last.update(told(nodes))
        draft = plan(graph, live, load(), PLACE, ALL)
        assert [item for item in draft.diagnostics if item.is_error] == []
        events = carry_out(session, draft.steps)
        assert [event.message for event in events if isinstance(event, StepFailed)] == []
        return tuple(draft.steps)

    return run


def told(nodes: Iterable[Node]) -> dict[Address, Props]:
    """What a receipt says of those that nothing else leads to."""
    return {node.address: _named(node.props) for node in nodes if _bare(node.address)}


def _bare(address: Address) -> bool:
    """Whether nothing on it, or no index of the region, says whose it is."""
    resource = load()[address.type]
    away = resource.generic and resource.reach is Reach.GLOBAL and not resource.name
    return bool(away) or not (resource.signed or resource.whose or resource.name)


def _named(props: Props) -> Props:
    found: Props = resolve(props, lambda ref: ref.target.name)
    return found


def carry_out(session: Session, steps: Iterable[Step]) -> list[Event]:
    """Apply some steps; what happened."""
    made = Plan("test", PLACE.platform, PLACE.account, PLACE.region, tuple(steps))
    events: list[Event] = []
    apply(made, session, load(), PLACE, events.append, workers=1)
    return events


def attempt(session: Session, graph: Graph) -> list[Event]:
    """Plan and apply, failures welcome."""
    live, _ = observe(session, graph, load(), PLACE)
    return carry_out(session, plan(graph, live, load(), PLACE, ALL).steps)


def nodes(sample: Sample, props: Props, **tags: str) -> list[Node]:
    """A sample and what it needs."""
    return [
        *(Node(other.address, other.tagged(other.full)) for other in sample.needs),
        Node(sample.address, sample.tagged(props, **tags)),
    ]


def kept(turn: Turn, wanted: list[Node]) -> None:
    """A new plan finds nothing left to do."""
    assert changes(turn(*wanted)) == []


def edited(turn: Turn, wanted: list[Node], props: Iterable[str]) -> None:
    """One update in place, of these properties at least."""
    steps = turn(*wanted)
    assert [step.action for step in steps] == [Action.UPDATE]
    assert {field.path[0] for field in steps[0].fields} >= {*props}


@pytest.mark.parametrize("type_", TYPES)
def test_a_minimal_sample_is_created_once_and_then_unchanged(type_: str, turn: Turn) -> None:
    wanted = nodes(SAMPLES[type_], SAMPLES[type_].minimal)
    assert {step.action for step in turn(*wanted)} == {Action.CREATE}
    kept(turn, wanted)


FIXED = [each for each in SAMPLES if (own := load()[each].generic) and own.fixed_tags]
TAGGED = [each for each in TYPES if load()[each].signed and load()[each].tags and each not in FIXED]


@pytest.mark.parametrize("type_", TYPES)
def test_a_life(type_: str, turn: Turn) -> None:
    """Made, unchanged, edited and taken back, retagged, replaced, deleted."""
    sample, tagged = SAMPLES[type_], type_ in TAGGED
    wanted = nodes(sample, sample.full, **{"team": "fraud"} if tagged else {})
    made = turn(*wanted)
    assert {step.action for step in made} == {Action.CREATE}
    kept(turn, wanted)
    stays = edits(sample, turn, {"team": "fraud"} if tagged else {})
    if tagged:
        edited(turn, wanted := nodes(sample, stays), ["Tags"])
        kept(turn, wanted)
    for number, each in enumerate(sample.breaks):
        if number or stays != sample.full:
            turn()
            turn(*nodes(sample, sample.full))
        wanted = nodes(sample, {**sample.full, **each})
        assert [step.action for step in turn(*wanted)] == [Action.DELETE, Action.REPLACE]
        kept(turn, wanted)
    gone = turn()
    own = load()[type_]
    receipts = {sample.address} if own.generic and not (own.signed or own.whose) else set()
    known = {step.address for step in made} - receipts
    assert known <= {step.address for step in gone} <= known | receipts, "the rest goes by receipts"
    assert {step.action for step in gone} <= {Action.DELETE}
    assert turn() == ()


def edits(sample: Sample, turn: Turn, tags: dict[str, str]) -> Props:
    """Each edit on top of those before, then all are taken back; what there is after that.

    In `make test-long` each is also taken back on its own. A team is changed with the last. What
    no spec mentions any more stays as it is, and is no difference.
    """
    now, stay = sample.full, sample.full
    chosen = sample.edits if LONG else sample.edits[::2]
    done: set[str] = set()
    for edit in chosen:
        if done & edit.keys():
            kept(turn, nodes(sample, now, **tags))
        before, now = now, {**now, **edit}
        moved = {key for key in edit if before.get(key) != edit[key]} - _unread(sample.type)
        edited(turn, nodes(sample, now, **tags), moved)
        if edit.keys() & STAY:
            stay = {**stay, **edit}
        elif LONG:
            kept(turn, nodes(sample, now, **tags))
            for props in (before, now):
                edited(turn, nodes(sample, props, **tags), moved & props.keys())
                kept(turn, nodes(sample, props, **tags))
        done |= edit.keys()
    if chosen:
        kept(turn, nodes(sample, now, **tags))
    back = {key for key in done & stay.keys() if now.get(key) != stay[key]} - _unread(sample.type)
    if tags or back:
        wanted = nodes(sample, stay, **{**tags, "team": "risk"} if tags else {})
        edited(turn, wanted, {*back, *["Tags"] * bool(tags)})
        kept(turn, wanted)
    return stay


def _unread(type_: str) -> set[str]:
    """What AWS's handlers never give back: no change of it is seen."""
    return {path[0] for path in facts(type_).write_only} if load()[type_].generic else set()


@pytest.mark.parametrize("type_", [each for each in FIXED if each in TYPES])
def test_tags_that_stay_are_a_note_and_no_step(type_: str, session: Session, turn: Turn) -> None:
    sample = SAMPLES[type_]
    turn(*nodes(sample, sample.full, team="fraud"))
    graph, _ = build_graph(nodes(sample, sample.full, team="risk"))
    live, _ = observe(session, graph, load(), PLACE)
    draft = plan(graph, live, load(), PLACE, ALL)
    assert draft.steps == []
    assert "CLOUD005" in {each.code for each in draft.diagnostics}


@pytest.mark.parametrize("type_", COSTLY)
def test_a_whole_life(type_: str, turn: Turn) -> None:
    """Made, unchanged, edited, tagged, deleted: each of it once."""
    sample = SAMPLES[type_]
    wanted = nodes(sample, sample.full)
    assert {step.action for step in turn(*wanted)} == {Action.CREATE}
    assert changes(turn(*wanted)) == []
    signed = load()[type_].signed
    tags = {"team": "risk"} if signed and type_ not in FIXED else {}
    wanted = nodes(
        sample, {**sample.full, **sample.edits[0]} if sample.edits else sample.full, **tags
    )
    assert [step.action for step in turn(*wanted)] == [Action.UPDATE] * bool(sample.edits or tags)
    assert changes(turn(*wanted)) == []
    gone = turn()
    own = {step.action for step in gone if step.address == sample.address}
    assert own == {Action.DELETE} if signed else own <= {Action.DELETE}, "the rest goes by receipts"
    assert turn() == ()


def changes(steps: tuple[Step, ...]) -> list[Any]:
    return [(step.address.type, field) for step in steps for field in step.fields]


def test_a_silent_rollback_fails_its_step(aws: Sandbox, session: Session, turn: Turn) -> None:
    sample = SAMPLES["AWS::SageMaker::Endpoint"]
    turn(*nodes(sample, sample.full))
    aws.outcome(sample.name, "rollback", "an alarm went off")
    graph, _ = build_graph(nodes(sample, {**sample.full, **sample.edits[0]}))
    failed = [event for event in attempt(session, graph) if isinstance(event, StepFailed)]
    assert [event.code for event in failed] == ["APPLY007"]
    assert "an alarm went off" in failed[0].message


def test_a_key_that_somebody_condemned_is_taken_back(
    aws: Sandbox, session: Session, turn: Turn
) -> None:
    sample = SAMPLES["AWS::KMS::Key"]
    turn(*nodes(sample, sample.full))
    kms = aws.client("kms")
    id_ = kms.describe_key(KeyId=f"alias/{sample.name}")["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=id_)
    graph, _ = build_graph(nodes(sample, sample.full))
    live, _ = observe(session, graph, load(), PLACE)
    observed = live.found[sample.address]
    assert observed is not None
    assert observed.status is Status.READY
    assert observed.reason.startswith("PendingDeletion: ")
    assert [step.action for step in turn(*nodes(sample, sample.full))] == [Action.UPDATE]
    after = kms.describe_key(KeyId=f"alias/{sample.name}")["KeyMetadata"]
    assert (after["KeyId"], after["KeyState"]) == (id_, "Enabled")
    assert turn(*nodes(sample, sample.full)) == ()


def test_a_key_is_made_anew_after_it_was_deleted(turn: Turn) -> None:
    sample = SAMPLES["AWS::KMS::Key"]
    turn(*nodes(sample, sample.full))
    turn()
    assert [step.action for step in turn(*nodes(sample, sample.full))] == [Action.CREATE]


def test_a_lost_alias_comes_back(aws: Sandbox, turn: Turn) -> None:
    sample = SAMPLES["AWS::KMS::Key"]
    turn(*nodes(sample, sample.full))
    aws.client("kms").delete_alias(AliasName=f"alias/{sample.name}")
    assert [step.action for step in turn(*nodes(sample, sample.full))] == [Action.UPDATE]
    assert turn(*nodes(sample, sample.full)) == ()


def test_a_definition_given_as_text_is_compared_as_a_document(turn: Turn) -> None:
    sample = SAMPLES["AWS::SageMaker::Pipeline"]
    definition = JsonText({**DEFINITION, "Metadata": {"role": Ref(role.address, "Arn")}})
    props = {**sample.full, "PipelineDefinition": {"PipelineDefinitionBody": definition}}
    turn(*nodes(sample, props))
    assert turn(*nodes(sample, props)) == ()


@pytest.mark.parametrize("type_", TYPES if LONG else ["AWS::SageMaker::Pipeline"])
def test_what_was_deleted_is_made_again_within_the_hour(type_: str, aws: Sandbox) -> None:
    """AWS remembers the tokens of the requests before; none of these may be taken for one."""
    clock = Moving(aws)
    turn = turning(Session(aws, clock=clock, limiter=Limiter(clock, unlimited=True)))
    wanted = nodes(SAMPLES[type_], SAMPLES[type_].full)
    for _ in range(3):
        assert {step.action for step in turn(*wanted)} == {Action.CREATE}
        assert turn(*wanted) == ()
        turn()
        aws.clock.advance(600)


def test_a_plan_that_is_carried_out_twice_makes_again_what_was_deleted(
    aws: Sandbox, session: Session, turn: Turn
) -> None:
    sample = SAMPLES["AWS::SageMaker::Pipeline"]
    wanted = nodes(sample, sample.full)
    steps = turn(*wanted)
    for _ in range(2):
        turn()
        assert not any(isinstance(each, StepFailed) for each in carry_out(session, steps))
        assert turn(*wanted) == ()


def test_a_request_whose_reply_was_lost_is_carried_out_once(aws: Sandbox, turn: Turn) -> None:
    sample = SAMPLES["AWS::SageMaker::Pipeline"]
    fault = Fault("sagemaker", "CreatePipeline", kind="reset", after=True, times=2)
    aws.faults.add(fault)
    turn(*nodes(sample, sample.full))
    assert (fault.fired, aws.calls["sagemaker.CreatePipeline"]) == (2, 3)
    assert turn(*nodes(sample, sample.full)) == ()


def test_a_run_that_lost_its_disk_sends_only_what_is_absent(
    aws: Sandbox, session: Session, turn: Turn
) -> None:
    sample = SAMPLES["AWS::SageMaker::Pipeline"]
    *others, pipeline = nodes(sample, sample.full)
    turn(*others)
    before = aws.calls.copy()
    assert {step.address for step in turn(*others, pipeline)} == {sample.address}
    sent = {name for name in aws.calls - before if ".Create" in name}
    assert sent == {"sagemaker.CreatePipeline"}
