"""Write-only properties that the service's own API tells, though the type's handlers do not.

A type's file has a part that reads each of them, and its handlers go on to write it.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.value import Path

TOLD: Mapping[str, frozenset[Path]] = {
    "AWS::RAM::ResourceShare": frozenset({("PermissionArns",), ("Principals",), ("ResourceArns",)})
}
"""By type. Source: RAM API, GetResourceShareAssociations, ListResourceSharePermissions."""
