"""The address of the SageMaker image for a framework, a version and a place.

A table lookup: no SDK, no network. The rules of tags are those of AWS's own
SDK, which a test in the group `sagemaker_sdk` compares with.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from reconciler.facts.files import read
from reconciler.facts.image_tags import (
    ImageError,
    NoRegionError,
    Table,
    build_of,
    family_of,
    is_arm,
    processor,
    word_of,
)
from reconciler.facts.partitions import partition_of

__all__ = [
    "ImageError",
    "NoRegionError",
    "as_of",
    "by_processor",
    "frameworks",
    "image_uri",
    "made_of",
    "owners",
    "versions",
]

_ARM_TAGS = {"xgboost": "{}-arm64", "sklearn": "{}-arm64-cpu-py3"}


@lru_cache(maxsize=1 << 12)
def image_uri(  # noqa: PLR0913 -- an image has this many coordinates; all but two are named
    framework: str,
    version: str | None = None,
    *,
    region: str,
    scope: str = "training",
    instance_type: str | None = None,
    py_version: str | None = None,
    base: str | None = None,
) -> str:
    """The address in ECR, tag included.

    Args:
        framework: `xgboost`, `pytorch`, `linear-learner`, ...; see `frameworks()`.
        version: may be left out for what has only one.
        region: the region of the job or endpoint, which is also where the image is pulled from.
        scope: `training`, `inference` or `processing`; the image that trains also processes,
            where a framework has none of its own for that.
        instance_type: decides between CPU, GPU, Arm and Neuron; none means CPU (serverless).
        py_version: `py310`; the newest one by default.
        base: for Hugging Face, the framework below, as `pytorch2.6.0`; the newest by default.

    Raises:
        ImageError: there is no such image.
        NoRegionError: there is, and nobody knows of one in the region.
    """
    name, tool = _variant(framework, family_of(instance_type))
    config = _config(name, _scope(scope, instance_type))
    version = _version(framework, version, config)
    entry = config["versions"][config.get("aliases", {}).get(version, version)]
    below, entry = _based(framework, base, entry)
    python, entry = _python(py_version, entry)
    accounts = _table()["accounts"][entry["accounts"]]
    if region not in accounts:
        raise NoRegionError(f"{framework} {version}", region)
    kind = processor(instance_type, config.get("processors") or entry.get("processors"))
    prefix = f"{below}-transformers{version}" if below else entry.get("tag_prefix", version)
    word = tool or word_of(framework, entry, kind)
    build = build_of(framework, entry, kind, version, instance_type)
    tag = "-".join(it for it in (prefix, word, python, build) if it)
    if is_arm(instance_type) and framework in _ARM_TAGS:
        tag = _ARM_TAGS[framework].format(version)
    repository = f"{entry['repository']}:{tag}" if tag else entry["repository"]
    return f"{accounts[region]}.dkr.ecr.{region}.{partition_of(region).suffix}/{repository}"


@cache
def as_of() -> str:
    """When the table was made: the day of the SDK that it comes from, as 2026-10-21."""
    found: str = _table()["asOf"]
    return found


def made_of(framework: str, version: str | None = None) -> tuple[str, str]:
    """The framework that an image of a training runs, and its whole version.

    An alias stands for a version, and Hugging Face's images for the framework below, the newest:
    ``("huggingface", "4.28")`` for ``("pytorch", "2.0.0")``.

    Raises:
        ImageError: there is no such framework or version.
    """
    config = _config(framework, "training")
    given = _version(framework, version, config)
    whole = config.get("aliases", {}).get(given, given)
    below, _ = _based(framework, None, config["versions"][whole])
    if not below:
        return framework, whole
    name = max(_bases(config["versions"][whole]), key=_newest)
    return re.sub(r"[\d.]", "", name), below


def by_processor(framework: str, version: str | None = None) -> bool:
    """Whether the image that trains is another one on another processor.

    Raises:
        ImageError: there is no such framework or version.
    """
    config = _config(framework, "training")
    given = _version(framework, version, config)
    entry = config["versions"][config.get("aliases", {}).get(given, given)]
    return bool(config.get("processors") or _based(framework, None, entry)[1].get("processors"))


@cache
def owners() -> frozenset[str]:
    """The accounts that keep AWS's own images."""
    return frozenset(it for accounts in _table()["accounts"] for it in accounts.values())


