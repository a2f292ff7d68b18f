"""STS: a session remembers the managed policies that it was narrowed by, which moto forgets."""

from __future__ import annotations

from typing import Any

from moto.sts.responses import TokenResponse

from reconciler.sandbox.iam.principals import NARROWED


def install() -> None:
    """Repair STS."""
    response: Any = TokenResponse
    for name in ("assume_role", "assume_role_with_web_identity"):
        setattr(response, name, _narrowed(getattr(response, name)))


def _narrowed(method: Any) -> Any:  # noqa: ANN401  (a moto method)
    def narrowed(self: Any) -> Any:  # noqa: ANN401  (moto's response)
        answer = method(self)
        arns = [str(each["arn"]) for each in self._get_param("PolicyArns") or ()]
        setattr(answer.result["Credentials"], NARROWED, tuple(arns))
        return answer

    return narrowed
