"""The functions in front of an endpoint: code of Moorline's own that hands requests to it.

Each may invoke the one endpoint and see its state, and write its log; nothing else. Names of an
endpoint keep their case, its ARN may be in lower case (SageMaker developer guide, EventBridge
events), so both are allowed.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.asset import own
from reconciler.model.address import Address
from reconciler.model.asset import Form
from reconciler.model.graph import Node
from reconciler.model.value import Json, Ref

FUNCTION, LOGS, PERMISSION = (
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::Lambda::Permission",
)
ENDPOINT = "AWS::SageMaker::Endpoint"
JOB, RUNTIME = "front", "python3.13"
SECONDS, MEBIBYTES, LOGS_KEPT = 29, 256, 90
"""API Gateway waits 30 seconds at most, an endpoint has up to 60 (quotas of HTTP APIs;
InvokeEndpoint)."""


def suffix_of(variant: str) -> str:
    """What the function of a variant is called after the rollout."""
    return "-".join(filter(None, (JOB, variant)))


def function(scope: Scope, variant: str = "") -> Address:
    """The function of a variant; of all of them without one."""
    return scope.address(FUNCTION, suffix_of(variant))


def front(scope: Scope, variants: tuple[str, ...] = ("",)) -> Iterator[Node]:
    """The functions, one for each variant, with their logs; they share a role."""
    endpoint = scope.address(ENDPOINT).name
    role = scope.role(JOB, "lambda.amazonaws.com")
    arns = [
        scope.arn("sagemaker", f"endpoint/{it}")
        for it in dict.fromkeys((endpoint, endpoint.lower()))
    ]
    scope.grant(role, ("sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint"), on=arns)
    code = own(scope, JOB, Form.ZIP, at=("expose",))
    for variant in variants:
        logs = scope.address(LOGS, suffix_of(variant))
        stream = (scope.arn("logs", f"log-group:{logs.name}:*"),)
        scope.grant(role, ("logs:CreateLogStream", "logs:PutLogEvents"), on=stream)
        yield scope.node(logs, {"RetentionInDays": LOGS_KEPT}, lines={(): ("expose",)})
        of = f"{variant} of {scope.name}" if variant else scope.name
        yield scope.node(
            function(scope, variant),
            {
                "Description": f"Stands in front of {of}, code {code.digest[:12]}",
                "Role": role.arn,
                "PackageType": "Zip",
                "Code": {"S3Bucket": code.bucket, "S3Key": code.key},
                "Handler": f"{JOB}.handler",
                "Runtime": RUNTIME,
                "MemorySize": MEBIBYTES,
                "Timeout": SECONDS,
                "Environment": {"Variables": {"ENDPOINT": endpoint, "VARIANT": variant}},
                "LoggingConfig": {"LogFormat": "JSON", "LogGroup": Ref(logs, "LogGroupName")},
            },
            lines={(): ("expose",)},
            depends_on=code.needs,
        )


def let_in(scope: Scope, variant: str, service: str, source: Json) -> Node:
    """That a service may invoke a function, for one thing of this account alone."""
    return scope.node(
        scope.address(PERMISSION, suffix_of(variant)),
        {
            "FunctionName": Ref(function(scope, variant), "Arn"),
            "Action": "lambda:InvokeFunction",
            "Principal": service,
            "SourceArn": source,
        },
        lines={(): ("expose",)},
    )
