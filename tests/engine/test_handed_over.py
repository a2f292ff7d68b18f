"""Credentials that end while AWS is at work: nothing new is begun, and a later run sees the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sweeps import LONG, sample

from reconciler import engine
from reconciler.cli.frame.project import Exit, Project
from reconciler.cli.world import notes
from reconciler.model.plan import SUFFIX
from reconciler.model.receipt import Receipt, from_bytes, to_bytes
from reconciler.receipts.lease import TERM
from reconciler.receipts.s3 import S3Store

from . import specs
from .platform import join, steps
from .team import ALICE, KEPT, Said, Team

HOUR = 3600.0
ENDPOINT, GROUP = specs.ENDPOINT, specs.GROUP
TEXTS = {ENDPOINT: specs.SERVING, GROUP: join(specs.RAW, specs.CUSTOMER)}
UNWRITTEN = Path(".moorline/unwritten/dev")


@dataclass
class Ending(S3Store):
    """A place for receipts; when the wait of a step is noted, or the receipt comes, it is over."""

    team: Team
    at: str
    then: Callable[[], object] = bool
    noted: list[Receipt] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.team.platform.session, KEPT, "", "dev", self.team.now)

    def note(self, receipt: Receipt) -> None:
        super().note(receipt)
        self.noted.append(receipt)
        if self.at in {wait.step for wait in receipt.waits}:
            self.over()

    def write(self, receipt: Receipt) -> None:
        if self.at == "receipt":
            self.over()
        super().write(receipt)

    def over(self) -> None:
        self.team.aws.expire()
        self.then()


def update(text: str) -> str:
    """The endpoint gets another configuration, and the feature group a feature."""
    return text.replace("instances: 2", "instances: 3").replace(
        "n: integral}", "n: integral, m: string}"
    )


@dataclass(frozen=True)
class Deed:
    """What is applied: how the platform stands before, and what is wanted."""

    before: bool
    change: Callable[[str], str] = str
    destroy: bool = False


DEEDS = {
    "apply": Deed(before=False),
    "update": Deed(before=True, change=update),
    "destroy": Deed(before=True, destroy=True),
}
WAITS = [(deed, at, how) for at in TEXTS for deed in DEEDS for how in ("resume", "again")]


def begun(team: Team, deed: Deed, at: str = ENDPOINT) -> None:
    """The platform as it is before the deed, and what is wanted now."""
    team.platform.allow = "traffic, records"
    team.platform.text = TEXTS[at]
    if deed.before:
        assert team.apply().code is Exit.OK
        team.now.at += TERM
    team.platform.text = deed.change(TEXTS[at])


def log_in(team: Team) -> None:
    """An hour later with new credentials, by a new process; the lease has run out."""
    team.now.at += TERM + timedelta(seconds=1)
    team.aws.log_in()
    team.aws.clock.advance(HOUR)
    team.platform.restart()


def asked(team: Team) -> dict[str, int]:
    """How often AWS was asked to make, move or delete what is waited for."""
    names = ("CreateEndpoint", "UpdateEndpoint", "DeleteEndpoint", "CreateFeatureGroup")
    names += ("UpdateFeatureGroup", "DeleteFeatureGroup")
    return {name: team.aws.calls[f"sagemaker.{name}"] for name in names}


def aside() -> Receipt:
    """The receipt that could not be kept where it belongs."""
    (path,) = UNWRITTEN.glob("*.json")
    return from_bytes(path.read_bytes(), str(path))


def nothing_new(said: Said, kept: Receipt) -> None:
    """Every step is told of, and what was not tried says why."""
    outcome = said.json["outcome"]
    told = {*outcome["skipped"], *outcome["failed"], *outcome["done"]}
    assert told == {step["id"] for step in said.json["plan"]["steps"]}
    after = {each.id: each for each in kept.steps}
    assert {after[step].result for step in outcome["failed"]} == {"handed-over"}
    for step in outcome["skipped"]:
        assert after[step].cause in {"the credentials ended", *outcome["failed"]}


@pytest.mark.parametrize(("name", "at", "how"), sample(WAITS, len(WAITS)))
def test_a_wait_that_outlasts_the_credentials_is_handed_over_and_verified_later(
    team: Team, name: str, at: str, how: str
) -> None:
    deed = DEEDS[name]
    begun(team, deed, at)
    waiting = f"{at}{SUFFIX}" if deed.destroy else at
    store = Ending(team, waiting)
    said = team.apply(store, destroy=deed.destroy)

    failures = {each["step"]: each for each in said.json["failures"]}
    assert (said.code, failures[waiting]["code"]) == (Exit.ERROR, "SESSION002")
    assert {each["code"] for each in failures.values()} == {"SESSION002"}
    assert "--resume" in failures[waiting]["help"]
    assert said.codes == ["RECEIPT001"]
    kept = aside()
    assert (kept.result, kept.who) == ("handed-over", ALICE)
    (wait,) = (each for each in kept.waits if each.step == waiting)
    assert wait.since == f"2026-11-23T08:0{5 if deed.before else 0}:00Z"

    nothing_new(said, kept)
    before = asked(team)
    log_in(team)
    there = {address for _, address in steps(team.platform.plan(destroy=deed.destroy))}
    assert at.partition("/")[2] not in there, "what arrived is not pending"
    last = team.apply(resume=how == "resume", destroy=deed.destroy)
    assert last.code is Exit.OK, last.json
    seen = {each["step"]: each for each in last.json["receipt"]["waits"]}
    if how == "resume":
        assert seen[waiting]["ended"].startswith("verified: ")
        assert (seen[waiting]["who"], seen[waiting]["since"]) == (ALICE, wait.since)
    assert steps(team.platform.plan(destroy=deed.destroy)) == []
    more = {name: n for name, n in asked(team).items() if n != before[name]}
    assert all(n == before[name] + 1 for name, n in more.items()), "nothing is sent twice"


def test_credentials_that_end_before_the_receipt_cost_no_more_than_its_place(team: Team) -> None:
    begun(team, DEEDS["apply"])
    said = team.apply(Ending(team, "receipt"))
    assert (said.code, said.codes) == (Exit.ERROR, ["RECEIPT001"])
    assert said.json["outcome"]["failed"] == []
    (found,) = said.json["receipt"]["problems"]
    assert f"moorline history -e dev --add {said.json['receipt']['at']}" in found["help"]
    assert aside().result == "done"
    log_in(team)
    project = Project(Path("specs"), Path("environments"), True, True)
    view, file = team.platform.request().view, Path(said.json["receipt"]["at"])
    store = team.store()
    notes.brought_in(project, view, store, file)
    assert store.latest() == aside()
    notes.brought_in(project, view, store, file)
    file.write_bytes(to_bytes(replace(aside(), account="999999999999")))
    with pytest.raises(SystemExit):
        notes.brought_in(project, view, store, file)
    file.write_bytes(to_bytes(replace(store.latest() or aside(), id="2", ended="")))
    with pytest.raises(SystemExit):
        notes.brought_in(project, view, store, file)
    assert "RECEIPT006" in team.capsys.readouterr().out
    assert steps(team.platform.plan()) == []


@pytest.mark.parametrize("lost", [False, True] if LONG else [False])
def test_an_update_that_was_rolled_back_meanwhile_is_reported(team: Team, lost: bool) -> None:
    begun(team, Deed(before=True, change=lambda text: text.replace("instances: 2", "instances: 3")))
    team.aws.outcome("acme-dev-scorer", "rollback", "an alarm fired")
    assert team.apply(Ending(team, ENDPOINT)).code is Exit.ERROR
    log_in(team)
    drift, _ = engine.drifted(team.platform.plan(), team.platform.session)
    (step,) = (each for each in drift.steps if each.id == ENDPOINT)
    assert "an alarm fired" in step.refused
    if lost:
        forget(team)
        said = team.apply()
    else:
        said = team.apply(resume=True)
        (seen,) = said.json["receipt"]["waits"]
        assert (seen["step"], seen["who"]) == (ENDPOINT, ALICE)
        assert seen["ended"].startswith("not as asked: the update to 'acme-dev-scorer-")
        assert "an alarm fired" in seen["ended"]
    assert said.code is Exit.BLOCKED
    (still,) = (each for each in said.json["plan"]["steps"] if each["id"] == ENDPOINT)
    assert "an alarm fired" in still["refused"]


def test_a_note_that_is_lost_costs_the_who_and_when_alone(team: Team) -> None:
    begun(team, DEEDS["apply"])
    team.apply(Ending(team, ENDPOINT))
    log_in(team)
    forget(team)
    refused = team.apply(resume=True)
    assert (refused.code, refused.codes) == (Exit.ERROR, ["RECEIPT004"])
    assert team.apply().code is Exit.OK
    assert steps(team.platform.plan()) == []


def forget(team: Team) -> None:
    """Everything that the run wrote about itself is gone."""
    for path in UNWRITTEN.iterdir():
        path.unlink()
    client = team.platform.client("s3")
    for key in team.keys:
        if key.endswith(".begun"):
            client.delete_object(Bucket=KEPT, Key=key)


def test_what_is_known_before_a_wait_is_in_the_bucket_and_else_here(team: Team) -> None:
    begun(team, DEEDS["apply"])
    there: list[dict[str, Any]] = []

    def look() -> None:
        team.aws.log_in()
        (key,) = (each for each in team.keys if each.endswith(".begun"))
        body = team.platform.client("s3").get_object(Bucket=KEPT, Key=key)["Body"].read()
        there.append(json.loads(body))

    assert team.apply(Ending(team, ENDPOINT, look)).code is Exit.OK
    (wait,) = (each for each in there[0]["waits"] if each["step"] == ENDPOINT)
    assert (wait["since"], wait["state"]) == ("2026-11-23T08:00:00Z", "Creating")
    assert (there[0]["who"], there[0]["result"]) == (ALICE, "unfinished")
    assert not UNWRITTEN.exists()


class Shut(S3Store):
    """A bucket that takes no notes."""

    def note(self, receipt: Receipt) -> None:
        self.bucket = f"{KEPT}-not"
        try:
            super().note(receipt)
        finally:
            self.bucket = KEPT
            assert (UNWRITTEN.exists(), receipt.waits != ()) == (self.seen, True)
            self.seen = True

    seen = False


def test_a_note_that_the_bucket_does_not_take_is_kept_here_until_the_receipt(team: Team) -> None:
    begun(team, DEEDS["apply"])
    assert team.apply(Shut(team.platform.session, KEPT, "", "dev", team.now)).code is Exit.OK
    assert [*UNWRITTEN.iterdir()] == []
