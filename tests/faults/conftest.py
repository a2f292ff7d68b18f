"""The small platform in an account whose answers go wrong."""

from __future__ import annotations

from crash.conftest import aws, stages

__all__ = ["aws", "stages"]
