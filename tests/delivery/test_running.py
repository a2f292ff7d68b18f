"""What the apply role may do with runs: those of our own pipelines, and of no other."""

from __future__ import annotations

from dataclasses import replace

from .judged import ACCOUNT, REGION, Known, delivered, everything, one
from .lives import allowed

TYPES = ("AWS::SageMaker::Pipeline", "AWS::StepFunctions::StateMachine")
_AT = f"{REGION}:{ACCOUNT}"


def sent(name: str) -> list:  # type: ignore[type-arg]
    machine = f"arn:aws:states:{_AT}:stateMachine:{name}"
    run = f"arn:aws:states:{_AT}:execution:{name}:x"
    training = f"arn:aws:sagemaker:{_AT}:pipeline/{name}/execution/abcdefghijkl"
    known = Known()
    return [
        one("stepfunctions", "StartExecution", known, stateMachineArn=machine, name="x"),
        one("stepfunctions", "ListExecutions", known, stateMachineArn=machine),
        one("stepfunctions", "DescribeExecution", known, executionArn=run),
        one("stepfunctions", "GetExecutionHistory", known, executionArn=run),
        one("stepfunctions", "StopExecution", known, executionArn=run),
        one("stepfunctions", "RedriveExecution", known, executionArn=run),
        one("sagemaker", "StartPipelineExecution", known, PipelineName=name),
        one("sagemaker", "StopPipelineExecution", known, PipelineExecutionArn=training),
        one("sagemaker", "RetryPipelineExecution", known, PipelineExecutionArn=training),
    ]


def test_runs_are_for_who_applies_and_of_our_own_pipelines() -> None:
    roles = delivered(replace(everything("dev"), types=TYPES), "dev")
    apply, plan = roles["moorline-dev-apply"], roles["moorline-dev-plan"]
    ours = sent("acme-dev-clean")
    assert allowed(apply, ours) == {str(each) for each in ours}
    theirs = [each for each in sent("acme-prod-clean") if not each.reads]
    assert allowed(apply, theirs) == set()
    assert allowed(plan, [each for each in ours if not each.reads]) == set()
