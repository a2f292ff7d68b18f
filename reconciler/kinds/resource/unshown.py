"""Texts of a `Resource` that AWS never gives back: nobody is shown them, and no file holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.facts import Facts, UnknownType, facts
from reconciler.model.address import Address
from reconciler.model.value import Hidden, Join, Json, Path, Props


def hide(props: Props, address: Address, about: Facts) -> dict[str, Json]:
    """The properties with marks around their write-only texts. Numbers and switches are shown."""

    def each(value: Json, path: Path) -> Json:
        if isinstance(value, Mapping):
            return {key: each(item, (*path, str(key))) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [each(item, (*path, str(index))) for index, item in enumerate(value)]
        secret = isinstance(value, str | Join) and about.hides(path)
        return Hidden(address, path, value) if secret else value

    return {name: each(value, (name,)) for name, value in props.items()}


def unshown(spec: Json) -> Iterator[Path]:
    """Paths in a spec, checked or not, of write-only texts."""
    if not isinstance(spec, Mapping) or not isinstance(spec.get("type"), str):
        return
    try:
        about = facts(spec["type"])
    except UnknownType:
        return
    if about.write_only:
        yield from _texts(spec.get("properties"), (), about)


def _texts(value: Json, path: Path, about: Facts) -> Iterator[Path]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*path, str(key)), about)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, str(index)), about)
    elif isinstance(value, str) and path and about.hides(path):
        yield ("properties", *path)
