"""Phases, conditions, parameters and triggers: see `phase_checks`."""

from __future__ import annotations

from reconciler.kinds.training.phase_checks import check

__all__ = ["check"]
