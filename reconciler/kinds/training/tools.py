"""Moorline's own steps: the image that they run in, and their scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from reconciler.kinds.api import Lookup, Scope
from reconciler.kinds.terms.analysis import FRAMEWORK, VERSION, image_lookup, pinned
from reconciler.kinds.terms.asset import Asset, own
from reconciler.kinds.terms.image import FrameworkImage, Wanted, framework_image
from reconciler.kinds.training.origin import Mount
from reconciler.kinds.training.phases import Worker
from reconciler.kinds.training.processing import CODE, INPUT
from reconciler.model.value import Json, Path

SMALL = Worker()
PYTHON = "python3"
PIECE = 230


def image(scope: Scope, worker: Worker, at: Path) -> str:
    """The image for an instance type, by its digest where its registry says that."""
    asked = FrameworkImage(FRAMEWORK, VERSION, None)
    found = framework_image(asked, Wanted("training", worker.instance_type), scope, at)
    return pinned(scope, found, at)


def lookups(workers: Iterable[Worker], scope: Scope) -> Iterator[Lookup]:
    """What has to be asked of AWS before steps of Moorline's own are compiled."""
    for type_ in dict.fromkeys(worker.instance_type for worker in workers):
        question = image_lookup(scope, type_)
        if question is not None:
            yield question


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
