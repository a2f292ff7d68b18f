"""Writes `schemas/images.json`: where AWS keeps its SageMaker images.

The source is the folder `image_uri_config` of the `sagemaker-core` wheel,
fetched from PyPI and read as data; the SDK is never imported. The accounts of
all regions repeat for every version, so each set of accounts is kept once.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = Any
VERSION = "2.27.0"
AS_OF = "2026-10-21"
"""When that version was published."""
TARGET = Path(__file__).parents[1] / "images.json"
_FOLDER = "sagemaker/core/image_uri_config/"
_SCOPES = ("training", "inference", "inference_graviton", "processing")
# Elastic Inference (`eia`) is switched off since 2024; instance_gpu_info is not about images.


def configs() -> dict[str, Json]:
    """The configuration of each framework, by name."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder,
             f"sagemaker-core=={VERSION}"],
            check=True,
        )  # fmt: skip
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            files = sorted(
                it for it in archive.namelist() if it.startswith(_FOLDER) and it.endswith(".json")
            )
            read = {Path(it).stem: json.loads(archive.read(it)) for it in files}
    return {name: it for name, it in read.items() if name != "instance_gpu_info"}


class Table:
    """Turns the configurations into one table."""

    def __init__(self) -> None:
        """Start with no accounts."""
        self.accounts: list[dict[str, str]] = []

    def framework(self, config: Json) -> dict[str, Json]:
        """The versions of a framework by scope; one entry serves every scope it lists."""
        if "versions" in config:
            scopes = " ".join(config.get("scope", ())) or "training inference"
            return {scopes: self._scope(config)}
        return {scope: self._scope(config[scope]) for scope in _SCOPES if scope in config}

    def _scope(self, config: Json) -> dict[str, Json]:
        found = {"versions": {name: self._version(it) for name, it in config["versions"].items()}}
        for ours, theirs in (("aliases", "version_aliases"), ("processors", "processors")):
            if config.get(theirs):
                found[ours] = config[theirs]
        return found

    def _version(self, version: Json) -> dict[str, Json]:
        """One image, or a group of them by Python version or by base framework."""
        found: dict[str, Json] = {}
        for key, value in version.items():
            if key == "registries":
                found["accounts"] = self._account(value)
            elif isinstance(value, dict) and "registries" in value:
                found[key] = self._version(value)
            else:
                found[key] = value
        return found

    def _account(self, accounts: dict[str, str]) -> int:
        if accounts not in self.accounts:
            self.accounts.append(accounts)
        return self.accounts.index(accounts)


def text(found: dict[str, Json]) -> str:
    """The table, one line for each framework."""
    table = Table()
    frameworks = {name: table.framework(found[name]) for name in sorted(found)}
    return "{\n" + ",\n".join(_lines(frameworks, table.accounts)) + "\n}\n"


def _lines(frameworks: dict[str, Json], accounts: list[dict[str, str]]) -> Iterator[str]:
    yield f' "source": "sagemaker-core {VERSION} (Apache-2.0), image_uri_config"'
    yield f' "asOf": "{AS_OF}"'
    yield ' "accounts": [\n' + ",\n".join(f"  {_dense(it)}" for it in accounts) + "\n ]"
    entries = ",\n".join(f'  "{name}": {_dense(it)}' for name, it in frameworks.items() if it)
    yield f' "frameworks": {{\n{entries}\n }}'


def _dense(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"))


def main() -> None:
    """Write the file."""
    TARGET.write_text(text(configs()), encoding="utf-8")
    sys.stdout.write(f"{TARGET.stat().st_size / 1e3:.0f} kB in {TARGET}\n")


if __name__ == "__main__":
    main()
