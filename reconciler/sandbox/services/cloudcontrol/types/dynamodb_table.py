"""A table takes one change of a kind per update. Source: DynamoDB API reference, UpdateTable.

"You can only perform one of the following operations at once: modify the provisioned throughput
settings; remove a global secondary index; create a new global secondary index." An index does not
change but for its throughput, and every attribute is in a key.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(
    defaults={
        "BillingMode": "PROVISIONED",
        "DeletionProtectionEnabled": False,
        "TableClass": "STANDARD",
    }
)
"""What it takes where nothing is said. Source: CreateTable."""
INDEXES = "GlobalSecondaryIndexes"
THROUGHPUT = ("BillingMode", "ProvisionedThroughput")


def refuse(before: dict[str, Any], after: dict[str, Any]) -> None:
    """What DynamoDB refuses of an update.

    Raises:
        Broken: InvalidRequest, with DynamoDB's words.
    """
    have, want = (
        {it["IndexName"]: it for it in each.get(INDEXES) or ()} for each in (before, after)
    )
    if len(have.keys() ^ want.keys()) > 1:
        raise _invalid("Cannot perform more than one GSI creation or deletion in a single update")
    moved = have.keys() != want.keys()
    if moved and any(before.get(name) != after.get(name) for name in THROUGHPUT):
        raise _invalid("Cannot change throughput and create or delete a GSI in a single update")
    for name in have.keys() & want.keys():
        if any(
            have[name].get(part) != want[name].get(part) for part in ("KeySchema", "Projection")
        ):
            text = "GSI's properties other than Provisioned Throughput and Contributor Insights"
            raise _invalid(f"Cannot update {text} Specification without creating a new index")
    used, defined = {*_keys(after)}, {it["AttributeName"] for it in after["AttributeDefinitions"]}
    if defined - used:
        unused = ", ".join(sorted(defined - used))
        raise _invalid(
            "One or more parameter values were invalid: Some AttributeDefinitions are not used."
            f" AttributeDefinitions: [{unused}]"
        )
    if used - defined:
        missing = ", ".join(sorted(used - defined))
        raise _invalid(
            f"Some index key attributes are not defined in AttributeDefinitions. {missing}"
        )


def _keys(model: dict[str, Any]) -> Iterator[str]:
    lists = (model.get(name) or () for name in (INDEXES, "LocalSecondaryIndexes"))
    for holder in (model, *(index for items in lists for index in items)):
        yield from (key["AttributeName"] for key in holder.get("KeySchema") or ())


def _invalid(message: str) -> Broken:
    return Broken("InvalidRequest", message)
