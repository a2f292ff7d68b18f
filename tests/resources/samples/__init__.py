"""One sample for each type that has a file, found by its place: a new type needs no list.

The first `Sample` of a type in any module here is the type's own; others are what it needs.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from .identity import role
from .sagemaker import DEFINITION, FEATURES
from .sample import PLACE, Props, Sample

__all__ = ["DEFINITION", "FEATURES", "PLACE", "SAMPLES", "Props", "Sample", "role"]


def _found() -> Iterator[Sample]:
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Sample):
                yield value


SAMPLES: dict[str, Sample] = {}
for each in _found():
    SAMPLES.setdefault(each.type, each)
