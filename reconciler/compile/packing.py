"""Files of the repository that specs name: which are to be read, and what that finds. Pure.

They are read in between by who may touch the disk: `wanted` says what, `given` takes it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler.compile.spec import Spec
from reconciler.compile.unresolved import unresolved
from reconciler.kinds.api import Lacking
from reconciler.kinds.packs import packs
from reconciler.kinds.peers import Home
from reconciler.model.asset import Key, Packed, Refusal
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path
from reconciler.specs.overlay import EnvironmentView

KIND = "DataSource"
_AT = ("spec", "assets")
Peer = Callable[[str, str], Mapping[str, Json | Lacking]]


def keys(model: object) -> list[Key]:
    """What a spec names of the repository, each once."""
    return [*dict.fromkeys((path, form) for _, path, form in packs(model))]


def wanted(specs: Iterable[Spec]) -> list[Key]:
    """What all of them name, each once."""
    return [*dict.fromkeys(key for spec in specs for key in keys(spec.model))]


def given(
    specs: Iterable[Spec], read: Mapping[Key, Packed | Sequence[Refusal]]
) -> tuple[tuple[Spec, ...], list[Diagnostic]]:
    """The specs with what was read; those of which something cannot be put are findings instead.

    Each finding stands where the spec names the file; one that is in the file says where.
    """
    good, found = [], []
    for spec in specs:
        named = [*packs(spec.model)]
        against = [
            _finding(refusal, spec.at(path))
            for path, text, form in named
            for refusal in _refusals(read[text, form])
        ]
        found += against
        if not any(each.is_error for each in against):
            packed = {key: it for key in keys(spec.model) if isinstance(it := read[key], Packed)}
            good.append(replace(spec, packed=packed) if packed else spec)
    return tuple(good), found


def _refusals(read: Packed | Sequence[Refusal]) -> Sequence[Refusal]:
    return () if isinstance(read, Packed) else read


def _finding(refusal: Refusal, at: Span) -> Diagnostic:
    where = f" ({refusal.at})" if refusal.at else ""
    text = f"{refusal.message}{where}"
    return Diagnostic(refusal.code, text, at, refusal.help, refusal.severity)


def unread(specs: Iterable[Spec]) -> tuple[Spec, ...]:
    """The specs as if every file were there, for findings about all else."""
    return given(specs, _Anything())[0]


class _Anything(Mapping[Key, Packed]):
    def __getitem__(self, key: Key) -> Packed:
        path, form = key
        return Packed(path, form, "0" * 64, 0, 0)

    def __iter__(self) -> Iterator[Key]:
        return iter(())

    def __len__(self) -> int:
        return 0


def homeless(spec: Spec, view: EnvironmentView) -> Iterator[Diagnostic]:
    """What names a file of the repository where the environment has no place for it."""
    if view.spec.assets is None:
        for path, text, _ in packs(spec.model):
            yield Diagnostic(
                "ASSET001",
                f"{text!r} goes into a bucket, and the environment {view.name!r} names none",
                spec.at(path),
                f"add `assets: {{source: DATASOURCE}}` to the environment {view.name!r}",
            )


def uses(model: object, view: EnvironmentView, own: str) -> tuple[tuple[Path, str, str], ...]:
    """That a spec which names a file of the repository uses the place where it goes."""
    home = view.spec.assets
    if home is None or own == f"{KIND}/{home.source}":
        return ()
    return tuple((path, KIND, home.source) for path, _, _ in packs(model))[:1]


def undeclared(view: EnvironmentView, declared: Collection[str]) -> list[Diagnostic]:
    """The environment names a DataSource that nobody declares, though there are specs."""
    home = view.spec.assets
    if home is None or not declared or f"{KIND}/{home.source}" in declared:
        return []
    return [unresolved(KIND, home.source, view.document.at((*_AT, "source")), declared)]


def home(view: EnvironmentView) -> Home | None:
    """Where the environment keeps assets."""
    said = view.spec.assets
    return Home(said.source, said.path or "") if said else None


def unfit(view: EnvironmentView, exports: Mapping[str, Json | Lacking]) -> list[Diagnostic]:
    """Why a DataSource cannot keep assets, from what it exports."""
    said = view.spec.assets
    at, name = view.document.at((*_AT, "source")), said.source if said else ""
    bucket, keeps = exports["bucket"], exports.get("unkept", "")
    if isinstance(bucket, Lacking):
        return [Diagnostic("ASSET002", f"{KIND} {name!r} {bucket.why}", at, bucket.help)]
    if exports["receivesAccessLogs"]:
        keeps = "other buckets write their access logs into it"
    if not keeps:
        return []
    text = f"{KIND} {name!r} cannot keep what runs: {keeps}"
    help_ = "name a DataSource that is for this alone and keeps what is in it"
    return [Diagnostic("ASSET002", text, at, help_)]


def once(nodes: Iterable[Node]) -> list[Node]:
    """The nodes, an asset that several specs name as that of the first."""
    found: list[Node] = []
    seen = set()
    for node in nodes:
        if node.asset is None or node.address not in seen:
            found.append(node)
        seen.add(node.address)
    return found
