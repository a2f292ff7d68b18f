"""Take secrets out of text and values before anybody sees them.

Three sources of knowledge: values of the process's own environment, forms that
secrets have, and names that secrets stand under. The same text comes out
whatever its secrets were; nothing is remembered.
"""

from __future__ import annotations

import binascii
import json
import os
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from reconciler.model.secret import Secret
from reconciler.model.value import SENSITIVE, Hidden, Join, Json, JsonText, Mark, Ref
from reconciler.secret.entropy import is_path, random_runs
from reconciler.secret.names import placeholder, secretive
from reconciler.secret.shapes import Found, assignments, tokens

REDACTED = "(redacted)"
_SUFFIXES = ("_TOKEN", "_PASSWORD", "_SECRET", "_PASSWD", "_PLAN_KEY")
_FOLDER = "PWD"
"""Ends names of passwords, and of where a shell is and was."""
_LEAST = 8
_SURE = 16
_PREFIX = 8
_CUTS = ("…", "...")
_KEY = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
"""The form of an AWS secret access key, and of little else if it looks random."""
_NAMES = ("Key", "Name", "key", "name", "ParameterKey", "TagKey")


def redact(text: str, hidden: Iterable[str] = (), environ: Mapping[str, str] | None = None) -> str:
    """The text without secrets: for messages of AWS, of exceptions, of anybody else.

    `hidden` are further values to take out, also when a message cut them short.
    """
    text = certain(text, environ)
    for value in sorted(hidden, key=len, reverse=True):
        text = _without(text, value)
    named = list(assignments(text))
    return _cut(text, named) if named else text


def certain(text: str, environ: Mapping[str, str] | None = None) -> str:
    """The text without what is surely a secret: known values and known forms.

    Unlike `redact` it leaves alone what merely stands behind a name, so it may be
    used on output that other programs read.
    """
    for value in known(os.environ if environ is None else environ):
        if value in text:
            text = text.replace(value, REDACTED)
    found = [*tokens(text)]
    found += [
        Found("AWS secret access key", *match.span())
        for match in _KEY.finditer(text)
        if any(random_runs(match[0])) and not (_is_hex(match[0]) or _reads(match[0]))
    ]
    return _cut(text, found) if found else text


def redact_value(value: Json, name: str = "") -> Json:  # noqa: PLR0911 - one for each form
    """A property tree without secrets; `name` is the one the whole stands under.

    What a secret's name holds becomes `SENSITIVE`; references stay, because they
    only say where a secret is.
    """
    match value:
        case Mark() | Ref() | Join() | Secret() | None | bool():
            return value
        case Hidden():
            return SENSITIVE
        case JsonText():
            return JsonText(redact_value(value.document))
        case Mapping():
            return _pair(value) or {
                key: redact_value(item, str(key)) for key, item in value.items()
            }
        case list() | tuple():
            return [redact_value(item, name) for item in value]
        case str():
            if secretive(name) and not placeholder(value):
                return SENSITIVE
            return redact(value)
        case int() | float():
            return SENSITIVE if secretive(name) else value
        case _:
            return value


def _pair(value: Mapping[str, Json]) -> Json:
    """``{"Key": …, "Value": …}``: the name is a value here."""
    for key in _NAMES:
        held = {"Value", "value", "ParameterValue", "TagValue"} & value.keys()
        if held and isinstance(value.get(key), str):
            return {k: redact_value(v, value[key] if k in held else k) for k, v in value.items()}
    return None


def known(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Secrets of a process environment, in every form output may give them, longest first.

    A process's own environment is gone through only when it has changed.
    """
    global _seen  # noqa: PLW0603 - one process has one environment; a pair is put at once
    if environ is not os.environ or (now := _raw()) is None:
        return _secrets(environ)
    then, found = _seen
    if then != now:
        found = _secrets(environ)
        _seen = (now, found)
    return found


def _raw() -> dict[object, object] | None:
    """A copy of the process's environment as Python keeps it, which costs no decoding."""
    data = getattr(os.environ, "_data", None)
    return dict(data) if isinstance(data, dict) else None


_seen: tuple[dict[object, object], tuple[str, ...]] = ({}, ())


def _secrets(environ: Mapping[str, str]) -> tuple[str, ...]:
    return _forms(
        tuple(
            value
            for name, value in environ.items()
            if not (name.upper().endswith(_FOLDER) and value.startswith("/") and is_path(value))
            and (name.upper().endswith(_SUFFIXES) or secretive(name))
            and _telling(value)
        )
    )


def _telling(value: str) -> bool:
    """Whether a value is long enough to be a secret and not a word of ordinary text."""
    value = value.strip()
    return len(value) >= _SURE or (len(value) >= _LEAST and not value.isalpha())


@lru_cache(maxsize=8)
def _forms(values: tuple[str, ...]) -> tuple[str, ...]:
    from urllib.parse import quote  # noqa: PLC0415 - only when there is something to hide

    out: set[str] = set()
    for raw in values:
        value = raw.strip()
        out |= {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
        out |= {quote(value, safe=""), quote(value), repr(value)[1:-1]}
        out.add(
            binascii.b2a_base64(value.encode(errors="replace"), newline=False).decode().rstrip("=")
        )
        out |= {line for line in value.splitlines() if len(line) >= _SURE}
    return tuple(sorted(out, key=lambda each: (-len(each), each)))


def _without(text: str, value: str) -> str:
    """The text without a value, or with nothing of it where only its beginning is left."""
    text = text.replace(value, REDACTED)
    start = value[:_PREFIX]
    if len(value) <= _PREFIX or start not in text:
        return text
    out, at = [], 0
    while (found := text.find(start, at)) >= 0:
        end = found
        while end < len(text) and end - found < len(value) and text[end] == value[end - found]:
            end += 1
        was_cut = end - found >= _SURE or text.startswith(_CUTS, end)
        out += [text[at:found], REDACTED if was_cut else text[found:end]]
        at = end
    return "".join([*out, text[at:]])


def _cut(text: str, found: list[Found]) -> str:
    out, at = [], 0
    for each in sorted(found, key=lambda it: (it.start, -it.end)):
        if each.start >= at:
            out += [text[at : each.start], REDACTED]
        at = max(at, each.end)
    return "".join([*out, text[at:]])


def _reads(text: str) -> bool:
    """Whether a text is Base64 of readable text: a configuration, as user data has it."""
    try:
        decoded = binascii.a2b_base64(text, strict_mode=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return all(each.isprintable() or each in "\r\n\t" for each in decoded)


def _is_hex(text: str) -> bool:
    return set(text) <= set("0123456789abcdef")
