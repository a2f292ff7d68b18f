"""The CI systems there are, without importing any: for options and their help."""

from __future__ import annotations

from pathlib import Path


def names() -> list[str]:
    """In alphabetical order."""
    folder = Path(__file__).with_name("providers")
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
