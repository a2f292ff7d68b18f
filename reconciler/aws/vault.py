"""Values of Secrets Manager, for the one call that sends them.

A value is read when its call is sent, is in that call's parameters alone and in nothing that is
kept, shown or compared. It has to be the version that the plan has shown, and still the current
one. Source: Secrets Manager API reference, GetSecretValue: `VersionId` and `VersionStage` given
together "must refer to the same secret version".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.aws.ending import StepError
from reconciler.aws.errors import Gone, Rejected
from reconciler.aws.session import Session
from reconciler.model.secret import Secret
from reconciler.model.value import Hidden, Json, JsonText, Props, leaves
from reconciler.resources.answers import absent

SERVICE, METHOD, CURRENT = "secretsmanager", "get_secret_value", "AWSCURRENT"
UNREADABLE, ROTATED = "SECRET003", "SECRET004"
_ABSENT = (absent("ResourceNotFoundException"),)
_MISMATCH = frozenset({"InvalidRequestException", "InvalidParameterException"})


def unlocked(session: Session, params: Props) -> tuple[Props, list[str]]:
    """Parameters with the values themselves, and these values, to be kept out of every message.

    Raises:
        AwsError: Secrets Manager did not give one.
        StepError: it is not the version that was planned, or holds no such text.
    """
    asked = dict.fromkeys(leaf for leaf in leaves(params) if isinstance(leaf, Secret))
    if not asked:
        return params, []
    texts: dict[tuple[str, str], str] = {}
    values: dict[Secret, str] = {}
    for secret in asked:
        which = (secret.arn, secret.version)
        if which not in texts:
            texts[which] = _text(session, secret)
        values[secret] = _member(secret, texts[which])
    kept = [*values.values(), *texts.values()]
    return _opened(params, values), kept


def _text(session: Session, secret: Secret) -> str:
    """The text of a secret in the version that was planned."""
    params: dict[str, Json] = {"SecretId": secret.arn}
    if secret.version:
        params |= {"VersionId": secret.version, "VersionStage": CURRENT}
    try:
        answer = session.send(SERVICE, METHOD, params, subject=secret.arn, absent=_ABSENT)
    except Gone as error:
        message = f"secret {secret.arn!r} cannot be read: {error.code}"
        raise StepError(UNREADABLE, message, "plan again: it says what is missing") from None
    except Rejected as error:
        if error.code in _MISMATCH and "VersionStage" in error.message:
            raise _rotated(secret) from None
        raise
    if secret.version and answer.get("VersionId") != secret.version:
        raise _rotated(secret)
    text: Any = answer.get("SecretString")
    if not isinstance(text, str) or not text:
        message = f"secret {secret.arn!r} holds no text"
        raise StepError(UNREADABLE, message, "put the credential into it as text or as JSON")
    return text


def _rotated(secret: Secret) -> StepError:
    message = f"secret {secret.arn!r} has been rotated since the plan"
    return StepError(ROTATED, message, "plan again, and apply that")


def _member(secret: Secret, text: str) -> str:
    """The text of a member of the JSON object that a secret holds, or all of its text."""
    if not secret.member:
        return text
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    value = found.get(secret.member) if isinstance(found, Mapping) else None
    if not isinstance(value, str) or not value:
        what = "has no member" if isinstance(found, Mapping) else "is no JSON object with a member"
        message = f"secret {secret.arn!r} {what} {secret.member!r} that is a text"
        raise StepError(UNREADABLE, message, "correct the secret, or the member in the spec")
    return value


def _opened(value: Json, values: Mapping[Secret, str]) -> Json:
    """The tree with values in the place of where they are kept."""
    match value:
        case Secret():
            return values[value]
        case Hidden():
            return replace(value, value=_opened(value.value, values))
        case JsonText():
            return JsonText(_opened(value.document, values))
        case Mapping():
            return {key: _opened(item, values) for key, item in value.items()}
        case list() | tuple():
            return [_opened(item, values) for item in value]
        case _:
            return value
