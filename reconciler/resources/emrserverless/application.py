"""AWS::EMRServerless::Application, by AWS's own handlers."""

from reconciler.resources.cloudcontrol import declare

declare("AWS::EMRServerless::Application", refers=("AWS::KMS::Key", "AWS::Logs::LogGroup"))
