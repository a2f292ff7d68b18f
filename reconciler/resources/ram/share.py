"""AWS::RAM::ResourceShare: what other accounts may use of this one.

AWS chooses its id and lets several have one name, so it is found by its tags. The handlers never
give back whom it is shared with, what, and with which permission: those are held to what was sent.
A share that says nothing of outsiders lets them in, so `AllowExternalPrincipals` is always said.
Source: CreateResourceShare.
"""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::RAM::ResourceShare",
    holds="traffic",
    refers=("AWS::SageMaker::FeatureGroup",),
)
