"""Requests that SageMaker knows again by their token: carried out once, then answered as before.

The answer outlives what it is about: a create with the token of one that was deleted since makes
nothing and is answered like the first. A token with other parameters is refused
(CreateInferenceRouter: "use the same request parameters. Otherwise, the request fails").
How long SageMaker remembers is not documented; here it is a day, as EC2 does at the least.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol import shapes
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.sandbox.services.sagemaker.store import Call

ATTRIBUTE = "moorline_tokens"
MEMBERS = ("ClientRequestToken", "ClientToken")
MEMORY = 86_400.0
MISMATCH = ("IdempotentParameterMismatch", "ConflictException")
"""What an operation may declare for it; the others say ValidationException."""


def once(
    name: str, call: Call, operation: Callable[[Call], dict[str, Any] | None]
) -> dict[str, Any] | None:
    """The answer of an operation, or the one that the same request got before."""
    token = next((call.get(member) for member in MEMBERS if call.get(member)), None)
    if token is None:
        return operation(call)
    asked = json.dumps(call.params, sort_keys=True, default=str)
    known: dict[Any, Any] = call.backend.__dict__.setdefault(ATTRIBUTE, {})
    now = WORLD.clock.now()
    then, before, answer = known.get((name, token), (now - MEMORY - 1, "", None))
    if now - then <= MEMORY:
        if before != asked:
            raise Refused(_mismatch(name), f"The token {token} came with other parameters before.")
        return dict(answer) if answer is not None else None
    answer = operation(call)
    known[name, token] = (now, asked, answer)
    return answer


def _mismatch(name: str) -> str:
    declared = shapes.errors("sagemaker", name)
    return next((code for code in MISMATCH if code in declared), "ValidationException")
