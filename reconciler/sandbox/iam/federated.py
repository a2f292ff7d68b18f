"""Who comes with a token of an identity provider: what STS answers, from the role's trust policy.

A token's signature is not looked at: no provider can be asked here. That it is a token and not
over always is; where IAM is enforced, so are its other claims and whether the account knows who
made it.
Source: STS API, AssumeRoleWithWebIdentity; IAM user guide, "Available keys for AWS OIDC
federation".
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

from reconciler.access.decide import decide
from reconciler.access.model import Asked, Guard, Policies
from reconciler.sandbox.iam import principals
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Mapping

Refusal = tuple[str, str, int]
ACTION = "sts:AssumeRoleWithWebIdentity"
INVALID = "InvalidIdentityToken"
ENDS = "exp"
CLAIMS = ("aud", ENDS, "iss", "sub")
NO_JWT = (
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
)


def refusal(params: Mapping[str, Any]) -> Refusal | None:
    """Why a role is not given for a token: code, message and status; nothing if it is."""
    try:
        claims = _claims(str(params["WebIdentityToken"]))
    except (KeyError, TypeError, ValueError):
        return INVALID, NO_JWT, 400
    enforced = WORLD.iam == "enforced"
    if missing := [name for name in (CLAIMS if enforced else (ENDS,)) if name not in claims]:
        return INVALID, f"Missing a required claim: {missing[0]}", 400
    if not enforced:
        return _over(claims[ENDS])
    arn = str(params.get("RoleArn", ""))
    provider = _provider(arn, str(claims["iss"]))
    if provider is None:
        said = f"No OpenIDConnect provider found in your account for {claims['iss']}"
        return INVALID, said, 400
    if claims["aud"] not in provider.client_id_list:
        return INVALID, "Incorrect token audience", 400
    if over := _over(claims[ENDS]):
        return over
    if _may(arn, provider, claims):
        return None
    return "AccessDenied", f"Not authorized to perform {ACTION}", 403


def _over(ends: float) -> Refusal | None:
    if ends > WORLD.clock.now():
        return None
    now, until = (f"{moment(each):%Y-%m-%dT%H:%M:%SZ}" for each in (WORLD.clock.now(), ends))
    said = f"Token expired: current date/time {now} must be before the expiration date/time"
    return "ExpiredTokenException", f"{said} {until}", 400


def _claims(token: str) -> dict[str, Any]:
    _, body, _ = token.split(".")
    found = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    if not isinstance(found, dict):
        raise ValueError(token[:1])  # noqa: TRY004  (no claims: the token is none)
    if ENDS in found:
        found[ENDS] = float(found[ENDS])
    return found


def _provider(role: str, issuer: str) -> Any:  # noqa: ANN401  (moto's provider, or nothing)
    parts = role.split(":")
    if len(parts) < 6 or parts[4] not in iam_backends:  # noqa: PLR2004  (an ARN has six parts)
        return None
    known = iam_backends[parts[4]][parts[1]].open_id_providers
    host = issuer.removeprefix("https://").rstrip("/")
    return known.get(f"arn:{parts[1]}:iam::{parts[4]}:oidc-provider/{host}")


def _may(role: str, provider: Any, claims: Mapping[str, Any]) -> bool:  # noqa: ANN401  (moto's)
    found = principals.held(role)
    if found is None:
        return False
    context = {f"{provider.url}:{name}".lower(): (str(claims[name]),) for name in ("aud", "sub")}
    owner = provider.account_id
    question = Asked(ACTION, role, provider.arn, "", owner, context)
    return decide(question, Policies(resource=found.trust, guard=Guard.TRUST)).allowed
