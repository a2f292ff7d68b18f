"""What a feature group meets in the Glue catalog: a table that is there ends its creation.

Source: aws/sagemaker-python-sdk#5927 (CreateFailed, with the reason); OfflineStoreConfig.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.beside import backends
from reconciler.sandbox.state.outcomes import OK, Outcome

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call


def outcome(call: Call, scripted: Outcome) -> Outcome:
    """The scripted ending, or that of a group whose table cannot be made."""
    store = call.get("OfflineStoreConfig") or {}
    named = store.get("DataCatalogConfig")
    if scripted is not OK or not named or store.get("DisableGlueTableCreation"):
        return scripted
    here = backends[call.backend.account_id][call.backend.region_name]
    if f"{named['Database']}/{named['TableName']}".lower() not in here.of("glue", "table"):
        return scripted
    text = f"Table {named['TableName']} already exists in database {named['Database']}."
    return Outcome("failed", text)
