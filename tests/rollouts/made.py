"""An endpoint in the middle of a rollout, as AWS answers about it, and marks that fit."""

from __future__ import annotations

from typing import Any

from unit.fakes import Clients

from reconciler.aws.clock import FakeClock
from reconciler.aws.session import Session
from reconciler.rollout.marks import encode
from reconciler.rollout.values import Doing, Marks, Step

NAME = "acme-dev-scorer"
ARN = f"arn:aws:sagemaker:eu-west-1:123456789012:endpoint/{NAME}"
BASE, MIDDLE, TARGET = f"{NAME}-c1", f"{NAME}-middle-m1", f"{NAME}-c2"
STEPS = tuple(Step(share, count, 600) for share, count in ((0.05, 1), (0.5, 2), (1.0, 4)))


def marks(**more: Any) -> Marks:
    known: dict[str, Any] = {
        "digest": "d1", "step": 1, "since": 1000.0, "base": BASE, "middle": MIDDLE,
        "target": TARGET, "version": "13", "steps": STEPS, "stable_count": 4,
        "doing": Doing.BAKE, "confirmed": 1000.0,
    }  # fmt: skip
    return Marks(**{**known, **more})


def tags(found: Marks | None = None, **more: str) -> dict[str, Any]:
    """An answer of ListTags."""
    own = {"moorline:platform": "acme", "moorline:environment": "dev"}
    said = {**own, **(encode(found) if found is not None else {}), **more}
    return {"Tags": [{"Key": key, "Value": value} for key, value in said.items()]}


def variant(name: str, weight: float | None, count: int | None, **more: Any) -> dict[str, Any]:
    known = {
        "VariantName": name,
        "CurrentWeight": weight,
        "DesiredWeight": weight,
        "CurrentInstanceCount": count,
        "DesiredInstanceCount": count,
        **more,
    }
    return {key: value for key, value in known.items() if value is not None}


def endpoint(*variants: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An answer of DescribeEndpoint."""
    both = variants or (variant("primary", 95.0, 4), variant("candidate", 5.0, 1))
    return {
        "EndpointName": NAME,
        "EndpointArn": ARN,
        "EndpointConfigName": MIDDLE,
        "EndpointStatus": "InService",
        "ProductionVariants": list(both),
        "CreationTime": "2026-11-30T08:00:00Z",
        "LastModifiedTime": "2026-11-30T08:00:00Z",
        **more,
    }


def session(*script: Any) -> Session:
    """A session on what answers so, request by request."""
    found = Session(Clients(*script), clock=FakeClock())
    found.wall = lambda: 1000.0
    return found


def sent(found: Session) -> list[tuple[str, dict[str, Any]]]:
    clients: Any = found.clients
    done: list[tuple[str, dict[str, Any]]] = clients.only.sent
    return done
