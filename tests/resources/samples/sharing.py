"""What other accounts may use."""

from __future__ import annotations

from .sample import Sample

GROUP = "arn:aws:sagemaker:eu-west-1:123456789012:feature-group/acme-test-customer-v1"
READ = "arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerFeatureGroupReadOnly"

share = Sample(
    "AWS::RAM::ResourceShare",
    "acme-test-customer",
    minimal={"Name": "acme-test-customer"},
    full={
        "Name": "acme-test-customer",
        "AllowExternalPrincipals": False,
        "Principals": ["210987654321"],
        "ResourceArns": [GROUP],
        "PermissionArns": [READ],
    },
    edits=({"AllowExternalPrincipals": True}, {"Name": "acme-test-features"}),
)
