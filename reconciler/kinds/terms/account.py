"""Whom an AWS account and an address stand for: other accounts, and people who are told."""

from typing import Annotated

from pydantic import Field

Account = Annotated[str, Field(pattern=r"^[0-9]{12}$", examples=["123456789012"])]
"""An AWS account: 12 digits, in quotes."""
Email = Annotated[
    str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", examples=["oncall@example.com"])
]
