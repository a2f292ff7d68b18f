"""Syntax errors in words for people: what is wrong at that place, and what to write instead.

libyaml names the rule that failed. The tables say what a user most likely did.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reconciler.model.diagnostic import Diagnostic
from reconciler.specs.position import Mark, Text, mark

_AT_CONTEXT = True
_TABS = "indent with spaces; YAML does not allow tabs there"
_QUOTE = "put the whole text in quotes"


@dataclass(frozen=True, slots=True)
class _Rule:
    """Words for the errors whose libyaml text matches `pattern`."""

    pattern: str
    code: str
    message: str
    help: str
    at_context: bool = False


_RULES = (
    _Rule("found a tab character", "YAML002", "a tab is used as indentation", _TABS),
    _Rule(
        "quoted scalar.*found unexpected (end of stream|document indicator)",
        "YAML003",
        "the quote that opens here is never closed",
        "close it with the same quote character; inside '…' write '' for a quote",
        _AT_CONTEXT,
    ),
    _Rule(
        "found unknown escape character",
        "YAML001",
        "this is not an escape that YAML knows",
        r"write \\ for a backslash, or use single quotes",
    ),
    _Rule(
        "found invalid Unicode character escape code|hexdecimal number.*quoted",
        "YAML017",
        "this escape is not a character",
        r"write the character itself, or \U and 8 digits; halves of a surrogate pair do not count",
    ),
    _Rule(
        "hexdecimal number",
        "YAML001",
        "this escape has too few hexadecimal digits",
        r"\x takes 2 digits, \u 4 and \U 8; write \\ for a backslash",
    ),
    _Rule(
        "mapping values are not allowed",
        "YAML001",
        "a ':' cannot stand here",
        f"if it is part of a text, {_QUOTE}; if it ends a key, indent the key like its neighbours",
    ),
    _Rule(
        "could not find expected ':'",
        "YAML001",
        "this line is neither 'key: value' nor part of the value above",
        "write 'key: value', or indent the line deeper than the key it belongs to",
        _AT_CONTEXT,
    ),
    _Rule(
        "flow mapping.*expected ',' or '}'",
        "YAML001",
        "',' or '}' is missing before this",
        "separate the entries of {…} with commas and close it with '}'",
    ),
    _Rule(
        "flow sequence.*expected ',' or ']'",
        "YAML001",
        "',' or ']' is missing before this",
        "separate the items of […] with commas and close it with ']'",
    ),
    _Rule(
        "block mapping.*expected key",
        "YAML001",
        "this does not line up with the keys of the mapping around it",
        "give all keys of a mapping the same indentation",
    ),
    _Rule(
        "block collection.*expected '-'",
        "YAML001",
        "this does not line up with the items of the list around it",
        "start each item with '- ' at the same indentation",
    ),
    _Rule(
        "block sequence entries are not allowed",
        "YAML001",
        "a list item cannot start here",
        f"start the list on its own line; if '-' belongs to a text, {_QUOTE}",
    ),
    _Rule(
        "mapping keys are not allowed",
        "YAML001",
        "a '?' cannot stand here",
        f"if it is part of a text, {_QUOTE}",
    ),
    _Rule(
        "scanning an (anchor|alias)",
        "YAML005",
        "'*' and '&' at the start of a value have a meaning in YAML",
        "put the text in quotes, as in '*.example.com'",
        _AT_CONTEXT,
    ),
    _Rule(
        "tag|URI",
        "YAML009",
        "this tag is not read",
        "remove it; if '!' belongs to a text, put the text in quotes",
    ),
    _Rule(
        "block scalar",
        "YAML001",
        "this does not belong after '|' or '>'",
        "put the text on the next lines, indented",
    ),
    _Rule(
        "incompatible YAML document|%YAML",
        "YAML001",
        "this file asks for another version of YAML",
        "remove the %YAML line; specs are YAML 1.2",
    ),
    _Rule(
        "directive",
        "YAML001",
        "a line cannot start with '%' here",
        f"remove the line; if '%' belongs to a text, {_QUOTE}",
    ),
    _Rule(
        "expected <document start>",
        "YAML001",
        "this does not belong to the document above it",
        "line it up with the document above, or start a new document with '---'",
    ),
    _Rule("expected node content", "YAML001", "a value is missing here", "write the value"),
)
_LONGEST = 40
_CLOSERS = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as libyaml tells it: at an offset, while reading what starts at `opened`."""

    problem: str
    context: str
    at: int
    opened: int | None


def explain(text: Text, error: Problem, inside: int | None) -> Diagnostic:
    """The finding for a libyaml error; `inside` is where the innermost collection starts."""
    for opened in (error.opened, inside):
        opener = text.text[opened : opened + 1] if opened is not None else ""
        if opened is not None and opener in _CLOSERS and not text.text[error.at :].strip():
            message = f"the '{opener}' that opens here is never closed"
            return _found("YAML003", message, text, opened, f"add the missing '{_CLOSERS[opener]}'")
    if "flow" in error.context and text.text[error.at - 1 : error.at + 1] == "${":
        name = re.match(r"[^}\s]*}?", text.text[error.at : error.at + _LONGEST])
        message = "a variable inside of {…} or […] needs quotes: YAML reads this { as a mapping"
        help_ = f'write "${name[0] if name else ""}"'
        return _found("YAML001", message, text, error.at - 1, help_)
    if "cannot start any token" in error.problem:
        return _strange(text, error.at)
    said = f"{error.context} {error.problem}"
    for rule in _RULES:
        if re.search(rule.pattern, said):
            place = error.at if not rule.at_context or error.opened is None else error.opened
            return _found(rule.code, rule.message + _around(text, error), text, place, rule.help)
    message = f"not valid YAML: {error.problem}"
    return _found("YAML001", message, text, error.at, "compare with the lines around")


def _around(text: Text, error: Problem) -> str:
    """Names the bracket that is open, when it opened on an earlier line."""
    if error.opened is None or "flow" not in error.context:
        return ""
    opener = text.span(mark(error.opened, error.opened))
    if opener.line == text.span(mark(error.at, error.at)).line:
        return ""
    return f" (inside the '{text.text[error.opened]}' of line {opener.line})"


def _strange(text: Text, at: int) -> Diagnostic:
    line = text.text.rfind("\n", 0, at) + 1
    tab = text.text.find("\t", line, at + 1)
    if tab >= 0 and not text.text[line:at].strip(" \t-?:"):
        return _found("YAML002", "a tab is used as indentation", text, tab, _TABS)
    character = text.text[at : at + 1]
    message = f"a value cannot start with {character!r}"
    return _found("YAML001", message, text, at, _QUOTE)


def _found(code: str, message: str, text: Text, at: int, help_: str) -> Diagnostic:
    return Diagnostic(code, message, text.span(_within(text, at)), help_)


def _within(text: Text, at: int) -> Mark:
    """A mark on a visible character: the end of a file has none, so step back over blanks."""
    if not text.text[at:].strip():
        at = max(0, len(text.text[:at].rstrip()) - 1)
    return mark(at, at + 1)
