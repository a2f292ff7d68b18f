"""What the apply role may do besides applying.

`moorline run`, `stop` and `retry` on our own pipelines, and `moorline registry prune` on our own
versions of models. What moves an endpoint stands in its own file.

Sources: Service Authorization Reference, AWS Step Functions and Amazon SageMaker.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.delivery.cloudformation import allow, slots, sub
from reconciler.delivery.site import Site
from reconciler.model.value import Json

_STATES = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}"
_MAKER = "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}"
_RIGHTS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "AWS::StepFunctions::StateMachine": (
        (f"{_STATES}:stateMachine:@*", ("states:StartExecution",)),
        (
            f"{_STATES}:execution:@*",
            (
                "states:DescribeExecution", "states:GetExecutionHistory", "states:RedriveExecution",
                "states:StopExecution",
            ),
        ),
    ),
    "AWS::SageMaker::Pipeline": (
        (
            f"{_MAKER}:pipeline/@*",
            (
                "sagemaker:DescribePipelineExecution", "sagemaker:ListPipelineExecutions",
                "sagemaker:ListPipelineExecutionSteps", "sagemaker:RetryPipelineExecution",
                "sagemaker:StartPipelineExecution", "sagemaker:StopPipelineExecution",
            ),
        ),
    ),
    "AWS::SageMaker::ModelPackageGroup": (
        (f"{_MAKER}:model-package/@*", ("sagemaker:DeleteModelPackage",)),
    ),
}  # fmt: skip
"""By type: on which of ours, what; `@` stands for the beginning of our names. That runs are listed
is asked of every role that plans."""


_WATCHES = frozenset(
    {"cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics"}
)
"""What a rollout is judged by that goes step by step; these are asked of no single resource.
Source: Service Authorization Reference, Amazon CloudWatch."""


def looks(site: Site) -> frozenset[str]:
    """What every role asks to see how a rollout stands, where specs make one with steps."""
    there = any(stage.stepwise for stage in site.stages)
    return _WATCHES if there else frozenset()


def statements(site: Site) -> list[Json]:
    """What is allowed, where specs make something that runs."""
    prefix = slots(site.platform, f"{site.platform}-${{Environment}}-")["prefix"]
    return [
        allow(actions, Resource=sub(on.replace("@", prefix)))
        for type_, rights in _RIGHTS.items()
        if type_ in site.types
        for on, actions in rights
    ]
