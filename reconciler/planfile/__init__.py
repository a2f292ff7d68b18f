"""The plan file: its bytes, its signature, and when it is stale. Pure.

The moment, the place, the commit and the key are passed in. Whether what a plan touches is still
as it was is `plan.moved`'s question; asking AWS is `aws.recheck`'s.
"""
