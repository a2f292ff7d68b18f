"""AWS::SageMaker::MlflowApp, by AWS's own handlers.

It has no size, and no hours are billed. With it goes what was logged; what runs have put into its
store stays there, and no change moves it. Source: SageMaker API reference, CreateMlflowApp,
UpdateMlflowApp.
"""

from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::SageMaker::MlflowApp",
    holds="history",
    refers=("AWS::IAM::Role", "AWS::S3::Bucket"),
    aside=Aside(hands=("sagemaker.amazonaws.com",)),
)
