"""What a text means, where its parts are, and what is refused."""

import math
from itertools import pairwise

import pytest

from reconciler.specs.source import parse

VALUES = {
    "yes, no, on and off are text": ("yes", "yes"),
    "no is text": ("no", "no"),
    "true is a boolean": ("true", True),
    "False is a boolean": ("False", False),
    "null is null": ("null", None),
    "a tilde is null": ("~", None),
    "nothing is null": ("", None),
    "an integer": ("42", 42),
    "a signed integer": ("+1", 1),
    "an octal integer": ("0o17", 15),
    "a hexadecimal integer": ("0xFF", 255),
    "a leading zero makes a text": ("012", "012"),
    "an account id keeps its zeros": ("012345678901", "012345678901"),
    "a sexagesimal number is text": ("12:30", "12:30"),
    "an underscore makes a text": ("1_000", "1_000"),
    "a float": ("1.5", 1.5),
    "a float without digits in front": ("-.5", -0.5),
    "an exponent": ("1e3", 1000.0),
    "a version with two dots is text": ("1.2.3", "1.2.3"),
    "a date is text": ("2026-11-23", "2026-11-23"),
    "a quoted number is text": ('"42"', "42"),
    "a quoted boolean is text": ("'true'", "true"),
    "a dot is text": (".", "."),
    "a tagged text": ("!!str 12", "12"),
    "the non-specific tag means text": ("! 12", "12"),
    "a tagged integer": ("!!int 12", 12),
    "64 bits are enough": ("9223372036854775807", 2**63 - 1),
    "a literal block": ("|\n  x\n  y", "x\ny"),
    "a folded block": (">\n  x\n  y\n", "x y\n"),
    "an ESC escape": (r'"\e"', "\x1b"),
    "a surrogate pair is one character in JSON only": ('"😀"', "😀"),
}


@pytest.mark.parametrize(("written", "value"), VALUES.values(), ids=VALUES.keys())
def test_value(written, value):
    (document,) = parse(f"key: {written}", "f.yaml").documents
    assert document.data == {"key": value}
    assert type(document.data["key"]) is type(value)


REFUSED = {
    "a key twice": ("a: 1\nb: 2\na: 3\n", "YAML004", (3, 1, 1)),
    "a quoted key twice": ("'a b': 1\n\"a b\": 3\n", "YAML004", (2, 1, 5)),
    "a key twice in a flow mapping": ("m: {a: 1, a: 2}", "YAML004", (1, 11, 1)),
    "an alias to nothing": ("a: *b\n", "YAML005", (1, 4, 2)),
    "a value in itself": ("a: &x [1, *x]\n", "YAML006", (1, 11, 2)),
    "a merge key": ("a:\n  <<: {b: 1}\n", "YAML008", (2, 3, 2)),
    "a local tag": ("a: !Ref b\n", "RES003", (1, 4, 6)),
    "a tag on a mapping": ("a: !Sub {b: c}\n", "RES003", None),
    "a binary": ("a: !!binary aGk=\n", "YAML009", (1, 4, 13)),
    "a set": ("!!set {a}", "YAML009", None),
    "a number that is not one": ("a: !!int x\n", "YAML009", (1, 4, 7)),
    "an integer key": ("80: http\n", "YAML010", (1, 1, 2)),
    "a boolean key": ("true: x\n", "YAML010", (1, 1, 4)),
    "a null key": ("~: x\n", "YAML010", (1, 1, 1)),
    "a missing key": (": x\n", "YAML010", (1, 1, 1)),
    "a list as key": ("? [a]\n: b\n", "YAML010", (1, 3, 3)),
    "not a number": ("a: .nan\n", "YAML011", (1, 4, 4)),
    "infinity": ("a: -.inf\n", "YAML011", (1, 4, 5)),
    "a float past all limits": ("a: 1e999\n", "YAML011", (1, 4, 5)),
    "an integer past 64 bits": ("a: 9223372036854775808\n", "YAML012", (1, 4, 19)),
    "an integer of a million digits": ("a: " + "9" * 10**6, "YAML012", None),
    "deep brackets": ("[" * 20_000, "YAML013", (1, 101, 1)),
    "deep dashes": ("- " * 20_000, "YAML013", None),
    "deep mappings": ("".join(f"{' ' * i}a:\n" for i in range(200)), "YAML013", None),
    "a large file": ("#" * 1_048_577, "YAML014", (1, 1, 1)),
    "Latin-1": (b"a: \xe4\n", "YAML015", (1, 4, 1)),
    "Latin-1 on a later line": ("é: ü\nb: ".encode() + b"\xff", "YAML015", (2, 4, 1)),
    "UTF-16": ("a: b".encode("utf-16"), "YAML015", (1, 1, 1)),
    "a control character": ("a: b\x07\n", "YAML016", (1, 5, 1)),
    "a terminal escape": ("a: \x1b[31m\n", "YAML016", (1, 4, 1)),
    "a byte order mark inside": ("a: \ufeffb\n", "YAML016", (1, 4, 1)),
    "a surrogate in the text": ("a: \ud800\n", "YAML017", (1, 4, 1)),
    "a surrogate as an escape": (r'a: "\ud800"', "YAML017", None),
    "an anchor twice": ("a: &x 1\nb: &x 2\n", "YAML019", (2, 4, 4)),
    "an anchor with a strange name": ("a: &x:y 1\n", "YAML024", None),
    "a tab as indentation": ("a:\n\tb: c\n", "YAML002", (2, 1, 1)),
    "a tab behind spaces": ("a:\n  \tb: c\n  d: e\n", "YAML002", None),
    "an open bracket": ("a: [1,\n  2\n", "YAML003", (1, 4, 1)),
    "an open bracket at the end": ("a:\r\n  b: {c: d,\r\n", "YAML003", (2, 6, 1)),
    "an open quote": ("a: 'b\nc: d\n", "YAML003", (1, 4, 1)),
    "a second colon": ("a: b: c\n", "YAML001", (1, 5, 1)),
    "a lost indentation": ("a:\n  b: 1\n c: 2\n", "YAML001", (3, 2, 1)),
    "a line that is no entry": ("a: 1\nb\nc: 2\n", "YAML001", (2, 1, 1)),
    "an unquoted at sign": ("a: @b\n", "YAML001", (1, 4, 1)),
    "an unquoted asterisk": ("a: *.example.com\n", "YAML005", (1, 4, 13)),
    "an unknown escape": ('a: "C:\\dir"\n', "YAML001", None),
    "a comment that touches a bracket": ("a: [1]#x\n", "YAML001", (1, 7, 1)),
    "a quoted text that is not indented": ('a:\n  b: "x\ny"\n', "YAML001", (3, 1, 1)),
    "a flow sequence that is not indented": ("a: [b,\nc]\n", "YAML001", (2, 1, 1)),
    "a directive without a document": ("%YAML 1.2\n", "YAML001", None),
    "too many tag directives": ("%TAG !a! b\n" * 80_000, "YAML009", None),
}


