"""AWS::ApiGatewayV2::ApiMapping, by AWS's own handlers. A host has one of a path."""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::ApiGatewayV2::ApiMapping",
    tells=("ApiMappingKey",),
    refers=(
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::DomainName",
        "AWS::ApiGatewayV2::Stage",
    ),
)
