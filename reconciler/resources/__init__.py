"""AWS resource types: one declarative file each, found by `api.load`.

A type is data: the calls that read, create and delete it, how answers become CloudFormation names,
what may be changed in place. Nothing here talks to AWS.
"""
