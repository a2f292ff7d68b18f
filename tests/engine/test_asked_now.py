"""A driver with specs sees what they ask for now, as `apply` would find it, and raises no other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sweeps import sample

from reconciler.aws import strays as marked
from reconciler.aws.rollout.driving import About, Look, look
from reconciler.cli.world.asking import asking, gone
from reconciler.cli.world.rollouts import about_of
from reconciler.compile import compiler
from reconciler.compile.rollouts import rollouts
from reconciler.rollout.values import Act, Doing, Live, Rollout, Signals, Verdict
from reconciler.sandbox.inprocess import Sandbox
from reconciler.sandbox.seed import register_package

from . import specs
from .canary import ALL_AT_ONCE, NAME, STEPS, World, noted, text
from .files import bucket_in
from .platform import Platform, join, spec

RAISES = {Act.SCALE, Act.WEIGH, Act.FINISH}
BUCKET, KEY, GROUP = bucket_in("eu-west-1", "123456789012"), "models/1.tar.gz", "acme-dev-fraud"


@dataclass
class Desk:
    """Who drives the rollout of the platform's specs, and judges it so."""

    world: World
    verdict: Verdict = Verdict.PASSED

    def look(self, word: str = "") -> Look:
        request, session = self.world.platform.request(), self.world.platform.session
        known = rollouts(request.specs, request.view)["scorer"]
        asks = asking(session, request.specs, request.view, known)
        about = replace(about_of(session, known, asks), judge=self.judge, files=False)
        return look(session, about, word)

    def judge(self, _rollout: Rollout, _live: Live, _now: float) -> Signals:
        return Signals(verdict=self.verdict)

    def next(self, wanted: str, word: str = "") -> tuple[Act, str]:
        """What is next with these specs."""
        self.world.platform.text = wanted
        action = self.look(word).action
        assert action is not None
        return action.act, action.why

    def calls(self, wanted: str, word: str = "") -> tuple[Act, Counter[str]]:
        """What is next, and what a look asks of AWS for it beside the endpoint and its way back."""
        session = self.world.platform.session
        before = Counter(session.calls)
        act, _ = self.next(wanted, word)
        reads = ("endpoint", "endpoint_config", "model")
        own = {"sagemaker.list_tags", "cloudwatch.describe_alarms"}
        own |= {f"sagemaker.describe_{each}" for each in reads}
        sent = session.calls - before
        return act, Counter({call: number for call, number in sent.items() if call not in own})


def baked(world: World, step: int = 1, share: int = 5, *, ago: float = 700) -> Desk:
    """The rollout is at a step that has baked."""
    world.step(step, share)
    since = world.platform.session.wall() - ago
    world.mark(since=since, confirmed=since)
    return Desk(world)


@pytest.fixture
def desk(platform: Platform, aws: Sandbox) -> Desk:
    """Version 2 is on trial at 5 %, and its bake is over."""
    platform.converge(text())
    world = World(platform, aws)
    assert world.apply(text(2)).outcome.ok
    return baked(world)


EDITS = {
    "another image tag": (text(3), "asks for"),
    "other variables": (text(2).replace("artifact:", "environment: {LIMIT: '1'}\n    artifact:"),
                        "asks for"),
    "another file": (text(2).replace("models/1", "models/2"), "asks for"),
    "other instances": (text(2, instances=6), "asks for"),
    "another instance type": (text(2, type_="ml.c7g.2xlarge"), "asks for"),
    "the version before": (text(), "asks for the version before again"),
}  # fmt: skip


@pytest.mark.scenario("R10")
@pytest.mark.parametrize("what", sample([*EDITS], 3))
def test_what_the_spec_does_not_ask_for_any_more_is_not_raised(what: str, desk: Desk) -> None:
    wanted, said = EDITS[what]
    act, why = desk.next(wanted)
    assert (act, said in why) == (Act.HOLD, True)
    plan = desk.world.plan(wanted)  # which is what `apply` would do
    assert "given up" in noted(plan)["CANARY004"]
    assert desk.next(text(2))[0] is Act.SCALE  # and it goes on where the spec is put back


@pytest.mark.scenario("R22")
@pytest.mark.parametrize("what", ["the same", "other steps"])
def test_other_steps_are_no_other_target(what: str, desk: Desk) -> None:
    wanted = {"the same": text(2), "other steps": text(2, STEPS.replace("5%, 50%", "10%, 25%"))}[
        what
    ]
    act, asked = desk.calls(wanted)
    assert (act, asked) == (Act.SCALE, Counter({"s3.list_objects_v2": 1}))


