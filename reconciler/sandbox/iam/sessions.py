"""Whose credentials are over: sessions of roles by the sandbox's clock, and others on demand."""

from __future__ import annotations

from datetime import UTC

from moto.sts.models import sts_backends

from reconciler.sandbox.state.world import WORLD

TEXT = "The security token included in the request is expired"
S3_TEXT = "The provided token has expired."


def over(access_key: str) -> bool:
    """Whether a key worked once and does so no longer."""
    now = WORLD.clock.now()
    if access_key in WORLD.ended:
        return WORLD.ended[access_key] <= now
    for regions in [*sts_backends.values()]:
        for sts in [*regions.values()]:
            for lent in sts.assumed_roles:
                if lent.access_key_id == access_key:
                    ends: float = lent.expiration.replace(tzinfo=UTC).timestamp()
                    return ends <= now
    return False
