"""What a model answers in a transform job that the sandbox has somebody do."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from reconciler.sandbox.services.sagemaker.jobs import held
from reconciler.sandbox.standin.predictor import answered, filtered

ASKED = {"program": "serve.py", "type": "text/csv", "split": "Line", "accept": "text/csv",
         "assemble": "Line", "before": "$[1:]", "join": "Input", "after": "$[0,-1]"}  # fmt: skip


def script(**functions: Any) -> ModuleType:
    made = ModuleType("serve")
    vars(made).update(functions)
    return made


def sums(data: Any, model: float) -> list[float]:
    return [model * sum(float(each) for each in row.split(",")) for row in data.split("\n")]


SERVE = script(input_fn=lambda body, _: body, predict_fn=sums)


def test_label_and_answer_of_each_row() -> None:
    assert answered(SERVE, 2.0, ASKED, "1,3,4\n0,5,6\n") == "1,14.0\n0,22.0\n"


@pytest.mark.parametrize(
    ("path", "kept"),
    [("$", "a,b,c"), ("$[0]", "a"), ("$[1:]", "b,c"), ("$[:2]", "a,b"), ("$[0,-1]", "a,c"),
     ("$[-2:]", "b,c")],
)  # fmt: skip
def test_a_filter_is_of_columns(path: str, kept: str) -> None:
    assert filtered("a,b,c", path, "text/csv") == kept


@pytest.mark.parametrize(
    ("path", "type_"), [("$.features", "text/csv"), ("$[x]", "text/csv"), ("$[0]", "other/json")]
)
def test_another_filter_ends_the_job(path: str, type_: str) -> None:
    with pytest.raises(SystemExit, match="does not know the filter"):
        filtered("a,b,c", path, type_)


def test_rows_with_too_few_answers_are_not_joined() -> None:
    few = script(input_fn=lambda body, _: body, predict_fn=lambda *_: [1.0])
    with pytest.raises(SystemExit, match="2 rows have 1 answers"):
        answered(few, None, ASKED, "1,3,4\n0,5,6\n")


def test_answers_as_the_toolkit_writes_them() -> None:
    asked = ASKED | {"join": "None", "after": "$", "before": "$", "accept": "application/json",
                     "split": "None", "assemble": "None"}  # fmt: skip
    assert answered(SERVE, 1.0, asked, "1,2") == "[3.0]"
    own = script(input_fn=SERVE.input_fn, predict_fn=sums, output_fn=lambda *_: (b"x", "t"))
    assert answered(own, 1.0, asked, "1,2") == "x"


JOB = {"TransformInput": {"DataSource": {"S3DataSource": {"S3Uri": "s3://b/rows"}}},
       "TransformOutput": {"S3OutputPath": "s3://b/answers"}}  # fmt: skip
SKLEARN = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.2-1"


@pytest.mark.parametrize(
    ("image", "variables", "said"),
    [
        ("1.dkr.ecr.eu-west-1.amazonaws.com/own:1", {"SAGEMAKER_PROGRAM": "s.py"}, held.FOREIGN),
        (SKLEARN, {}, held.NO_SCRIPT),
        (SKLEARN, {"SAGEMAKER_PROGRAM": "s.py"}, ""),
    ],
)
def test_who_can_answer(image: str, variables: dict[str, str], said: str) -> None:
    model = {"PrimaryContainer": {"Image": image, "Environment": variables}}
    found = held.of_transform(JOB, model)
    if said:
        assert found == said
        return
    assert isinstance(found, dict)
    assert (found["needs"], found["uri"], found["output"]) == (
        "sklearn", "s3://b/rows", "s3://b/answers",
    )  # fmt: skip
