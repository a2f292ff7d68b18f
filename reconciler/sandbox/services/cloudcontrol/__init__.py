"""Cloud Control: every type that AWS's handlers serve, from the schemas and a store of its own.

Two models are kept of each resource: the true one, as it was last asked for, and what a read
makes of it. `types` has a file for what is made in moto as well, or behaves in its own way.
Sources: the service model of botocore (`cloudcontrol`), the user guide of Cloud Control API, and
what users of other tools reported; where AWS documents nothing, a docstring says so.
"""
