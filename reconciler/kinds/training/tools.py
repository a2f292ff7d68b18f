"""Moorline's own steps: the image that they run in, and their scripts."""

from __future__ import annotations

import json

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.asset import Asset, own
from reconciler.kinds.terms.image import FrameworkImage, Wanted, framework_image
from reconciler.kinds.training.origin import Mount
from reconciler.kinds.training.phases import Worker
from reconciler.kinds.training.processing import CODE, INPUT
from reconciler.model.value import Json, Path

FRAMEWORK, VERSION = "sklearn", "1.2-1"
"""AWS's scikit-learn image has Python, numpy, scipy and boto3."""
SMALL = Worker()
PYTHON = "python3"
PIECE = 230


def image(scope: Scope, worker: Worker, at: Path) -> str:
    """The image for an instance type."""
    asked = FrameworkImage(FRAMEWORK, VERSION, None)
    return framework_image(asked, Wanted("training", worker.instance_type), scope, at)


def script(scope: Scope, name: str, at: Path) -> tuple[Asset, tuple[Json, ...]]:
    """One of `reconciler.jobs` as an asset, and how a job begins with it."""
    found = own(scope, name, at=at)
    return found, entry(found)


def entry(found: Asset) -> tuple[Json, ...]:
    """How a job begins with a script that is its input."""
    return PYTHON, f"{INPUT}/{CODE}/{found.key.rpartition('/')[2]}"


def mounted(found: Asset) -> Mount:
    """A script as an input."""
    return Mount(found.uri, found.spot)


def pieces(option: str, value: str) -> tuple[str, ...]:
    """A text of any length as arguments that are short enough for AWS, and in one line each.

    Joined and read as a text of JSON they are the text. Source: SageMaker API, ContainerArgument.
    """
    whole = json.dumps(value)[1:-1]
    return tuple(f"{option}={whole[at : at + PIECE]}" for at in range(0, len(whole), PIECE))
