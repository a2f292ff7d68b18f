"""Any text inside Markdown stays that text: parsed back, it is the same and nothing was added."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings, strategies as st
from sweeps import LONG

from reconciler.render.markdown.escape import clip, code, fence, link, prose, size, tag
from reconciler.render.vocabulary.ink import harmless

from .page import REFERENCE, Page, squeezed

NASTY = (
    "@alice", "@org/team", "#123", "owner/repo#1", "GH-12", "FRAUD-812", "!45", "&7", "%3", "~bug",
    "$12", ":tada:", "www.evil.io", "https://evil.io/x", "ftp://a.b", "me@evil.io", "<img src=x>",
    "<!--", "-->", "<details>", "</code>", "</details>", "```", "``", "`", "~~~", "|", "\\|", "\\",
    "[a](http://b.c)", "![a](b)", "[^1]", "[ ]", "**", "__", "~~", "*", "_", "$`x`$", "$$", "# ",
    "- ", "1. ", "2)", "+", "=", "===", "---", "> ", "/close", "{{x}}", "&lt;", "&#64;", "\n", "\r",
    "\t", "  ", "\x1b[31m", "\u202e", "\u200b", "\x00", "é", "日本", "🙂", "deadbeef", "0123456789",
    "%%{init: {}}%%", "end", "\n\n```\n# hi", "don't", "well-known", "(as", "said)", "w.", "www.",
)  # fmt: skip
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
nasty = st.lists(st.sampled_from(NASTY) | texts, max_size=8).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda glue: glue.join(parts))
)
PLACES = ("{}", "- {}", "### {}", "a **b** {} c", "> {}", "- a\n  - {} `x` · {}", "({})", "**{}**")
many = settings(max_examples=400 if LONG else 120, deadline=None, derandomize=True)


@many
@given(nasty.filter(bool), st.sampled_from(PLACES))
def test_code_is_the_text_and_nothing_else(text, place):
    shown = Page(place.replace("{}", code(text)))
    expected = clip(harmless(text), 400)
    found = [each for each in shown.codes if each != "x"]
    assert found == [expected] * place.count("{}")
    assert set(shown.tags) <= {"p", "ul", "li", "h3", "strong", "code", "blockquote"}
    assert shown.comments == []


def test_nothing_is_no_code():
    assert code("") == ""


def test_runs_of_every_length_of_backticks_are_shown_as_what_looks_like_them():
    text = "".join("`" * number + "a" for number in range(1, 60))
    assert Page(code(text, 8000)).codes == [text.replace("`", "ˋ")]


@many
@given(nasty, st.sampled_from(PLACES[:-1]))
@example("1. one", "{}")
@example("- one", "{}")
@example("www. a", "{}")
@example("=", "a\n{}")
def test_a_sentence_stays_a_sentence(text, place):
    shown = Page(place.replace("{}", prose(text)))
    empty = Page(place.replace("{}", "∅"))
    assert shown.tags.count("ul") == empty.tags.count("ul")
    assert set(shown.tags) <= {"p", "ul", "li", "h3", "strong", "code", "blockquote"}
    said = squeezed(clip(harmless(text), 600))
    assert squeezed(shown.text) == squeezed(empty.text.replace("∅", said))
    assert not REFERENCE.search(shown.outside)
    assert shown.comments == []


@many
@given(nasty)
def test_a_summary_holds_the_text(text):
    page = Page(f"<details><summary>{tag(text)} x</summary>\n\n- y\n\n</details>")
    assert page.codes == [clip(harmless(text), 400)]
    assert page.tags == ["details", "summary", "code", "ul", "li"]


@many
@given(st.lists(nasty.map(harmless), max_size=4))
def test_a_block_of_code_ends_where_it_should(lines):
    page = Page(f"- a\n\n{fence(lines, 'text')}\n\nafter")
    assert page.codes == ["".join(f"{line}\n" for line in lines)]
    assert page.tags == ["ul", "li", "pre", "code", "p"]


@many
@given(texts, st.integers(8, 60))
def test_a_shortened_text_keeps_its_ends_and_its_bound(text, most):
    shown = clip(text, most)
    assert size(shown) <= most
    assert shown == text or "…" in shown
    assert size(shown) >= len(shown)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("the endpoint has captured nothing yet", "the endpoint has captured nothing yet"),
        ("ask @alice, see #12", "ask `@alice`, see `#12`"),
        ("it doesn't list 'records'", "it doesn't list 'records'"),
        ("environments/prod.yaml allows 30 days", "`environments/prod.yaml` allows 30 days"),
        ("by deadbeef", "by `deadbeef`"),
    ],
    ids=["plain", "mentions", "quotes", "paths", "commits"],
)
def test_plain_words_stay_plain(said, shown):
    assert prose(said) == shown


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://ci.acme.io/run/1?x=y#z", "<https://ci.acme.io/run/1?x=y#z>"),
        ("javascript:alert(1)", ""),
        ("https://a> <b", ""),
        ("https://a\nb", ""),
        ("https://" + "a" * 2000, ""),
        ("", ""),
    ],
    ids=["an address", "a script", "a tag", "a line break", "far too long", "nothing"],
)
def test_only_an_address_of_the_web_is_linked(address, target):
    assert link(address) == target
