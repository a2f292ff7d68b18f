"""Values of columns as they are compared: a number is the same however it is written."""

from __future__ import annotations

from .settings import written


def canonical(text: str | None) -> str | None:
    """``1.0``, ``1`` and ``1e0`` are one label; what is no number is itself."""
    if text is None or not text or text[-1] not in "0123456789.":
        return text
    try:
        return written(float(text)) if "_" not in text else text
    except ValueError:
        return text
