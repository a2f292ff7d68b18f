"""Secrets that are known by their form, wherever they stand.

Own table instead of a library: see docs/adr/0014. A cheap test of the markers
comes first, because nearly all text has none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from reconciler.secret.names import placeholder, secretive


class Found(NamedTuple):
    """A secret in a text: what it is and where."""

    what: str
    start: int
    end: int


class _Shape(NamedTuple):
    what: str
    markers: tuple[str, ...]
    pattern: str
    """The secret is the group `v`, or the whole match."""


_SHAPES = (
    _Shape(
        "AWS access key id", ("AKIA", "ASIA"), r"(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])"
    ),
    _Shape(
        "AWS session token",
        ("FwoG", "IQoJ", "FQoG"),
        r"(?<![A-Za-z0-9])(?:FwoG|IQoJ|FQoG)[A-Za-z0-9+/=_%-]{60,}",
    ),
    _Shape(
        "private key",
        ("PRIVATE KEY",),
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[^\"']{0,20000}?-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
        r"|(?:[A-Za-z0-9+/=\s:,-]|\\[nr])*)",
    ),
    _Shape("JSON web token", ("eyJ",), r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)+"),
    _Shape(
        "GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})",
    ),
    _Shape(
        "GitLab token", ("gl",), r"(?<![A-Za-z0-9])gl(?:pat|dt|rt|cbt|ptt|ft|soat|oas)-[\w-]{16,}"
    ),
    _Shape(
        "Slack token",
        ("xox", "xapp-", "hooks.slack.com"),
        r"(?<![A-Za-z0-9])(?:xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,})"
        r"|hooks\.slack\.com/(?:services|workflows)/(?P<v>[\w/-]{16,})",
    ),
    _Shape(
        "token of a service",
        ("_live_", "AIza", "npm_", "pypi-", "hf_", "sk-", "SG.", "hvs.", "dapi"),
        r"(?<![A-Za-z0-9])(?:[srp]k_live_[A-Za-z0-9]{16,}|AIza[\w-]{35}|npm_[A-Za-z0-9]{36}"
        r"|pypi-AgE[\w-]{40,}|hf_[A-Za-z0-9]{30,}|sk-(?:ant|proj)-[\w-]{20,}|sk-[A-Za-z0-9]{32,}"
        r"|SG\.[\w-]{16,}\.[\w-]{16,}|hvs\.[\w-]{20,}|dapi[0-9a-f]{32})",
    ),
    _Shape("password in an address", ("://",), r"\w://[^/\s:@'\"]*:(?P<v>[^@\s/'\"\\]+)@"),
    _Shape(
        "signature of a request",
        ("X-Amz-", "x-amz-", "Signature=", "Credential="),
        r"(?i)(?<![\w-])(?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|Credential)"
        r"[\"']?\s?[=:]\s?[\"']?(?P<v>[\w%+/=.-]{8,})",
    ),
    _Shape(
        "authorization header",
        ("uthorization", "UTHORIZATION", "earer ", "Basic "),
        r"(?i)authorization\\?[\"']?\s*[:=]\s*\\?[\"']?(?P<v>AWS4-HMAC[^\r\n\"'}\\]*"
        r"|(?:bearer|basic|digest|token|apikey) [\w.~+/=-]{8,})"
        r"|(?-i:\b(?:Bearer|bearer|Basic)) (?P<w>(?=[\w.~+/=-]*\d)[\w.~+/=-]{16,})",
    ),
)
_NAMED = (
    r"(?i)(?P<n>[\w.-]{0,60}"
    r"(?:pass(?:word|wd|phrase|code)|pwd|secret|token|bearer|key|authorization)\w{0,30})"
    r"(?:\\?[\"'])?[ \t]*(?:=>|[=:])[ \t]*(?P<q>\\?[\"'])?"
    r"(?P<v>(?(q)[^\"'\\\r\n]{3,}|[^\s\"',;&<>]{3,}))"
)
_COMPLAINT = re.compile(r"Bad|Expired|Invalid|Malformed|Missing|Unknown|Unrecognized|Unsupported")
"""How error codes such as ``ExpiredToken`` begin."""
_HINTS = ("pass", "pwd", "secret", "token", "bearer", "key", "authorization")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def tokens(text: str) -> Iterator[Found]:
    """Secrets of a known form."""
    for shape in _SHAPES:
        if not any(marker in text for marker in shape.markers):
            continue
        for match in _compiled(shape.pattern).finditer(text):
            group = next((name for name in ("v", "w") if match.groupdict().get(name)), 0)
            if not placeholder(match[group]):
                yield Found(shape.what, match.start(group), match.end(group))


def assignments(text: str) -> Iterator[Found]:
    """Values behind a secret's name, as in ``password=…`` or ``"SecretString": "…"``."""
    folded = text.lower()
    if not any(hint in folded for hint in _HINTS) or not ("=" in text or ":" in text):
        return
    for match in _compiled(_NAMED).finditer(text):
        name = match["n"].rpartition(".")[2]
        if _COMPLAINT.match(name):
            continue
        header = name.lower().endswith("authorization") and any(map(str.isdigit, match["v"]))
        if (secretive(name) or header) and not placeholder(match["v"]):
            yield Found("value of a secret", match.start("v"), match.end("v"))
