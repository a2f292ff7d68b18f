"""A model card's update has its content or its status. Source: SageMaker API, UpdateModelCard.

"You cannot update both model card content and model card status in a single call."
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.cloudcontrol.patch import same


def refuse(before: dict[str, Any], after: dict[str, Any]) -> None:
    """What SageMaker refuses of an update.

    Raises:
        Broken: InvalidRequest, with SageMaker's words.
    """
    apart = ("Content", "ModelCardStatus")
    if not any(same(before.get(name), after.get(name)) for name in apart):
        text = "You cannot update both model card content and model card status in a single call."
        raise Broken("InvalidRequest", text)
