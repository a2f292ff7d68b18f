"""The way back from a property to a scalar, and the one span of a file that it changes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from reconciler.drift.splice import SpliceError, edit, sites, spliced
from reconciler.plan.inverse import guesses
from reconciler.specs.source import parse

GUESSES = [
    (100, 100, 200, 200),
    ("100", "100", "200", "200"),
    ("200ms", 200000, 400000, "400ms"),
    ("10m", 600, 300, "5m"),
    ("10m", 600, 90, "1.5m"),
    ("10m", 600, 90, "90s"),
    ("5%", 0.05, 0.1, "10%"),
    (80, 0.8, 0.9, 90),
    ("30d", 30, 12, "12d"),
    ("30d", 30, 12, "12h"),
    ("10 GiB", 10, 20, "20 GiB"),
    ("1GiB", 2**30, 2**29, "512MiB"),
    (True, "Enabled", "Suspended", False),
    (False, False, True, True),
    ("breaching", "breaching", "ignore", "ignore"),
    ("notBreaching", "NotBreaching", "Missing", "missing"),
    ("x@y.z", "mailto:x@y.z", "mailto:a@b.c", "a@b.c"),
    ("one-zone", "ONE_ZONE", "GLACIER_IR", "glacier-ir"),
]


@pytest.mark.parametrize(("written", "declared", "live", "wanted"), GUESSES)
def test_among_the_guesses_is(written: Any, declared: Any, live: Any, wanted: Any) -> None:
    found = [*guesses(written, declared, live)]
    assert any(type(each) is type(wanted) and each == wanted for each in found), found
    assert written not in [each for each in found if type(each) is type(written)]


def test_nothing_is_guessed_where_nothing_is_alike() -> None:
    assert [*guesses("abc", 5, 6)] == []
    assert [*guesses(5, "abc", "abd")] == []


SCALARS = st.one_of(
    st.integers(-(10**6), 10**6),
    st.booleans(),
    st.text("ab: #'\"{}[],&*!|>%@`-~\\é\n", max_size=12),
)
LAYOUT = """# kept: a comment
apiVersion: moorline/v1
spec:
  plain: {one}   # behind
  flow: {{a: {one}, b: [x, {one}]}}
  'quoted': 'it''s'
  double: "a\\tb"
  last: end
"""
PLACES = [("spec", "plain"), ("spec", "flow", "a"), ("spec", "flow", "b", "1"), ("spec", "quoted"),
          ("spec", "double"), ("spec", "last")]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["5", "word", "'w'", '"w"', "true"]),
    st.sampled_from(PLACES),
    SCALARS,
    st.sampled_from(["\n", "\r\n"]),
)
def test_only_the_span_of_the_value_changes(
    one: str, path: tuple[str, ...], value: Any, newline: str
) -> None:
    text = LAYOUT.format(one=one).replace("\n", newline)
    document = parse(text, "a.yaml").documents[0]
    (site,) = sites(text, "a.yaml", document.values[path])
    assert site.path == path
    made = edit(text, site, value)
    changed = spliced(text, [made])
    assert changed.startswith(text[: site.start])
    assert changed.endswith(text[site.end :])
    data = parse(changed, "a.yaml").documents[0].data
    for step in path:
        data = data[int(step)] if isinstance(data, list) else data[step]
    assert (type(data), data) == (type(value), value)


@pytest.mark.parametrize(
    "text",
    [
        "v: |\n  a\n  b\n",
        "v: >-\n  a\n  b\n",
        "v: a\n  b\n",
        'v: "a\n  b"\n',
        "u: &x 5\nv: *x\n",
        "v: &x 5\n",
    ],
)
def test_what_stands_on_several_lines_or_twice_is_left(text: str) -> None:
    at = parse(text, "a.yaml").documents[0].values[("v",)]
    with pytest.raises(SpliceError):
        edit(text, sites(text, "a.yaml", at)[0], 7)


def test_json_is_spliced_too() -> None:
    text = '{"v": {"a": 5,\t"b": "x"}}\n'
    at = parse(text, "a.json").documents[0].values[("v", "b")]
    made = edit(text, sites(text, "a.json", at)[0], 'y "z"')
    assert spliced(text, [made]) == '{"v": {"a": 5,\t"b": "y \\"z\\""}}\n'
