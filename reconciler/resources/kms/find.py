"""Find a key whose maker died before the key got its alias.

The tagging API lags, KMS itself hardly does. Only keys without an alias are
asked for their tags, and only when a key is about to be made.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.value import Props
from reconciler.resources.api import codes
from reconciler.resources.parts import Reader

OTHERS = codes("AccessDeniedException", "KMSInvalidStateException", "NotFoundException")
"""A key whose tags we may not see was not made by us."""


def unnamed(reader: Reader, tags: Mapping[str, str]) -> Props | None:
    """The parameters that describe a live key with these tags and no alias; the same at each call.

    Raises:
        AwsError: keys or aliases could not be listed.
    """
    every = {str(item["KeyId"]) for item in reader.pages("list_keys", {}, "Keys")}
    if not every:
        return None
    named = {item.get("TargetKeyId") for item in reader.pages("list_aliases", {}, "Aliases")}
    for id_ in sorted(every - named):
        key = {"KeyId": id_}
        found = reader.maybe("list_resource_tags", key, OTHERS) or {}
        carried = {item["TagKey"]: item["TagValue"] for item in found.get("Tags", ())}
        if not tags.items() <= carried.items():
            continue
        described = reader.maybe("describe_key", key, OTHERS) or {}
        if described.get("KeyMetadata", {}).get("KeyState") not in {"PendingDeletion", None}:
            return key
    return None
