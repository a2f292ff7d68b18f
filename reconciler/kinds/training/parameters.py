"""What may be changed for a single execution of a pipeline."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reconciler.kinds.training.compute import choices
from reconciler.kinds.training.registering import bounds
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.told import TYPES
from reconciler.model.value import Json

INSTANCE_TYPE, COMMIT = "TrainingInstanceType", "Commit"
UNTOLD = "unknown"
"""The commit of an execution that nobody told one."""
_WORDS = re.compile(r"[A-Za-z0-9]+")


def threshold(spec: Training, index: int) -> str:
    """The parameter that is the bound of a condition: ``AucAtLeast``."""
    return thresholds(spec)[index][0]


def thresholds(spec: Training) -> dict[int, tuple[str, float]]:
    """The parameters that are bounds, with their values, by the number of the condition."""
    found: dict[int, tuple[str, float]] = {}
    taken: set[str] = set()
    for index, when in enumerate(spec.register_.when if spec.register_ else ()):
        for side, level in bounds(when).items():
            words = "".join(it[0].upper() + it[1:] for it in _WORDS.findall(when.metric))
            name = f"{words}{side[0].upper()}{side[1:]}"
            name = f"{name}-{index + 1}" if name in taken else name
            taken.add(name)
            found[index] = name, level
    return found


def definitions(spec: Training) -> list[Json]:
    """The parameters of a definition, with names that EventBridge passes too."""
    instance: dict[str, Json] = {
        "Name": INSTANCE_TYPE,
        "Type": "String",
        "DefaultValue": spec.compute.instance_type,
    }
    if spec.compute.other_instance_types:
        instance["EnumValues"] = [*choices(spec.compute)]
    found: list[Json] = [instance]
    if spec.register_ is not None:
        commit = (spec.code.commit if spec.code else None) or UNTOLD
        found.append({"Name": COMMIT, "Type": "String", "DefaultValue": commit})
    for name, level in thresholds(spec).values():
        found.append({"Name": name, "Type": "Float", "DefaultValue": level})
    for name, value in spec.parameters.items():
        kind = TYPES[type(value).__name__]
        found.append({"Name": name, "Type": kind, "DefaultValue": value})
    return found


def defaults(spec: Training) -> Mapping[str, Json]:
    """The parameters of an execution, and what they are by default."""
    return {each["Name"]: each["DefaultValue"] for each in definitions(spec)}
