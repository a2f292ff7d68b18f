"""When executions start, and where they are recorded."""

from typing import Annotated, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Maybe, Reference, Section
from reconciler.kinds.terms.location import S3Path
from reconciler.kinds.training.phases import Plain

ParameterName: TypeAlias = Annotated[
    str,
    Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9])*$", max_length=256, examples=["Epochs", "key"]),
]
"""A name that pipelines and EventBridge both take. Source: EventBridge API,
SageMakerPipelineParameter."""


class NewData(Section):
    """An execution for each new object, or for each run of a DataPipeline that went well."""

    needs = ("source", "dataPipeline")

    source: Maybe[Annotated[str, Reference("DataSource")]] = None
    """The DataSource that is watched; it has to say ``events: true``."""
    path: Maybe[S3Path] = None
    """Where in it; a prefix. By default anywhere."""
    data_pipeline: Maybe[Annotated[str, Reference("DataPipeline")]] = None
    """The DataPipeline whose runs are watched."""


class Approved(Section):
    """An execution for each version of another model that is approved."""

    registry: Annotated[str, Reference("ModelRegistry")]
    """The registry that is watched."""


class Trigger(Section):
    """When executions start by themselves: by any of these."""

    needs = ("schedule", "newData", "approval")

    schedule: Maybe[str] = Field(None, examples=["cron(15 2 ? * MON *)", "rate(7 days)"])
    """A cron, rate or at expression of EventBridge Scheduler."""
    timezone: Maybe[str] = Field(None, examples=["Europe/Berlin"])
    """The time zone of the schedule. By default UTC."""
    new_data: Maybe[NewData] = None
    """New objects of a DataSource, or a run of a DataPipeline."""
    approval: Maybe[Approved] = None
    """An approved version of another model."""
    parameters: Annotated[dict[ParameterName, Plain], Field(max_length=200)] = Field(
        default_factory=dict
    )
    """Parameters of the executions that it starts."""


class Experiments(Section):
    """SageMaker Experiments."""


class Log(Section):
    """Where hyperparameters, metrics, data and versions of each execution are recorded."""

    needs = ("mlflow", "experiments")

    mlflow: Maybe[
        Annotated[
            str,
            Field(
                pattern=r"^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:"
                r"(mlflow-tracking-server|mlflow-app)/[A-Za-z0-9-]+$",
                max_length=250,
                examples=["arn:aws:sagemaker:eu-west-1:111122223333:mlflow-tracking-server/acme"],
            ),
        ]
    ] = None
    """A managed MLflow app or tracking server, by its ARN."""
    experiments: Maybe[Experiments] = None
    """SageMaker Experiments: the training's values, as SageMaker records them itself."""
