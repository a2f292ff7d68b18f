"""From bytes to text: UTF-8 only, of bounded size, without invisible control characters."""

from __future__ import annotations

import re

from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.specs.position import Mark, Text, mark

MAX_BYTES = 1 << 20
"""A spec is some hundred lines; a megabyte is a mistake or an attack."""

_FORBIDDEN = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\ud800-\\udfff\\ufeff\\ufffe\\uffff]"
)
_BOM = "\ufeff"
_SAVE = "save the file as UTF-8"


def decode(raw: str | bytes, file: str) -> tuple[Text, Diagnostic | None]:
    """The text, and what keeps it from being read at all."""
    if len(raw) > MAX_BYTES:
        message = f"the file has {len(raw):,} bytes; at most {MAX_BYTES:,} are read"
        return Text(file, ""), Diagnostic("YAML014", message, Span(file, 1, 1), "split it")
    if isinstance(raw, str):
        return Text(file, raw.removeprefix(_BOM)), None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "the file is UTF-16"
        return Text(file, ""), Diagnostic("YAML015", message, Span(file, 1, 1), _SAVE)
    try:
        return Text(file, raw.decode().removeprefix(_BOM)), None
    except UnicodeDecodeError as error:
        before = Text(file, raw[: error.start].decode().removeprefix(_BOM) + "?")
        message = f"the byte 0x{raw[error.start]:02x} is not UTF-8"
        at = before.span(mark(len(before.text) - 1, len(before.text)))
        return before, Diagnostic("YAML015", message, at, _SAVE)


def forbidden(text: Text) -> Diagnostic | None:
    """The first character that YAML does not allow, or that nobody can see."""
    if (found := _FORBIDDEN.search(text.text)) is None:
        return None
    number = ord(found[0])
    at = text.span(mark(found.start(), found.end()))
    if 0xD800 <= number <= 0xDFFF:  # noqa: PLR2004 the surrogates
        return Diagnostic("YAML017", f"U+{number:04X} is half a character", at, _SAVE)
    kind = "byte order mark" if found[0] == _BOM else "control character"
    message = f"an invisible {kind} (U+{number:04X}) stands here"
    return Diagnostic("YAML016", message, at, 'delete it, or write it as an escape in "…"')


def empty(text: Text, at: Mark, what: str) -> Diagnostic:
    """The warning for a file or a document without content."""
    help_ = "remove it, or write a spec: apiVersion, kind, metadata, spec"
    return Diagnostic("YAML018", f"this {what} is empty", text.span(at), help_, Severity.WARNING)
