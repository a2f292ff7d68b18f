"""One changed property as lines, and one value in a few words."""

from __future__ import annotations

import pytest

from reconciler.render.vocabulary.difference import leaves, rows
from reconciler.render.vocabulary.ink import cells, cut
from reconciler.render.vocabulary.value import brief, pair, path_text

FEATURE = {"FeatureName": "country", "FeatureType": "String"}
CHANGES = {
    "a number changes": (("Threshold",), 250000, 400000.0, ["Threshold: 250000 → 400000"]),
    "text and number are told apart": (("P",), "4", 4, ['P: "4" → 4']),
    "text and boolean are told apart": (("P",), "true", True, ['P: "true" → true']),
    "an empty text is visible": (("P",), "", "x", ['P: "" → x']),
    "a value is added": (("P", "Q"), None, "x", ["P.Q: + x"]),
    "a value is removed": (("P",), "x", None, ["P: - x"]),
    "a keyed item is added": (("F", "country"), None, FEATURE, ["F: + country: String"]),
    "items of a list come and go": (("L",), ["a", "b"], ["b", "c"], ["L: - a", "L: + c"]),
    "a list appears": (("L",), None, ["a"], ["L: + a"]),
    "only the order differs": (("L",), [1, 2], [2, 1], ["L: same items in another order"]),
    "a member that is known by a name is added in front": (
        ("S",),
        [{"Sid": "A", "Action": "a"}],
        [{"Sid": "N", "Action": "n"}, {"Sid": "A", "Action": "a"}],
        ["S[Sid=N]: + {Action: n}"],
    ),
    "a member changes while another one goes": (
        ("S",),
        [{"Sid": "A", "Action": "a"}, {"Sid": "B", "Action": "b"}],
        [{"Sid": "B", "Action": "c"}],
        ["S[Sid=A]: - {Action: a}", "S[Sid=B].Action: b → c"],
    ),
    "a member gets another name": (
        ("S",),
        [{"Sid": "A", "Action": "a"}, {"Sid": "C", "Action": "c"}],
        [{"Sid": "B", "Action": "a"}, {"Sid": "C", "Action": "c"}],
        ["S[Sid=A].Sid: A → B"],
    ),
    "two channels change places": (
        ("I",),
        [{"ChannelName": "train", "Uri": "x"}, {"ChannelName": "test", "Uri": "y"}],
        [{"ChannelName": "test", "Uri": "y"}, {"ChannelName": "train", "Uri": "x"}],
        ["I[ChannelName=test]: moved from place 2 to 1"],
    ),
    "members without names are told by what they have in common": (
        ("S",),
        [{"Effect": "Allow", "Action": ["a:B", "c:D"], "Resource": "r"}],
        [
            {"Effect": "Deny", "Action": ["x:Y"], "Resource": "z"},
            {"Effect": "Allow", "Action": ["a:B", "c:E"], "Resource": "r"},
        ],
        [
            "S: + {Effect: Deny, Action: [x:Y], Resource: z}",
            "S[1].Action: - c:D",
            "S[1].Action: + c:E",
        ],
    ),
    "a policy with its statements in another order": (
        ("P",),
        {"Statement": [{"Effect": "Allow", "Action": "a"}, {"Effect": "Deny", "Action": ["b"]}]},
        {"Statement": [{"Effect": "Deny", "Action": "b"}, {"Effect": "Allow", "Action": "c"}]},
        ["P.Statement[1].Action: a → c"],
    ),
    "a member that is long is told leaf by leaf": (
        ("S",),
        [],
        [
            {
                "Sid": "N",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": "arn:aws:s3:::bucket/*",
            }
        ],
        [
            "S[Sid=N].Action: + [s3:GetObject, s3:PutObject]",
            "S[Sid=N].Resource: + arn:aws:s3:::bucket/*",
        ],
    ),
    "a hidden value differs": (
        ("P",),
        {"$mark": "sensitive"},
        {"$mark": "sensitive"},
        ["P: (sensitive) → (sensitive) (what is hidden differs)"],
    ),
    "lists that read alike": (
        ("P", "0"),
        ["a, b"],
        ["a", "b"],
        ["P[0]: - a, b", "P[0]: + a", "P[0]: + b"],
    ),
    "texts that read like what is no text": (("P",), "(none)", None, ['P: - "(none)"']),
    "a repeated item": (("L",), [1, 1], [1], ["L: [1, 1] → [1]"]),
    "leaves of an object": (
        ("O",),
        {"a": 1, "b": {"c": 2}},
        {"a": 1, "b": {"c": 3}},
        ["O.b.c: 2 → 3"],
    ),
    "leaves of a document in text": (("D",), '{"a": 1}', '{"a": 2}', ["D.a: 1 → 2"]),
    "a document with a reference": (
        ("D",),
        '{"a": 1}',
        {"$text": {"a": {"$ref": ["AWS::IAM::Role", "r", "Arn"]}}},
        ["D.a: 1 → (Arn of r)"],
    ),
    "a document in other spelling": (("D",), '{"a":1}', '{"a": 1}', ['D: {"a":1} → {"a": 1}']),
    "text that is no document": (("D",), "{x", "{y", ["D: {x → {y"]),
    "a secret stays a reference": (
        ("P",),
        {"$mark": "sensitive"},
        "{{resolve:x}}",
        ["P: (sensitive) → {{resolve:x}}"],
    ),
    "a value known later": (("P",), "a", {"$mark": "unknown"}, ["P: a → (known after apply)"]),
    "a text put together": (
        ("P",),
        "a",
        {"$join": ["s3://", {"$ref": ["T", "b", "Name"]}, "/x"]},
        ["P: a → s3://(Name of b)/x"],
    ),
    "nothing on either side": (("P",), None, None, ["P: - (none)"]),
    "a control character": (("P",), "a", "b\x1b[31m", ["P: a → b\\x1b[31m"]),
}


@pytest.mark.parametrize(("path", "before", "after", "lines"), CHANGES.values(), ids=CHANGES)
def test_a_change_reads(path, before, after, lines):
    assert [f"{row.path}: {row.text(80)}" for row in rows(path, before, after)] == lines


def test_a_new_resource_lists_its_leaves():
    value = {"A": {"B": 1}, "L": [1, 2], "M": [{"K": "x"}], "D": '{"x": true}', "E": {}}
    found = [f"{row.path} {row.text(80)}" for row in leaves((), value)]
    assert found == ["A.B + 1", "L + [1, 2]", "M[0].K + x", "D.x + true", "E + {}"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param(("A", "B"), "A.B", id="names are joined by dots"),
        pytest.param(("A", "0", "B"), "A[0].B", id="indexes stand in brackets"),
        pytest.param(("Tags", "a:b c"), "Tags[a:b c]", id="odd names stand in brackets"),
        pytest.param(("A", "\x1b"), "A[\\x1b]", id="control characters are escaped"),
    ],
)
def test_a_path_reads(path, text):
    assert path_text(path) == text


def test_two_long_values_keep_what_differs():
    one, other, *_ = pair("x" * 90 + "-1", "x" * 90 + "-2", 40)
    assert (one[-2:], other[-2:]) == ("-1", "-2")
    assert len(one) + len(other) <= 40


def test_a_short_value_leaves_its_room_to_a_long_one():
    assert pair("a", "b" * 36, 40)[:2] == ("a", "b" * 36)


def test_a_huge_value_is_not_put_together_first():
    assert brief({"k": [{"x": "y" * 50}] * 100_000}, 30).endswith("…")


@pytest.mark.parametrize("width", range(1, 12))
def test_cut_text_never_passes_its_width(width):
    assert cells(cut("日本語のテキスト é́", width)) <= width
