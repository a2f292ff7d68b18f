"""Findings as people and machines see them, and the table of codes."""

import re
from pathlib import Path

import pytest

from reconciler.model.address import Address
from reconciler.model.codes import CODES, FAMILIES
from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.policy import api as policy
from reconciler.render.text.diagnostics import as_json, summary, text

ROOT = Path(__file__).parents[2]


def finding(message="m", at=None, **more):
    return Diagnostic("SPEC012", message, at, more.pop("help", "h"), **more)


def test_the_form():
    source = "\n" * 13 + "    country: strng\n"
    at = Span("specs/customer.yaml", 14, 14, 5)
    out = text(
        [finding("unknown feature type 'strng'; did you mean 'string'?", at, help="types are x")],
        {"specs/customer.yaml": source},
        color=False,
        files=14,
    )
    assert out == (
        "error[SPEC012]: unknown feature type 'strng'\n"
        "  --> specs/customer.yaml:14:14\n"
        "   |\n"
        "14 |     country: strng\n"
        "   |              ^^^^^ did you mean 'string'?\n"
        "   = help: types are x\n"
        "1 error in 1 of 14 files\n"
    )


LINES = {
    "a plain line": ("a: bc", Span("f", 1, 4, 2), "a: bc", "   ^^"),
    "wide characters take two cells": ("日本: 本x", Span("f", 1, 5, 1), "日本: 本x", "      ^^"),
    "combining marks take none": ("e\u0301: x", Span("f", 1, 5, 1), "e\u0301: x", "   ^"),
    "tabs are spaces": ("a:\tb", Span("f", 1, 4, 1), "a:  b", "    ^"),
    "a tab is marked whole": ("\tb", Span("f", 1, 1, 1), "    b", "^^^^"),
    "control characters are shown": ("a: \x1b[31m", Span("f", 1, 4, 1), "a: \\x1b[31m", "   ^^^^"),
    "bidirectional marks are shown": (
        "a: \u202eb",
        Span("f", 1, 5, 1),
        "a: \\u202eb",
        "         ^",
    ),
    "a no-break space is shown": ("a:\xa0b", Span("f", 1, 3, 1), "a:\\xa0b", "  ^^^^"),
    "past the end of the line": ("a:", Span("f", 1, 3, 1), "a:", "  ^"),
    "longer than the line": ("a: b", Span("f", 1, 4, 50), "a: b", "   ^"),
}


@pytest.mark.parametrize(("line", "at", "shown", "carets"), LINES.values(), ids=LINES.keys())
def test_source_line(line, at, shown, carets):
    out = text([finding(at=at)], {"f": line + "\nnext"}, color=False).splitlines()
    assert out[3] == f"1 | {shown}"
    assert out[4] == f"  | {carets}"


def test_a_long_line_is_cut_around_the_fault():
    line = "x" * 500 + "FAULT" + "y" * 500
    out = text([finding(at=Span("f", 1, 501, 5))], {"f": line}, color=False).splitlines()
    assert len(out[3]) < 110
    assert out[3].index("FAULT") == out[4].index("^")
    assert out[4].count("^") == 5


def test_a_long_fault_is_cut():
    out = text([finding(at=Span("f", 1, 1, 5000))], {"f": "x" * 5000}, color=False)
    assert max(map(len, out.splitlines())) < 110


def test_a_message_cannot_write_control_characters():
    out = text([finding("\x1b[2J\r\u202e", help="\x07")], {}, color=False)
    assert out.replace("\n", "").isprintable()


def test_a_finding_without_a_place_or_source():
    out = text([finding(), finding(at=Span("gone", 3, 4))], {}, color=False)
    assert out.splitlines()[:2] == ["error[SPEC012]: m", "  = help: h"]
    assert " --> gone:3:4" in out


def test_an_address_is_named():
    out = text([finding(address=Address("AWS::S3::Bucket", "raw"))], {}, color=False)
    assert "AWS::S3::Bucket/raw" in out


def test_colour_only_on_request():
    assert "\x1b[" in text([finding()], {}, color=True)
    assert "\x1b" not in text([finding()], {}, color=False)


def test_findings_are_in_order_of_place_and_shown_once():
    later, sooner = finding(at=Span("f", 2, 1)), finding(at=Span("f", 1, 1))
    assert [each["line"] for each in as_json([later, sooner, later])] == [1, 2]


SUMMARIES = {
    "nothing": ([], "no errors in 3 files"),
    "one": ([finding(at=Span("f", 1, 1))], "1 error in 1 of 3 files"),
    "a mix": (
        [
            finding(at=Span("f", 1, 1)),
            finding(at=Span("g", 1, 1)),
            finding(at=Span("g", 1, 1), severity=Severity.WARNING),
        ],
        "2 errors and 1 warning in 2 of 3 files",
    ),
    "no place": ([finding()], "1 error"),
}


@pytest.mark.parametrize(("found", "words"), SUMMARIES.values(), ids=SUMMARIES.keys())
def test_summary(found, words):
    assert summary(found, 3) == words


def test_json_has_every_member():
    at, address = Span("f", 2, 3, 4), Address("AWS::S3::Bucket", "raw")
    assert as_json([finding("m", at, help="", address=address)]) == [
        {
            "code": "SPEC012", "severity": "error", "message": "m", "help": None, "file": "f",
            "line": 2, "column": 3, "length": 4, "address": "AWS::S3::Bucket/raw",
        }
    ]  # fmt: skip


KNOWN = {**CODES, **policy.codes()}


def used_codes():
    pattern = re.compile(r'"((?:YAML|SPEC|ENV|GRAPH)[0-9]{3})"')
    files = [
        path
        for path in (ROOT / "reconciler").rglob("*.py")
        if "codes" not in path.relative_to(ROOT).parts
    ]
    return {code for path in files for code in pattern.findall(path.read_text())}


def test_every_code_in_use_is_in_the_table_and_none_is_idle():
    listed = {code for code in KNOWN if code.startswith(("YAML", "SPEC", "ENV", "GRAPH"))}
    assert listed == used_codes()


def test_a_code_means_one_thing():
    every = [code.code for family in FAMILIES for code in family.CODES] + [*policy.codes()]
    assert sorted(every) == sorted(set(every))


def test_every_code_explains_itself():
    for code in KNOWN.values():
        assert code.title
        assert not code.title.endswith(".")
        assert code.explanation.endswith(".")
        assert code.fix.endswith(".")
