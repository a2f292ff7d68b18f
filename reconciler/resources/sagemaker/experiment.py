"""AWS::SageMaker::Experiment, by AWS's own handlers.

Its trials are what runs have logged; SageMaker deletes no experiment that has any.
Source: SageMaker API reference, DeleteExperiment.
"""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::SageMaker::Experiment",
    name="ExperimentName",
    tells=("ExperimentName",),
    holds="history",
)
