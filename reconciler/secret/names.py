"""Which names secrets stand under.

`DB_PASSWORD` and `SecretAccessKey` hold secrets; `passwordLength`, `SecretArn` and
`pad_token` speak about something else. The last word decides what a name holds.
"""

from __future__ import annotations

import re
from functools import lru_cache

from reconciler.secret.entropy import is_path

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_WHOLE = frozenset(
    """accesskey accesstoken apikey apitoken authkey authtoken bearer clientsecret oauthtoken
    passcode passphrase passwd password privatekey pwd sastoken secret secretaccesskey secretkey
    secretstring sessiontoken""".split()  # noqa: SIM905 - reads as words
)
"""A last word that is enough by itself."""
_KEYS = frozenset(
    """access account api app auth deploy license plan private secret sign signing
    ssh""".split()  # noqa: SIM905 - reads as words
)
"""Words before `key` that make it secret. Others, as in `partition key`, do not."""
_NOT_TOKENS = frozenset(
    """additional added begin bos class cls continuation decoder end eos idempotency image input
    label marker mask max min new next num number output pad page pagination per prefix prompt
    request sep special start stop suffix text unk vocab""".split()  # noqa: SIM905 - reads as words
)
"""Words before `token` in language models, pages and repeated requests."""


@lru_cache(maxsize=4096)
def secretive(name: str) -> bool:
    """Whether a value under this name is a secret."""
    if len(name) > 128:  # noqa: PLR2004 - no name is that long
        return False
    words = [word.lower() for word in _WORDS.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    if not words:
        return False
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in _WHOLE or "".join(words) in _WHOLE:
        return True
    if last == "key":
        return before in _KEYS
    if last == "string":
        return before == "secret"
    return last == "token" and before not in _NOT_TOKENS


_PLACEHOLDER = re.compile(
    r"""\s*(?:
        | \{\{resolve:[^}]*\}\} | \$\{[^}]*\} | \$\([^)]*\) | \$\w+ | \{\{.*\}\} | \{\w*\}
        | <[^>]*> | \(.*\) | \*+ | arn:.* | alias/.* | s3://.*
        | true | false | none | null | nil | undefined | yes | no | \[.*\]
    )\s*""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def placeholder(value: str) -> bool:
    """Whether a value under a secret's name says where the secret is, or that there is none."""
    return _PLACEHOLDER.fullmatch(value) is not None or _is_file(value)


def _is_file(value: str) -> bool:
    """Whether it is the path of a file, as in ``key: /etc/moorline/plan.key``."""
    return value.startswith(("/", "./", "~/")) and is_path(value)
