"""AWS::ApiGatewayV2::DomainName, by AWS's own handlers. Its name is a host's, in lower case."""

from reconciler.resources.cloudcontrol import declare

declare("AWS::ApiGatewayV2::DomainName", holds="traffic")
