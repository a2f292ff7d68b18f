"""SageMaker's data planes: endpoints, the online store, metrics of trials.

Source: Service Authorization Reference; all three have the prefix `sagemaker`.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.access.request import Call, Derive, Want, World, arn, plain


def invoke(call: Call, _world: World) -> Iterable[Want]:
    """An endpoint, and the component on it where one is named. Streams have an action of theirs."""
    action = f"sagemaker:{call.operation}"
    model = {"sagemaker:TargetModel": call.get("TargetModel")}
    yield Want(action, arn(call, "sagemaker", "endpoint", str(call.need("EndpointName"))), model)
    if component := call.get("InferenceComponentName"):
        yield Want(action, arn(call, "sagemaker", "inference-component", str(component)))


def batch_get(call: Call, _world: World) -> Iterable[Want]:
    """Every feature group that is read from."""
    for name in call.need("Identifiers.FeatureGroupName"):
        yield Want("sagemaker:BatchGetRecord", arn(call, "sagemaker", "feature-group", str(name)))


OPERATIONS: dict[str, dict[str, Derive]] = {
    "sagemaker-featurestore-runtime": {
        **plain(
            "sagemaker", {"feature-group FeatureGroupName": "PutRecord GetRecord DeleteRecord"}
        ),
        "BatchGetRecord": batch_get,
    },
    "sagemaker-metrics": plain(
        "sagemaker", {"experiment-trial-component TrialComponentName": "BatchPutMetrics"}
    ),
    "sagemaker-runtime": dict.fromkeys(
        ("InvokeEndpoint", "InvokeEndpointAsync", "InvokeEndpointWithResponseStream"), invoke
    ),
}
