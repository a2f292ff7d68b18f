"""Rows as records: what is left out, what is refused and why, what is tried again."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Any

import pytest

from reconciler.jobs import ingest, source
from reconciler.jobs.ingest import RefusedError, load, most, put, record

FEATURES = {"id": "String", "ts": "String", "n": "Integral", "x": "Fractional", "s": "String"}
GOOD = {"id": "a", "ts": "2026-11-20T10:00:00Z"}


def values(**row: Any) -> dict[str, str]:
    made = record({**GOOD, **row}, FEATURES, "id", "ts")
    return {each["FeatureName"]: each["ValueAsString"] for each in made}


@pytest.mark.scenario("D85")
@pytest.mark.parametrize(
    "value", [None, math.nan, "", "NaN", "NA", "null", "NaT", float("nan")], ids=str
)
def test_what_is_missing_is_left_out(value: Any) -> None:
    assert values(n=value, x=value).keys() == {"id", "ts"}


@pytest.mark.scenario("D85")
@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ({"n": 1.0}, {"n": "1"}),
        ({"n": "7"}, {"n": "7"}),
        ({"n": True}, {"n": "1"}),
        ({"x": 1}, {"x": "1.0"}),
        ({"s": "NA"}, {"s": "NA"}),
        ({"s": 5}, {"s": "5"}),
        ({"s": False}, {"s": "false"}),
    ],
    ids=str,
)
def test_values_as_text(row: dict[str, Any], shown: dict[str, str]) -> None:
    assert shown.items() <= values(**row).items()


@pytest.mark.scenario("D07")
@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("2024-05-01 10:00:00", "String", "2024-05-01T10:00:00Z"),
        ("2024-05-01T12:00:00+02:00", "String", "2024-05-01T10:00:00Z"),
        (datetime(2024, 5, 1, 10, 0, 0, 5000, tzinfo=UTC), "String", "2024-05-01T10:00:00.005Z"),
        (date(2024, 5, 1), "String", "2024-05-01T00:00:00Z"),
        (datetime(2024, 5, 1, 10, tzinfo=UTC), "Fractional", "1714557600.0"),
        (1714557600, "Fractional", "1714557600.0"),
    ],
    ids=str,
)
def test_event_times_have_the_layouts_that_feature_store_takes(
    value: Any, kind: str, shown: str
) -> None:
    made = record({"id": "a", "ts": value}, {"id": "String", "ts": kind}, "id", "ts")
    assert made[1]["ValueAsString"] == shown


@pytest.mark.parametrize(
    "row",
    [{"id": None}, {"id": ""}, {"ts": None}, {"ts": "soon"}, {"ts": 5}, {"n": 1.5}, {"n": "x"},
     {"x": math.inf}],
    ids=str,
)  # fmt: skip
def test_rows_that_cannot_be_records_are_refused_with_the_reason(row: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match=next(iter(row))):
        values(**row)


class AwsError(Exception):
    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code, "Message": message}}


class Store:
    """PutRecord with answers in a row; what is left of them is good."""

    def __init__(self, *answers: Exception) -> None:
        self.answers, self.sent, self.now = [*answers], 0, 0.0

    def send(self, **_: Any) -> None:
        self.sent += 1
        self.now += 1
        if self.answers:
            raise self.answers.pop(0)

    def put(self) -> None:
        put(self.send, "g", [], clock=lambda: self.now, sleep=lambda _: None)


@pytest.mark.scenario("D86")
def test_what_is_busy_is_tried_again_and_what_is_wrong_is_not() -> None:
    busy = Store(*(AwsError(code) for code in ("ThrottlingException", "InternalFailure")))
    busy.put()
    assert busy.sent == 3
    wrong = Store(AwsError("ValidationError", "bad"))
    with pytest.raises(RefusedError, match="bad"):
        wrong.put()
    assert wrong.sent == 1
    with pytest.raises(RefusedError):
        Store(*(AwsError("ServiceUnavailable") for _ in range(30))).put()


@pytest.mark.scenario("D87")
def test_a_group_that_is_not_seen_yet_is_tried_again_for_a_while() -> None:
    new = Store(*(AwsError("ValidationError", "Resource Not Found") for _ in range(5)))
    new.put()
    assert new.sent == 6
    never = Store(*(AwsError("ValidationError", "Resource Not Found") for _ in range(500)))
    with pytest.raises(RefusedError, match="Not Found"):
        never.put()


@pytest.mark.scenario("D86")
def test_failed_rows_are_kept_and_counted() -> None:
    rows = [GOOD, {"id": None}, {**GOOD, "n": 3}]
    args = {"features": '{"id":"String","ts":"String","n":"Integral"}', "record_id": "id"}
    refused: list[str] = []
    counts = load(
        rows,
        {**args, "event_time": "ts", "group": "g"},
        Store().send,
        lambda _, why: refused.append(why),
    )
    assert counts == {"rows": 3, "put": 2, "failed": 1, "left_out": 1}
    assert refused == ["id is missing"]
    assert (most("0", 10), most("10%", 25), most("3", 1)) == (0, 2, 3)


def test_jobs_are_read_as_they_are() -> None:
    assert source("ingest.py").startswith(b'"""Puts rows')
    assert ingest.options(["--in", "s3://b", "--run", "x"]) == {"in": "s3://b", "run": "x"}
