"""Reads assets of a repository: what they are for a plan, and their bytes for an apply."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.assets.archive import Member, packed
from reconciler.assets.tree import MOST, Found, RefusedAsset, content, found, refused
from reconciler.jobs import OWN, package, source
from reconciler.model.asset import ChangedError, Form, Key, Packed, Refusal
from reconciler.secret.search import in_text

Known = Callable[[Collection[str]], Collection[str] | None]
"""Of paths, the files at and below them that Git does not ignore; nothing without Git."""


def no_git(_: Collection[str]) -> None:
    """There is no Git: nothing is known to be ignored."""


@dataclass(slots=True)
class Repository:
    """The files below a folder. Each asset is read once for a plan, and again for its bytes."""

    root: Path
    known: Known = no_git
    _read: dict[Key, Packed | Sequence[Refusal]] = field(default_factory=dict)

    def read(self, keys: Iterable[Key]) -> Mapping[Key, Packed | Sequence[Refusal]]:
        """What each asset is, or why it cannot be one."""
        new = [key for key in dict.fromkeys(keys) if key not in self._read]
        for key, (made, _) in zip(new, self._made(new), strict=True):
            self._read[key] = made
        return self._read

    def data(self, asset: Packed) -> bytes:
        """The bytes of an asset that was planned.

        Raises:
            ChangedError: they are others now, or may not go.
        """
        if asset.path.startswith(OWN):
            return _own(asset)
        ((made, data),) = self._made([(asset.path, asset.form)])
        if not isinstance(made, Packed):
            raise ChangedError(made[0].message)
        if made.digest != asset.digest:
            raise ChangedError(
                f"{asset.path!r} is not what was planned: sha256:{made.digest[:12]}…"
                f" in place of sha256:{asset.digest[:12]}…"
            )
        return data

    def files(self, keys: Iterable[Key]) -> list[Path]:
        """Every file of these assets, as far as they can be read."""
        read = self.read(keys)
        named = ((key, made) for key, made in read.items() if isinstance(made, Packed))
        return [
            self.root / path if (self.root / path).is_file() else self.root / path / inside
            for (path, _), made in named
            for inside in made.names
        ]

    def _made(self, keys: Sequence[Key]) -> Iterator[tuple[Packed | Sequence[Refusal], bytes]]:
        if not keys:
            return
        try:
            known = self.known([*dict.fromkeys(path.rstrip("/") for path, _ in keys)])
        except OSError as error:
            text = f"Git does not say what it ignores: {error}"
            why = Refusal("ASSET009", text, "run `git status`")
            yield from (((why,), b"") for _ in keys)
            return
        for path, form in keys:
            try:
                yield self._one(path, form, known)
            except RefusedAsset as error:
                yield (error.refusal,), b""
            except OSError as error:
                text = f"{path!r} cannot be read: {error.strerror or error}"
                help_ = "check the path and its permissions"
                yield (Refusal("ASSET009", text, help_),), b""

    def _one(
        self, path: str, form: Form, known: Collection[str] | None
    ) -> tuple[Packed | Sequence[Refusal], bytes]:
        files = found(self.root, path, form, known)
        members: list[Member] = []
        secrets: list[Refusal] = []
        room = MOST
        for each in files:
            held = content(self.root, each, room)
            room -= len(held)
            secrets += _secrets(each, held)
            members.append(Member(each.inside, held, each.runs))
        if secrets:
            return secrets, b""
        if not any(each.content for each in members):
            raise refused("ASSET003", f"there is nothing in {path!r}", "correct the path")
        data = packed(members, form)
        names = tuple(sorted(each.inside for each in files))
        digest = hashlib.sha256(data).hexdigest()
        return Packed(path, form, digest, len(data), len(files), names), data


def _secrets(file: Found, held: bytes) -> Iterator[Refusal]:
    """What must not be in a bucket. Bytes that are no text are read as far as they are like it."""
    for each in in_text(file.path, held.decode("utf-8", errors="replace")):
        said = each.diagnostic
        yield Refusal("ASSET007", said.message, said.help, said.at, said.severity)


def _own(asset: Packed) -> bytes:
    """The bytes of a job of Moorline's own, which a plan of another version may have meant."""
    name = asset.path.removeprefix(OWN)
    data = package(name) if asset.form is Form.ZIP else source(name)
    if hashlib.sha256(data).hexdigest() != asset.digest:
        raise ChangedError(f"{asset.path!r} is of another version of Moorline")
    return data
