"""A role."""

from __future__ import annotations

from .sample import Sample, statement, trust

role = Sample(
    "AWS::IAM::Role",
    "acme-test-work",
    minimal={"AssumeRolePolicyDocument": trust("sagemaker.amazonaws.com")},
    full={
        "AssumeRolePolicyDocument": trust("sagemaker.amazonaws.com"),
        "Description": "Works.",
        "MaxSessionDuration": 7200,
        "PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess",
        "Policies": [
            {"PolicyName": "moorline", "PolicyDocument": statement(Action="s3:*", Resource="*")},
            {"PolicyName": "more", "PolicyDocument": statement(Action="sqs:*", Resource="*")},
        ],
        "ManagedPolicyArns": [
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        ],
    },
    edits=(
        {"AssumeRolePolicyDocument": trust("glue.amazonaws.com")},
        {"Description": "Works hard."},
        {"MaxSessionDuration": 3600},
        {"PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        {
            "Policies": [
                {
                    "PolicyName": "moorline",
                    "PolicyDocument": statement(Action="s3:Get*", Resource="*"),
                }
            ]
        },
        {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]},
        {"ManagedPolicyArns": []},
    ),
    breaks=({"Path": "/teams/"},),
)
