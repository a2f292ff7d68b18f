"""KMS: defaults and policies of new keys, rotation, pages, what a key pending deletion refuses."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.utils import unix_time, utcnow
from moto.kms.models import KmsBackend
from moto.kms.responses import KmsResponse

from reconciler.sandbox.iam import key_policy

DEFAULT_ROTATION_DAYS = 365
ROTATION = "moorline_rotation_days"
# https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
REFUSED_WHILE_PENDING = (
    "create_alias",
    "update_alias",
    "create_grant",
    "decrypt",
    "disable_key",
    "enable_key",
    "disable_key_rotation",
    "enable_key_rotation",
    "encrypt",
    "generate_data_key",
    "schedule_key_deletion",
    "sign",
    "tag_resource",
    "untag_resource",
    "update_key_description",
)
NAMES = {"kms": frozenset({"AliasName", "KeyId", "TargetKeyId"})}
UNSEEN = (
    ("kms.*Key*", "iam", "MalformedPolicyDocumentException",
     "Policy contains a statement with one or more invalid principals."),
)  # fmt: skip


def install() -> None:
    """Repair KMS."""
    backend: Any = KmsBackend
    response: Any = KmsResponse
    create = backend.create_key

    def create_key(self: Any, policy: Any, key_usage: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401
        return create(self, policy, key_usage or "ENCRYPT_DECRYPT", *rest, **named)

    backend.create_key = create_key
    for name in ("create_key", "put_key_policy"):
        setattr(response, name, _checked(getattr(response, name)))
    for name in REFUSED_WHILE_PENDING:
        setattr(response, name, _guarded(getattr(response, name)))
    response.enable_key_rotation = _remembering(response.enable_key_rotation)
    response.get_key_rotation_status = _rotation_status
    response.list_aliases = _paged(response.list_aliases, "Aliases", "AliasName")
    response.list_keys = _paged(response.list_keys, "Keys", "KeyId")
    response.list_resource_tags = _paged(response.list_resource_tags, "Tags", "TagKey")


def _checked(method: Any) -> Any:  # noqa: ANN401  (a moto method)
    """A policy has to be one, name who is there, and leave its writer able to change it."""

    def checked(self: Any) -> Any:  # noqa: ANN401  (moto's response)
        text = self._get_param("Policy")
        bypass = self._get_param(key_policy.BYPASS)
        key = _key(self) if self._get_param("KeyId") else None
        if text and (wrong := key_policy.fault(text, self, key, locked=not bypass)):
            raise JsonRESTError("MalformedPolicyDocumentException", wrong)
        return method(self)

    return checked


def _key(self: Any) -> Any:  # noqa: ANN401  (moto's key, or None)
    wanted = self._get_param("KeyId") or self._get_param("TargetKeyId") or ""
    backend = self.kms_backend
    name = backend.get_alias_name(wanted)
    if name.startswith("alias/"):
        wanted = backend.get_key_id_from_alias(name) or ""
    return backend.keys.get(backend.get_key_id(wanted))


def _guarded(method: Any) -> Any:  # noqa: ANN401  (a moto method)
    def guarded(self: Any) -> Any:  # noqa: ANN401  (moto's response)
        key = _key(self)
        if key is not None and key.key_state == "PendingDeletion":
            raise JsonRESTError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
        return method(self)

    return guarded


def _remembering(method: Any) -> Any:  # noqa: ANN401  (a moto method)
    def enable(self: Any) -> Any:  # noqa: ANN401  (moto's response)
        answer = method(self)
        days = self._get_param("RotationPeriodInDays") or DEFAULT_ROTATION_DAYS
        setattr(_key(self), ROTATION, int(days))
        return answer

    return enable


def _rotation_status(self: Any) -> str:  # noqa: ANN401  (moto's response)
    self._validate_cmk_id(self._get_param("KeyId"))
    key = _key(self)
    # what waits for its deletion is not rotated: GetKeyRotationStatus (KMS API)
    rotates = key.key_rotation_status and key.key_state != "PendingDeletion"
    answer = {"KeyId": key.arn, "KeyRotationEnabled": rotates}
    if rotates:
        days = getattr(key, ROTATION, DEFAULT_ROTATION_DAYS)
        answer["RotationPeriodInDays"] = days
        answer["NextRotationDate"] = unix_time(utcnow() + timedelta(days=days))
    return json.dumps(answer)


def _paged(method: Any, key: str, order: str) -> Any:  # noqa: ANN401  (a moto method)
    def paged(self: Any) -> str:  # noqa: ANN401  (moto's response)
        found = sorted(json.loads(method(self))[key], key=lambda item: str(item[order]))
        after = self._get_param("Marker") or ""
        rest = [item for item in found if item[order] > after]
        size = int(self._get_param("Limit") or 50)
        answer: dict[str, Any] = {key: rest[:size], "Truncated": len(rest) > size}
        if answer["Truncated"]:
            answer["NextMarker"] = rest[size - 1][order]
        return json.dumps(answer)

    return paged
