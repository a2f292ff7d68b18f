"""AWS::ApiGatewayV2::Authorizer, by AWS's own handlers. Its name is one of its API."""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::ApiGatewayV2::Authorizer",
    limit=128,
    refers=("AWS::ApiGatewayV2::Api", "AWS::Lambda::Function"),
)
