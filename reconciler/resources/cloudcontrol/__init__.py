"""Types that AWS's own handlers serve: a record from what AWS says of a type, and a declaration.

The intermediate form is CloudFormation's, and the Cloud Control API takes exactly that. So one
adapter serves them all: `declare` adds what no schema says (what it holds, what it refers to), and
a type without a declaration is served from its schema alone. Each file here has one idea.
"""

from reconciler.resources.cloudcontrol.builder import declare, patches, served

__all__ = ["declare", "patches", "served"]
