"""One image for every instance type that may be chosen.

The address of an image is in the definition, and the type of an instance is a parameter of it: an
execution, or an endpoint, on another processor would run an image that is not made for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.facts.image_tags import ImageError
from reconciler.kinds.api import Path, Scope
from reconciler.kinds.terms.image import Custom, Framework, Wanted, asked, find_image
from reconciler.kinds.training.compute import typed
from reconciler.kinds.training.spec import Training


def report(spec: Training, scope: Scope) -> None:
    """Types for which another image would be needed than for the first."""
    if isinstance(spec.algorithm, Framework):
        types = list(typed(spec.compute))
        about = "parameter TrainingInstanceType may be"
        _one(spec.algorithm, "training", types, scope, about)
    register = spec.register_
    if register is not None:
        image = register.inference or spec.algorithm
        served = [
            (("register", "instanceTypes", str(index)), each)
            for index, each in enumerate(register.instance_types)
        ]
        if not isinstance(image, Custom):
            _one(image, "inference", served, scope, "an endpoint may have")


def _one(
    image: Framework, use: str, types: Sequence[tuple[Path, str]], scope: Scope, about: str
) -> None:
    (_, first), *others = types
    wanted = _image(image, use, first, scope)
    if wanted is None:
        return  # which is said where the image is looked up
    for path, each in others:
        if _image(image, use, each, scope) != wanted:
            scope.problem(
                path,
                f"{about} {first} and {each}, and {image.framework} has no one image for both",
                help="list types of one processor, or give an 'image' that runs on all of them",
            )


def _image(image: Framework, use: str, instance_type: str, scope: Scope) -> str | None:
    wanted = Wanted("inference" if use == "inference" else "training", instance_type)
    try:
        return find_image(asked(image), wanted, scope.place.region)
    except ImageError:
        return None
