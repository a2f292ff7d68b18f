"""The CI systems there are, without importing any, and what all of them have in common."""

from __future__ import annotations

from pathlib import Path

ROLES = "delivery/aws-roles.yaml"
"""The CloudFormation template of the roles, in the project."""


def names() -> list[str]:
    """In alphabetical order."""
    folder = Path(__file__).with_name("providers")
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
