"""When libyaml's word is not enough: cheap signs of text that it is known to misread.

Each sign is a family of cases of the YAML test suite. A false alarm costs some
milliseconds, so the signs are broad, but none of them is common in specs.
"""

from __future__ import annotations

import re

from reconciler.model.diagnostic import Diagnostic
from reconciler.specs.position import Text, mark

_GLUED_COMMENT = ("]#", "}#", ",#", "|#", ">#", "[#", "{#", '":#', "':#")
_LONE_DASH = re.compile(r"-\s*[,\]}]")
_DASH_ENTRY = re.compile(r"[\[{,:]\s*-\s*[,\]}]")
_BLANK_FIRST_LINE = re.compile(
    r"[|>][-+0-9]{0,2}(?:#|[ \t]*(?:#[^\n]*)?\r?\n(?: *\r?\n)*? +(?:\r?\n|\Z))"
)
_HEADER_ON_ITS_LINE = re.compile(r"^ *[|>]", re.MULTILINE)
_QUESTION_ENTRY = re.compile(r"[\[{,]\s*\?\S")
_TAB_INDENT = re.compile(r"^[ \-?:]*\t", re.MULTILINE)
_BREAKS_OF_YAML_1_1 = ("\x85", "\u2028", "\u2029")


def doubtful(text: str) -> bool:
    """Whether the text has something that libyaml is known to judge wrongly."""
    if any(sign in text for sign in _GLUED_COMMENT):
        return True
    if text.startswith(("%", "--- ")) or "\n%" in text or "\n--- " in text:
        return True
    if "\t" in text and _TAB_INDENT.search(text):
        return True
    if ("|" in text or ">" in text) and (
        _BLANK_FIRST_LINE.search(text) or _HEADER_ON_ITS_LINE.search(text)
    ):
        return True
    if "?" in text and _QUESTION_ENTRY.search(text):
        return True
    if _LONE_DASH.search(text) and _DASH_ENTRY.search(text):
        return True
    return not text.isascii() and any(sign in text for sign in _BREAKS_OF_YAML_1_1)


def refusal(text: Text, at: int) -> Diagnostic:
    """The finding for a text that only the strict parser refuses, at offset `at`."""
    line = max(text.text.rfind("\n", 0, at), text.text.rfind("\r", 0, at)) + 1
    character = text.text[at : at + 1]
    code = "YAML001"
    if character == "#":
        message, help_ = "a comment needs a blank before '#'", "write ' #', or quote the text"
    elif character == "\t" or "\t" in text.text[line:at]:
        code, message = "YAML002", "a tab is used as indentation"
        help_ = "indent with spaces; YAML does not allow tabs there"
    elif not text.text[line:at].strip():
        message = "this line does not belong to the value above it"
        help_ = "indent it deeper than the key or '-' of that value"
    else:
        message, help_ = "this cannot stand here in YAML 1.2", "put the whole text in quotes"
    return Diagnostic(code, message, text.span(mark(at, at + 1)), help_)
