"""Deleting a version: looked at just before, and gone afterwards.

Source: SageMaker API reference, DeleteModelPackage, which asks nobody whether the version is in
use.
"""

from __future__ import annotations

from reconciler.aws.errors import Gone
from reconciler.aws.registry.versions import MISSING, described
from reconciler.aws.session import Session
from reconciler.registry import Version

LOOKS = (0.0, 1.0, 3.0, 6.0)
"""Seconds before each look at whether it is gone."""


def delete(session: Session, version: Version) -> str:
    """Why it is still there; "" where it is gone.

    Raises:
        AwsError: AWS refused, or did not say.
    """
    try:
        now, _ = described(session, version.arn)
        if (now.approval, now.said_stage) != (version.approval, version.said_stage):
            return "it was decided on meanwhile"
        params = {"ModelPackageName": version.arn}
        session.send(
            "sagemaker", "delete_model_package", params, subject=version.arn, absent=MISSING
        )
        for pause in LOOKS:
            if pause:
                session.clock.sleep(pause)
            described(session, version.arn)
    except Gone:
        return ""
    return "AWS took the deletion, and still has it"
