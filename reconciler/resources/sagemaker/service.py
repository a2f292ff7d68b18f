"""What all SageMaker types share: how they are tagged, and rejections that pass.

Moorline's names are lower-case, so an ARN can be built from a name although
SageMaker folds its case (AWS_FACTS 0.1).
"""

from __future__ import annotations

from reconciler.resources.api import Op, Tagging, absent

ADD_TAGS, PASS_ROLE = "sagemaker:AddTags", "iam:PassRole"
"""What creations need besides their own action. Source: Service Authorization Reference."""
SPREADING = (
    absent("ValidationException", r"(?i)assume (the )?role|ensure that the role|role.* is invalid"),
    absent("ValidationException", r"execution role ARN is invalid"),
)
"""A role or its policies have not reached SageMaker yet. Source: AWS_FACTS 6.4."""


def arn(kind: str) -> str:
    """The template of the ARN of a kind of resource, such as ``endpoint``."""
    return "arn:{partition}:sagemaker:{region}:{account}:" + kind + "/{name}"


def tagging(kind: str) -> Tagging:
    """AddTags, DeleteTags and ListTags work on every kind."""
    resource = {"ResourceArn": arn(kind)}
    return Tagging(
        add=Op("add_tags", resource),
        remove=Op("delete_tags", resource),
        read=Op("list_tags", resource),
    )
