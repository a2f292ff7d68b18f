"""Which applies `history` shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from reconciler.cli.main import main
from reconciler.model.address import Address
from reconciler.model.receipt import Receipt, Result, StepRecord, new_id
from reconciler.receipts.filters import Filter, moment

NOW = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)
ENDPOINT = Address("AWS::SageMaker::Endpoint", "acme-prod-fraud")
BUCKET = Address("AWS::S3::Bucket", "acme-prod-[ledger]")
STEPS = (
    StepRecord("1", ENDPOINT, "update", "Rollout/fraud", Result.FAILED),
    StepRecord("2", BUCKET, "create", "DataSource/ledger", Result.DONE),
)
RECEIPT = Receipt(
    "x", "prod", "acme", "1", "eu-west-1", "arn:aws:iam::1:user/Alice", "2026-11-23T07:44:15Z",
    "2026-11-23T07:50:00Z", "d", Result.FAILED, steps=STEPS,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "end", "wanted"),
    [
        ("2026-11-20", False, datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20", True, datetime(2026, 11, 20, 23, 59, 59, 999_999, UTC)),
        ("2026-11-20T14:02Z", True, datetime(2026, 11, 20, 14, 2, tzinfo=UTC)),
        ("2026-11-20T14:02", False, datetime(2026, 11, 20, 14, 2, tzinfo=UTC)),
        ("2026-11-20T14:02+02:00", False, datetime(2026, 11, 20, 12, 2, tzinfo=UTC)),
        ("7d", False, NOW - timedelta(days=7)),
        ("90m", True, NOW - timedelta(minutes=90)),
        ("2w", False, NOW - timedelta(weeks=2)),
    ],
)
def test_a_time(text: str, end: bool, wanted: datetime) -> None:
    assert moment(text, NOW, end=end) == wanted


@pytest.mark.parametrize("text", ["yesterday", "", "7", "d", "2026-13-01", "-7d", "99999 d"])
def test_what_is_no_time_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="7d for seven days ago"):
        moment(text, NOW)


def test_a_time_before_all_times_is_refused() -> None:
    with pytest.raises(ValueError, match="before all times"):
        moment("999999w", NOW)


def at(text: str) -> datetime:
    return moment(text, NOW)


CASES: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"since": at("2026-11-23")}, True),
    ({"since": at("2026-11-24")}, False),
    ({"until": moment("2026-11-23", NOW, end=True)}, True),
    ({"until": at("2026-11-23")}, False),
    ({"since": at("2026-11-23T07:44:15Z"), "until": at("2026-11-23T07:44:15Z")}, True),
    ({"who": ("alice",)}, True),
    ({"who": ("bob", "ALICE")}, True),
    ({"who": ("bob",)}, False),
    ({"addresses": (str(ENDPOINT),)}, True),
    ({"addresses": ("*fraud",)}, True),
    ({"addresses": ("AWS::SageMaker::*",)}, True),
    ({"addresses": ("AWS::SageMaker::Endpoint/acme",)}, False),
    ({"addresses": (str(BUCKET),)}, True),
    ({"addresses": ("AWS::S3::Bucket/acme-prod-?ledger?",)}, False),
    ({"kinds": ("Rollout",)}, True),
    ({"kinds": ("Roll",)}, False),
    ({"specs": ("DataSource/*",)}, True),
    ({"specs": ("DataSource/other",)}, False),
    ({"verbs": ("delete",)}, False),
    ({"verbs": ("delete", "update")}, True),
    ({"outcomes": ("failed",)}, True),
    ({"outcomes": ("done",)}, False),
    # All together; what is asked of a step is asked of one step.
    ({"kinds": ("Rollout",), "verbs": ("update",)}, True),
    ({"kinds": ("Rollout",), "verbs": ("create",)}, False),
    ({"who": ("alice",), "outcomes": ("failed",), "specs": ("Rollout/fraud",)}, True),
    ({"who": ("alice",), "outcomes": ("done",), "specs": ("Rollout/fraud",)}, False),
]


@pytest.mark.parametrize(("asked", "passes"), CASES)
def test_an_apply_passes_all_filters_or_is_not_shown(asked: dict[str, Any], passes: bool) -> None:
    assert Filter(**asked).passes(RECEIPT) is passes


def test_a_receipt_without_a_time_is_not_of_that_time() -> None:
    odd = replace(RECEIPT, started="?")
    assert Filter().passes(odd)
    assert not Filter(since=at("7d")).passes(odd)


def test_ids_spare_reading_what_is_long_ago_and_never_what_may_pass() -> None:
    old = new_id(NOW - timedelta(days=30))
    assert not Filter(since=at("7d")).may(old)
    assert Filter(since=at("31d")).may(old)
    assert not Filter(until=at("31d")).may(old)
    assert Filter(since=at("7d")).may("of another form")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--since", "yesterday"), "7d for seven days ago"),
        (("--since", "1d", "--until", "2d"), "--since 1d is after --until 2d"),
        (("--kind", "Datasource"), "did you mean 'DataSource'?"),
        (("--spec", "ledger"), "'ledger' is not KIND/NAME"),
        (("--address", ""), "'' is not TYPE/NAME"),
        (("--outcome", "good"), "'done'"),
        (("-n", "0"), "x>=1"),
        (("--who", " "), "it is empty"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_an_error(asked: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(main, ["history", "-e", "local", *asked])
    assert done.exit_code == 1
    assert said in " ".join(done.output.split())
