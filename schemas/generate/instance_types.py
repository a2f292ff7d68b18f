"""Writes `schemas/instance_types.json`: which instance types SageMaker takes for what, and where.

What SageMaker takes are botocore's own lists. Where there is such hardware is what EC2 offers in
each region, from the lists that moto keeps of EC2's `DescribeInstanceTypeOfferings`; SageMaker has
no such list of its own, and has nothing that EC2 has not.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from botocore.session import Session

AS_OF = "2026-10-27"
"""When the version of moto that is installed was published."""
TARGET = Path(__file__).parents[1] / "instance_types.json"
USES = {
    "training": "TrainingInstanceType",
    "processing": "ProcessingInstanceType",
    "transform": "TransformInstanceType",
    "hosting": "ProductionVariantInstanceType",
}
_ORDER = ("nano", "micro", "small", "medium", "large", "xlarge")


def uses() -> dict[str, dict[str, str]]:
    """The sizes of each family that SageMaker takes, by use."""
    model: Any = Session().get_service_model("sagemaker")
    return {use: by_family(model.shape_for(shape).enum) for use, shape in USES.items()}


def by_family(types: Iterable[str]) -> dict[str, str]:
    """``{"m5": "large xlarge"}`` of ``ml.m5.large`` and ``ml.m5.xlarge``."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in types:
        _, family, size = each.split(".")
        found[family].append(size)
    return {family: " ".join(sorted(found[family], key=_rank)) for family in sorted(found)}


def _rank(size: str) -> tuple[int, int, str]:
    times = size.removesuffix("xlarge")
    whole = int(times) if times.isdigit() else 0
    return (_ORDER.index(size) if size in _ORDER else len(_ORDER), whole, size)


def offerings() -> dict[str, set[str]]:
    """The regions in which EC2 offers each type."""
    found: dict[str, set[str]] = defaultdict(set)
    folder = files("moto") / "ec2" / "resources" / "instance_type_offerings" / "region"
    for each in folder.iterdir():
        region = each.name.removesuffix(".json.gz")
        for row in json.loads(gzip.decompress(each.read_bytes())):
            found[row["InstanceType"]].add(region)
    return found


def text(sizes: Mapping[str, Mapping[str, str]], where: Mapping[str, set[str]]) -> str:
    """The table: families of SageMaker, and for each the sizes by the regions that have them."""
    regions = sorted(set().union(*where.values()))
    families = sorted({family for use in sizes.values() for family in use})
    places: dict[str, dict[str, list[str]]] = {}
    for family in families:
        known = {size for use in sizes.values() for size in use.get(family, "").split()}
        by_regions: dict[str, list[str]] = defaultdict(list)
        for size in sorted(known, key=_rank):
            if has := where.get(f"{family}.{size}"):
                by_regions[_flags(has, regions)].append(size)
        places[family] = dict(by_regions)
    return "{\n" + ",\n".join(_lines(sizes, places, regions)) + "\n}\n"


def _flags(has: set[str], regions: list[str]) -> str:
    """A letter for each region of the list: 1 where there is one."""
    return "".join("1" if region in has else "0" for region in regions)


def _lines(
    sizes: Mapping[str, Mapping[str, str]],
    places: Mapping[str, Mapping[str, list[str]]],
    regions: list[str],
) -> Iterable[str]:
    source = (
        f"botocore {version('botocore')} and the EC2 offerings in moto {version('moto')}"
        " (both Apache-2.0)"
    )
    yield f' "source": "{source}"'
    yield f' "asOf": "{AS_OF}"'
    for use, families in sizes.items():
        yield f' "{use}": {_dense(families)}'
    yield f' "regions": {_dense(regions)}'
    rows = ",\n".join(
        f'  "{family}": {_dense({flags: " ".join(names) for flags, names in found.items()})}'
        for family, found in places.items()
    )
    yield f' "offered": {{\n{rows}\n }}'


def _dense(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def main() -> None:
    """Write the file."""
    TARGET.write_text(text(uses(), offerings()), encoding="utf-8")
    sys.stdout.write(f"{TARGET.stat().st_size / 1e3:.0f} kB in {TARGET}\n")


if __name__ == "__main__":
    main()