JUDGED = "  analysis: [{metric: Invocation5XXErrors, atMost: 1%}]\n"
WEAKER = {
    "fails later": JUDGED.replace("1%", "1%, for: 10m"),
    "another limit": JUDGED.replace("1%", "50%"),
    "no way back": f"{JUDGED}  onFailure: none\n",
}


@pytest.mark.parametrize("what", WEAKER)
def test_by_another_analysis_nothing_is_raised_until_an_apply_says_that_it_counts(
    what: str, desk: Desk
) -> None:
    """An older working copy asks for the same, and knows of no reason to stop it."""
    weaker = text(2).replace(JUDGED, WEAKER[what])
    act, why = desk.next(weaker)
    assert (act, "not the one that was applied last" in why) == (Act.HOLD, True)
    assert desk.next(text(2))[0] is Act.SCALE  # who has what was applied goes on
    desk.verdict = Verdict.FAILED
    assert desk.next(weaker)[0] is Act.WEIGH  # and what fails goes back whoever looks
    desk.verdict = Verdict.PASSED

    plan = desk.world.plan(weaker)
    assert "from this apply on" in noted(plan)["CANARY003"]
    marks = desk.world.marks
    assert desk.world.platform.apply(plan).outcome.ok
    assert desk.world.marks == marks  # those are the driver's alone
    assert desk.next(weaker)[0] is Act.SCALE
    assert desk.next(text(2))[0] is Act.HOLD


def test_a_person_may_promote_what_is_judged_otherwise(desk: Desk) -> None:
    desk.world.mark(word="promote", confirmed=desk.world.platform.session.wall())
    assert desk.next(text(2).replace(JUDGED, WEAKER["another limit"]))[0] is Act.SCALE


def test_a_person_may_promote_it_all_the_same(desk: Desk) -> None:
    desk.world.mark(word="promote", confirmed=desk.world.platform.session.wall())
    assert desk.next(text(3))[0] is Act.SCALE


def test_a_spec_that_has_moved_on_for_a_week_ends_it(desk: Desk) -> None:
    baked(desk.world, ago=700 + 86_400)
    assert desk.next(text(3))[0] is Act.HOLD
    baked(desk.world, ago=700 + 8 * 86_400)
    act, why = desk.next(text(3))
    assert act is Act.WEIGH
    assert "for 7 d nobody did anything" in why


# -- the file


@pytest.mark.scenario("R03")
def test_a_file_that_is_overwritten_under_its_key_is_another_version(desk: Desk) -> None:
    desk.world.platform.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=b"other bytes")
    act, why = desk.next(text(2))
    assert (act, "asks for" in why) == (Act.HOLD, True)


@pytest.mark.scenario("R12")
@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown", "gone"])
def test_what_cannot_be_looked_up_raises_nothing_and_stops_no_way_back(
    code: str, desk: Desk
) -> None:
    s3 = desk.world.platform.client("s3")
    if code == "gone":
        s3.delete_object(Bucket=BUCKET, Key=KEY)
    else:
        desk.world.aws.fail("s3", "ListObjectsV2", code, times=999)
    act, why = desk.next(text(2))
    assert (act, "gets no more traffic" in why) == (Act.WAIT, True)

    desk.verdict = Verdict.FAILED
    assert desk.next(text(2))[0] is Act.WEIGH
    assert desk.look().action.shares["candidate"] == 0  # type: ignore[union-attr]
    desk.verdict = Verdict.PASSED
    assert desk.look("abort").action.shares["candidate"] == 0  # type: ignore[union-attr]
    desk.world.mark(doing=Doing.ABORT, word="abort")
    assert desk.calls(text(2))[1] == Counter()  # the way back asks nothing

    baked(desk.world, ago=700 + 7300)
    act, why = desk.next(text(2))
    assert (act, "gets no more traffic" in why) == (Act.MARK, True)


def test_a_step_on_its_way_has_its_deadline_whatever_is_known(desk: Desk) -> None:
    desk.world.aws.fail("s3", "ListObjectsV2", "AccessDenied", times=999)
    now = desk.world.platform.session.wall()
    desk.world.mark(doing=Doing.SCALE, step=2, since=now - 7300, seen=False, tries=1)
    act, why = desk.next(text(2))
    assert (act, "scaling has taken" in why) == (Act.WEIGH, True)


# -- the registry


