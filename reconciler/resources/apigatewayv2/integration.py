"""AWS::ApiGatewayV2::Integration, by AWS's own handlers.

It has no tags and no name: it is told by what it is in and by what it calls. Source: API Gateway
API reference, CreateIntegration; where HTTP APIs send requests to services of AWS themselves,
there is no subtype for SageMaker ("Integration subtype reference").
"""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::ApiGatewayV2::Integration",
    tells=("IntegrationUri",),
    refers=("AWS::ApiGatewayV2::Api", "AWS::Lambda::Function"),
)
