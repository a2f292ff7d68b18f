"""Which versions go: none that anything needs, whatever else is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from reconciler.registry import Stage, Version
from reconciler.registry.keep import Fate, Keep, fates

NOW = datetime(2026, 11, 30, tzinfo=UTC)
DAY = 86400


def version(number: int, **said: str | float | None) -> Version:
    days = said.pop("days", 400)
    return Version(
        arn=f"arn:v/{number}",
        group="g",
        number=number,
        created=NOW - timedelta(days=float(days)) if days is not None else None,
        **{"approval": "Rejected", **said},
    )


def gone(found: list[Fate]) -> list[int]:
    return [fate.version.number for fate in found if fate.deleted]


@pytest.mark.scenario("T62")
def test_what_is_needed_stays_and_the_rest_is_counted_by_number() -> None:
    found = [
        version(1), version(2), version(3),
        version(4, said_stage="Production"),
        version(5, said_stage="Archived"),
        version(6, said_stage="QA"),
        version(7, approval="Approved"), version(8, approval="Approved"),
        version(9, approval="PendingManualApproval"),
        version(10), version(11),
    ]  # fmt: skip
    used = {"arn:v/2": "Model champion is made of it", "arn:v/3": "endpoint acme-fraud serves it"}
    assert gone(fates(found, Keep(versions=2), NOW, used)) == [7, 5, 1]
    whys = {fate.version.number: fate.why for fate in fates(found, Keep(versions=2), NOW, used)}
    assert whys[3] == "endpoint acme-fraud serves it"
    assert whys[6] == "its stage is 'QA'"
    assert whys[8] == "it is the latest approved one"
    assert whys[9] == "it waits for an approval"
    assert whys[10] == "it is one of the newest 2"
    assert whys[1] == "10 are newer"


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (Keep(), []),
        (Keep(age=90 * DAY), [3, 1]),
        (Keep(versions=3, age=90 * DAY), [1]),
        (Keep(versions=9, age=90 * DAY), []),
    ],
)
def test_beyond_both_where_both_are_said(keep: Keep, expected: list[int]) -> None:
    found = [version(5, days=1), version(4, days=None), version(3), version(2, days=89), version(1)]
    assert gone(fates(found, keep, NOW, {})) == expected


def test_nothing_goes_where_nobody_knows_what_is_in_use() -> None:
    assert gone(fates([version(1), version(2)], Keep(versions=1), NOW, None)) == []
    assert gone(fates([version(1), version(2)], Keep(versions=1), NOW, {})) == [1]


VERSIONS = st.lists(
    st.tuples(
        st.integers(1, 400),
        st.sampled_from(["Approved", "Rejected", "PendingManualApproval"]),
        st.sampled_from(["", *Stage, "QA", "production"]),
        st.one_of(st.none(), st.integers(0, 1000)),
    ),
    unique_by=lambda each: each[0],
    max_size=20,
)


@settings(max_examples=150, deadline=None)
@given(VERSIONS, st.sets(st.integers(1, 400)), st.integers(0, 10), st.integers(0, 500))
def test_never_what_is_needed(
    said: list[tuple[int, str, str, int | None]], used: set[int], count: int, days: int
) -> None:
    found = [
        version(number, approval=approval, said_stage=stage, days=age)
        for number, approval, stage, age in said
    ]
    needed = {f"arn:v/{number}": "used" for number in used}
    results = fates(found, Keep(count, days * DAY), NOW, needed)
    assert sorted(f.version.number for f in results) == sorted(v.number for v in found)
    deleted = [fate.version for fate in results if fate.deleted]
    assert not {each.arn for each in deleted} & needed.keys()
    assert all(each.said_stage in {"", "Development", "Archived"} for each in deleted)
    newest = sorted((v.number for v in found), reverse=True)[:count]
    assert not {each.number for each in deleted} & set(newest)
    approved = [v.number for v in found if v.approval == "Approved"]
    assert not approved or max(approved) not in {each.number for each in deleted}
    if days:
        assert all(v.created and NOW - v.created >= timedelta(days=days) for v in deleted)
    if not count and not days:
        assert not deleted
