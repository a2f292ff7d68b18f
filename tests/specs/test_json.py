"""Files named *.json are strict JSON, with positions."""

import pytest

from reconciler.specs.source import parse

REFUSED = {
    "nothing": ("", "YAML020", (1, 1)),
    "a trailing comma": ('{"a": 1,}', "YAML020", (1, 9)),
    "a trailing comma in a list": ("[1,]", "YAML020", (1, 4)),
    "a missing comma": ('["a"\n "b"]', "YAML020", (2, 2)),
    "a comment": ("[1] // x", "YAML020", (1, 5)),
    "an unquoted key": ("{a: 1}", "YAML020", (1, 2)),
    "single quotes": ("['a']", "YAML020", (1, 2)),
    "a leading zero": ("[01]", "YAML020", (1, 3)),
    "a bare fraction": ("[.5]", "YAML020", (1, 2)),
    "not a number": ("[NaN]", "YAML020", (1, 2)),
    "an open text": ('["a', "YAML020", (1, 2)),
    "a raw line break in a text": ('["a\nb"]', "YAML020", (1, 2)),
    "a bad escape": (r'["\x41"]', "YAML020", (1, 2)),
    "an end in the middle": ('{"a":', "YAML020", None),
    "two documents": ("{} {}", "YAML020", (1, 4)),
    "half a surrogate pair": (r'["\ud800"]', "YAML017", (1, 2)),
    "a key twice": ('{"a": 1, "a": 2}', "YAML004", (1, 10)),
    "a huge integer": ("[9223372036854775808]", "YAML012", (1, 2)),
    "a huge float": ("[1e999]", "YAML011", (1, 2)),
    "100,000 brackets": ("[" * 100_000, "YAML013", (1, 102)),
    "50,000 nested mappings": ('{"":' * 50_000, "YAML013", None),
}


@pytest.mark.parametrize(("text", "code", "place"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(text, code, place):
    parsed = parse(text, "f.json")
    assert [found.code for found in parsed.diagnostics] == [code]
    assert parsed.documents == ()
    if place is not None:
        at = parsed.diagnostics[0].at
        assert (at.line, at.column) == place


def test_values_and_positions():
    parsed = parse('{"a": [1, -2.5e1,\n true, null, "\\ud83d\\ude00\\/"], "b": {}}', "f.json")
    (document,) = parsed.documents
    assert document.data == {"a": [1, -25.0, True, None, "😀/"], "b": {}}
    assert str(document.at(("a", "2"))) == "f.json:2:2"
    assert str(document.key_at(("b",))) == "f.json:2:33"
    assert document.values[("a",)].length == len("[1, -2.5e1,")
