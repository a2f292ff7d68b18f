"""Roles that are there before anybody asks, as those that CI's template makes in an account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

from reconciler.sandbox.iam import principals

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ADMINISTRATOR = {"all": {"Version": "2012-10-17", "Statement": [EVERYTHING]}}


def put(
    arn: str,
    policies: Mapping[str, Mapping[str, Any]],
    trust: Mapping[str, Any] | None = None,
) -> None:
    """Make a role with exactly these policies, or make one that is there have them.

    Without `trust` its own account may take it.
    """
    _, partition, _, _, account, resource = arn.split(":", 5)
    path, _, name = resource.removeprefix("role").rpartition("/")
    found = principals.role(arn)
    document = json.dumps(trust or _own(partition, account))
    if found is None:
        found = iam_backends[account][partition].create_role(
            role_name=name, assume_role_policy_document=document, path=f"{path}/",
            permissions_boundary=None, description="", tags=[], max_session_duration="3600",
        )  # fmt: skip
    found.assume_role_policy_document = document
    found.policies = {each: json.dumps(policy) for each, policy in policies.items()}


def _own(partition: str, account: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
