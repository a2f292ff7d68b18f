"""Puts the event history in the place of moto's."""

from __future__ import annotations

from reconciler.sandbox.services.cloudtrail.trail import install

__all__ = ["install"]
