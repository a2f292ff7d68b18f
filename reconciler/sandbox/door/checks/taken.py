"""What every service refuses of a request, whatever it is about: characters of tags, and sizes.

Moto takes any tag and any document. Source: Tagging AWS resources, "Tag naming limits and
requirements"; the quotas of IAM, KMS, S3 and SNS; each service's list of errors.
"""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.sandbox.iam import principals
from reconciler.sandbox.iam.principals import role_of
from reconciler.sandbox.protocol.given import given
from reconciler.sandbox.services.iam import inline_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reconciler.sandbox.door.asked import Asked
    from reconciler.sandbox.protocol import wire
    from reconciler.sandbox.protocol.requests import Sent

ORDER = 50
WRITES = ("Add", "Create", "Put", "Set", "Tag", "Update")
LISTS = ("Tags", "ResourceTags", "TagSet", "Tag")
KEY, VALUE = 128, 256
SHOWN = 200
ACCOUNT = "123456789012"
"""Moto's own account, where nothing says another."""
_ALSO = frozenset("_.:/=+-@")
_SPACE = re.compile(r"\s+")


class Refusal(NamedTuple):
    """An error of AWS."""

    code: str
    message: str


TAG = {
    "iam": Refusal("InvalidInput", "The specified tag {what} is invalid."),
    "kms": Refusal("TagException", "The tag {what} contains a character that is not allowed."),
    "s3": Refusal("InvalidTag", "The Tag{What} you have provided is invalid"),
    "sns": Refusal("InvalidParameter", "Invalid parameter: Tags Reason: invalid tag {what}"),
    "cloudwatch": Refusal("InvalidParameterValue", "The tag {what} is invalid."),
    "budgets": Refusal("InvalidParameterException", "The tag {what} is invalid."),
}
OTHER_TAG = Refusal(
    "ValidationException",
    "1 validation error detected: Value '{value}' at '{where}' failed to satisfy constraint: Member"
    " must {rule}",
)
"""As services say it of any value that breaks its shape."""
PATTERN = r"satisfy regular expression pattern: ([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"


class _Half(NamedTuple):
    """Half of a tag that no tag has: which, its path in the request, its value, what it breaks."""

    what: str
    where: str
    value: str
    rule: str


class _Most(NamedTuple):
    """The size of a parameter. `spaces` says whether white space counts."""

    parameter: str
    most: int
    refusal: Refusal
    spaces: bool = True


_TRUST = Refusal("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: {most}")
_MANAGED = Refusal("LimitExceeded", "Cannot exceed quota for PolicySize: {most}")
_KEY = Refusal("LimitExceededException", "The policy exceeds the limit of {most} bytes.")
_BUCKET = Refusal("PolicyTooLarge", "Policy exceeds the maximum allowed document size.")
_TOPIC = Refusal("InvalidParameter", "Invalid parameter: Policy too large")
SIZES = {
    ("iam", "CreateRole"): _Most("AssumeRolePolicyDocument", 2048, _TRUST, spaces=False),
    ("iam", "UpdateAssumeRolePolicy"): _Most("PolicyDocument", 2048, _TRUST, spaces=False),
    ("iam", "CreatePolicy"): _Most("PolicyDocument", 6144, _MANAGED, spaces=False),
    ("iam", "CreatePolicyVersion"): _Most("PolicyDocument", 6144, _MANAGED, spaces=False),
    ("kms", "CreateKey"): _Most("Policy", 32768, _KEY),
    ("kms", "PutKeyPolicy"): _Most("Policy", 32768, _KEY),
    ("s3", "PutBucketPolicy"): _Most("Policy", 20480, _BUCKET),
}
INLINE = 10240


def answer(asked: Asked, onward: Callable[[], wire.Answer]) -> wire.Answer:
    """What a request that no account takes is answered."""
    wrong = asked.sent and refusal(asked.service, asked.operation, asked.sent)
    return asked.refused(*wrong) if wrong else onward()


def refusal(service: str, operation: str, sent: Sent) -> Refusal | None:
    """The error for a request that no account takes; nothing for one that may go on."""
    if not operation.startswith(WRITES):
        return None
    try:
        asked = given(service, operation, sent)
    except ValueError:
        return None  # no request of this operation: the service says so itself
    who = principals.of(sent.access_key)
    home = sent.headers.get("x-moto-account-id") or os.environ.get("MOTO_ACCOUNT_ID", ACCOUNT)
    return next(_wrong(service, operation, asked, who.account if who else home), None)


def _wrong(
    service: str, operation: str, asked: Mapping[str, Any], account: str
) -> Iterator[Refusal]:
    for half in _tags(asked):
        code, text = TAG.get(service, OTHER_TAG)
        said = text.format(**{**half._asdict(), "what": half.what.lower()}, What=half.what)
        yield Refusal(code, said)
    if most := SIZES.get((service, operation)):
        size = _size(str(asked.get(most.parameter, "")), spaces=most.spaces)
        if size > most.most:
            code, text = most.refusal
            yield Refusal(code, text.format(most=most.most))
    if (service, operation) == ("iam", "PutRolePolicy"):
        role, name = str(asked.get("RoleName")), str(asked.get("PolicyName"))
        size = _size(str(asked.get("PolicyDocument", "")), spaces=False)
        if size + inline_size(role_of(role, account), but=name) > INLINE:
            text = f"Maximum policy size of {INLINE} bytes exceeded for role {role}"
            yield Refusal("LimitExceeded", text)
    if service == "sns":
        attributes = asked.get("Attributes") or {}
        named = asked.get("AttributeName") == "Policy" and asked.get("AttributeValue")
        if _size(str(attributes.get("Policy") or named or ""), spaces=True) > 30720:  # noqa: PLR2004
            yield _TOPIC


def _size(text: str, *, spaces: bool) -> int:
    return len(text.encode()) if spaces else len(_SPACE.sub("", text))


def _tags(value: Any, path: str = "") -> Iterator[_Half]:  # noqa: ANN401  (any parameter)
    """Which half of each tag is wrong. Tags stand in lists of these names, at any depth."""
    for name, item in value.items() if isinstance(value, dict) else ():
        at = f"{path}{name[:1].lower()}{name[1:]}."
        if name in LISTS and isinstance(item, list):
            for number, tag in enumerate(item, 1):
                if isinstance(tag, dict):
                    yield from _halves(tag, f"{at}{number}.member.")
        elif isinstance(item, dict):
            yield from _tags(item, at)


def _halves(tag: Mapping[str, Any], path: str) -> Iterator[_Half]:
    for what, most in (("Key", KEY), ("Value", VALUE)):
        found = tag.get(what, tag.get(f"Tag{what}"))
        if isinstance(found, str) and (rule := _broken(found, most)):
            yield _Half(what, f"{path}{what.lower()}", found[:SHOWN], rule)


def _broken(text: str, most: int) -> str:
    """The rule of tags that it breaks, empty when it is fit."""
    if len(text) > most:
        return f"have length less than or equal to {most}"
    return "" if all(_allowed(each) for each in text) else PATTERN


def _allowed(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LNZ" or char in _ALSO
