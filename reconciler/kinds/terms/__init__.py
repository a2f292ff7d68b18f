"""Words that several spec kinds share: keys, places in S3, alarms, permissions.

These are sections of specs and the CloudFormation values they stand for. No
spec kind is defined here.
"""
