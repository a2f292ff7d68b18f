"""Client tokens: what tells a call that is sent again from a new one.

A token is known for 36 hours. Asked for the same again, the operation that it began is answered
as it is now, failed ones too, or the conflict that people have seen; for something else, always
the conflict. What the service model leaves open is a habit (`repeated`).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from reconciler.sandbox.services.cloudcontrol.failures import Failure
from reconciler.sandbox.services.cloudcontrol.schema import Kind
from reconciler.sandbox.services.cloudcontrol.store import TOKEN_LIFE, CloudControlBackend, Request
from reconciler.sandbox.state.world import WORLD


def known(
    backend: CloudControlBackend, of: Kind, operation: str, params: dict[str, Any]
) -> Request | None:
    """The request that this token began.

    Raises:
        Failure: ClientTokenConflictException.
    """
    _forget(backend)
    token = str(params.get("ClientToken", ""))
    if token not in backend.tokens:
        return None
    began, digest, _ = backend.tokens[token]
    if digest != _digest(operation, params) or of.habits.repeated == "conflict":
        text = f"A request with the client token {token} already exists: RequestToken {began}"
        raise Failure("ClientTokenConflictException", text)
    return backend.requests.get(began)


def note(
    backend: CloudControlBackend, operation: str, params: dict[str, Any], request: Request
) -> None:
    """Remember what a token began."""
    if token := str(params.get("ClientToken", "")):
        now = WORLD.clock.now()
        backend.tokens[token] = (request.token, _digest(operation, params), now)


def _digest(operation: str, params: dict[str, Any]) -> str:
    asked = json.dumps([operation, params], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def _forget(backend: CloudControlBackend) -> None:
    old = WORLD.clock.now() - TOKEN_LIFE
    for token in [token for token, (_, _, at) in backend.tokens.items() if at < old]:
        del backend.tokens[token]
