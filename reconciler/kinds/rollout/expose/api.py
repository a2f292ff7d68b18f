"""An HTTP API in front of an endpoint.

HTTP APIs have no integration of SageMaker's own (API Gateway developer guide, "Integration subtype
reference"), so a function stands between. REST APIs have one, to `runtime.sagemaker`, but take no
tokens without a function of their own; see ADR 80.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from reconciler.kinds.api import Scope, days
from reconciler.kinds.rollout.expose.front import LOGS, front, function, let_in
from reconciler.kinds.rollout.expose.spec import Api, Domain, Jwt
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

API, STAGE, ROUTE, INTEGRATION, AUTHORIZER, DOMAIN, MAPPING = (
    f"AWS::ApiGatewayV2::{noun}"
    for noun in (
        "Api",
        "Stage",
        "Route",
        "Integration",
        "Authorizer",
        "DomainName",
        "ApiMapping",
    )
)
AT: Path = ("expose", "api")
DEFAULT = "$default"
FORMAT = {
    "id": "$context.requestId",
    "at": "$context.requestTime",
    "from": "$context.identity.sourceIp",
    "caller": "$context.identity.caller",
    "subject": "$context.authorizer.claims.sub",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "error": "$context.error.message",
    "function": "$context.integrationErrorMessage",
}
"""What a line of the access log has. Source: "Customize HTTP API access logs"."""
MILLISECONDS = 29_000


def build(api: Api, domain: Domain | None, scope: Scope) -> Iterator[Node]:
    """The API with its function, its routes and its log."""
    own, of = scope.address(API), {"ApiId": Ref(scope.address(API), "ApiId")}
    integration = scope.address(INTEGRATION)
    yield from front(scope)
    yield scope.node(
        own,
        {
            "ProtocolType": "HTTP",
            "Description": f"In front of {scope.name}",
            "DisableExecuteApiEndpoint": False,
            "CorsConfiguration": None,  # said, so that one that somebody sets is a difference
        },
        lines={(): AT},
    )
    place = scope.place
    begin = f"arn:{place.partition}:execute-api:{place.region}:{place.account}:"
    yield let_in(scope, "", "apigateway.amazonaws.com", text(begin, of["ApiId"], "/*"))
    yield scope.node(
        integration,
        {
            **of,
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": Ref(function(scope), "Arn"),
            "PayloadFormatVersion": "2.0",
            "RequestParameters": None,  # they would write headers that choose a model
            "TimeoutInMillis": MILLISECONDS,
        },
        lines={(): AT},
    )
    auth: dict[str, Json] = {"AuthorizationType": "AWS_IAM"}
    if not isinstance(api.auth, str):
        yield _authorizer(api.auth.jwt, of, scope)
        auth = {
            "AuthorizationType": "JWT",
            "AuthorizerId": Ref(scope.address(AUTHORIZER), "AuthorizerId"),
            "AuthorizationScopes": list(api.auth.jwt.scopes) or ...,
        }
    target = text("integrations/", Ref(integration, "IntegrationId"))
    yield _route("invocations", "POST /invocations", {**of, "Target": target, **auth}, scope)
    health = {**of, "Target": target, "AuthorizationType": "NONE"}
    yield _route("health", "GET /health", health, scope)
    yield from _stage(api, of, scope)
    if domain is not None:
        yield from _domain(domain, of, scope)


def _authorizer(jwt: Jwt, of: Props, scope: Scope) -> Node:
    return scope.node(
        scope.address(AUTHORIZER),
        {
            **of,
            "AuthorizerType": "JWT",
            "IdentitySource": ["$request.header.Authorization"],
            "JwtConfiguration": {"Issuer": jwt.issuer, "Audience": list(jwt.audiences)},
        },
        lines={(): (*AT, "auth", "jwt")},
    )


def _route(suffix: str, key: str, props: Props, scope: Scope) -> Node:
    lines: dict[Path, Path] = {(): AT, ("AuthorizationType",): (*AT, "auth")}
    kept = {name: value for name, value in props.items() if value is not ...}
    return scope.node(scope.address(ROUTE, suffix), {**kept, "RouteKey": key}, lines=lines)


def _stage(api: Api, of: Props, scope: Scope) -> Iterator[Node]:
    logs = scope.address(LOGS, "access")
    days_ = days(api.access_logs.expire_after)
    yield scope.node(logs, {"RetentionInDays": days_}, lines={(): (*AT, "accessLogs")})
    yield scope.node(
        scope.address(STAGE),
        {
            **of,
            "StageName": DEFAULT,
            "AutoDeploy": True,
            "AccessLogSettings": {
                "DestinationArn": scope.arn("logs", f"log-group:{logs.name}"),
                "Format": json.dumps(FORMAT, separators=(",", ":")),
            },
            "DefaultRouteSettings": {
                "DetailedMetricsEnabled": True,
                "ThrottlingBurstLimit": api.burst,
                "ThrottlingRateLimit": api.rate,
            },
            "RouteSettings": None,  # they would go before the limits of all
        },
        lines={
            (): AT,
            ("AccessLogSettings",): (*AT, "accessLogs"),
            ("DefaultRouteSettings", "ThrottlingRateLimit"): (*AT, "rate"),
            ("DefaultRouteSettings", "ThrottlingBurstLimit"): (*AT, "burst"),
        },
        depends_on=[logs, scope.address(ROUTE, "invocations"), scope.address(ROUTE, "health")],
    )


def hosted(domain: Domain) -> Address:
    """The name of yours as API Gateway knows it."""
    return Address(DOMAIN, domain.name)


def _domain(domain: Domain, of: Props, scope: Scope) -> Iterator[Node]:
    at = ("expose", "domain")
    yield scope.node(
        hosted(domain),
        {
            "DomainNameConfigurations": [
                {
                    "CertificateArn": domain.certificate,
                    "EndpointType": "REGIONAL",
                    "SecurityPolicy": "TLS_1_2",
                }
            ]
        },
        lines={(): at},
    )
    yield scope.node(
        scope.address(MAPPING),
        {
            **of,
            "DomainName": Ref(hosted(domain), "DomainName"),
            "Stage": DEFAULT,
        },
        lines={(): at},
        depends_on=[scope.address(STAGE)],
    )
