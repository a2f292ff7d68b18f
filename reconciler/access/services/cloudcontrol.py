"""Cloud Control: actions of CloudFormation that know no resource.

What the handlers behind it ask for is in `access.handlers`. Source: Service Authorization
Reference, AWS CloudFormation; Cloud Control API user guide, "Security".
"""

from __future__ import annotations

from reconciler.access.request import Derive, plain

OPERATIONS: dict[str, dict[str, Derive]] = {
    "cloudcontrol": plain(
        "cloudformation",
        {
            "": "CancelResourceRequest CreateResource DeleteResource GetResource"
            " GetResourceRequestStatus ListResourceRequests ListResources UpdateResource"
        },
    )
}
