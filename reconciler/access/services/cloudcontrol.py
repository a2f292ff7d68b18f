"""Cloud Control: actions of CloudFormation that know no resource.

What the handlers behind it ask for is in `access.handlers`. Source: Service Authorization
Reference, AWS CloudFormation; Cloud Control API user guide, "Security".
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.access.request import Call, Derive, Want, World, passed, plain


def handed(call: Call, _world: World) -> Iterable[Want]:
    """An operation whose handlers may be given a role to work with; it is handed over.

    Source: IAM user guide, "Grant a user permissions to pass a role to an AWS service".
    """
    yield Want(f"cloudformation:{call.operation}")
    yield from passed(call, call.get("RoleArn"), "cloudformation.amazonaws.com")


OPERATIONS: dict[str, dict[str, Derive]] = {
    "cloudformation": plain("cloudformation", {"": "DescribeType"}),
    "cloudcontrol": {
        **plain(
            "cloudformation",
            {"": "CancelResourceRequest GetResourceRequestStatus ListResourceRequests"},
        ),
        **dict.fromkeys(
            ("CreateResource", "DeleteResource", "GetResource", "ListResources", "UpdateResource"),
            handed,
        ),
    },
}
