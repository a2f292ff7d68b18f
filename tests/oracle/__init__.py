"""What the SageMaker Python SDK writes for the same steps. The SDK lives apart and is no user's."""
