"""Which member of one list is which of another."""

from __future__ import annotations

import random
import time

import pytest

from reconciler.resources.members import aligned, called, identity, known_by, matched, moved


def sid(name: str, **more: object) -> dict[str, object]:
    return {"Sid": name, "Effect": "Allow", **more}


KNOWN = {
    "statements by their Sid": ([sid("A"), sid("B")], [sid("B")], ("Sid",)),
    "statements of which some have one": ([sid("A"), {"Effect": "Deny"}], [], ("Sid",)),
    "statements without one": ([{"Effect": "Allow", "Action": "a"}], [{"Effect": "Deny"}], ()),
    "a name goes before what else is unique": (
        [{"Name": "a", "Arn": "1"}, {"Name": "b", "Arn": "2"}],
        [{"Name": "a", "Arn": "3"}],
        ("Name",),
    ),
    "the key that both sides share most": (
        [{"Threshold": 80, "Kind": "a"}, {"Threshold": 100, "Kind": "b"}],
        [{"Threshold": 90, "Kind": "a"}, {"Threshold": 100, "Kind": "b"}],
        ("Kind",),
    ),
    "a key that is not unique is none": ([{"Name": "a"}, {"Name": "a"}], [{"Name": "a"}], ()),
    "nor one that a member lacks": ([{"Name": "a"}, {"X": 1}], [{"Name": "a"}], ()),
    "nor one with other values on the other side": ([{"Size": 1}], [{"Size": 2}], ()),
    "nor one that holds true or false": ([{"On": True}], [{"On": True}], ()),
    "nor one that holds what is hidden": (
        [{"Id": {"$mark": "sensitive"}}],
        [{"Id": {"$mark": "sensitive"}}],
        (),
    ),
    "plain values have none": (["a"], ["b"], ()),
    "nothing has none": ([], [], ()),
}


@pytest.mark.parametrize(("before", "after", "keys"), KNOWN.values(), ids=KNOWN)
def test_members_are_known_by(before, after, keys):
    assert known_by(before, after) == keys


MATCHED = {
    "by name, wherever they stand": (
        [sid("A", Action="a"), sid("B", Action="b")],
        [sid("N"), sid("B", Action="x"), sid("A", Action="y")],
        [(None, 0), (1, 1), (0, 2)],
    ),
    "one that only has another name": ([sid("A", Action="a")], [sid("B", Action="a")], [(0, 0)]),
    "two that have nothing but a name": ([{"Name": "a"}], [{"Name": "b"}], [(None, 0), (0, None)]),
    "those without a name by what they have in common": (
        [{"A": 1, "B": 2, "C": 3}, {"A": 7, "B": 8, "C": 9}],
        [{"A": 7, "B": 8, "C": 0}, {"A": 1, "B": 2, "C": 3}],
        [(1, 0), (0, 1)],
    ),
    "but not by their keys alone": ([{"A": 1}], [{"A": 2}], [(None, 0), (0, None)]),
    "plain values by what they are, each once": (
        ["a", "a", "b"],
        ["b", "a", "c"],
        [(2, 0), (1, 1), (None, 2), (0, None)],
    ),
}


@pytest.mark.parametrize(("before", "after", "pairs"), MATCHED.values(), ids=MATCHED)
def test_members_are_matched(before, after, pairs):
    assert matched(before, after, known_by(before, after)) == pairs


def test_each_member_is_matched_once():
    rng = random.Random(4)
    for _ in range(200):
        before, after = (
            [
                {"Name": rng.choice("abcdef"), "V": rng.choice("xyz")}
                for _ in range(rng.randrange(6))
            ]
            for _ in range(2)
        )
        pairs = matched(before, after, known_by(before, after))
        assert sorted(old for old, _ in pairs if old is not None) == [*range(len(before))]
        assert [new for _, new in pairs if new is not None] == [*range(len(after))]


def test_the_fewest_members_are_said_to_have_moved():
    names = list("abcdefgh")
    pairs = matched(names, ["h", *names[:-1]], ())
    assert moved(pairs) == {0}
    assert moved(matched(names, names[:3] + names[4:], ())) == set()


@pytest.mark.parametrize(
    ("before", "after", "stays"),
    [
        pytest.param([sid("A", X=1)], [sid("A", X=2)], True, id="a member that changes in place"),
        pytest.param([sid("A")], [sid("B", Y=1)], False, id="another member in its place"),
        pytest.param([1, 2], [1, 3], True, id="a plain value that changes in place"),
        pytest.param([1, 2], [2, 1], False, id="plain values that change places"),
        pytest.param([1], [1, 2], False, id="one more"),
    ],
)
def test_places_name_the_same(before, after, stays):
    assert aligned(before, after, known_by(before, after)) is stays


def test_a_member_is_called_by_all_that_identifies_it():
    item = {"Notification": {"Type": "ACTUAL", "Threshold": 80.5}}
    keys = ("Notification.Type", "Notification.Threshold")
    assert called(identity(item, keys)) == "Type=ACTUAL,Threshold=80.5"
    assert identity({"Notification": {"Type": "ACTUAL"}}, keys) == ()


def test_long_lists_are_matched_soon():
    before = [{"Name": f"n{i}", "V": i} for i in range(5_000)]
    after = [{"Name": f"n{i}", "V": -i} for i in reversed(range(5_000))]
    loose = [{"V": i, "W": 1} for i in range(2_000)]
    start = time.process_time()
    moved(matched(before, after, known_by(before, after)))
    matched(loose, [{"V": -i, "W": 2} for i in range(2_000)], ())
    assert time.process_time() - start < 2
