"""AWS::Lambda::Permission, by AWS's own handlers.

It is a statement of a function's policy, which Lambda numbers. None of it changes in place, so
another one takes its place. It goes with its function. Source: Lambda API reference, AddPermission.
"""

from reconciler.resources.cloudcontrol import declare

declare("AWS::Lambda::Permission", refers=("AWS::Lambda::Function",))
