"""The graph as a CloudFormation template, with what CloudFormation keeps elsewhere beside it."""
