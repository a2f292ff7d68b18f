"""Lambda functions: where they log is kept, and told."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaFunction

LOGGING = "LoggingConfig"


def install() -> None:
    """Repair functions."""
    model: Any = LambdaFunction
    begin, shown, update = model.__init__, model.get_configuration, model.update_configuration

    def __init__(self: Any, region: str, spec: dict[str, Any], **more: Any) -> None:  # noqa: ANN401, N807
        begin(self, region=region, spec=spec, **more)
        self.logging = spec.get(LOGGING) or {}

    def get_configuration(self: Any, on_create: bool = False) -> dict[str, Any]:  # noqa: ANN401, FBT002
        found: dict[str, Any] = shown(self, on_create)
        given = getattr(self, "logging", {})
        usual = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}
        return {**found, LOGGING: {**usual, **given}}

    def update_configuration(self: Any, config_updates: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
        if LOGGING in config_updates:
            self.logging = config_updates[LOGGING]
        answer: dict[str, Any] = update(self, config_updates)
        return answer

    model.__init__ = __init__
    model.get_configuration = get_configuration
    model.update_configuration = update_configuration
