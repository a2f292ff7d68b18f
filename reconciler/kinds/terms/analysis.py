"""The analysis runtime as part of a processing job: its program, its image, its configuration.

The program is an asset, one archive that Python runs as it is. The image is AWS's own for
scikit-learn, which has what the program needs; its tag is resolved to a digest when planning, so
that a plan names the image that was there when it was reviewed. The configuration goes as
arguments, which have a most length, and several of which make one text.
Sources: SageMaker API reference, `AppSpecification` (100 arguments of 256 characters),
`ProcessingS3Input`; Amazon ECR API reference, BatchGetImage; `docs/analysis.md`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.facts.images import ImageError, image_uri
from reconciler.facts.registry import Image, image_in
from reconciler.jobs import RUNTIME
from reconciler.kinds.api import Lookup, Scope
from reconciler.kinds.terms.asset import Asset, own
from reconciler.model.asset import Form
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json, Path, Props

FRAMEWORK, VERSION = "sklearn", "1.9-0"
"""The image: Python 3.12, numpy 2.5, scipy 1.18, pandas and pyarrow.

Source: aws/sagemaker-scikit-learn-container, requirements.txt of 14 July 2026.
"""
PLACE = "/opt/ml/processing/input/runtime"
"""Where the program lies in the container."""
INPUT = "runtime"
VERBS = ("profile", "compare", "evaluate", "bias")
_LENGTH, _COUNT = 256, 100
_PYTHON = "python3"


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a processing job needs in order to run the program."""

    program: Asset
    image: str
    """With its digest, where AWS said it."""

    @property
    def entrypoint(self) -> list[Json]:
        """``ContainerEntrypoint``."""
        return [_PYTHON, f"{PLACE}/{self.program.key.rpartition('/')[2]}"]

    @property
    def input(self) -> Props:
        """The member of ``ProcessingInputs`` that brings the program."""
        return {
            "InputName": INPUT,
            "AppManaged": False,
            "S3Input": {
                "S3Uri": self.program.uri,
                "LocalPath": PLACE,
                "S3DataType": "S3Prefix",
                "S3InputMode": "File",
                "S3DataDistributionType": "FullyReplicated",
                "S3CompressionType": "None",
            },
        }


def image_lookup(scope: Scope, instance_type: str) -> Lookup | None:
    """The question for the image's digest, for a kind's `lookups`; nothing without an image."""
    try:
        image = image_in(_uri(scope, instance_type))
    except ImageError:
        return None
    return None if image is None else _question(image)


def runtime(scope: Scope, instance_type: str, *, at: Path) -> Runtime:
    """The program and its image, for what is said at `at`.

    The kind has to ask `image_lookup` in its `lookups`, or else nobody knows the digest.
    """
    program = own(scope, RUNTIME, Form.ZIP, at=at)
    try:
        address = _uri(scope, instance_type)
    except ImageError as error:
        scope.problem(at, f"the analysis runtime has no image here: {error}")
        return Runtime(program, "")
    return Runtime(program, pinned(scope, address, at))


def pinned(scope: Scope, address: str, at: Path) -> str:
    """An image of a registry by its digest; as it is, with a finding, where AWS does not say it."""
    image = image_in(address)
    if image is None or image.digest:
        return address
    fact = scope.fact(_question(image))
    if fact is not None and fact["digest"]:
        return f"{address.rpartition(':')[0]}@{fact['digest']}"
    if fact is None:  # there was no answer, which is no reason to plan another image
        scope.defer(
            f"nobody knows which image {image.repository}:{image.tag} stands for",
            "plan again once its registry answers",
        )
    elif fact["asked"]:
        why = "has no such image" if fact["there"] is False else "does not say"
        scope.problem(
            at,
            f"the image {image.repository}:{image.tag} is not pinned: its registry {why}"
            " which digest the tag stands for",
            help="allow ecr:BatchGetImage on the registry to the role that plans",
            code="IMAGE002",
            severity=Severity.WARNING,
        )
    return address


def arguments(verb: str, configuration: Mapping[str, Json]) -> list[str]:
    """``ContainerArguments``: the verb and its configuration, in parts that AWS takes.

    What only the run knows comes behind them, as ``--set``, a name and a text.

    Raises:
        ValueError: there is no such verb, or the configuration is longer than AWS takes.
    """
    if verb not in VERBS:
        raise ValueError(f"{verb!r} is none of {', '.join(VERBS)}")
    text = json.dumps(configuration, sort_keys=True, separators=(",", ":"))
    parts = [text[start : start + _LENGTH] for start in range(0, len(text), _LENGTH)]
    if len(parts) > _COUNT - 20:
        raise ValueError(f"the configuration has {len(text)} characters, more than fit")
    return [verb, "--json", *parts]


def _uri(scope: Scope, instance_type: str) -> str:
    region = scope.place.region
    return image_uri(FRAMEWORK, VERSION, region=region, instance_type=instance_type)


def _question(image: Image) -> Lookup:
    params = (
        ("registry", image.account),
        ("region", image.region),
        ("repository", image.repository),
        ("tag", image.tag),
    )
    return Lookup("image", params, {"digest": "", "asked": False, "there": None})
