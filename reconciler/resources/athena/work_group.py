"""AWS::Athena::WorkGroup, by AWS's own handlers.

With it goes the history of its queries; results stay in S3. Source: Athena API, DeleteWorkGroup.
"""

from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::Athena::WorkGroup",
    aside=Aside(hands=("athena.amazonaws.com",)),
    holds="history",
    refers=("AWS::KMS::Key", "AWS::S3::Bucket"),
)
