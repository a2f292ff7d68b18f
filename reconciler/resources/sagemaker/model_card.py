"""AWS::SageMaker::ModelCard.

An update takes the content or the status, never both, and each is a new version (UpdateModelCard).
The status comes last, for it is of the content that is asked for.
"""

from reconciler.resources.cloudcontrol import declare
from reconciler.resources.narrow import Narrowing, no_longer
from reconciler.resources.stages import Apart, Stages

declare(
    "AWS::SageMaker::ModelCard",
    holds="history",
    stages=Stages(apart=(Apart(props=frozenset({"ModelCardStatus"}), seconds=5.0),)),
    narrows=(
        Narrowing(
            path="ModelCardStatus",
            destroys="history",
            lost=no_longer("Approved", "its content is no longer approved"),
        ),
    ),
    refers=("AWS::KMS::Key",),
)
