"""References that stand for a secret or a value in the language of some tool.

A spec may hold one where people look for it, but none of AWS's services resolves it: what is
written is what they get.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

WAY_OUT = (
    "give the ARN or the name of the secret as a plain value, and let the code that needs it read"
    " it with its role (secretsmanager:GetSecretValue, ssm:GetParameter); for a web hook with a"
    " password, subscribe a function or a queue that knows it"
)


class _Form(NamedTuple):
    tool: str
    pattern: re.Pattern[str]


_FORMS = (
    _Form("CloudFormation", re.compile(r"\{\{\s*resolve:[^}]*\}\}")),
    _Form("Systems Manager", re.compile(r"\{\{\s*(?:ssm|ssm-secure|secretsmanager):[^}]*\}\}")),
    _Form("CloudFormation", re.compile(r"\$\{AWS::[A-Za-z]+\}")),
    _Form("GitHub Actions", re.compile(r"\$\{\{[^}]*\}\}")),
    _Form("the Serverless Framework", re.compile(r"\$\{(?:ssm:/|cf:)[^}]*\}")),
    _Form("1Password", re.compile(r"\bop://[^\s/]+/[^\s]+")),
    _Form("vals", re.compile(r"\bref\+[a-z0-9]+://[^\s]+")),
    _Form("SOPS", re.compile(r"\bENC\[AES256_GCM,[^\]]*\]")),
)


def unresolved(text: str) -> Iterator[tuple[str, str]]:
    """Every reference in a text, shortened, and the tool that would resolve it."""
    if "{" not in text and "://" not in text and "ENC[" not in text:
        return
    for form in _FORMS:
        for found in form.pattern.finditer(text):
            yield found[0][:80], form.tool
