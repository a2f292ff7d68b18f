"""What KMS asks of a key policy when it is given: in CreateKey and in PutKeyPolicy alike.

Source: API reference, CreateKey, `Policy`: it must allow the calling principal to make a later
PutKeyPolicy (the lockout check), and every principal in it must exist and be visible to KMS.
A policy that names the account leaves it to the caller's IAM policies (KMS developer guide,
"Default key policy"). That they are looked at here as for any call, that a new key has the tags it
is made with by then, and that it has no alias, is inferred: no page of AWS says how the check asks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.access.calls import questions
from reconciler.access.decide import decide
from reconciler.access.model import Guard, Named, Policies
from reconciler.access.request import NEW_ID, Call, Want, tags
from reconciler.sandbox.iam import principals, there
from reconciler.sandbox.iam.roles import ADMINISTRATOR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.sandbox.iam.principals import Principal

INVALID = "Policy contains a statement with one or more invalid principals."
LOCKED = "The new key policy will not allow you to update the key policy in the future."
BYPASS = "BypassPolicyLockoutSafetyCheck"
PARTS = 6


class _Made(there.There):
    """What IAM looks at once a key is made, which has the tags that it is made with."""

    def __init__(self, key: str, given: Mapping[str, str]) -> None:
        self._key, self._given = key, given

    def tags(self, arn: str, /) -> Mapping[str, str]:
        return self._given if arn == self._key else super().tags(arn)


def fault(text: str, call: Any, key: Any, *, locked: bool) -> str:  # noqa: ANN401  (moto's)
    """Why KMS refuses a policy; nothing when it takes it. `key` is nothing for a new one."""
    try:
        document = json.loads(text)
        found = [*_statements(document)]
    except (TypeError, ValueError) as broken:
        return f"Policy is no JSON document: {broken}"
    if not found:
        return "Policy has no statement."
    account = call.current_account
    if any(_missing(arn, account) for each in found for arn in _named(each)):
        return INVALID
    return LOCKED if locked and not _may_put(document, call, key, account) else ""


def _statements(document: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  (any JSON)
    if not isinstance(document, dict):
        msg = "it is no object"
        raise TypeError(msg)
    given = document.get("Statement") or []
    for each in given if isinstance(given, list) else [given]:
        if not isinstance(each, dict):
            msg = "a statement is no object"
            raise TypeError(msg)
        yield each


def _named(statement: dict[str, Any]) -> Iterator[str]:
    who = statement.get("Principal")
    arns = who.get("AWS", []) if isinstance(who, dict) else []
    yield from arns if isinstance(arns, list) else [arns]


def _missing(arn: str, account: str) -> bool:
    """Whether it is a role of this account that is not there; other accounts are not seen."""
    parts = str(arn).split(":", PARTS - 1)
    ours = len(parts) == PARTS and parts[4] == account and parts[5].startswith("role/")
    return ours and principals.role(arn) is None


def _may_put(document: Any, call: Any, key: Any, account: str) -> bool:  # noqa: ANN401
    who = _caller(call, account)
    at = key.arn if key else f"arn:aws:kms:{call.region}:{account}:key/{NEW_ID}"
    sent = Call("kms", "PutKeyPolicy", {}, call.region, who.account, who.arn)
    guard = Named("key policy", document)
    policies = Policies(who.policies, who.boundary, guard, Guard.KEY, who.session)
    world = there.There() if key else _Made(at, tags(call._get_param("Tags")))  # noqa: SLF001
    asked = questions(sent, world, [Want("kms:PutKeyPolicy", at, {f"kms:{BYPASS}": False})])
    try:
        return all(decide(each, policies).allowed for each in asked)
    except ValueError:
        return False


def _caller(call: Any, account: str) -> Principal:  # noqa: ANN401  (moto's response)
    """Who asks; whom IAM does not know is an administrator of the account."""
    found = principals.of(call.access_key)
    if found is not None:
        return found
    own = principals.named("all", json.dumps(ADMINISTRATOR["all"]))
    return principals.Principal(f"arn:aws:iam::{account}:user/administrator", account, (own,))
