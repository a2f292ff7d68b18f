"""Markdown as a forge shows it: parsed by cmark-gfm, then taken apart for questions."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

OURS = frozenset(
    "h2 h3 h4 p ul li strong em code pre blockquote details summary hr".split()  # noqa: SIM905
)
"""Elements that a comment may have; a link to the complete plan besides."""
REFERENCE = re.compile(
    r"@\w|[#!$%~&^]\w|\w/\w|:\w+:|://|\b[0-9a-f]{7,}\b|\b[A-Za-z]+-\d+|www\.\w|<|\[\w|^\s*/\w",
    re.MULTILINE,
)
"""What GitHub or GitLab might make a mention, a reference, an emoji or a command of."""


class Page(HTMLParser):
    """The elements, texts and links of a document."""

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str] = []
        self.comments: list[str] = []
        self.text = ""
        self.codes: list[str] = []
        self.outside = ""
        self.headings: list[str] = []
        self.items: list[str] = []
        self.open: list[str] = []
        self.languages: list[str] = []
        self.html = cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.open.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])
        if tag == "pre":
            self.languages.append(dict(attrs).get("lang", ""))
        if tag == "code":
            self.codes.append("")
        if tag in {"h2", "h3", "h4"}:
            self.headings.append("")
        if tag == "li":
            self.items.append("")

    def handle_startendtag(self, tag, _attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, self.html

    def handle_comment(self, data):
        self.comments.append(data)

    def handle_data(self, data):
        self.text += data
        if "code" in self.open:
            self.codes[-1] += data
        else:
            self.outside += data
        if self.headings and self.open and self.open[-1] in {"h2", "h3", "h4", "code"}:
            inside = [tag for tag in self.open if tag in {"h2", "h3", "h4"}]
            self.headings[-1] += data if inside else ""
        if self.items and "li" in self.open:
            self.items[-1] += data


def squeezed(text: str) -> str:
    return " ".join(text.split())
