"""AWS::ApiGatewayV2::Api, by AWS's own handlers.

Names are not unique, so it is told by its tags. What is in it goes with it (DeleteApi).
"""

from reconciler.resources.cloudcontrol import declare

declare("AWS::ApiGatewayV2::Api", holds="traffic", limit=128)
