"""AWS::ApiGatewayV2::Route, by AWS's own handlers.

An API has one route of a key (CreateRoute), which tells it from others; it has no tags. What the
handlers never give back of it, such as its authorizer, API Gateway's own listing does.
"""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::ApiGatewayV2::Route",
    holds="traffic",
    tells=("RouteKey",),
    refers=(
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Authorizer",
        "AWS::ApiGatewayV2::Integration",
    ),
)
