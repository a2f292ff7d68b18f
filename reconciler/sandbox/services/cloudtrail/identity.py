"""Who a request is from, by its access key, as CloudTrail's `userIdentity` tells it.

Keys that the sandbox gave out (users, assumed roles) are known. Of others, `sandbox` is the
pipeline's role, `root` the account itself, `ROLE:SESSION` a session of a role, and anything
else a user of that name: `AWS_ACCESS_KEY_ID=alice` is alice.
"""

from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

PIPELINE = ("moorline-apply", "moorline")
Who = tuple[dict[str, Any], str]


def of(access_key: str, account: str) -> Who:
    """The identity, and the name that look-ups by user go by."""
    if access_key in {"", "root"}:
        arn = f"arn:aws:iam::{account}:root"
        who = {"type": "Root", "principalId": account, "arn": arn, "accountId": account}
        return who | {"accessKeyId": access_key}, "root"
    if access_key == "sandbox":
        return _session(*PIPELINE, account, access_key)
    return _given_out(access_key, account) or _named(access_key, account)


def _given_out(access_key: str, account: str) -> Who | None:
    """Whom the sandbox itself gave this key."""
    for sts in sts_backends[account].values():
        for role in sts.assumed_roles:
            if role.access_key_id == access_key:
                name = role.role_arn.rpartition("/")[2]
                return _session(name, role.session_name, account, access_key)
    for iam in iam_backends[account].values():
        if key := iam.access_keys.get(access_key):
            return _user(str(key.user_name), account, access_key)
    return None


def _named(access_key: str, account: str) -> Who:
    role, colon, session = access_key.partition(":")
    if colon:
        return _session(role, session, account, access_key)
    return _user(access_key, account, access_key)


def service_linked(role: str, service: str, account: str) -> Who:
    """A session that an AWS service has of its own role."""
    who, _ = _session(role, service.partition(".")[0], account, "")
    who["sessionContext"]["sessionIssuer"]["arn"] = (
        f"arn:aws:iam::{account}:role/aws-service-role/{service}/{role}"
    )
    return who | {"invokedBy": service}, service.partition(".")[0]


def _user(name: str, account: str, access_key: str) -> Who:
    who = {
        "type": "IAMUser",
        "principalId": f"AIDA{name.upper()}",
        "arn": f"arn:aws:iam::{account}:user/{name}",
        "accountId": account,
        "accessKeyId": access_key,
        "userName": name,
    }
    return who, name


def _session(role: str, session: str, account: str, access_key: str) -> Who:
    issuer = {
        "type": "Role",
        "principalId": f"AROA{role.upper()}",
        "arn": f"arn:aws:iam::{account}:role/{role}",
        "accountId": account,
        "userName": role,
    }
    who = {
        "type": "AssumedRole",
        "principalId": f"AROA{role.upper()}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        "accountId": account,
        "accessKeyId": access_key,
        "sessionContext": {
            "sessionIssuer": issuer,
            "attributes": {"mfaAuthenticated": "false"},
        },
    }
    return who, session
