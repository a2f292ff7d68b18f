"""What can be seen of an endpoint without Moorline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconciler.sandbox.inprocess import Sandbox

from .platform import Platform

NAME = "acme-dev-scorer"


@dataclass(slots=True)
class Seen:
    """A platform with a live endpoint."""

    platform: Platform
    aws: Sandbox

    @property
    def sagemaker(self) -> Any:
        return self.platform.client("sagemaker")

    @property
    def endpoint(self) -> dict[str, Any]:
        """The endpoint; looking does not move the clock."""
        self.aws.clock.configure(mode="manual")
        found: dict[str, Any] = self.sagemaker.describe_endpoint(EndpointName=NAME)
        self.aws.clock.configure(mode="auto")
        return found

    @property
    def config(self) -> str:
        return str(self.endpoint["EndpointConfigName"])