def frameworks() -> list[str]:
    """Every framework and built-in algorithm there is an image of."""
    return sorted(_table()["frameworks"])


def versions(framework: str, scope: str = "training") -> list[str]:
    """The versions of a framework, aliases included, oldest first.

    Raises:
        ImageError: there is no such framework or scope.
    """
    config = _config(framework, scope)
    return [*config["versions"], *config.get("aliases", {})]


@cache
def _table() -> Table:
    """The table as generated: `accounts` and `frameworks`."""
    table: Table = read("images.json")
    return table


def _variant(framework: str, family: str) -> tuple[str, str]:
    """AWS's own chips have frameworks of their own: the table's name and the word for the tag."""
    if family.startswith(("inf", "trn")):
        for tool in ("neuronx", "neuron"):
            if f"{framework}-{tool}" in _table()["frameworks"]:
                return f"{framework}-{tool}", tool
    return framework, ""


def _scope(scope: str, instance_type: str | None) -> str:
    """Arm has images of its own, for inference only."""
    return f"{scope}_graviton" if is_arm(instance_type) else scope


def _config(framework: str, scope: str) -> Table:
    known = _table()["frameworks"]
    if framework not in known:
        what = "framework"
        raise ImageError(what, framework, sorted(known))
    by_scope: dict[str, Table] = known[framework]
    names = {name for it in by_scope for name in it.split()}
    scope = "training" if scope == "processing" and scope not in names else scope
    for scopes, config in by_scope.items():
        # One set of images serves every use, but not every processor.
        if scope in scopes.split() or (len(by_scope) == 1 and not scope.endswith("_graviton")):
            return config
    what = f"use of {framework}"
    raise ImageError(what, _spoken(scope), sorted(map(_spoken, names)))


def _spoken(scope: str) -> str:
    """The name of a scope of the table, for people."""
    return f"{scope.removesuffix('_graviton')} on Arm" if scope.endswith("_graviton") else scope


def _version(framework: str, version: str | None, config: Table) -> str:
    known = [*config["versions"], *config.get("aliases", {})]
    if version is not None and version in known:
        return version
    if version in (None, "", "latest") and len(config["versions"]) == 1:
        return str(next(iter(config["versions"])))
    what = f"version of {framework}"
    raise ImageError(what, version, known)


def _based(framework: str, base: str | None, entry: Table) -> tuple[str, Table]:
    """The entry for the framework below, for those that have one."""
    known = _bases(entry)
    if not known:
        return "", entry
    chosen = base or max(known, key=_newest)
    full = entry.get("version_aliases", {}).get(chosen, chosen)
    if full not in known:
        what = f"base of {framework}"
        raise ImageError(what, base, known)
    return re.sub(r"[a-z]", "", chosen), entry[full]


def _bases(entry: Table) -> list[str]:
    return [name for name in entry if re.match(r"(pytorch|tensorflow)\d", name)]


def _newest(base: str) -> tuple[bool, list[int]]:
    return (base.startswith("p"), _numbers(base))


def _python(py_version: str | None, entry: Table) -> tuple[str, Table]:
    grouped = "repository" not in entry
    known = [it for it in entry if it.startswith("py")] if grouped else entry.get("py_versions", ())
    if not known:
        return "", entry
    chosen = py_version or max(known, key=_numbers)
    if chosen not in known:
        what = "Python version"
        raise ImageError(what, py_version, known)
    return chosen, entry[chosen] if grouped else entry


def _numbers(name: str) -> list[int]:
    return [int(it) for it in re.findall(r"\d+", name)]
