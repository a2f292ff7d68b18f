"""CloudFormation's registry: what a region says of a type, which moto lacks.

Source: CloudFormation API reference, DescribeType and its errors; `ProvisioningType` by handlers.
"""

from __future__ import annotations

import json
from typing import Any

from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.cloudcontrol.failures import Failure
from reconciler.sandbox.services.cloudcontrol.schema import Kind, kind


def install() -> None:
    """Let the registry answer for types."""
    response: Any = CloudFormationResponse
    response.describe_type = _describe_type


def _describe_type(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
    name = self._get_param("TypeName") or str(self._get_param("Arn")).rpartition("/")[2]
    name = name.replace("-", "::")
    try:
        found = kind(name, self.region)
    except Failure as failure:
        raise Refused("TypeNotFoundException", str(failure)) from failure
    return ActionResult(
        {
            "Arn": f"arn:aws:cloudformation:{self.region}::type/resource/{name.replace('::', '-')}",
            "Type": "RESOURCE",
            "TypeName": name,
            "ProvisioningType": _provisioning(found),
            "DeprecatedStatus": "LIVE",
            "Visibility": "PUBLIC",
            "Schema": json.dumps({"typeName": name, "handlers": _handlers(found)}),
        }
    )


def _handlers(found: Kind) -> dict[str, Any]:
    return {
        verb: {"permissions": list(it.permissions)}
        for verb, it in found.facts.handlers.items()
        if verb not in found.habits.lacks
    }


def _provisioning(found: Kind) -> str:
    handlers = _handlers(found)
    if not {"create", "read", "delete"} <= set(handlers):
        return "NON_PROVISIONABLE"
    return "FULLY_MUTABLE" if "update" in handlers else "IMMUTABLE"
