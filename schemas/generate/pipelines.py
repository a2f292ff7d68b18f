"""Writes `schemas/pipelines.json`: what steps of a SageMaker pipeline take, and what they give.

`takes` has by type of step the shape of its `Arguments`, `gives` those of its properties; shapes
are those of `operations`. Which operation a step stands for: SageMaker developer guide, "Pipelines
steps" and the properties of each; the shapes themselves: botocore's model of SageMaker.
"""

from __future__ import annotations

import json
from pathlib import Path

import botocore
import botocore.session

from reconciler.model.value import Json
from schemas.generate.operations import shape

FILE = Path(__file__).parents[1] / "pipelines.json"
TAKES = {
    "AutoML": "CreateAutoMLJob",
    "Model": "CreateModel",
    "Processing": "CreateProcessingJob",
    "RegisterModel": "CreateModelPackage",
    "Training": "CreateTrainingJob",
    "Transform": "CreateTransformJob",
    "Tuning": "CreateHyperParameterTuningJob",
}
GIVES = {
    "AutoML": "DescribeAutoMLJob",
    "Model": "DescribeModel",
    "Processing": "DescribeProcessingJob",
    "RegisterModel": "DescribeModelPackage",
    "Training": "DescribeTrainingJob",
    "Transform": "DescribeTransformJob",
    "Tuning": "DescribeHyperParameterTuningJob",
}


def main() -> None:
    """Write the file."""
    model = botocore.session.get_session().get_service_model("sagemaker")
    shapes: dict[str, Json] = {}
    takes = {
        name: shape(model.operation_model(each).input_shape, shapes) for name, each in TAKES.items()
    }
    gives = {
        name: shape(model.operation_model(each).output_shape, shapes)
        for name, each in GIVES.items()
    }
    found = {
        "source": f"botocore {botocore.__version__}",
        "takes": takes,
        "gives": gives,
        "shapes": shapes,
    }
    text = json.dumps(found, separators=(",", ":"), sort_keys=True)
    FILE.write_text(text.replace('},"', '},\n"').replace('"shapes":{', '"shapes":{\n') + "\n")
