"""Where a resource stands: its CloudFormation type and its physical name."""

from __future__ import annotations

import shlex
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """One AWS resource, for example ``AWS::SageMaker::Endpoint/acme-prod-fraud``."""

    type: str
    name: str

    def __str__(self) -> str:
        return f"{self.type}/{self.name}"

    @property
    def argument(self) -> str:
        """It in a command that is shown to be pasted: a name may have blanks, quotes and `$`."""
        return shlex.quote(str(self))

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``TYPE/NAME``.

        Raises:
            ValueError: there is no ``/`` between a type and a name.
        """
        type_, slash, name = text.partition("/")
        if not (type_ and slash and name):
            msg = f"{text!r} is not an address; write TYPE/NAME, as in AWS::S3::Bucket/raw"
            raise ValueError(msg)
        return cls(type_, name)
