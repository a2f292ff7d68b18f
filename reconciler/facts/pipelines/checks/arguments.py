"""Arguments: what the operation of a step takes, and how long each of its values may be.

Source: botocore's model of SageMaker.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.facts.asl.checks import Fault
from reconciler.facts.pipelines import settled, steps
from reconciler.facts.pipelines.shapes import problems, taken
from reconciler.model.value import Json

ORDER = 4
LONG = "give a long value as a file in an input"


def find(definition: Mapping[str, Json]) -> Iterator[Fault]:
    """Faults of arguments."""
    for step in steps(definition):
        if taken(step.type):
            for path, wrong in problems(step.type, settled(step.arguments)):
                fix = LONG if "characters at most" in wrong else ""
                text = f"step {step.name!r}, {'.'.join(path) or 'Arguments'}: {wrong}"
                yield Fault((*step.at, "Arguments", *path), text, fix=fix)