def of_registry(version: object = "latest-approved") -> str:
    body = f"""
  model: {{registry: fraud, version: {version}}}
  serve: {{realtime: {{instanceType: ml.c7g.xlarge, instances: 4}}}}
  strategy: {STEPS}
  analysis: [{{metric: Invocation5XXErrors, atMost: 1%}}]
"""
    return join(specs.RAW, specs.REGISTRY, spec("Rollout", "scorer", body))


@pytest.fixture
def registered(platform: Platform, aws: Sandbox) -> Desk:
    """Version 2 of a registry is on trial at 5 %, as the newest approved one."""
    platform.text = join(specs.RAW, specs.REGISTRY)
    assert platform.apply(platform.plan()).outcome.ok
    client: Any = platform.client("sagemaker")
    register_package(client, GROUP, approved=True)
    platform.converge(of_registry())
    register_package(client, GROUP, approved=True)
    world = World(platform, aws)
    assert world.apply(of_registry()).outcome.ok
    assert world.marks.version == f"{GROUP}/2"
    return baked(world)


def test_a_version_that_is_approved_meanwhile_waits_and_one_that_is_rejected_stops(
    registered: Desk,
) -> None:
    client = registered.world.platform.client("sagemaker")
    register_package(client, GROUP, approved=True)
    twice = Counter({"sagemaker.list_model_packages": 1, "sagemaker.describe_model_package": 1})
    assert registered.calls(of_registry()) == (Act.SCALE, twice)
    assert registered.calls(of_registry(2)) == (Act.SCALE, twice)
    act, why = registered.next(of_registry(3))
    assert (act, f"asks for '{GROUP}/3'" in why) == (Act.HOLD, True)
    assert registered.next(of_registry(1))[0] is Act.HOLD
    assert "no version 9" in registered.next(of_registry(9))[1]

    arn = f"arn:aws:sagemaker:eu-west-1:123456789012:model-package/{GROUP}/2"
    client.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")
    act, why = registered.next(of_registry())
    assert (act, "its status is Rejected" in why) == (Act.WAIT, True)


# -- no strategy


@pytest.mark.scenario("R187")
def test_without_its_canary_it_stays_where_it_is_until_a_person_says_what(desk: Desk) -> None:
    act, why = desk.next(text(2, ALL_AT_ONCE))
    assert (act, "has no canary any more" in why) == (Act.HOLD, True)
    assert all(word in why for word in ("`abort`", "`promote --full`", "in the spec again"))
    desk.verdict = Verdict.FAILED
    assert desk.look().action.act is Act.WEIGH  # type: ignore[union-attr]
    desk.verdict = Verdict.PASSED
    assert desk.look("abort").action.act is Act.WEIGH  # type: ignore[union-attr]
    desk.world.mark(word="full")
    assert desk.look().action.act is Act.FINISH  # type: ignore[union-attr]
    desk.world.mark(word="abort", doing=Doing.ABORT)
    assert desk.look().action.act is Act.WEIGH  # type: ignore[union-attr]


def test_a_shadow_in_its_place_does_not_hide_it(desk: Desk) -> None:
    shadow = """{shadow: {model: {image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:9,
        artifact: s3://team-models/models/1.tar.gz}, sampling: 10%}}
  capture: {sampling: 100%}"""
    wanted = text(2, shadow)
    act, why = desk.next(wanted[: wanted.index("  analysis:")])
    assert (act, "has no canary any more" in why) == (Act.HOLD, True)


# -- no spec


def test_a_rollout_whose_spec_is_gone_is_found_by_its_marks_in_its_environment_alone(
    desk: Desk,
) -> None:
    session, view = desk.world.platform.session, desk.world.platform.request().view
    place = compiler.place_of(view)
    (found,) = marked.strays(session, place)
    assert (found.endpoint, found.spec) == (NAME, "Rollout/scorer")
    made = marked.made(session, place, found.spec)
    (guard,), machine = made.alarms, made.machine
    assert not machine
    assert marked.strays(session, replace(place, environment="prod")) == []

    about = About(endpoint=NAME, asked=gone("scorer", view), alarms=(guard,))
    held = look(session, about).action
    assert held is not None
    assert (held.act, "no spec of dev makes 'scorer'" in held.why) == (Act.HOLD, True)
    desk.world.platform.client("cloudwatch").set_alarm_state(
        AlarmName=guard, StateValue="ALARM", StateReason="errors"
    )
    back = look(session, about).action
    assert back is not None
    assert back.shares["candidate"] == 0
    desk.world.mark(ended="completed")
    assert marked.strays(session, place) == []
