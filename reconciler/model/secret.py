"""Where a value is kept in Secrets Manager: a mark in a property tree, beside those of `value`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_SHORT = 8


@dataclass(frozen=True, slots=True)
class Secret:
    """A value in Secrets Manager, by reference: what it is nobody knows but the call that needs it.

    `arn` is the secret's ARN, or its name where nobody was asked; `member` is a member of the JSON
    object that it holds, "" for all of its text; `version` is the id of the version that was
    current, "" where nobody was asked.
    """

    arn: str
    member: str = ""
    version: str = ""

    def __str__(self) -> str:
        """As CloudFormation refers to it.

        Source: its user guide, "Get a secret or secret value from Secrets Manager".
        """
        parts = (self.arn, "SecretString", self.member, "", self.version)
        return "{{resolve:secretsmanager:" + ":".join(parts) + "}}"

    @property
    def token(self) -> str:
        """What a description may say of it: the beginning of the version, and which one it is.

        It is made of names alone: nothing of the value is in it.
        """
        if not self.arn:
            return self.version
        names = f"{self.arn}\0{self.member}\0{self.version}".encode()
        return f"{self.version[:_SHORT]}.{hashlib.sha256(names).hexdigest()[:_SHORT]}"

    @property
    def seen(self) -> Secret:
        """What a look at AWS tells of it: its token, in the place of the version."""
        return Secret("", "", self.token)