@pytest.mark.parametrize(("text", "code", "place"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(text, code, place):
    found = parse(text, "f.yaml").diagnostics
    assert code in {diagnostic.code for diagnostic in found}
    first = next(diagnostic for diagnostic in found if diagnostic.code == code)
    assert first.is_error
    assert first.help
    if place is not None:
        assert (first.at.line, first.at.column, first.at.length) == place


ACCEPTED = {
    "a byte order mark in front": ("\ufeffa: b".encode(), {"a": "b"}),
    "an alias of a scalar": ("a: &x 1\nb: *x\n", {"a": 1, "b": 1}),
    "an alias of a list": ("a: &x [1]\nb: [*x, *x]\n", {"a": [1], "b": [[1], [1]]}),
    "a merge key in quotes": ('"<<": 1\n', {"<<": 1}),
    "carriage returns": ("a: b\r\nc: |\r\n  d\r\n", {"a": "b", "c": "d\n"}),
    "a bracket closed below its key": (
        "a: [\n  b\n]\nc: {\n  d: 1\n}\n",
        {"a": ["b"], "c": {"d": 1}},
    ),
    "a key on its own line in brackets": ("{a\n: b}", {"a": "b"}),
    "a value next to a quoted key": ('{"a":b}', {"a": "b"}),
    "a colon in front of a value": ("{a: :b}", {"a": ":b"}),
    "tabs around values": ("a:\t1\t# x\nb: 2\n\t\nc: 3\n", {"a": 1, "b": 2, "c": 3}),
    "a line separator inside a text": ('a: "x\u2028y"', {"a": "x\u2028y"}),
    "YAML 1.3": ("%YAML 1.3\n---\na: b\n", {"a": "b"}),
}


@pytest.mark.parametrize(("text", "data"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(text, data):
    parsed = parse(text, "f.yaml")
    assert parsed.diagnostics == ()
    assert [document.data for document in parsed.documents] == [data]


def test_all_documents_of_a_file_are_read():
    parsed = parse("a: 1\n---\nb: 2\n...\n---\nc: 3\n", "f.yaml")
    assert [document.data for document in parsed.documents] == [{"a": 1}, {"b": 2}, {"c": 3}]
    assert [document.at().line for document in parsed.documents] == [1, 3, 6]


def test_an_empty_file_is_a_warning():
    (found,) = parse("# nothing\n", "f.yaml").diagnostics
    assert found.code == "YAML018"
    assert not found.is_error


def test_an_empty_document_is_a_warning_and_null():
    parsed = parse("a: 1\n---\n", "f.yaml")
    assert [document.data for document in parsed.documents] == [{"a": 1}, None]
    assert [found.code for found in parsed.diagnostics] == ["YAML018"]


def test_documents_before_a_syntax_error_are_kept():
    parsed = parse("a: 1\n---\nb: [\n", "f.yaml")
    assert [document.data for document in parsed.documents] == [{"a": 1}]
    assert [found.code for found in parsed.diagnostics] == ["YAML003"]


def test_all_findings_of_a_file_are_reported():
    parsed = parse("a: 1\na: 2\nb: !x y\n1: 2\n", "f.yaml")
    assert [found.code for found in parsed.diagnostics] == ["YAML004", "YAML009", "YAML010"]


def test_findings_are_limited():
    assert len(parse("a: 1\n" * 10_000, "f.yaml").diagnostics) == 100


def test_a_duplicate_key_names_the_first_place():
    (found,) = parse("a: 1\nb: {c: 1, c: 2}\n", "f.yaml").diagnostics
    assert "f.yaml:2:5" in found.message


def test_billion_laughs_are_refused():
    names = "abcdefghi"
    bomb = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in pairwise(names)
    )
    assert [found.code for found in parse(bomb, "f.yaml").diagnostics] == ["YAML007"]


def test_repeating_a_long_text_is_refused():
    bomb = f"a: &a {'x' * 500_000}\nb: [{', '.join(['*a'] * 5)}]\n"
    assert [found.code for found in parse(bomb, "f.yaml").diagnostics] == ["YAML007"]


POSITIONS = {
    "a key": ("a:\n  bc: 1\n", ("a", "bc"), (2, 3, 2), (2, 7, 1)),
    "characters, not bytes": ("é😀: [日, 本]\n", ("é😀", "1"), None, (1, 9, 1)),
    "after carriage returns": ("a: 1\r\nb: xy\r\n", ("b",), (2, 1, 1), (2, 4, 2)),
    "after lone carriage returns": ("a: 1\rb: xy\r", ("b",), (2, 1, 1), (2, 4, 2)),
    "after a line separator": ("a: x\u2028y\nb: z\n", ("b",), (2, 1, 1), (2, 4, 1)),
    "after a byte order mark": ("\ufeffa: b\n", ("a",), (1, 1, 1), (1, 4, 1)),
    "a flow mapping": ("a: {b: 1}\n", ("a",), (1, 1, 1), (1, 4, 6)),
    "a flow list over lines": ("a: [1,\n  2]\n", ("a",), (1, 1, 1), (1, 4, 3)),
    "a block mapping is at its first key": ("a:\n  bcd: 1\n", ("a",), (1, 1, 1), (2, 3, 3)),
    "a block list is at its first dash": ("a:\n- b\n", ("a",), (1, 1, 1), (2, 1, 1)),
    "an item": ("a:\n- b\n- cd\n", ("a", "1"), None, (3, 3, 2)),
    "a mapping in a list": ("- a: 1\n  b: 2\n", ("0", "b"), (2, 3, 1), (2, 6, 1)),
    "a literal is at its mark": ("a: |\n  x\n", ("a",), (1, 1, 1), (1, 4, 1)),
    "an empty value is behind the colon": ("a:\nb: 1\n", ("a",), (1, 1, 1), (1, 3, 1)),
    "a quoted text has its quotes": ("a: 'b'\n", ("a",), (1, 1, 1), (1, 4, 3)),
    "an alias is where it stands": ("a: &x {c: 1}\nb: *x\n", ("b",), (2, 1, 1), (2, 4, 2)),
    "the inside of an alias is at the anchor": (
        "a: &x {c: 1}\nb: *x\n", ("b", "c"), (1, 8, 1), (1, 11, 1),
    ),
    "a value of the strict parser": ("{a\n: b}", ("a",), (1, 2, 1), (2, 3, 1)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "path", "key", "value"), POSITIONS.values(), ids=POSITIONS.keys())
def test_position(text, path, key, value):
    (document,) = parse(text, "f.yaml").documents
    assert place(document.values[path]) == value
    assert (place(document.keys[path]) if path in document.keys else None) == key


def place(span):
    return span.line, span.column, span.length


def test_what_is_not_written_is_at_the_closest_parent():
    (document,) = parse("a:\n  b: [1]\n", "f.yaml").documents
    assert document.at(("a", "b", "7", "c")) == document.values[("a", "b")]
    assert document.key_at(("a", "x", "y")) == document.keys[("a",)]
    assert document.key_at(("x",)) == document.values[()]
    assert document.at(("x",)) == document.values[()]


def test_positions_are_mappings_of_every_path():
    (document,) = parse("a: {b: 1}\nc: [2]\n", "f.yaml").documents
    assert set(document.values) == {(), ("a",), ("a", "b"), ("c",), ("c", "0")}
    assert set(document.keys) == {("a",), ("a", "b"), ("c",)}
    assert ("a", "x") not in document.values
    assert ("c", "-1") not in document.values
    assert () not in document.keys


def test_numbers_are_finite():
    (document,) = parse("a: [1e308, -1e308]", "f.yaml").documents
    assert all(math.isfinite(number) for number in document.data["a"])
