"""Model packages of another account: there for whom the policy of their group lets in.

Source: SageMaker developer guide, "Deploy a Model Version from a Different Account": a resource
policy of the group, and of the consumer its own permissions, which the door asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.sagemaker.models import sagemaker_backends

from reconciler.access.decide import decide
from reconciler.access.model import Asked, Guard, Named, Policies
from reconciler.sandbox.iam import roles, there
from reconciler.sandbox.protocol.errors import Refused, invalid
from reconciler.sandbox.services.sagemaker.store import records

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND = "model-package"


def elsewhere(call: Call, name_or_arn: str) -> bool:
    """Whether it names what another account has."""
    return _account(call, name_or_arn) != str(call.backend.account_id)


def _account(call: Call, name_or_arn: str) -> str:
    parts = name_or_arn.split(":", 5)
    return parts[4] if len(parts) > 5 else str(call.backend.account_id)  # noqa: PLR2004  (an ARN)


def owner(call: Call, arn: str) -> Any:  # noqa: ANN401  (moto's backend)
    """The backend that has something."""
    return sagemaker_backends[_account(call, arn)][call.backend.region_name]


def package(call: Call, arn: str, action: str) -> Record:
    """A package of another account.

    Raises:
        Refused: no policy lets the caller's account in, or there is no such package.
    """
    _demand(call, arn, action)
    found = records(owner(call, arn), KIND).get(arn.partition(f":{KIND}/")[2])
    if found is None:
        raise invalid(f"ModelPackage {arn} does not exist.")
    return found


def versions(call: Call, group: str) -> dict[str, Record]:
    """Where the versions of a group are, which may be named by the ARN of another account's.

    Raises:
        Refused: no policy lets the caller's account in.
    """
    if not elsewhere(call, group):
        return call.records(KIND)
    _demand(call, group, "ListModelPackages")
    return records(owner(call, group), KIND)


def _demand(call: Call, arn: str, action: str) -> None:
    account = str(call.backend.account_id)
    who = f"arn:{call.backend.partition}:iam::{account}:root"
    policy = there.policy(arn)[0]
    asked = Asked(f"sagemaker:{action}", arn, who, account, _account(call, arn), {})
    if policy is None or not _allowed(asked, policy):
        text = f"not authorized to perform: sagemaker:{action} on resource: {arn} because no"
        raise Refused(
            "AccessDeniedException",
            f"User: {who} is {text} resource-based policy allows the sagemaker:{action} action",
        )


def _allowed(asked: Asked, policy: Any) -> bool:  # noqa: ANN401  (a named policy)
    try:
        anything = Named("administrator", {"Statement": [roles.EVERYTHING]})
        given = Policies((anything,), resource=policy, guard=Guard.RESOURCE)
        return bool(decide(asked, given).allowed)
    except ValueError:
        return False
