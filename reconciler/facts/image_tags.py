"""The tag of a SageMaker image: what an instance type and a version make of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeAlias

Table: TypeAlias = Mapping[str, Any]

_FAMILY = re.compile(r"ml\.([a-z]+\d[a-z\d-]*)\.\w+")
_ARM = re.compile(r"[a-z]+\d+g[a-z]*")
_SPARK_BUILD = "v1"  # Spark's tags end with a build number that only the SDK's classes know


class ImageError(LookupError):
    """No image fits. `known` lists what could have been asked for instead, oldest first."""

    def __init__(self, what: str, given: str | None, known: Iterable[str]) -> None:
        """`what` was asked for, what was `given`, and what is `known`."""
        self.known = tuple(known)
        self.part = what.split(maxsplit=1)[0].lower()
        """Which coordinate is wrong: ``framework``, ``version``, ``python``, ``use``, …"""
        close = get_close_matches(given or "", self.known, 1, 0.6)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        super().__init__(f"unknown {what} '{given}'{hint}" if given else f"no {what} is given")


class NoRegionError(ImageError):
    """There is such an image, and nobody knows of one in this region."""

    def __init__(self, image: str, region: str) -> None:
        """The `image` by framework and version."""
        self.known = ()
        self.part = "region"
        LookupError.__init__(self, f"AWS has no image of {image} in {region!r}")


def processor(instance_type: str | None, known: list[str] | None) -> str:
    """Which of the `known` processors an instance has; empty for images that do not care.

    Raises:
        ImageError: there is no image for the processor of this instance.
    """
    if not known:
        return ""
    family = family_of(instance_type)
    if instance_type is None or is_arm(instance_type):
        chosen = "cpu" if len(known) > 1 else known[0]
    elif not family:
        what = "instance type"
        raise ImageError(what, instance_type, ("ml.FAMILY.SIZE",))
    elif family in known:  # old frameworks have images for single families, such as c5
        chosen = family
    else:
        own = family[:3] if family.startswith(("inf", "trn")) else ""
        chosen = own or ("gpu" if family[0] in "gp" else "cpu")
    if chosen not in known:
        what = f"processor (of {instance_type})"
        raise ImageError(what, chosen, known)
    return chosen


def build_of(
    framework: str,
    entry: Table,
    processor_: str,
    version: str = "",
    instance_type: str | None = None,
) -> str:
    """The last part of a tag: CUDA and system of the build, or nothing."""
    if framework == "spark":
        return _SPARK_BUILD
    if framework == "pytorch-smp":
        return _smp_build(version, instance_type)
    build: str = entry.get("container_version", {}).get(processor_, "")
    if sdks := entry.get("sdk_versions"):
        build = f"{max(sdks)}-{build}"
    if entry["repository"].endswith(("-inference-graviton", "-inference-arm64")):
        build = f"{build}-sagemaker"
    return build


def _smp_build(version: str, instance_type: str | None) -> str:
    """The CUDA of AWS's model parallel images, which no table names.

    Source: SageMaker Python SDK 2.257.7, image_uris.get_training_image_uri.
    """
    minor = tuple(int(it) for it in re.findall(r"\d+", version)[:2])
    if minor >= (2, 5):
        return "cu124"
    return "cu121" if minor >= (2, 1) or family_of(instance_type) == "p5" else "cu118"


def word_of(framework: str, entry: Table, processor_: str) -> str:
    """The processor as the tag names it; some tags leave it out."""
    silent = framework == "sagemaker-tritonserver" and processor_ == "gpu"
    return "" if silent or not entry.get("processor_in_tag", True) else processor_


def family_of(instance_type: str | None) -> str:
    """`m5` of `ml.m5.large`; empty for what is no instance type."""
    form = _FAMILY.fullmatch(instance_type or "")
    return form[1] if form else ""


def is_arm(instance_type: str | None) -> bool:
    """Whether the instance has an Arm processor (Graviton)."""
    return _ARM.fullmatch(family_of(instance_type)) is not None
