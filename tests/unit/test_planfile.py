"""The plan file: one byte form, bound to a moment, a commit, a place and a key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import orjson
import pytest
from hypothesis import given, settings, strategies as st

from reconciler.model import plan as plans
from reconciler.model.address import Address
from reconciler.model.change import Action, Call, Reason
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.loss import Approval, Loss
from reconciler.model.plan import Plan, Step
from reconciler.model.value import canonical, digest
from reconciler.planfile import file as planfile, stale
from reconciler.planfile.file import PlanFile
from reconciler.planfile.signature import KMS, LOCAL, Key, Signature, sign
from reconciler.resources.api import Place

from .test_plan_json import plans as any_plans
from .test_value import words

NOW = datetime(2026, 11, 23, 7, 44, 40, tzinfo=UTC)
DAY = 86400.0
COMMIT = "4f2c9e1b7d0a4f2c9e1b7d0a4f2c9e1b7d0a4f2c"
BUCKET = Address("AWS::S3::Bucket", "acme-dev-raw")
STEP = Step(
    str(BUCKET),
    BUCKET,
    Action.CREATE,
    Reason.ABSENT,
    (Call("s3", "create_bucket", {"Bucket": BUCKET.name}),),
)
PLAN = Plan("dev", "acme", "123456789012", "eu-west-1", (STEP,), commit="4f2c9e1")
PLACE = Place("123456789012", "eu-west-1", "acme", "dev")
FILE = planfile.make(PLAN, now=NOW, lifetime=DAY, commit=COMMIT)
SECRET = b"a secret of both sides"
SIGNED = planfile.signed(FILE, sign(FILE.digest, SECRET))
LOCAL_KEY = Key(secret=SECRET)
KMS_KEY = Key(kms="alias/plans")
KMS_SIGNED = planfile.signed(FILE, Signature(KMS, "AAAA", "alias/plans"))


def codes(found: list[Diagnostic]) -> list[str]:
    return [each.code for each in found]


def refusals(
    data: bytes, *, place: Place = PLACE, now: datetime = NOW, key: Key | None = None
) -> list[str]:
    """What a reader of some bytes finds."""
    file, found = planfile.unpack(data)
    if file is None:
        assert found
        return codes(found)
    return codes(stale.check(file, place, now=now, key=key or Key()))


# -- the bytes


@settings(max_examples=60, deadline=None)
@given(any_plans, st.integers(0, 7_000_000_000), words)
def test_a_file_reads_back_as_the_same_file(plan: Plan, second: int, commit: str) -> None:
    now = datetime.fromtimestamp(second, UTC)
    file = planfile.make(plan, now=now, lifetime=60, commit=commit)
    assert planfile.unpack(planfile.pack(file)) == (file, [])


@settings(max_examples=20, deadline=None)
@given(any_plans)
def test_the_same_plan_at_the_same_moment_is_the_same_bytes(plan: Plan) -> None:
    one, other = (planfile.make(plan, now=NOW, lifetime=DAY) for _ in range(2))
    assert planfile.pack(one) == planfile.pack(other)


def test_the_bytes_are_canonical() -> None:
    data = planfile.pack(FILE)
    assert canonical(orjson.loads(data)) == data


def test_the_moment_is_the_same_in_every_time_zone_and_has_whole_seconds() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=9))).replace(microsecond=987654)
    assert planfile.make(PLAN, now=there, lifetime=DAY, commit=COMMIT) == FILE


def test_the_file_says_what_it_is_bound_to() -> None:
    body = orjson.loads(planfile.pack(FILE))
    assert {key: body[key] for key in body if key not in {"plan", "digest"}} == {
        "format_version": planfile.FORMAT,
        "created": "2026-11-23T07:44:40Z",
        "expires": "2026-11-24T07:44:40Z",
        "commit": COMMIT,
        "platform": "acme",
        "environment": "dev",
        "account": "123456789012",
        "region": "eu-west-1",
        "signature": None,
        "specs": {},
    }
    assert body["plan"] == plans.plan_to_json(PLAN)


# -- a byte that was changed


@pytest.mark.parametrize(
    ("file", "key"),
    [
        pytest.param(FILE, Key(), id="a file without a signature"),
        pytest.param(SIGNED, LOCAL_KEY, id="a signed file"),
    ],
)
def test_every_changed_byte_is_refused(file: PlanFile, key: Key) -> None:
    data = planfile.pack(file)
    assert refusals(data, key=key) == []
    for at in range(len(data)):
        for flip in (0x01, 0x20, 0x80):
            changed = data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :]
            assert refusals(changed, key=key), (at, flip, changed[max(0, at - 9) : at + 9])


BODY = orjson.loads(planfile.pack(FILE))


def sealed(**changes: object) -> bytes:
    """A file that someone put together, with a digest that is right."""
    body = {**BODY, **changes}
    rest = {key: item for key, item in body.items() if key not in {"digest", "signature"}}
    return canonical({**body, "digest": digest(rest)})


OTHER = replace(STEP, guard="x")
MALFORMED = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a bare plan": plans.to_bytes(PLAN),
    "a plan that is text": canonical({**BODY, "plan": "x"}),
    "a file with a blank": planfile.pack(FILE) + b"\n",
    "a file in another order": orjson.dumps(dict(reversed(BODY.items()))),
    "a key written twice": planfile.pack(FILE).replace(
        b'{"account"', b'{"account":"1","account"', 1
    ),
    "half a file": planfile.pack(FILE)[:-40],
    "a file without its moment": canonical({k: v for k, v in BODY.items() if k != "created"}),
    "a moment in another form": sealed(created="2026-11-23"),
    "a field that is not known": sealed(more=1),
    "a field that is missing": canonical({k: v for k, v in BODY.items() if k != "signature"}),
    "a commit that is no text": sealed(commit=1),
    "an environment that is not the plan's": sealed(environment="prod"),
    "steps that are not the plan's digest": sealed(
        plan={**BODY["plan"], "steps": plans.plan_to_json(replace(PLAN, steps=(OTHER,)))["steps"]}
    ),
    "steps that are none": sealed(plan={**BODY["plan"], "steps": [1]}),
    "a signature that is text": sealed(signature="x"),
    "a signature with more in it": sealed(
        signature={"algorithm": LOCAL, "key": "", "value": "", "more": 1}
    ),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED.keys())
def test_not_a_file_of_ours_is(data: bytes) -> None:
    assert refusals(data) == ["STALE001"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(sealed(format_version=planfile.FORMAT + 1), id="of the file"),
        pytest.param(sealed(format_version=planfile.FORMAT - 1), id="of an older file"),
        pytest.param(
            sealed(plan={**BODY["plan"], "format_version": plans.FORMAT - 1}), id="of an older plan"
        ),
        pytest.param(
            sealed(plan={**BODY["plan"], "format_version": plans.FORMAT + 1}), id="of the plan"
        ),
        pytest.param(
            canonical({"format_version": 9, "plan": {}}), id="of a file that is different all over"
        ),
    ],
)
def test_another_format_is_refused_as_such(data: bytes) -> None:
    assert refusals(data) == ["STALE002"]


# -- what it is bound to


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        pytest.param(0, [], id="at once"),
        pytest.param(DAY - 1, [], id="in the last second"),
        pytest.param(DAY, ["STALE003"], id="at the moment it expires"),
        pytest.param(DAY + 1, ["STALE003"], id="after it expired"),
    ],
)
def test_a_file_may_be_applied_until_it_expires(seconds: float, found: list[str]) -> None:
    assert refusals(planfile.pack(FILE), now=NOW + timedelta(seconds=seconds)) == found


@pytest.mark.parametrize(
    ("day", "found"),
    [
        pytest.param(23, [], id="on its last day"),
        pytest.param(24, ["STALE006"], id="on the day after it"),
    ],
)
def test_an_approval_that_a_plan_rests_on_counts(day: int, found: list[str]) -> None:
    approval = Approval(str(BUCKET), "records", "moved", "alice", date(2026, 11, 23))
    loss = Loss("records", "its records are lost", approval=approval)
    plan = replace(PLAN, steps=(replace(STEP, losses=(loss,)),))
    file = planfile.make(plan, now=NOW, lifetime=9 * DAY)
    later = NOW.replace(day=day, hour=23)
    assert codes(stale.check(file, PLACE, now=later, key=Key())) == found


@pytest.mark.parametrize("what", ["account", "region", "platform", "environment"])
def test_another_place_is_refused(what: str) -> None:
    (found,) = stale.elsewhere(FILE, replace(PLACE, **{what: "other"}))
    assert found.code == "STALE004"
    assert "'other'" in found.message


COMMITS = {
    "the same": (COMMIT, COMMIT, True),
    "the same, cut": (COMMIT, COMMIT[:7], True),
    "the same in capitals": (COMMIT, COMMIT.upper(), True),
    "the plan's, cut": (COMMIT[:7], COMMIT, True),
    "any": (COMMIT, None, True),
    "any, of a plan without one": ("", None, True),
    "another": (COMMIT, "a" * 40, False),
    "one of a plan without one": ("", COMMIT, False),
    "one that is not known": (COMMIT, "", False),
    "too little of one": (COMMIT, COMMIT[:6], False),
    "a branch": (COMMIT, "main", False),
}


@pytest.mark.parametrize(("planned", "asked", "good"), COMMITS.values(), ids=COMMITS.keys())
def test_the_commit_to_apply_is(planned: str, asked: str | None, good: bool) -> None:
    file = replace(FILE, commit=planned)
    found = stale.check(file, PLACE, now=NOW, key=Key(), commit=asked)
    assert codes(found) == ([] if good else ["STALE005"])


def test_a_plan_that_was_refused_is_not_applied() -> None:
    refused = replace(STEP, refused="no")
    plan = replace(PLAN, steps=(refused,), diagnostics=(Diagnostic("PLAN001", "not ours"),))
    file = planfile.make(plan, now=NOW, lifetime=DAY)
    assert codes(stale.check(file, PLACE, now=NOW, key=Key())) == [stale.BLOCKED] * 2


def test_every_objection_is_named_at_once() -> None:
    place, late = replace(PLACE, account="9", region="x"), NOW + timedelta(days=2)
    found = stale.check(FILE, place, now=late, key=LOCAL_KEY, commit="a" * 40)
    assert codes(found) == ["STALE004", "STALE004", "STALE003", "STALE005", "STALE007"]


# -- who made it

SIGNATURES = {
    "none where none is asked for": (FILE, Key(), []),
    "the key's": (SIGNED, LOCAL_KEY, []),
    "KMS's, which KMS must confirm": (KMS_SIGNED, KMS_KEY, []),
    "none where one is demanded": (FILE, LOCAL_KEY, ["STALE007"]),
    "none where KMS's is demanded": (FILE, KMS_KEY, ["STALE007"]),
    "one that cannot be checked": (SIGNED, Key(), ["STALE008"]),
    "another key's": (SIGNED, Key(secret=b"guess"), ["STALE008"]),
    "a local key's where KMS's is demanded": (SIGNED, KMS_KEY, ["STALE008"]),
    "another KMS key's": (KMS_SIGNED, Key(kms="alias/other"), ["STALE008"]),
    "KMS's where a local key's is demanded": (KMS_SIGNED, LOCAL_KEY, ["STALE008"]),
    "another plan's": (
        planfile.signed(FILE, sign(digest("other"), SECRET)),
        LOCAL_KEY,
        ["STALE008"],
    ),
    "not base64": (
        planfile.signed(FILE, Signature(KMS, "A*=", "alias/plans")),
        KMS_KEY,
        ["STALE008"],
    ),
    "base64 with spare bits": (
        planfile.signed(FILE, Signature(KMS, "AB==", "alias/plans")),
        KMS_KEY,
        ["STALE008"],
    ),
    "no ASCII": (planfile.signed(FILE, Signature(LOCAL, "é")), LOCAL_KEY, ["STALE008"]),
}


@pytest.mark.parametrize(("file", "key", "found"), SIGNATURES.values(), ids=SIGNATURES.keys())
def test_a_signature_that_is(file: PlanFile, key: Key, found: list[str]) -> None:
    assert refusals(planfile.pack(file), key=key) == found


def test_a_signature_does_not_change_the_digest() -> None:
    assert SIGNED.digest == FILE.digest


def test_a_key_does_not_show_its_secret() -> None:
    assert SECRET.decode() not in f"{LOCAL_KEY!r} {LOCAL_KEY}"
