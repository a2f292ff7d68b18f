"""AWS::ApiGatewayV2::Stage, by AWS's own handlers.

`$default` serves at the root of the API's address. What deploys by itself (`AutoDeploy`) changes
its deployment with each route, which is no drift: nobody declares it.
"""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::ApiGatewayV2::Stage",
    name="",
    holds="traffic",
    refers=("AWS::ApiGatewayV2::Api", "AWS::Logs::LogGroup"),
)
