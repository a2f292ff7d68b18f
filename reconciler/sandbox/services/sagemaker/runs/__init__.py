"""Executions of pipelines: the definition is run, step by step, on the sandbox's clock.

A step's arguments become calls of SageMaker's and of other services, sent as the pipeline's role
through the sandbox's own door, IAM included.
"""
