"""Every shape of every kind has an example that fits, and guesses that are offered fit too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from reconciler.kinds import api as kinds
from reconciler.specs import forms
from reconciler.specs.annotation import bare, expected, fields, pattern
from reconciler.specs.envelope import Metadata


def patterns() -> dict[str, str]:
    """Every regular expression of the models, by the field where it is."""
    found: dict[str, str] = {}
    seen: set[str] = set()

    def walk(annotation: Any, path: str) -> None:
        if isinstance(annotation, str | int) or (key := repr(annotation)) in seen:
            return
        seen.add(key)
        if wanted := pattern(annotation):
            found.setdefault(wanted, path)
        for name, info in fields(annotation).items():
            walk(expected(info), f"{path}.{name}")
        for inner in (*get_args(annotation), *get_args(bare(annotation))):
            walk(inner, path)

    for kind in kinds.load().values():
        walk(kind.model, kind.name)
    walk(Metadata, "metadata")
    return found


PATTERNS = patterns()


def test_there_are_shapes() -> None:
    assert len(PATTERNS) > 30


@pytest.mark.parametrize("wanted", PATTERNS, ids=[f"{PATTERNS[each]}" for each in PATTERNS])
def test_a_shape_is_told_by_an_example_that_fits(wanted: str) -> None:
    form = forms.of(wanted)
    if form is None:
        assert re.search(wanted, "?"), "no example in reconciler/specs/forms.py fits"
        return
    assert re.search(wanted, form.example)
    assert form.noun.split()[0] in {"a", "an", "the"}


MEANT = [
    ("^[1-9][0-9]*(s|m|h|d)$", "2 years", "730d"),
    ("^[1-9][0-9]*(s|m|h|d)$", "30 days", "30d"),
    ("^[1-9][0-9]*(s|m|h|d)$", "P7D", "7d"),
    ("^[1-9][0-9]*(s|m|h|d)$", "PT15M", "15m"),
    ("^[1-9][0-9]*(s|m|h|d)$", "2 weeks", "14d"),
    ("^[1-9][0-9]*(s|m|h|d)$", "1.0 h", "1h"),
    ("^[1-9][0-9]*(s|m|h|d)$", "P1M", ""),
    ("^[1-9][0-9]*(s|m|h|d)$", 90, ""),
    ("^[1-9][0-9]*(s|m|h|d)$", True, ""),
    ("^[1-9][0-9]*(GiB|TiB)$", "50GB", "50GiB"),
    ("^[1-9][0-9]*(GiB|TiB)$", "1 Ti", "1TiB"),
    (r"^[0-9]{1,4}(\.[0-9]{1,6})?%$", 0.25, "25%"),
    (r"^[0-9]{1,4}(\.[0-9]{1,6})?%$", 5, "5%"),
    (r"^[0-9]{1,4}(\.[0-9]{1,6})?%$", 90.0, "90%"),
    (r"\S", 0.25, "0.25"),
    ("^[a-z0-9]{1,20}$", 20, "20"),
    (r"^[0-9]{1,4}(\.[0-9]{1,6})?%$", "5 percent", "5%"),
    ("^[0-9]{12}$", 123456789012, "123456789012"),
    ("^[0-9]{12}$", 12345678901, "012345678901"),
    ("^[0-9]{12}$", "1234-5678-9012", "123456789012"),
    ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "31.12.2026", "2026-12-31"),
    ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2026/12/31", "2026-12-31"),
    ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2026-12-31T10:00:00Z", "2026-12-31"),
    ("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", "eu-west-1a", "eu-west-1"),
    ("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", "EU_WEST_1", "eu-west-1"),
    ("^sha256:[0-9a-f]{64}$", "A" * 64, f"sha256:{'a' * 64}"),
    (r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$", "m5.xlarge", "ml.m5.xlarge"),
    ("^py[0-9]{1,3}$", "python3.10", "py310"),
    ("^py[0-9]{1,3}$", "3.10", "py310"),
    ("^s3://[a-z0-9.-]{3,63}(/.*)?$", "arn:aws:s3:::acme-raw/a/b", "s3://acme-raw/a/b"),
    ("^s3://[a-z0-9.-]{3,63}(/.*)?$", "https://acme-raw.s3.amazonaws.com/a", "s3://acme-raw/a"),
    ("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", "s3://acme-raw/", "acme-raw"),
    ("^[^/].*$", "/features/daily/", "features/daily"),
    (r"^(average|maximum|p[0-9]{1,2})$", "P99", "p99"),
    (r"^[a-z0-9-]+\.amazonaws\.com$", "lambda", "lambda.amazonaws.com"),
    ("^[a-z](-?[a-z0-9])*$", "Customer_Features", "customer-features"),
    ("^[a-z](-?[a-z0-9])*$", "¿?", ""),
]


@pytest.mark.parametrize(("wanted", "value", "meant"), MEANT)
def test_a_guess_is_what_was_meant(wanted: str, value: object, meant: str) -> None:
    assert forms.meant(wanted, value) == meant


def cures() -> Iterator[tuple[str, object]]:
    odd: list[object] = ["", " ", "x" * 400, "${a}", "a\nb", 10**30, 1e300, -1, None, [], {}]
    yield from ((wanted, value) for wanted in PATTERNS for value in odd)


def test_no_cure_shows_a_regular_expression_and_none_fails() -> None:
    for wanted, value in cures():
        said = forms.cure(wanted, value)
        assert wanted not in said
        assert not re.search(r"[\\^]|\[[^]]*-[^]]*\]|\{\d|\$(?!\{)", said), said


def test_what_reads_as_a_number_is_written_in_quotes() -> None:
    assert forms.written("123456789012") == '"123456789012"'
    assert forms.written("012345678901") == '"012345678901"'
    assert forms.written("true") == '"true"'
    assert forms.written("30d") == "30d"
