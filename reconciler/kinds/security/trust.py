"""Who may take a role, as IAM has it."""

from __future__ import annotations

from reconciler.facts.principals import audience, vouched
from reconciler.kinds.api import Scope
from reconciler.kinds.security.spec import AssumedBy, Oidc
from reconciler.model.value import Json, Props


def trust(who: AssumedBy, scope: Scope) -> Props:
    """The trust policy of a role."""
    if who.oidc is not None:
        return _federated(who.oidc, scope)
    statement: dict[str, Json] = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    if who.service is not None:
        statement["Principal"] = {"Service": who.service}
        statement |= vouched(who.service, scope.place.account, taking=True)
    else:
        root = f"arn:{scope.place.partition}:iam::{who.account}:root"
        statement["Principal"] = {"AWS": root}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _federated(oidc: Oidc, scope: Scope) -> Props:
    provider = scope.arn("iam", f"oidc-provider/{oidc.provider}", regional=False)
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": provider},
        "Condition": {
            "StringEquals": {f"{oidc.provider}:aud": oidc.audience or audience(scope.place.region)},
            "StringLike": {f"{oidc.provider}:sub": oidc.subject},
        },
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
