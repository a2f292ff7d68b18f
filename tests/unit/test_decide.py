"""Decisions on versions: what is sent, what refuses, and what is proved afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.registry import (
    Evidence,
    Fact,
    Granted,
    Policy,
    Purpose,
    Threshold,
    Version,
    approval,
    decide,
    judge,
)
from reconciler.registry.decision import (
    STAGED_AT,
    Decision,
    Who,
    evidence_digest,
    lost,
    name_of,
    value,
)
from reconciler.registry.stage import Stage

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
ROLE = "arn:aws:iam::123456789012:role/moorline-approve"
SESSION = "arn:aws:sts::123456789012:assumed-role/moorline-approve/moorline-alice"
ALICE = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Risk_1/alice@acme.example"
WHO = Who(SESSION, ALICE)
DAY = 86400
NONE = Policy()


def version(number: int = 13, stage: str = "", **more: Any) -> Version:
    return Version(arn=f"arn:v/{number}", group="g", number=number, said_stage=stage, **more)


def approved(
    found: Version | None = None,
    policy: Policy = NONE,
    given: Granted | None = None,
    auc: float = 0.95,
    who: Who = WHO,
) -> Decision:
    known = Evidence(
        version=found or version(), metrics=Fact({"auc": auc}), granted=Fact(given, "metadata")
    )
    return decide.approve(known, policy, judge(policy, known, NOW), who, NOW, "why\nso")


def test_an_approval_and_its_record_are_one_call() -> None:
    decision = approved(policy=Policy(lasts=90 * DAY))
    (update,) = decision.updates
    assert update.params["ModelApprovalStatus"] == "Approved"
    written = update.params["CustomerMetadataProperties"]
    assert written[approval.BY] == ALICE
    assert written[approval.EVIDENCE] == decision.evidence
    assert written[approval.EXPIRES] == "2027-02-28T09:00:00+00:00"
    assert update.params["ApprovalDescription"] == "why so"


@pytest.mark.parametrize(
    ("policy", "found", "who", "says"),
    [
        (Policy(thresholds=(Threshold("auc", "atLeast", 0.99),)), {}, WHO, "auc: wanted at least"),
        (Policy(thresholds=(Threshold("f1", "atLeast", 0.1),)), {}, WHO, "not in the evaluation"),
        (Policy(approvers=("arn:aws:iam::123456789012:role/cro",)), {}, WHO, "may not approve"),
        (Policy(approvers=(ROLE,)), {}, Who("arn:aws:iam::123456789012:user/bob"), "user/bob"),
        (Policy(), {"status": "Failed"}, WHO, "wanted Completed, found Failed"),
        (Policy(), {"said_stage": "Archived"}, WHO, "is archived"),
        (Policy(), {"metadata": {str(n): "x" for n in range(48)}}, WHO, "51 metadata"),
    ],
)
def test_what_refuses_an_approval(
    policy: Policy, found: dict[str, Any], who: Who, says: str
) -> None:
    decision = approved(replace(version(), **found), policy, who=who)
    assert not decision.updates
    assert any(says in each for each in decision.refused), decision.refused


@pytest.mark.parametrize(
    ("approvers", "by"),
    [((), ALICE), ((ROLE,), SESSION), ((ALICE,), ALICE), ((ROLE, ALICE), ALICE)],
)
def test_the_record_names_the_identity_that_may(approvers: tuple[str, ...], by: str) -> None:
    (update,) = approved(policy=Policy(approvers=approvers)).updates
    assert update.params["CustomerMetadataProperties"][approval.BY] == by


@pytest.mark.parametrize(
    ("given", "policy", "stands"),
    [
        (Granted(ALICE, "2026-11-29T00:00:00Z"), Policy(), True),
        (Granted(ALICE, "2026-11-29T00:00:00Z"), Policy(lasts=DAY), False),
        (Granted(ALICE, "2026-11-29T00:00:00Z"), Policy(lasts=9 * DAY), True),
        (Granted(ALICE, "", "2026-11-30T08:59:00Z"), Policy(), False),
        (Granted(ALICE, "yesterday"), Policy(lasts=DAY), False),
        (Granted("mallory", "2026-11-29T00:00:00Z"), Policy(approvers=(ROLE,)), False),
        (None, Policy(), False),
    ],
)
def test_approved_twice_is_once_unless_it_is_over_or_by_nobody(
    given: Granted | None, policy: Policy, *, stands: bool
) -> None:
    decision = approved(version(approval="Approved"), policy, given)
    assert decision.nothing is stands
    assert not decision.refused


def test_a_renewed_approval_without_an_end_takes_the_old_end_away() -> None:
    old = {approval.EXPIRES: "2026-01-01T00:00:00+00:00", "team": "x"}
    (update,) = approved(version(approval="Rejected", metadata=old)).updates
    assert update.removed == {approval.EXPIRES}


def test_a_rejection_takes_the_approval_away_and_says_what_serves_on() -> None:
    found = version(metadata={approval.BY: ALICE, "team": "x"}, approval="Approved")
    decision = decide.reject(found, WHO, NOW, served=["endpoint scorer"])
    (update,) = decision.updates
    assert update.params["ModelApprovalStatus"] == "Rejected"
    assert update.removed == {approval.BY}
    assert "endpoint scorer serves it" in decision.notes[0]
    assert decide.reject(replace(found, approval="Rejected"), WHO, NOW).nothing


GOOD = judge(Policy(), Evidence(version=version(approval="Approved")), NOW, Purpose.DEPLOY)


@pytest.mark.scenario("T58")
def test_a_promotion_shows_both_lines_and_sends_the_new_one_first() -> None:
    known = [version(12, "Production"), version(13, "Staging")]
    decision = decide.promote(known, 13, Stage.PRODUCTION, GOOD, WHO, NOW)
    assert [(line.version, line.before, line.after) for line in decision.lines] == [
        (13, "Staging", "Production"),
        (12, "Production", "Archived"),
    ]
    assert [each.version for each in decision.updates] == [13, 12]
    assert all(STAGED_AT in each.params["CustomerMetadataProperties"] for each in decision.updates)


@pytest.mark.scenario("T59")
def test_a_jump_is_refused_and_nothing_is_sent() -> None:
    decision = decide.promote([version(13)], 13, Stage.PRODUCTION, GOOD, WHO, NOW)
    assert not decision.updates
    assert "Development to Staging or Archived" in decision.refused[0]


@pytest.mark.parametrize(
    ("stage", "moved"),
    [
        ("Archived", [(12, "Staging"), (12, "Production"), (13, "Archived")]),
        ("Staging", [(12, "Production"), (13, "Archived")]),
        ("", [(12, "Staging"), (12, "Production"), (13, "Archived")]),
    ],
)
def test_the_way_back_goes_through_the_stages_between(
    stage: str, moved: list[tuple[int, str]]
) -> None:
    known = [version(12, stage), version(13, "Production")]
    decision = decide.revert(known, 12, GOOD, WHO, NOW)
    assert [(line.version, line.after) for line in decision.lines] == moved


def test_back_to_what_is_there_is_nothing_and_to_what_is_rejected_is_refused() -> None:
    assert decide.revert([version(12, "Production")], 12, GOOD, WHO, NOW).nothing
    bad = judge(Policy(), Evidence(version=version(12, approval="Rejected")), NOW, Purpose.DEPLOY)
    assert decide.revert([version(12, "Archived")], 12, bad, WHO, NOW).refused


@pytest.mark.parametrize(("served", "refused"), [(None, True), (["scorer"], True), ([], False)])
def test_what_serves_or_might_serve_is_not_archived(
    served: list[str] | None, *, refused: bool
) -> None:
    decision = decide.archive([version(9)], 9, served, WHO, NOW)
    assert bool(decision.refused) is refused
    assert bool(decision.updates) is not refused


def test_what_became_of_an_update_is_proved() -> None:
    before = version(metadata={"team": "x"})
    (update,) = approved(before).updates
    written = update.params["CustomerMetadataProperties"]
    after = replace(before, approval="Approved", metadata={"team": "x", **written})
    assert lost(update, before, after) == []
    bob = {**after.metadata, approval.BY: "arn:aws:iam::1:user/bob"}
    assert approval.BY in lost(update, before, replace(after, metadata=bob))[0]
    assert lost(update, before, replace(after, metadata=written)) == [
        "team is gone from its metadata"
    ]
    assert "Rejected" in lost(update, before, replace(after, approval="Rejected"))[0]


def test_the_digest_is_of_this_version_and_what_was_seen_of_it() -> None:
    one = Evidence(version=version(), metrics=Fact({"auc": 0.95}))
    same = judge(Policy(), one, NOW)
    digests = {
        evidence_digest(each, same)
        for each in (
            one,
            replace(one, version=version(12)),
            replace(one, metrics=Fact({"auc": 0.94})),
            replace(one, metrics=Fact(None, "", "no leave")),
        )
    }
    assert len(digests) == 4
    assert evidence_digest(one, judge(Policy(), one, NOW + timedelta(days=9))) in digests


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (ALICE, ALICE),
        ("arn:aws:iam::1:user/a,b", "arn:aws:iam::1:user/a-b"),
        ("x" * 300, "x" * 256),
        ("Zoë (risk)", "Zoë -risk-"),
        ("", "unknown"),
    ],
)
def test_values_are_such_as_aws_takes(text: str, kept: str) -> None:
    assert value(text) == kept


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        (ALICE, "alice@acme.example as AWSReservedSSO_Risk_1"),
        ("arn:aws:iam::1:user/team/bob", "bob"),
        ("the risk board", "the risk board"),
        ("arn:aws:iam::1:root", "arn:aws:iam::1:root"),
    ],
)
def test_names_of_people(arn: str, name: str) -> None:
    assert name_of(arn) == name
