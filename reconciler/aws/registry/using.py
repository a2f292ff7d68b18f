"""What needs a version: endpoints that serve it, and models that are made of it.

A model that no endpoint has is what a rollout goes back to, so each counts. Source: SageMaker API
reference, ListModels, DescribeModel.
"""

from __future__ import annotations

from collections.abc import Callable

from reconciler.aws.errors import Gone
from reconciler.aws.registry import serving
from reconciler.aws.session import ReadOnly, Session

Told = Callable[[str, int, int], None]


def used(session: Session, told: Told = lambda *_: None) -> dict[str, str]:
    """What needs each version of the region, by its ARN; a version that nothing needs is not there.

    Raises:
        AwsError: AWS did not say all of it, so nobody knows what else is needed.
    """
    reader = ReadOnly(session, "sagemaker", serving.MISSING)
    found: dict[str, str] = {}
    models = [each["ModelName"] for each in reader.pages("list_models", {"MaxResults": 100},
              "Models")]  # fmt: skip
    for done, name in enumerate(models, 1):
        try:
            body = reader.call("describe_model", {"ModelName": name})
        except Gone:
            continue
        for each in (body.get("PrimaryContainer") or {}, *(body.get("Containers") or ())):
            if arn := each.get("ModelPackageName"):
                found[str(arn)] = f"model {name} is made of it"
        told("models", done, len(models))
    served = serving.every(session, told)
    return {**found, **{arn: f"endpoint {names[0]} serves it" for arn, names in served.items()}}
