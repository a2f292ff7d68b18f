"""AWS::SageMaker::MlflowTrackingServer, by AWS's own handlers.

It is billed by the hour while it runs, and takes up to half an hour to begin and to change. The
handlers say neither that it was stopped nor start it: whether it runs is a person's to say. Role
and version are those that it was made with. With it goes what was logged; what runs have put into
its store stays there, and no change moves it. Source: SageMaker API reference,
UpdateMlflowTrackingServer, StopMlflowTrackingServer.
"""

from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::SageMaker::MlflowTrackingServer",
    holds="history",
    refers=("AWS::IAM::Role", "AWS::S3::Bucket"),
    aside=Aside(hands=("sagemaker.amazonaws.com",)),
)
