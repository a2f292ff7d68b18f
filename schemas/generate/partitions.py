"""Writes `schemas/partitions.json`: AWS's partitions, their regions, and which services they have.

The source is botocore's `partitions.json`, `endpoints.json` and endpoint rules, read as data. A
service is in a partition when either of the two lists of endpoints knows it there; the rules are
newer and say nothing of single regions. Only services of our own resource types are kept.

    python -m schemas.generate.partitions
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import botocore.session

from reconciler.resources import api as resources

Json: TypeAlias = Any
TARGET = Path(__file__).parents[1] / "partitions.json"
EVERYWHERE = "*"
"""Stands for all regions of a partition."""
_ABOUT = (
    "AWS's partitions: the regular expression and the known regions of each, the suffixes of its"
    " host names, and the regions in which a service is, * for a service that is one for all of"
    " them or whose regions are not known. What is not here, a partition has not. Generated."
)


def collect() -> Json:
    """The content of the file."""
    session = botocore.session.get_session()
    loader = session.get_component("data_loader")
    outlines = loader.load_data("partitions")["partitions"]
    endpoints = {it["partition"]: it for it in loader.load_data("endpoints")["partitions"]}
    services = sorted({each.service for each in resources.load().values()})
    return {
        "about": _ABOUT,
        "source": f"botocore {botocore.__version__}",
        "partitions": [_outline(each, endpoints[each["id"]]) for each in outlines],
        "services": {name: dict(_places(name, loader, endpoints)) for name in services},
    }


def _outline(said: Json, endpoints: Json) -> Json:
    out = said["outputs"]
    return {
        "name": said["id"],
        "regions": said["regionRegex"],
        "known": sorted(endpoints["regions"]),
        "suffix": out["dnsSuffix"],
        "dual": out["dualStackDnsSuffix"],
    }


def _places(
    service: str,
    loader: Any,  # noqa: ANN401 - botocore's own
    endpoints: Mapping[str, Json],
) -> Iterator[tuple[str, list[str]]]:
    """The partitions of a service, with its regions in each."""
    about = loader.load_service_model(service, "service-2")["metadata"]
    ruled = set(_texts(loader.load_service_model(service, "endpoint-rule-set-1")))
    for name, partition in endpoints.items():
        there = partition["services"].get(about["endpointPrefix"])
        if there is None:
            if name in ruled:
                yield name, [EVERYWHERE]
            continue
        regions = sorted(partition["regions"].keys() & there["endpoints"].keys())
        whole = there.get("isRegionalized") is False or regions in (
            [],
            sorted(partition["regions"]),
        )
        yield name, [EVERYWHERE] if whole else regions


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def text(content: Json) -> str:
    """The file as it is written."""
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write the file."""
    TARGET.write_text(text(collect()), encoding="utf-8")
    print(f"{TARGET.name}: written")


if __name__ == "__main__":
    main()
