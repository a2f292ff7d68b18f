"""A canary of a stage of a REST API that is on the deployment of the stage itself.

Then all callers get the new one, and nothing is tried. Source: API Gateway developer guide,
"Create a canary release deployment"; CloudFormation, AWS::ApiGateway::Stage CanarySetting.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.policy.api import Rule, register

STAGE = "AWS::ApiGateway::Stage"
CODE = Code(
    "EXPOSE004",
    "canary on the deployment of its stage",
    "The canary of a REST API's stage and the stage itself are on one deployment, so every caller"
    " gets it: there is nothing to compare with and nothing to go back to.",
    "Keep the stage on its old deployment, and give the new one to `CanarySetting` alone.",
)


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each stage, at its line."""
    for node in graph:
        canary = node.props.get("CanarySetting") if node.address.type == STAGE else None
        if not canary or not node.props.get("DeploymentId"):
            continue
        if canary.get("DeploymentId") in (None, node.props["DeploymentId"]):
            text = f"the canary of {node.address.name!r} is on the deployment that all others get"
            at = node.origin.line_of(("CanarySetting",)) if node.origin else None
            yield Diagnostic(CODE.code, text, at, CODE.fix, address=node.address)


register(Rule(CODE, check))
