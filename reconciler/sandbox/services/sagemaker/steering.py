"""What AWS or somebody else does to endpoints, for a test or a demonstration to ask for."""

from __future__ import annotations

from typing import Any

from moto.sagemaker.models import sagemaker_backends

from reconciler.sandbox.services.sagemaker import deployment, endpoint, scaling
from reconciler.sandbox.services.sagemaker.store import Call, Record, records


def maintain(account: str, region: str, name: str, seconds: float) -> None:
    """AWS patches an endpoint."""
    scaling.maintain(Call(_backend(account, region), {}), _endpoint(account, region, name), seconds)


def stop(account: str, region: str, name: str, *, out: bool) -> None:
    """Take an endpoint out of service, or back into it."""
    scaling.stop(_endpoint(account, region, name), out=out)


def vanish(account: str, region: str, kind: str, name: str) -> None:
    """Let a record be gone, also one that is in use.

    Raises:
        KeyError: there is none of the name.
    """
    del records(_backend(account, region), kind)[name]


def _endpoint(account: str, region: str, name: str) -> Record:
    found = records(_backend(account, region), endpoint.KIND)
    deployment.settle(found)
    return found[name]


def _backend(account: str, region: str) -> Any:  # noqa: ANN401  (moto's backend)
    return sagemaker_backends[account][region]
