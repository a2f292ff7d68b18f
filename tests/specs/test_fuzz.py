"""Whatever the input: documents and findings, no exception, and soon."""

import time
from string import printable

import pytest
from hypothesis import given, settings, strategies as st
from sweeps import LONG, sample

from reconciler.render.text.diagnostics import text as rendered
from reconciler.specs.source import parse

MARKS = ["- ", ": ", "? ", "[", "]", "{", "}", ",", "'", '"', "&a ", "*a", "!!str ", "# ", "<<"]
LINES = ["\n", "\n  ", "|\n ", ">-\n ", "\t", "---\n", "...\n", "%YAML 1.2\n", "\u2028"]
PIECES = st.sampled_from([*MARKS, *LINES, "a", "1", ".5", "é", "\\"])
TEXTS = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200) | st.text(printable)


@settings(max_examples=300, deadline=2000)
@given(TEXTS, st.sampled_from(["f.yaml", "f.json"]))
def test_any_text(text, file):
    check(text, file)


@settings(max_examples=200, deadline=2000)
@given(st.binary(max_size=200), st.sampled_from(["f.yaml", "f.json"]))
def test_any_bytes(raw, file):
    check(raw, file)


def check(text, file):
    parsed = parse(text, file)
    assert parsed.documents or parsed.diagnostics or file == "f.yaml"
    for document in parsed.documents:
        assert all(span.line > 0 and span.column > 0 for span in document.values.values())
        assert all(path in document.values for path in document.keys)
    source = text if isinstance(text, str) else text.decode(errors="replace")
    out = rendered(parsed.diagnostics, {file: source}, color=False)
    assert all(character.isprintable() or character == "\n" for character in out)


MEBIBYTE = 1 << 20
HOSTILE = {
    "opening brackets": "[",
    "opening braces": "{",
    "dashes": "- ",
    "questions": "? ",
    "commas": ",",
    "colons": "a:",
    "quotes": "'",
    "anchors": "&a ",
    "aliases": "*a\n",
    "tags": "!a ",
    "line feeds": "\n",
    "blanks": " ",
    "tabs": "\t",
    "document marks": "---\n",
    "duplicate keys": "a: 1\n",
    "block scalars": "- |\n \n",
    "empty lists": "[],",
    "digits": "1",
    "words": "a\n",
    "escapes": "\\",
    "plain pairs": "a: b, ",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("start", sample(["", "a: [", 'a: "', "- &a [1]\n- "], 3), ids=repr)
def test_a_mebibyte_takes_a_bounded_time(piece, start):
    text = (start + piece * MEBIBYTE)[:MEBIBYTE]
    for size in (MEBIBYTE, 60_000) if LONG else (300_000, 60_000):
        begin = time.process_time()
        parse(text[:size], "f.yaml")
        # what grows with the square takes minutes
        assert time.process_time() - begin < 2 + 18 * size / MEBIBYTE
