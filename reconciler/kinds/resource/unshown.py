"""Texts of a `Resource` that AWS never gives back: nobody is shown them, and no file holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.facts import Facts, UnknownType, facts
from reconciler.facts.secrets import is_secret
from reconciler.model.address import Address
from reconciler.model.value import Hidden, Join, Json, Path, Props


def hide(
    props: Props, address: Address, about: Facts, secrets: Iterable[str] = ()
) -> dict[str, Json]:
    """The properties with marks around texts that nobody is shown. Numbers and switches are shown.

    These are what is write-only, what a spec calls secrets, and what is known to be a secret.
    """
    own = given(secrets)

    def each(value: Json, path: Path) -> Json:
        if isinstance(value, Mapping):
            return {key: each(item, (*path, str(key))) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [each(item, (*path, str(index))) for index, item in enumerate(value)]
        if not isinstance(value, str | Join):
            return value
        if about.hides(path):
            return Hidden(address, path, value)
        secret = is_marked(path, own) or is_secret(path, about)
        return Hidden(address, path, value, readable=True) if secret else value

    return {name: each(value, (name,)) for name, value in props.items()}


def given(secrets: Iterable[str]) -> tuple[Path, ...]:
    """What a spec calls secrets, as paths."""
    return tuple(tuple(text.split(".")) for text in secrets)


def is_marked(path: Path, own: Iterable[Path]) -> bool:
    """Whether a place is at or below one of these, numbers of items skipped."""
    bare = tuple(name for name in path if not name.isdecimal())
    return any(bare[: len(each)] == each for each in own)


def unshown(spec: Json) -> Iterator[Path]:
    """Paths in a spec, checked or not, of texts that nobody is shown."""
    if not isinstance(spec, Mapping) or not isinstance(spec.get("type"), str):
        return
    try:
        about = facts(spec["type"])
    except UnknownType:
        return
    said = spec.get("secrets")
    own = given(each for each in said if isinstance(each, str)) if isinstance(said, list) else ()
    yield from _texts(spec.get("properties"), (), about, own)


def _texts(value: Json, path: Path, about: Facts, own: tuple[Path, ...]) -> Iterator[Path]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*path, str(key)), about, own)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, str(index)), about, own)
    elif isinstance(value, str) and path and is_unshown(path, about, own):
        yield ("properties", *path)


def is_unshown(path: Path, about: Facts, own: Iterable[Path]) -> bool:
    """Whether nobody is shown the text at a place."""
    return about.hides(path) or is_marked(path, own) or is_secret(path, about)
