"""AWS::ApiGatewayV2::Authorizer, by AWS's own handlers. Its name is one of its API."""

from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::ApiGatewayV2::Authorizer",
    limit=128,
    aside=Aside(hands=("apigateway.amazonaws.com",)),
    refers=("AWS::ApiGatewayV2::Api", "AWS::Lambda::Function"),
)
