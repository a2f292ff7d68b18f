"""The few names of `model` and `secret` that a rollout needs, without what they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""Any JSON value."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as `model.change` has it."""

    service: str
    method: str
    params: Mapping[str, Any]


def redact(text: str, hidden: Iterable[str] = ()) -> str:  # noqa: ARG001  (as `secret.redact` has it)
    """The text itself: the function knows no secrets, and its session is no part of an answer."""
    return text
